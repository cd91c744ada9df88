import type { AlertedMedicine, MedicineAct, MedicineSource, RecordSummary, SummaryEntry, SummaryList } from '#shared/contract/index.ts'
import { areMedicineCodes, readCodes, type MedicineCodes } from './medicine-codes.ts'

/** One statement of a medicine, of one document or of several that say the same. */
export interface Treatment {
  readonly key: string
  readonly name: string
  readonly act: MedicineAct
  readonly codes: MedicineCodes
  readonly date: string | null
  /** Null = no document says. */
  readonly end: string | null
  readonly sources: readonly MedicineSource[]
}

/** Statements taken for current, and how many are not: over, stopped, or too old for one nobody says the end of. */
export interface TreatmentsInForce {
  readonly current: readonly Treatment[]
  readonly past: number
}

const dayMs = 86_400_000
/**
 * Days for which a statement without an end is taken for current, from when it was last made: a year is the longest a prescription holds; a delivery
 * is of three months at most; a list is believed as long as the panel calls it recent.
 */
const holdsDays: Readonly<Record<MedicineAct, number>> = { prescribed: 365, dispensed: 92, reimbursed: 92, listed: 548 }
/** Stopped, whatever its dates. "completed" is of the entry, not of the treatment. */
const stopped = new Set(['aborted', 'suspended', 'cancelled', 'nullified', 'obsolete', 'refuted'])

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
/** Surely before: a year or a month that holds the day is not. */
const isOver = (date: string, day: string) => date.slice(0, 10) < day.slice(0, date.length)

/** Every entry of a list, whichever line shows it. */
export function entriesOf(list: Pick<SummaryList, 'lines' | 'older'>): SummaryEntry[] {
  return [...list.lines, ...list.older].flatMap(({ latest, beside, former }) => [latest, ...beside, ...former])
}

/** The documents of an entry; those of `onTheirWay` are not in the record's list yet. */
export function sourcesOf(entry: Pick<SummaryEntry, 'sources'>, onTheirWay: ReadonlySet<string>): MedicineSource[] {
  return entry.sources.map(({ document, title, documentDate, author, passage }) => ({ document, title, documentDate, author, passage, onItsWay: onTheirWay.has(document) }))
}

function actOf({ kind, status }: SummaryEntry): MedicineAct {
  if (kind === 'reimbursement') return 'reimbursed'
  return status === 'prescribed' || status === 'dispensed' ? status : 'listed'
}

/**
 * When a source last said so. A prescription without an end that a document repeats is as good as that document, whenever it began; what was delivered or
 * paid was so on its own day, in whichever later list it stands.
 */
function statedOn(act: MedicineAct, { date, documentDate }: SummaryEntry['sources'][number]): string[] {
  return (act === 'prescribed' ? [date, documentDate] : [date ?? documentDate]).flatMap((day) => day ?? [])
}

/** What a summary says is taken now, by the dates and states documents give; `now` in milliseconds. A reimbursed act has no medicine's code and is none. */
export function treatmentsInForce(summary: Pick<RecordSummary, 'treatments' | 'timeline'>, onTheirWay: ReadonlySet<string>, now: number): TreatmentsInForce {
  const today = dayOf(now)
  const codesOf = (entry: SummaryEntry) => readCodes(entry.sources.flatMap((source) => source.codes ?? []))
  const reimbursed = entriesOf(summary.timeline).filter((entry) => entry.kind === 'reimbursement' && areMedicineCodes(codesOf(entry)))
  const current: Treatment[] = []
  let past = 0
  for (const entry of [...entriesOf(summary.treatments), ...reimbursed]) {
    if (entry.absence !== null || entry.denied) continue
    const act = actOf(entry)
    const end = entry.sources.flatMap((source) => source.end ?? []).sort().at(-1) ?? null
    const stated = entry.sources.flatMap((source) => statedOn(act, source)).concat(act === 'listed' ? (entry.statedAt ?? []) : []).sort().at(-1) ?? null
    const isPast = stopped.has(entry.status ?? '') || (end === null ? stated !== null && isOver(stated, dayOf(now - holdsDays[act] * dayMs)) : isOver(end, today))
    if (isPast) past += 1
    else current.push({ key: entry.key, name: entry.label, act, codes: codesOf(entry), date: entry.date, end, sources: sourcesOf(entry, onTheirWay) })
  }
  return { current, past }
}

/** Statements of one medicine as an alert shows them. */
export function shownMedicine(treatments: readonly [Treatment, ...Treatment[]]): AlertedMedicine {
  const ends = treatments.map(({ end }) => end)
  return {
    name: treatments[0].name,
    acts: [...new Set(treatments.map(({ act }) => act))],
    date: treatments.flatMap(({ date }) => date ?? []).sort().at(-1) ?? null,
    // One statement of which the end is not known may go on.
    end: ends.includes(null) ? null : (ends.flatMap((end) => end ?? []).sort().at(-1) ?? null),
    sources: treatments.flatMap(({ sources }) => sources),
  }
}
