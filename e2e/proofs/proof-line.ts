import { parseArgs } from 'node:util'

/** Numbers and words given on the command line by name; null for a name that is not given. */
export function readProofOptions<N extends string, W extends string>(numbers: readonly N[], words: readonly W[]): Record<N, number | null> & Record<W, string | null> {
  const { values } = parseArgs({ options: Object.fromEntries([...numbers, ...words].map((name) => [name, { type: 'string' as const }])) })
  const textOf = (name: string): string | null => (typeof values[name] === 'string' ? values[name] : null)
  const numberOf = (name: string): number | null => {
    const text = textOf(name)
    if (text !== null && !/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number, not ${text}`)
    return text === null ? null : Number(text)
  }
  return { ...Object.fromEntries(numbers.map((name) => [name, numberOf(name)])), ...Object.fromEntries(words.map((name) => [name, textOf(name)])) } as Record<N, number | null> & Record<W, string | null>
}

/** Prints a line now and then: at most one every ten seconds. */
export function openProgress(): (line: () => string) => void {
  let last = performance.now()
  return (line) => {
    if (performance.now() - last < 10_000) return
    last = performance.now()
    process.stdout.write(`${line()}\n`)
  }
}
