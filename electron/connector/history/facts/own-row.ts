import type { ClinicalFact } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { bareWords } from './elements.ts'
import { dateConflict, findConflict } from './find-conflict.ts'
import { linesOf, rowText } from './narrative-lines.ts'

/** The rows of a section's tables, put together when the first of its facts looks for its own. */
export class SectionRows {
  readonly #text: CdaElement | null
  #all: readonly string[] | undefined
  #byCell: ReadonlyMap<string, readonly string[]> | undefined

  constructor(text: CdaElement | null) {
    this.#text = text
  }

  get all(): readonly string[] {
    return (this.#all ??= this.#text === null ? [] : [...new Set(linesOf(this.#text).flatMap(({ row }) => (row === null ? [] : [rowText(row)])))])
  }

  /** Those of which one cell is the name, and nothing else. */
  called(label: string): readonly string[] {
    if (this.#byCell === undefined) {
      const found = new Map<string, string[]>()
      for (const row of this.all) for (const cell of new Set(row.split(' | ').map(bareWords))) found.set(cell, [...(found.get(cell) ?? []), row])
      this.#byCell = found
    }
    return this.#byCell.get(bareWords(label)) ?? []
  }
}

const hasAny = (row: string, label: string) => bareWords(label).split(' ').some((word) => word.length >= 4 && ` ${bareWords(row)} `.includes(` ${word} `))

/** The row has the very day a fact began. */
const isOfDay = (row: string, date: string | null) => date !== null && date.length >= 10 && row.includes(date.slice(0, 10).split('-').reverse().join('/'))

const plain = (text: string) => text.replace(/(\d),(?=\d)/g, '$1.').replace(/\s/g, '')

/** One cell of the row is the value, with its unit or without. */
const hasValue = (row: string, { value, unit }: ClinicalFact) => value !== null && row.split(' | ').some((cell) => [plain(value), plain(`${value}${unit ?? ''}`)].includes(plain(cell)))

/** It contradicts a row that is about something else. */
const isAstray = ({ conflict, passage, label }: ClinicalFact) => conflict !== null && (conflict.field === 'date' || conflict.field === 'value') && passage !== null && conflict.narrative === passage && !hasAny(passage, label)

/** It is measured, and its document points nowhere for it. */
const isAdrift = ({ kind, passage, value }: ClinicalFact) => (kind === 'labResult' || kind === 'measurement') && passage === null && value !== null

/**
 * A fact that contradicts a row which is about something else: its document points at the wrong one (cda-reading 10). Where exactly one row of the section is
 * called as the fact is, or none is and one alone has a word of its name and the day it began, and says nothing against it, that row is the fact's own; else it stays
 * as it was told. A result for which its document points nowhere stands at the one row that is called as it is and has its value, of several at that of its day; where
 * the only one is of another day, both days are told.
 */
export function atItsOwnRow(facts: readonly ClinicalFact[], rows: SectionRows): readonly ClinicalFact[] {
  return facts.map((fact) => (isAdrift(fact) ? moored(fact, rows) : isAstray(fact) ? broughtBack(fact, rows) : fact))
}

function moored(fact: ClinicalFact, rows: SectionRows): ClinicalFact {
  const alike = rows.called(fact.label).filter((one) => hasValue(one, fact))
  const [row, ...others] = alike.length > 1 ? alike.filter((one) => isOfDay(one, fact.date)) : alike
  return row === undefined || others.length > 0 ? fact : { ...fact, passage: row, conflict: fact.conflict ?? dateConflict(fact, { text: row, row }) }
}

function broughtBack(fact: ClinicalFact, rows: SectionRows): ClinicalFact {
  const called = rows.called(fact.label)
  const [row, ...others] = called.length > 0 ? called : rows.all.filter((one) => hasAny(one, fact.label) && isOfDay(one, fact.date))
  if (row === undefined || others.length > 0) return fact
  const found = { ...fact, passage: row, conflict: null }
  return findConflict(found, { text: row, row }) === null ? found : fact
}
