import { summaryLists, type RecordSummary, type SummaryEntry, type SummaryLine, type SummaryList, type SummaryListName } from '#shared/contract/index.ts'

/** Lines of a list that are painted first: as many as any list shows before it is asked for more. Of allergies, more than anybody has. */
const firstLines: Readonly<Partial<Record<SummaryListName, number>>> = { allergies: 30 }
const usualFirst = 9
const firstAbsences = 3
/** A line of fewer characters goes whole. */
const shortLine = 1_500
const longestText = 500

/** A summary as the panel paints it first: the first lines of each list, long lines without what unfolding them shows. Every count is of the whole. */
export function paintedFirst<Of extends RecordSummary>(summary: Of): Of {
  const painted: Of = { ...summary }
  for (const name of summaryLists) {
    const list = summary[name]
    painted[name] = { ...list, lines: list.lines.slice(0, firstLines[name] ?? usualFirst).map(paintedLineOf), older: [], absences: list.absences.slice(0, firstAbsences).map(withoutDetails) }
  }
  return painted
}

/** All of a list: its lines as they are painted, long ones without what unfolding them shows. */
export function paintedList(list: SummaryList): SummaryList {
  return { ...list, lines: list.lines.map(paintedLineOf), older: list.older.map(paintedLineOf), absences: list.absences.map(withoutDetails) }
}

/** All of one line of a list; null = it has none of that key. */
export function paintedLine({ lines, older }: SummaryList, key: string): SummaryLine | null {
  return lines.find((line) => line.key === key) ?? older.find((line) => line.key === key) ?? null
}

function paintedLineOf(line: SummaryLine): SummaryLine {
  if (JSON.stringify(line).length <= shortLine) return line
  return { ...line, latest: withoutDetails(line.latest), beside: line.beside.map(withoutDetails), former: [], isWhole: false }
}

/** An entry with what its row shows: the first source tells who and when; of the others, which documents they are, for what is new is new in all. */
function withoutDetails(entry: SummaryEntry): SummaryEntry {
  const [first, ...others] = entry.sources
  const otherDocuments = [...new Set(others.map(({ document }) => document))].filter((document) => document !== first?.document)
  return { ...entry, value: shortened(entry.value), ...(entry.frequency && { frequency: shortened(entry.frequency) }), otherValues: entry.otherValues.map((other) => ({ ...other, value: shortened(other.value) })), otherDocuments, sources: first ? [{ ...first, value: shortened(first.value), passage: null, section: null, conflict: null }] : [] }
}

function shortened(text: string | null): string | null {
  return text !== null && text.length > longestText ? `${text.slice(0, longestText)}…` : text
}
