import type { ClinicalFact } from '#shared/contract/index.ts'
import { bareWords, saysSomething } from './elements.ts'

const plain = (text: string) => text.replace(/(\d),(?=\d)/g, '$1.').replace(/\s/g, '')

/** A cell that has the value of a fact, with its unit or a short one of its own. */
function hasValue(cell: string, { value }: ClinicalFact): boolean {
  return value !== null && /^[<>=]*-?\d/.test(plain(value)) && plain(cell).startsWith(plain(value)) && plain(cell).length <= plain(value).length + 8
}

/** Whether yes or no in a cell is what a fact answers; null for any other words. */
function answers(cell: string, { negated, value }: ClinicalFact): boolean | null {
  const [said] = /^(?:oui|non)$/.exec(bareWords(cell)) ?? []
  return said === undefined ? null : (said === 'non') === (negated || value === 'false')
}

/**
 * Whether a fact tells all cells of a row that names it: its name `main` (without case and accents), an answer, a day, a number, or words of its own. Where the row has another
 * part of the fact for its longest cell, the first one only asks. What is left is said nowhere else.
 */
export function tellsCells(found: ClinicalFact, written: string, main: string): boolean {
  const { label, value, unit, date, end, code, codeSystem, interpretation, status, route, frequency, lot, referenceRange, section } = found
  const own = [label, value, unit, date, end, code, codeSystem, interpretation, status, route, frequency, lot, referenceRange, section].map((part) => bareWords(part ?? '')).filter(Boolean)
  const name = bareWords(label)
  const isNamed = name.includes(main) || main.includes(name)
  return written.split(' | ').every((cell, place) => {
    const words = bareWords(cell)
    if (!saysSomething(cell) || words === main || (place === 0 && !isNamed) || /\d\d\/\d\d\/\d{4}/.test(cell)) return true
    return answers(cell, found) ?? (hasValue(cell, found) || own.some((part) => part.includes(words) || (part.length >= 4 && words.includes(part))))
  })
}
