import type { ClinicalFact } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { bareWords } from './elements.ts'
import { findConflict } from './find-conflict.ts'
import { linesOf, rowText } from './narrative-lines.ts'

/** One cell of the row is the name, and nothing else. */
const isCalled = (row: string, label: string) => row.split(' | ').some((cell) => bareWords(cell) === bareWords(label))
const hasAny = (row: string, label: string) => bareWords(label).split(' ').some((word) => word.length >= 4 && ` ${bareWords(row)} `.includes(` ${word} `))

/** The row has the very day a fact began. */
const isOfDay = (row: string, date: string | null) => date !== null && date.length >= 10 && row.includes(date.slice(0, 10).split('-').reverse().join('/'))

/**
 * A fact that contradicts a row which is about something else: its document points at the wrong one (cda-reading 10). Where exactly one row of the section is
 * called as the fact is, or none is and one alone has a word of its name and the day it began, and says nothing against it, that row is the fact's own; else it stays
 * as it was told.
 */
export function atItsOwnRow(facts: readonly ClinicalFact[], text: CdaElement | null): readonly ClinicalFact[] {
  const isAstray = ({ conflict, passage, label }: ClinicalFact) => conflict !== null && (conflict.field === 'date' || conflict.field === 'value') && passage !== null && conflict.narrative === passage && !hasAny(passage, label)
  if (text === null || !facts.some(isAstray)) return facts
  const rows = [...new Set(linesOf(text).flatMap(({ row }) => (row === null ? [] : [rowText(row)])))]
  return facts.map((fact) => {
    if (!isAstray(fact)) return fact
    const called = rows.filter((one) => isCalled(one, fact.label))
    const [row, ...others] = called.length > 0 ? called : rows.filter((one) => hasAny(one, fact.label) && isOfDay(one, fact.date))
    if (row === undefined || others.length > 0) return fact
    const found = { ...fact, passage: row, conflict: null }
    return findConflict(found, { text: row, row }) === null ? found : fact
  })
}
