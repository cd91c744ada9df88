import type { ClinicalFact } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { bareWords, kids, saysSomething, words } from './elements.ts'
import { linesOf, rowText } from './narrative-lines.ts'

/** A row that says more than what it is about: two of its cells have words at least, or the only one a sentence. A few words alone are the title of other rows. */
function isStatement(row: CdaElement): boolean {
  const [first, ...others] = kids(row).map((cell) => words(cell) ?? '').filter(saysSomething)
  return others.length > 0 || /[.;!]$|[,;.] /.test(first ?? '')
}

const plain = (text: string) => text.replace(/(\d),(?=\d)/g, '$1.').replace(/\s/g, '')

/** How a cell may write a value: with its unit or without. */
const writingsOf = ({ value, unit }: ClinicalFact) => [plain(value ?? ''), plain(`${value ?? ''}${unit ?? ''}`)]

/** Facts that point nowhere, by how their value may be written: each is told by one row. */
class Adrift {
  readonly #byWriting: Map<string, Set<ClinicalFact>>

  constructor(facts: readonly ClinicalFact[]) {
    this.#byWriting = new Map()
    for (const found of facts) {
      if (found.passage !== null || found.value === null) continue
      for (const writing of writingsOf(found)) this.#byWriting.set(writing, (this.#byWriting.get(writing) ?? new Set()).add(found))
    }
  }

  /** True when a sentence names one of them and has its value. */
  says(sentence: string): boolean {
    const [values, names] = [plain(sentence), bareWords(sentence)]
    for (const [writing, facts] of this.#byWriting) {
      if (writing !== '' && values.includes(writing) && [...facts].some(({ label }) => names.includes(bareWords(label)))) return true
    }
    return false
  }

  /** True when a cell of the row has the very value of one of them, which is then told. */
  takes(row: string): boolean {
    for (const cell of row.split(' | ')) {
      const [found] = this.#byWriting.get(plain(cell)) ?? []
      if (found === undefined) continue
      for (const writing of writingsOf(found)) this.#byWriting.get(writing)?.delete(found)
      return true
    }
    return false
  }
}

/**
 * The rows of a section's tables, and if asked what stands in words beside them, that no fact of it rests on: what its author signed and no entry says. A fact that
 * points nowhere may be told by the row that has its value.
 */
export function unsaidRows(text: CdaElement, facts: readonly ClinicalFact[], withSentences: boolean): string[] {
  const told = new Set(facts.flatMap(({ passage }) => passage ?? []))
  const all = [...told].join('\n')
  const texts = facts.flatMap(({ kind, value }) => (kind === 'narrative' && value !== null ? [value] : []))
  const adrift = new Adrift(facts)
  return linesOf(text).flatMap(({ kind, text: said, row }) => {
    if (kind === 'words') return withSentences && saysSomething(said) && !said.endsWith(':') && !all.includes(said) && !texts.some((one) => one.includes(said)) && !adrift.says(said) ? [said] : []
    if (row === null || !isStatement(row)) return []
    const written = rowText(row)
    return told.has(written) || all.includes(written) || adrift.takes(written) ? [] : [said]
  })
}
