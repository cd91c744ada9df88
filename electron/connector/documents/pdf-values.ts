/** What an object of a PDF holds (ISO 32000-1, 7.3). Names and strings are decoded, one character a byte; a number stays as it is written. */
export type PdfValue =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly PdfValue[] }
  | PdfDictionary
  | PdfReference

export interface PdfDictionary {
  readonly kind: 'dictionary'
  readonly entries: ReadonlyMap<string, PdfValue>
}

export interface PdfReference {
  readonly kind: 'reference'
  readonly number: number
  readonly generation: number
}

/** Thrown where two readers might not see the same: who compares documents then compares bytes. */
export class NotPlain extends Error {}

/** What one file may cost: values, and bytes gone through for them. Objects that lie inside each other would be read again and again. */
export interface PdfBudget {
  values: number
  bytes: number
}

const deepest = 100
const whitespace = new Set([0, 9, 10, 12, 13, 32])
const delimiters = new Set(Buffer.from('()<>[]{}/%'))
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '(': '(', ')': ')', '\\': '\\' }
const [slash, percent, open, close, less, greater, bracket, endBracket, backslash] = [...Buffer.from('/%()<>[]\\')] as [number, number, number, number, number, number, number, number, number]

/**
 * Reads values one after the other, strictly: what a lenient reader would guess at is `NotPlain`, and what `budget` does not allow.
 */
export class PdfValueReader {
  private readonly bytes: Buffer
  at: number
  private readonly budget: PdfBudget

  constructor(bytes: Buffer, at: number, budget: PdfBudget) {
    this.bytes = bytes
    this.at = at
    this.budget = budget
  }

  value(): PdfValue {
    const from = this.at
    const value = this.inner(0)
    this.budget.bytes -= this.at - from
    if (this.budget.bytes < 0) throw new NotPlain()
    return value
  }

  private inner(depth: number): PdfValue {
    if (depth > deepest || --this.budget.values < 0) throw new NotPlain()
    this.skipBlanks()
    const first = this.bytes[this.at]
    if (first === slash) return { kind: 'name', text: this.name() }
    if (first === open) return { kind: 'string', text: this.literal() }
    if (first === bracket) return this.array(depth)
    if (first === less) return this.bytes[this.at + 1] === less ? this.dictionary(depth) : { kind: 'string', text: this.hexadecimal() }
    const word = this.word()
    if (/^\d+$/.test(word)) return this.reference(word) ?? { kind: 'atom', text: word }
    if (/^([+-]?(\d+\.?\d*|\.\d+)|true|false|null)$/.test(word)) return { kind: 'atom', text: word }
    throw new NotPlain()
  }

  /** The next word outside of values: `obj`, `xref`; empty where none stands. */
  word(): string {
    this.skipBlanks()
    const from = this.at
    while (this.at < this.bytes.length && !whitespace.has(this.bytes[this.at]!) && !delimiters.has(this.bytes[this.at]!)) this.at += 1
    return this.bytes.toString('latin1', from, this.at)
  }

  expect(word: string): void {
    if (this.word() !== word) throw new NotPlain()
  }

  integer(): number {
    const word = this.word()
    if (!/^\d{1,15}$/.test(word)) throw new NotPlain()
    return Number(word)
  }

  private skipBlanks(): void {
    for (;;) {
      while (whitespace.has(this.bytes[this.at]!)) this.at += 1
      if (this.bytes[this.at] !== percent) return
      while (this.at < this.bytes.length && this.bytes[this.at] !== 10 && this.bytes[this.at] !== 13) this.at += 1
    }
  }

  private reference(word: string): PdfReference | null {
    const back = this.at
    const generation = this.word()
    if (/^\d{1,5}$/.test(generation) && this.word() === 'R') return { kind: 'reference', number: Number(word), generation: Number(generation) }
    this.at = back
    return null
  }

  private name(): string {
    this.at += 1
    const from = this.at
    while (this.at < this.bytes.length && !whitespace.has(this.bytes[this.at]!) && !delimiters.has(this.bytes[this.at]!)) this.at += 1
    const written = this.bytes.toString('latin1', from, this.at)
    return written.includes('#') ? written.replaceAll(/#([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : written
  }

  private array(depth: number): PdfValue {
    this.at += 1
    const items: PdfValue[] = []
    for (;;) {
      this.skipBlanks()
      if (this.bytes[this.at] === endBracket) break
      items.push(this.inner(depth + 1))
    }
    this.at += 1
    return { kind: 'array', items }
  }

  private dictionary(depth: number): PdfDictionary {
    this.at += 2
    const entries = new Map<string, PdfValue>()
    for (;;) {
      this.skipBlanks()
      if (this.bytes[this.at] === greater && this.bytes[this.at + 1] === greater) break
      if (this.bytes[this.at] !== slash) throw new NotPlain()
      const name = this.name()
      // Which of two counts, readers do not agree on.
      if (entries.has(name)) throw new NotPlain()
      entries.set(name, this.inner(depth + 1))
    }
    this.at += 2
    return { kind: 'dictionary', entries }
  }

  private hexadecimal(): string {
    const end = this.bytes.indexOf(greater, this.at)
    const digits = end < 0 ? 'no end' : this.bytes.toString('latin1', this.at + 1, end).replaceAll(/[\0\t\n\f\r ]/g, '')
    if (!/^[0-9a-fA-F]*$/.test(digits)) throw new NotPlain()
    this.at = end + 1
    return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex').toString('latin1')
  }

  private literal(): string {
    const from = this.at + 1
    let depth = 1
    for (this.at = from; depth > 0; this.at += 1) {
      const byte = this.bytes[this.at]
      if (byte === undefined) throw new NotPlain()
      if (byte === backslash) this.at += 1
      else if (byte === open) depth += 1
      else if (byte === close) depth -= 1
    }
    return this.bytes
      .toString('latin1', from, this.at - 1)
      .replaceAll(/\\([0-7]{1,3}|\r\n|[^])|\r\n?/g, (_, escaped: string | undefined) => {
        if (escaped === undefined) return '\n'
        if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 255)
        return /^[\r\n]/.test(escaped) ? '' : (escapes[escaped] ?? escaped)
      })
  }
}

/** An entry as a whole number; `NotPlain` when it is something else, `missing` when it is not there. */
export function integerOf(value: PdfValue | undefined, missing?: number): number {
  if (value === undefined && missing !== undefined) return missing
  if (value?.kind !== 'atom' || !/^\d{1,15}$/.test(value.text)) throw new NotPlain()
  return Number(value.text)
}

/** Is this entry the name `text`? */
export function isName(value: PdfValue | undefined, text: string): boolean {
  return value?.kind === 'name' && value.text === text
}
