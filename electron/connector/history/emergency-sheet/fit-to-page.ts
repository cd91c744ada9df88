import { sheetLists, type SheetFact, type SheetList, type SheetListName, type SheetStatement } from '#shared/contract/index.ts'
import { plainText } from './plain-text.ts'

type Lists = Readonly<Record<SheetListName, SheetList>>

/** Lines of an A4 page left for facts and statements, beside the identity, the QR code and what is always said (`e2e/specs` prints the fullest page). */
const pageLines = 40
/** Of them, kept for each list while those before it are filled: what can kill first, but not alone. */
const keptFor: Readonly<Record<SheetListName, number>> = { allergies: 0, treatments: 9, problems: 7, vaccines: 3 }
/** Characters on a line: of what is said, and of who said it in which document. */
const [saidOnALine, sourceOnALine] = [52, 36]
/** Longer texts end with an ellipsis; that of a section nobody understood is all there is to read. */
const longest = { label: 120, value: 90, words: 360, author: 40, source: 60 } as const
/** Of values that differ, so many are told; that there are more is told by the mark to check. */
const mostValues = 3

const linesFor = (characters: number, onALine: number) => Math.max(1, Math.ceil(characters / onALine))

/** How many lines of the page a fact takes, at most. */
function linesOfFact({ label, values, author, source }: SheetFact): number {
  const said = label.length + values.reduce((sum, { value, unit }) => sum + value.length + (unit?.length ?? 0) + 4, 0) + 18
  return Math.max(linesFor(said, saidOnALine), linesFor((author?.length ?? 0) + (source?.length ?? 0) + 3, sourceOnALine))
}

function linesOfStatement({ label, author }: SheetStatement): number {
  return linesFor(label.length + (author?.length ?? 0) + 40, saidOnALine + sourceOnALine)
}

function shortened(fact: SheetFact): SheetFact {
  const values = fact.values.slice(0, mostValues).map(({ value, unit }) => ({ value: plainText(value, fact.inWords ? longest.words : longest.value), unit: unit === null ? null : plainText(unit, 20) }))
  return {
    ...fact, label: plainText(fact.label, longest.label), values: values.filter(({ value }) => value !== ''), toCheck: fact.toCheck || fact.values.length > mostValues,
    author: fact.author === null ? null : plainText(fact.author, longest.author), source: fact.source === null ? null : plainText(fact.source, longest.source),
  }
}

/**
 * The lists as one A4 page holds them: facts in their order until it is full, each list having room of its own, what finds none counted in `leftOut`. A
 * fact is whole or not there; a long text ends with an ellipsis.
 */
export function fitToPage(lists: Lists): Record<SheetListName, SheetList> {
  const short = Object.fromEntries(sheetLists.map((name) => [name, { ...lists[name], facts: lists[name].facts.map(shortened), statements: lists[name].statements.map((one) => ({ ...one, label: plainText(one.label, longest.label), author: one.author === null ? null : plainText(one.author, longest.author) })) }])) as Record<SheetListName, SheetList>
  const wantedBy = (name: SheetListName) => [...short[name].statements.map(linesOfStatement), ...short[name].facts.map(linesOfFact)].reduce((sum, lines) => sum + lines, 0)
  let left = pageLines
  const fitted = {} as Record<SheetListName, SheetList>
  for (const [at, name] of sheetLists.entries()) {
    const kept = sheetLists.slice(at + 1).reduce((sum, later) => sum + Math.min(keptFor[later], wantedBy(later)), 0)
    const { list, lines } = filled(short[name], left - kept)
    fitted[name] = list
    left -= lines
  }
  return fitted
}

/** What a list's emptiness means, or what contradicts it, goes before its facts: there are few, and the list reads wrong without. */
function filled(list: SheetList, room: number): { list: SheetList; lines: number } {
  let lines = 0
  const fits = (wanted: number) => {
    if (lines + wanted > room) return false
    lines += wanted
    return true
  }
  const untilFull = <One>(ones: readonly One[], linesOf: (one: One) => number) => {
    const end = ones.findIndex((one) => !fits(linesOf(one)))
    return end === -1 ? [...ones] : ones.slice(0, end)
  }
  const statements = untilFull(list.statements.slice(0, 3), linesOfStatement)
  const facts = untilFull(list.facts, linesOfFact)
  return { list: { ...list, statements, facts, leftOut: list.leftOut + list.statements.length - statements.length + list.facts.length - facts.length }, lines }
}
