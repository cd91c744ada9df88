import { listOfKind, recordSummary, summaryLists, type Absence, type ClinicalFact, type FactKind, type FactSource, type RecordSummary, type SummaryEntry, type SummaryLine, type SummaryList, type SummaryListName } from '#shared/contract/index.ts'
import { codeSystems } from '#shared/terminology/index.ts'
import { analytesByCode, decimalsIn, inUnit, isConvertible, type Analyte, type AnalyteTable } from '../clinical/analytes.ts'
import { atcOf } from '../clinical/patient-state.ts'
import { deniesAll } from '../facts/denial.ts'
import { areMedicineCodes, readCodes } from '../medicines/medicine-codes.ts'
import { analyteName } from './analyte-name.ts'
import { isAdverseEffect, isGrave } from './allergy-gravity.ts'
import { withBloodPressure } from './blood-pressure.ts'
import { curveOf } from './curve-of.ts'
import { bySharedName, folded, namesOf, remembered } from './fact-names.ts'
import { documentDate, foldFacts, happenedOnce, minuteOf, type Fold, type FoldedDocument } from './fold-facts.ts'
import { flagOf, flagOrder } from './out-of-range.ts'
import { ownStatements } from './own-statements.ts'
import { comparable, dimensionOf, numberOf } from './quantity.ts'

