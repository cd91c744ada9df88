import { sheetLists, type SheetFact, type SheetList, type SheetListName, type SheetStatement } from '#shared/contract/index.ts'
import { plainText } from './plain-text.ts'

type Lists = Readonly<Record<SheetListName, SheetList>>

/** Lines of an A4 page left for facts and statements, beside the identity, the QR code and what is always said (`e2e/specs` prints the fullest page). */
const pageLines = 32
/** Of them, kept for each list while those before it are filled: what can kill first, but not alone. */
const keptFor: Readonly<Record<SheetListName, number>> = { allergies: 0, treatments: 9, problems: 7, vaccines: 3 }
/** Characters on a line, in the widest letters of the systems: of what is said, and, smaller, of when and by whom; how high such a line is. */
const [saidOnALine, sourceOnALine, sourceLine] = [48, 45, 0.85]
/** Longer texts end with an ellipsis; that of a section nobody understood is all there is to read. */
const longest = { label: 120, value: 90, words: 360, author: 40, source: 60 } as const
/** Characters of a status or of a mark in words, and of an author nobody named. */
const [wordOfMark, unknownAuthor] = [14, 'auteur inconnu']
/** Of values that differ, so many are told; that there are more is told by the mark to check. */
const mostValues = 3

const linesFor = (characters: number, onALine: number) => Math.max(1, Math.ceil(characters / onALine))

/** How many common letters a text is as wide as: names of medicines are often written in capitals. */
function widthOf(text: string): number {
  const [capitals, widest] = [text.match(/[\p{Lu}\d]/gu)?.length ?? 0, text.match(/[WMŒÆ@—%…]|[^\p{Script=Latin}\p{N}\p{P}\p{Z}\p{S}]/gu)?.length ?? 0]
  return text.length + 0.35 * capitals + 0.45 * widest
}

/** How many lines of the page a fact takes, at most. */
function linesOfFact({ label, values, frequency, author, source, date, statedAt, ...marks }: SheetFact): number {
  const words = [marks.adverseEffect, marks.toCheck, marks.tetanus].filter(Boolean).length * wordOfMark + (marks.toConfirm ? 44 : 0)
  const said = widthOf(label) + values.reduce((sum, { value, unit }) => sum + widthOf(`${value} ${unit ?? ''}`) + 4, 0) + widthOf(frequency ?? '') + 2 + (marks.status === null && !marks.denied ? 0 : wordOfMark) + words
  const told = (date === null ? 0 : 13) + (statedAt === null ? 0 : 21) + widthOf(author ?? source ?? unknownAuthor)
  return Math.max(linesFor(said, saidOnALine), linesFor(told, sourceOnALine) * sourceLine)
}

function linesOfStatement({ label, author }: SheetStatement): number {
  return linesFor(widthOf(label) + widthOf(author ?? unknownAuthor) + 40, saidOnALine + sourceOnALine)
}

function shortened(fact: SheetFact): SheetFact {
  const values = fact.values.slice(0, mostValues).map(({ value, unit }) => ({ value: plainText(value, fact.inWords ? longest.words : longest.value), unit: unit === null ? null : plainText(unit, 20) }))
  return {
    ...fact, label: plainText(fact.label, longest.label), frequency: fact.frequency === null ? null : plainText(fact.frequency, longest.value), values: values.filter(({ value }) => value !== ''), toCheck: fact.toCheck || fact.values.length > mostValues,
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
