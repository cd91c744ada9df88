import type { ClinicalFact } from '#shared/contract/index.ts'
import type { Passage } from './narrative-links.ts'

/** Numbers of a text, whatever the decimal sign and the spaces between thousands. */
function numbersIn(text: string): number[] {
  const joined = text.replace(/(\d)[\u0020\u00a0\u202f](?=\d{3}(?!\d))/g, '$1')
  return [...joined.matchAll(/\d+(?:[.,]\d+)?/g)].map(([written]) => Number(written.replace(',', '.')))
}

const close = (one: number, other: number) => Math.abs(one - other) <= Math.abs(other) * 1e-9

/** A metre may be written in centimetres, a gram in milligrams: the same quantity, no disagreement. */
const scales = [1, 100, 1000, 0.01, 0.001, 10, 0.1, 1_000_000, 0.000_001]

function valueConflict(fact: ClinicalFact, passage: Passage): ClinicalFact['conflict'] {
  if (fact.value === null || !/^[<>]?=?\s?-?\d+([.,]\d+)?$/.test(fact.value)) return null
  const coded = numbersIn(fact.value)[0]
  const cells = passage.row.split(' | ').filter((cell) => cell !== passage.text || passage.row === passage.text)
  const said = numbersIn((cells.length > 0 ? cells : [passage.row]).join(' | ').replace(/\d\d\/\d\d\/\d{4}/g, ' '))
  if (coded === undefined || said.length === 0 || said.some((one) => scales.some((scale) => close(one * scale, coded)))) return null
  // A number inside the label alone ("CA 125") is not what was measured.
  const all = numbersIn(passage.row)
  return all.some((one) => close(one, coded)) ? null : { field: 'value', coded: fact.value, narrative: passage.row }
}

function dateConflict(fact: ClinicalFact, passage: Passage): ClinicalFact['conflict'] {
  // A day inside a sentence may be of anything; a cell of the row is the fact's.
  if (fact.date === null || !passage.row.includes(' | ')) return null
  const said = [...passage.row.matchAll(/\b(\d\d)\/(\d\d)\/(\d{4})\b/g)].map(([, day, month, year]) => `${year}-${month}-${day}`)
  if (said.length === 0) return null
  const coded = fact.date.slice(0, 10)
  return said.some((one) => one.startsWith(coded)) ? null : { field: 'date', coded: fact.date, narrative: passage.row }
}

function negationConflict(fact: ClinicalFact, passage: Passage): ClinicalFact['conflict'] {
  const answers = passage.row.split(' | ').map((cell) => cell.trim().toLowerCase()).filter((cell) => cell === 'oui' || cell === 'non')
  const own = passage.text.trim().toLowerCase()
  const answer = own === 'oui' || own === 'non' ? own : answers.length === 1 ? answers[0] : undefined
  if (answer === undefined) return null
  const coded = fact.negated || fact.value === 'false' ? 'non' : 'oui'
  return answer === coded ? null : { field: 'negation', coded, narrative: passage.row }
}

/**
 * Where a coded fact contradicts the words it rests on: another answer, another number, another day. Null when they agree
 * or when the words do not say. Never says which one is right.
 */
export function findConflict(fact: ClinicalFact, passage: Passage | null): ClinicalFact['conflict'] {
  if (passage === null) return null
  return negationConflict(fact, passage) ?? valueConflict(fact, passage) ?? dateConflict(fact, passage)
}