/** What was read of one patient's record, and when it is looked at. */
export interface Read {
  readonly generation: number
  readonly loadedAt: string | null
  readonly begun?: number | null
  readonly facts: readonly ClinicalFact[]
  /** Units in which an analyte may be told for another; without, each unit has its own line. */
  readonly analytes?: Pick<AnalyteTable, 'analytes'> | null
  /** Every document of the list. */
  readonly listed: readonly FoldedDocument[]
  readonly documents: RecordSummary['documents']
  readonly unreadable: RecordSummary['unreadable']
  /** The list is not in: what these documents do not say may stand in others. */
  readonly isBegun?: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** After this many months without being stated anew, a datum is told old. */
const oldAfterMonths = 18
/** What is older stands apart, after the rest; of whoever has a long-term illness (ALD) nothing does: its beginning counts as its last result does. */
const [windowMonths, lifetimeMonths] = [5 * 12, 150 * 12]
/** Lists whose old lines are set apart; an allergy, a past illness or a dose of vaccine counts whatever its age. */
const windowed = new Set<SummaryListName>(['treatments', 'results', 'measurements', 'timeline', 'others'])
const ageless = new Set<FactKind>(['familyHistory', 'device'])

/** True when the record holds a protocol of care for one, or a document prescribes on account of one (MED-574). */
function hasLongTermIllness({ listed, facts }: Pick<Read, 'listed' | 'facts'>): boolean {
  return listed.some(({ typeCode }) => typeCode === 'PROT_ALD') || facts.some(({ code, value, negated }) => code === 'MED-574' && value === 'true' && !negated)
}

/** The day `months` before, as ISO 8601; of a shorter month, its last. */
function monthsBefore(now: number, months: number): string {
  const day = new Date(now)
  const wanted = day.getUTCDate()
  day.setUTCDate(1)
  day.setUTCMonth(day.getUTCMonth() - months)
  day.setUTCDate(Math.min(wanted, new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate()))
  return day.toISOString().slice(0, 10)
}

/** Sections whose text belongs to a list where no reader understood them (LOINC): "allergies" in words must not lie among the rest. */
const listOfSection: Readonly<Record<string, SummaryListName>> = {
  '48765-2': 'allergies', '10160-0': 'treatments', '57828-6': 'treatments', '60590-7': 'treatments', '10183-2': 'treatments', '11450-4': 'problems', '11348-0': 'problems', '8716-3': 'measurements',
  '11369-6': 'vaccines', '47519-4': 'timeline', '29554-3': 'timeline', '19005-8': 'timeline', '30954-2': 'results', '11502-2': 'results', '18719-5': 'results', '18723-7': 'results', '18720-3': 'results', '18725-2': 'results', '18727-8': 'results',
  '18717-9': 'results', '18718-7': 'results', '26436-6': 'results',
}

/** Surely before: a year or a month that holds the day is not. */
const isBefore = (date: string | null, day: string) => date !== null && date.slice(0, 10) < day.slice(0, date.length)

/** Codes that declare no allergy of any kind: of IPS, and of SNOMED CT before it; Wolf's "Aucun". */
const noAllergy = new Set(['no-known-allergies', '716186003', '160244002', '02276797'])

const stillThere = new Set(['active', 'recurrence', 'relapse'])
const over = new Set(['inactive', 'resolved', 'remission'])

/** Status of what lasts: that of the newest document that states one; an allergy that one tells active is active. */
function statusOf(fold: Fold, statedOn: (fact: ClinicalFact) => string): Pick<SummaryEntry, 'status' | 'discordant'> {
  const [first] = fold.facts
  const stating = fold.facts.filter(({ status }) => status !== null && (stillThere.has(status) || over.has(status))).toSorted((one, other) => (statedOn(one) < statedOn(other) ? 1 : -1))
  const [active, ended] = [stating.find(({ status }) => stillThere.has(status ?? '')), stating.find(({ status }) => over.has(status ?? ''))]
  const told = first?.kind === 'allergy' ? (active ?? ended) : stating[0]
  return { status: told?.status ?? first?.status ?? null, discordant: active !== undefined && ended !== undefined }
}

function absenceOf(status: string | null): Absence | null {
  return status === 'noneKnown' || status === 'notRecorded' || status === 'notLoaded' || status === 'hiddenHere' ? status : null
}

/** Why an entry stands where it does; the smaller goes first. */
const problemRank = (entry: SummaryEntry) => (entry.denied ? 3 : over.has(entry.status ?? '') ? 2 : stillThere.has(entry.status ?? '') ? 0 : 1)
/** Contrast media and tracers (ATC V08, V09) are of the image they were given for: nobody is treated with them. */
const isForImage = (fact: ClinicalFact) => /^V0[89]/.test(atcOf(fact) ?? '')

/** Worst first; of two alike, the medicine: it is what somebody may prescribe. */
const allergyRank = (entry: SummaryEntry) => (entry.denied ? 32 : 0) + (over.has(entry.status ?? '') ? 16 : 0) + (entry.adverseEffect ? 4 : 0) + (entry.grave ? 0 : 2) + (isToMedicine(entry) ? 0 : 1)
const isToMedicine = ({ sources }: SummaryEntry) => areMedicineCodes(readCodes(sources.flatMap(({ codes }) => codes ?? [])))
/** Critical first, then out of range, then the rest; what is old alarms no more. A germ's antibiotics go last. */
function resultRank({ outOfRange, old, interpretation }: SummaryEntry): number {
  if (interpretation?.split(', ').some((code) => ['S', 'I', 'R', 'SDD', 'NS'].includes(code))) return 3
  return old || outOfRange === null ? 2 : flagOrder.indexOf(outOfRange) < 3 ? 0 : 1
}
const deniedLast = (entry: SummaryEntry) => (entry.denied ? 1 : 0)
/** Vital signs in the order a clinician says them. */
const vitalSigns = ['8480-6', '8462-4', '8867-4', '8310-5', '20564-1', '2708-6', '9279-1', '29463-7', '8302-2', '39156-5', '8280-0', '8287-5']
const otherKinds: readonly FactKind[] = ['interaction', 'carePlan', 'familyHistory', 'device', 'observation', 'narrative']
const ranks: Readonly<Record<SummaryListName, (entry: SummaryEntry) => number>> = {
  allergies: allergyRank, problems: problemRank, results: resultRank, treatments: deniedLast, measurements: deniedLast, vaccines: deniedLast, timeline: () => 0, others: ({ kind }) => otherKinds.indexOf(kind),
}

/**
 * What the panel shows of the facts that were read, each told once (`foldFacts`), every list in its order (clinical.md 5). Nothing is worked out: no
 * value is compared with its usual ones, no dose is told due. Every fact is a source of exactly one entry.
 */
export function summarise(read: Read): RecordSummary {
  const documents = new Map(read.listed.map((document) => [document.uniqueId, document]))
  const [oldSince, since] = [monthsBefore(read.now, oldAfterMonths), monthsBefore(read.now, hasLongTermIllness(read) ? lifetimeMonths : windowMonths)]
  const dateOf = (fact: ClinicalFact) => documentDate(documents.get(fact.document))

  function sourceOf(fact: ClinicalFact): FactSource {
    const { document, author, passage, section, value, unit, date, end, conflict, codes } = fact
    return { document, author, passage, section, value, unit, date, conflict, ...(end && { end }), ...(codes && { codes }), title: documents.get(document)?.title ?? null, documentDate: dateOf(fact) }
  }

  function entryOf(fold: Fold): SummaryEntry {
    const [first] = fold.facts as [ClinicalFact, ...ClinicalFact[]]
    const written = fold.facts.flatMap((fact) => dateOf(fact) ?? []).sort()
    const statedAt = happenedOnce.has(first.kind) ? (fold.date ?? written[0] ?? null) : (written.at(-1) ?? fold.date)
    const { kind, label, value, unit, frequency, interpretation, referenceRange, negated } = first
    const values = fold.facts.length === 1 ? [] : [...Map.groupBy(fold.facts, (fact) => comparable(fact.value, fact.unit)).values()].flatMap(([one]) => (one && one.value !== null ? { value: one.value, unit: one.unit } : []))
    return {
      key: fold.key, kind, label, value, unit, ...(frequency && { frequency }), interpretation, referenceRange, negated, date: fold.date, statedAt, disagrees: fold.disagrees,
      ...statusOf(fold, (fact) => dateOf(fact) ?? ''),
      otherValues: values.filter((one) => comparable(one.value, one.unit) !== comparable(value, unit)),
      denied: isDenial(fold) || ((negated || first.status === 'refuted') && !fold.facts.some(({ conflict }) => conflict?.field === 'negation')),
      old: isBefore(statedAt, oldSince), absence: absenceOf(first.status), contradicted: false,
      outOfRange: kind === 'labResult' || kind === 'measurement' ? flagOf(fold.facts) : null,
      grave: kind === 'allergy' && fold.facts.some(isGrave), adverseEffect: kind === 'allergy' && fold.facts.every(isAdverseEffect),
      number: numberOf(value), converted: null, toCheck: fold.facts.some(({ conflict }) => conflict !== null), otherDocuments: [], sources: fold.facts.map(sourceOf),
    }
  }

  const analytes = analytesByCode(read.analytes ?? { analytes: [] })
  /** What a result measures, where the unit it is told in is one that may be told in another. */
  function analyteOf({ facts: [first] }: Fold): Analyte | null {
    const analyte = first?.kind === 'labResult' && first.codeSystem === codeSystems.loinc && numberOf(first.value) !== null ? analytes.get(first.code ?? '') : undefined
    return analyte && isConvertible(analyte, first?.unit ?? null) ? analyte : null
  }
  const names = remembered((fold: Fold) => [...new Set([...fold.facts.flatMap(namesOf), ...(analyteOf(fold) ? [`analyte ${analyteOf(fold)?.id}`] : [])])])
  const codes = new Map<string, string | null>()
  /** Newest first, a medicine by who spoke of it last; what has no date goes last; of one moment, by name. */
  const newest = (one: SummaryEntry, other: SummaryEntry) => {
    const [first, second] = [one, other].map((entry) => minuteOf(happenedOnce.has(entry.kind) || entry.kind === 'treatment' ? entry.statedAt : (entry.date ?? entry.statedAt)))
    if (first !== second) return (first ?? '') < (second ?? '') ? 1 : -1
    return folded(one.label).localeCompare(folded(other.label), 'fr') || (one.key < other.key ? -1 : 1)
  }

  function lineOf(name: SummaryListName, folds: readonly Fold[]): SummaryLine {
    const analyteOfEntry = new Map(folds.map((fold) => [fold.key, analyteOf(fold)]))
    // Of one sampling told in two units, the one others are told in is shown.
    const isShownUnit = ({ key, unit }: SummaryEntry) => {
      const shown = analyteOfEntry.get(key)?.unit
      return shown !== undefined && dimensionOf(shown) === dimensionOf(unit)
    }
    const sameMoment = (one: SummaryEntry, other: SummaryEntry) => (minuteOf(one.statedAt) === minuteOf(other.statedAt) ? Number(isShownUnit(other)) - Number(isShownUnit(one)) : 0)
    const entries = folds.map(entryOf).sort((one, other) => sameMoment(one, other) || newest(one, other))
    const [latest, ...others] = entries as [SummaryEntry, ...SummaryEntry[]]
    const rest = others.map((entry) => ({ ...entry, converted: convertedTo(latest.unit, entry, analyteOfEntry.get(entry.key) ?? null) }))
    const beside = rest.filter((entry) => latest.disagrees && entry.disagrees && minuteOf(entry.date) === minuteOf(latest.date))
    codes.set(latest.key, folds[0]?.facts[0]?.code ?? null)
    const former = beside.length === 0 ? rest : rest.filter((entry) => !beside.includes(entry))
    return { key: latest.key, name: name === 'results' ? analyteName(latest.label) : latest.label, latest, beside, former, formerCount: former.length, curve: curveOf([latest, ...beside, ...former]), isWhole: true }
  }

  /** A former result told in the unit of the latest, for its curve; what was written stays what is shown. */
  function convertedTo(unit: string | null, entry: SummaryEntry, analyte: Analyte | null): SummaryEntry['converted'] {
    if (analyte === null || entry.number === null || dimensionOf(entry.unit) === dimensionOf(unit)) return null
    const value = inUnit(analyte, entry.number.value, entry.unit, unit)
    return value === null ? null : { value: Number(value.toFixed(decimalsIn(analyte, unit))), unit }
  }

  /** Results of one analyte, in units that may be told in one another; mentions of one medicine: one line. Elsewhere each fold has its own. */
  function linesOf(name: SummaryListName, folds: readonly Fold[]): SummaryLine[] {
    const series = name === 'results' || name === 'measurements'
    if (!series && name !== 'treatments') return folds.map((fold) => lineOf(name, [fold]))
    const unitsOf = (fold: Fold) => (analyteOf(fold) ? 'convertible' : `as ${dimensionOf(fold.facts[0]?.unit ?? null)}`)
    const grouped = Map.groupBy(folds, (fold) => `${fold.facts[0]?.negated} ${series ? unitsOf(fold) : ''}`)
    return [...grouped.values()].flatMap((same) => bySharedName(same, names)).flatMap(sectionsApart).map((about) => lineOf(name, about))
  }

  /** Sections of one document under one title are as many lines, each with what other documents say under that title. */
  function sectionsApart(about: readonly Fold[]): (readonly Fold[])[] {
    if (about[0]?.facts[0]?.kind !== 'narrative') return [about]
    const lines: { folds: Fold[]; documents: Set<string> }[] = []
    const writtenOn = ({ facts }: Fold) => facts.map((fact) => dateOf(fact) ?? '').sort().at(-1) ?? ''
    for (const fold of about.toSorted((one, other) => writtenOn(other).localeCompare(writtenOn(one)) || (one.key < other.key ? -1 : 1))) {
      const documents = fold.facts.map(({ document }) => document)
      const line = lines.find((found) => !documents.some((document) => found.documents.has(document)))
      if (line === undefined) lines.push({ folds: [fold], documents: new Set(documents) })
      else {
        line.folds.push(fold)
        for (const document of documents) line.documents.add(document)
      }
    }
    return lines.map(({ folds }) => folds)
  }

  function listOf(name: SummaryListName, folds: readonly Fold[]): SummaryList {
    const [declared, stated] = [folds.filter(({ facts: [first] }) => absenceOf(first?.status ?? null) !== null), folds.filter(({ facts: [first] }) => absenceOf(first?.status ?? null) === null)]
    const sign = (line: SummaryLine) => (name === 'measurements' ? (vitalSigns.indexOf(codes.get(line.key) ?? '') + vitalSigns.length + 1) % (vitalSigns.length + 1) : 0)
    const inWords = ({ latest }: SummaryLine) => (latest.kind === 'narrative' ? 1 : 0)
    // What was concluded of an image stands with it, and not below all that was coded.
    const isMixed = name === 'others' || name === 'timeline'
    const found = withTellingNames(linesOf(name, stated))
    const lines = (name === 'measurements' ? withBloodPressure(found, codes) : found).sort((one, other) => (isMixed ? 0 : inWords(one) - inWords(other)) || ranks[name](one.latest) - ranks[name](other.latest) || dayOrder(name, one, other) || sign(one) - sign(other) || newest(one.latest, other.latest))
    const says = lines.some(({ latest }) => !latest.denied && (name === 'others' || latest.kind !== 'narrative'))
    const told = lines.flatMap(({ latest, beside, former }) => [latest, ...beside, ...former]).filter((entry) => !entry.denied && !entry.adverseEffect && (name === 'others' || entry.kind !== 'narrative'))
    const absences = declared.map((fold) => {
      const entry = entryOf(fold)
      return { ...entry, contradicted: entry.absence === 'noneKnown' && !isPartial(name, fold) && told.some((other) => contradicts(other, entry)) }
    }).sort(newest)
    const isOlder = ({ latest }: SummaryLine) => windowed.has(name) && !ageless.has(latest.kind) && isBefore(latest.statedAt, since)
    const statedAt = [...lines.flatMap(({ latest, former }) => [latest, ...former]), ...absences].flatMap((entry) => entry.sources.flatMap((source) => source.documentDate ?? [])).sort().at(-1) ?? null
    const [recent, older] = [lines.filter((line) => !isOlder(line)), lines.filter(isOlder)]
    return {
      state: says ? 'listed' : name !== 'others' && lines.some(inWords) ? 'inWords' : emptiness(name, declared),
      lines: recent, lineCount: recent.length, statedCount: ownStatements(recent.map(({ latest }) => latest)).length, outOfRangeCount: recent.filter(({ latest }) => latest.outOfRange !== null && !latest.old).length,
      older, olderCount: older.length, absences, absenceCount: absences.length, statedAt,
    }
  }

  /** The same day is one group, in the order of the list; its hours do not part a patient's weight from their blood pressure. */
  function dayOrder(name: SummaryListName, one: SummaryLine, other: SummaryLine): number {
    if (name !== 'measurements' && name !== 'results') return 0
    const [first, second] = [one, other].map(({ latest }) => latest.statedAt?.slice(0, 10) ?? '')
    return first === second ? 0 : (first ?? '') < (second ?? '') ? 1 : -1
  }

  /** A declared "no known food allergy" says nothing of the others. */
  const isPartial = (name: SummaryListName, { facts: [first] }: Fold) => name === 'allergies' && first?.code != null && !noAllergy.has(first.code)

  /** A document that declares one of its sections empty (no past illness) is not contradicted by another of its sections (an active one). */
  function contradicts(told: SummaryEntry, declared: SummaryEntry): boolean {
    return told.sources.some((source) => declared.sources.some(({ document, section }) => document !== source.document || section === source.section))
  }

  /** A sentence of a section of allergies, under its title, that there is none. */
  const isDenial = (fold: Fold) => fold.facts.every(({ kind, label, section, value }) => kind === 'narrative' && label === (section ?? '') && deniesAll(value ?? '')) && listOfFold(fold) === 'allergies'

  /** What no line means. */
  function emptiness(name: SummaryListName, declared: readonly Fold[]): Absence {
    const says = (status: Absence) => declared.some((fold) => fold.facts[0]?.status === status && (status !== 'noneKnown' || !isPartial(name, fold)))
    if (says('hiddenHere')) return 'hiddenHere'
    // What one document declares stands as its word: others are on their way.
    if (read.isBegun) return 'notLoaded'
    if (says('noneKnown')) return 'noneKnown'
    const { read: had, unread, failed } = read.documents
    return had === 0 && unread + failed > 0 ? 'notLoaded' : 'notRecorded'
  }

  const listOfFold = ({ facts }: Fold): SummaryListName => {
    const [first] = facts
    if (first?.kind === 'treatment' && facts.some(isForImage)) return 'timeline'
    return (first?.kind === 'narrative' ? listOfSection[first.code ?? ''] : undefined) ?? listOfKind[first?.kind ?? 'narrative']
  }
  const folds = Map.groupBy(foldFacts(read.facts, read.listed), listOfFold)
  const lists = Object.fromEntries(summaryLists.map((name) => [name, listOf(name, folds.get(name) ?? [])])) as Record<SummaryListName, SummaryList>
  return recordSummary.parse({ generation: read.generation, loadedAt: read.loadedAt, begun: read.begun ?? null, documents: read.documents, unreadable: read.unreadable, since, ...lists })
}

/** Two lines of one short name are told apart by their whole labels. */
function withTellingNames(lines: readonly SummaryLine[]): SummaryLine[] {
  const named = Map.groupBy(lines, (line) => `${line.name} ${dimensionOf(line.latest.unit)}`)
  return lines.map((line) => ((named.get(`${line.name} ${dimensionOf(line.latest.unit)}`)?.length ?? 0) > 1 ? { ...line, name: line.latest.label } : line))
}
