import type { ClinicalFact } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, bareWords, kids, saysSomething, words } from './elements.ts'
import { onlyDenies } from './denial.ts'
import { dateConflict } from './find-conflict.ts'
import { holdsBlock, linesOf, rowText, type Line } from './narrative-lines.ts'
import { tellsCells } from './told-cells.ts'

/** A question and a dash that an entry may point at: what was asked for and nobody said. */
function isUnanswered(row: CdaElement): boolean {
  const [, answer, ...others] = kids(row)
  return answer !== undefined && others.length === 0 && hasName(answer) && !saysSomething(words(answer) ?? '')
}

const hasName = (element: CdaElement): boolean => at(element, 'ID') !== null || kids(element).some(hasName)

/** What may be untold: as it is read, and as it stands, to be compared with what facts rest on. */
interface Statement {
  readonly said: string
  readonly written: string
}

/** Rows, items, paragraphs and lines, without the heads of tables and the titles of what follows. A row whose cells hold several lines is as many. */
function statementsOf({ kind, text, row }: Line): Statement[] {
  if (kind !== 'row' && kind !== 'words') return []
  if (row !== null && holdsBlock(row)) return linesOf(row).flatMap(statementsOf)
  if (row !== null && isUnanswered(row)) return []
  const written = row === null ? text : rowText(row)
  return saysSomething(written) && !written.endsWith(':') ? [{ said: text, written }] : []
}

/** A word of a sentence is not the sentence. */
const isMostOf = (part: string, whole: string) => whole.includes(part) && part.length * 2 >= whole.length

const absences = new Set(['noneKnown', 'notRecorded', 'hiddenHere'])

/**
 * What a section's text says and none of its facts tells: rows, items and paragraphs that none rests on and that name nothing any of them says, or name it on another day.
 * A list declared empty tells a denial alone: whatever else its text says is untold.
 */
export function untold(text: CdaElement, facts: readonly ClinicalFact[]): string[] {
  const found = facts.filter(({ status }) => !absences.has(status ?? ''))
  const passages = found.flatMap(({ passage }) => (passage === null ? [] : [bareWords(passage)])).filter(Boolean)
  const rows = new Set(passages)
  // A text is told under a title, which names nothing of it.
  const named = found.map((one) => ({ one, names: [...(one.kind === 'narrative' ? [] : [one.label]), ...(one.value?.split(/, | : /) ?? []), ...(one.frequency?.split(' ; ') ?? [])].map(bareWords).filter((name) => name.length >= 4) }))
  return linesOf(text).flatMap(statementsOf).filter(({ written }) => {
    const row = bareWords(written)
    // Nearly every row is one a fact rests on: no need to look further.
    if (rows.has(row)) return false
    if (found.length < facts.length && onlyDenies(written)) return false
    // What names a row is its longest cell: "comprimé" and "matin" stand in many.
    const main = written.split(' | ').map(bareWords).reduce((longest, cell) => (cell.length > longest.length ? cell : longest), '')
    if (passages.some((passage) => passage.includes(row) || isMostOf(passage, row))) return false
    return !named.some(({ one, names }) => main.length >= 4 && names.some((name) => isMostOf(main, name) || isMostOf(name, main)) && dateConflict(one, { text: written, row: written }) === null && tellsCells(one, written, main))
  }).map(({ said }) => said)
}
