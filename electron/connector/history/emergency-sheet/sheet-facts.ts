import { sheetLists, type Absence, type ClinicalFact, type SheetFact, type SheetList, type SheetListName, type SheetStatement, type SummaryEntry, type SummaryLine } from '#shared/contract/index.ts'
import { addMonths, dayOf } from '../clinical/calendar.ts'
import { readCodes } from '../medicines/medicine-codes.ts'
import { entriesOf, treatmentsInForce } from '../medicines/treatments-in-force.ts'
import { ownStatements } from '../summary/own-statements.ts'
import { summarise, type Read } from '../summary/summarise.ts'

/** What an emergency sheet may say, before it is fitted to anything. */
export interface SheetFacts {
  readonly lists: Readonly<Record<SheetListName, SheetList>>
  /** Lists that documents not shown to everybody speak of. */
  readonly keptBack: readonly SheetListName[]
}

/** What was read, in two parts that never meet but to be compared. */
export interface ReadForSheet extends Omit<Read, 'generation' | 'loadedAt' | 'facts'> {
  /** Of documents anybody who has the paper may see. */
  readonly facts: readonly ClinicalFact[]
  /** Of documents masked to professionals, or not shown to the patient or to their representatives: nothing of them goes on paper. */
  readonly hidden: readonly ClinicalFact[]
  /** Classes of vaccines (ATC) that hold tetanus. */
  readonly tetanus: readonly string[]
}

/** After so many months a treatment is to be confirmed with the patient (clinical.md 5.4). */
const confirmAfterMonths = 6

/**
 * The facts of a sheet, as the panel folds and orders them: of treatments those taken for current, of vaccines those against tetanus first. Where a hidden
 * document states something of a list, no other document's "none known" is repeated: it would deny what is known here, and "not recorded" makes the reader ask.
 */
export function sheetFactsOf(read: ReadForSheet): SheetFacts {
  const nobodys = { generation: 0, loadedAt: '' }
  const summary = summarise({ ...read, ...nobodys })
  const hidden = summarise({ ...read, ...nobodys, facts: read.hidden })
  const keptBack = sheetLists.filter((name) => entriesOf(hidden[name]).length + hidden[name].absences.length > 0)
  const confirmBefore = addMonths(dayOf(read.now), -confirmAfterMonths)
  const tetanus = (entry: SummaryEntry) => readCodes(entry.sources.flatMap((source) => source.codes ?? [])).atc.some((atc) => read.tetanus.some((holding) => atc.startsWith(holding)))
  const inForce = treatmentsInForce({ treatments: summary.treatments, timeline: { ...summary.timeline, lines: [], older: [] } }, new Set(), read.now)
  const current = new Set(inForce.current.map(({ key }) => key))

  function factOf(name: SheetListName, { name: called, latest, beside }: SummaryLine): SheetFact {
    const { label, value, unit, frequency, status, negated, denied, grave, adverseEffect, kind, date, statedAt, sources, otherValues } = latest
    const values = [{ value, unit }, ...otherValues, ...beside].flatMap((one) => (one.value === null ? [] : [{ value: one.value, unit: one.unit }]))
    const doubtful = latest.toCheck || latest.disagrees || latest.discordant
    return {
      label: called || label, values, frequency: name === 'treatments' && values.length < 2 ? (frequency ?? null) : null, status: negated && !denied ? null : status, denied, grave, adverseEffect, inWords: kind === 'narrative', toCheck: doubtful,
      toConfirm: name === 'treatments' && statedAt !== null && statedAt.slice(0, 10) < confirmBefore.slice(0, statedAt.length),
      tetanus: name === 'vaccines' && !denied && tetanus(latest), date, statedAt, author: sources[0]?.author ?? null, source: sources[0]?.title ?? null,
    }
  }

  function shownLines(name: SheetListName): SummaryLine[] {
    const all = [...summary[name].lines, ...summary[name].older]
    if (name === 'vaccines') return all.toSorted((one, other) => rankOfDose(one) - rankOfDose(other))
    if (name !== 'treatments') return all
    return all.flatMap((line) => {
      const still = [line.latest, ...line.beside, ...line.former].filter(({ key }) => current.has(key))
      const [latest, ...rest] = still
      return latest ? [{ ...line, latest, beside: line.beside.filter((entry) => rest.includes(entry)) }] : []
    })
  }
  const rankOfDose = ({ latest }: SummaryLine) => (latest.denied ? 2 : tetanus(latest) ? 0 : 1)

  function listOf(name: SheetListName): SheetList {
    const isContradicted = entriesOf(hidden[name]).some(({ denied }) => !denied)
    const repeated = ({ absence }: SummaryEntry) => absence !== 'noneKnown' || !isContradicted
    const { state } = summary[name]
    const shown = shownLines(name)
    return {
      state: state === 'noneKnown' && isContradicted ? 'notRecorded' : state,
      facts: shown.map((line) => factOf(name, line)), stated: ownStatements(shown.map(({ latest }) => latest)).length, statements: summary[name].absences.filter(repeated).map(statementOf),
      leftOut: 0, past: name === 'treatments' ? inForce.past : 0,
    }
  }

  return { lists: { allergies: listOf('allergies'), treatments: listOf('treatments'), problems: listOf('problems'), vaccines: listOf('vaccines') }, keptBack }
}

function statementOf({ absence, label, contradicted, sources, date, statedAt }: SummaryEntry): SheetStatement {
  return { absence: absence as Absence, label, contradicted, author: sources[0]?.author ?? null, date: date ?? statedAt }
}

