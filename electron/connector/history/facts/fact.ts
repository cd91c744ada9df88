import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, bareWords, down, kids, words, type Linked } from './elements.ts'
import { nameIn, passageOf, type Passage, type Passages } from './narrative-links.ts'
import { periodOf, standsForNone, type Coded } from './values.ts'

/** Where a statement stands: what its readers need to know beyond itself. */
export interface Place {
  readonly document: string
  readonly author: string | null
  readonly passages: Passages
  /** Title of the section. */
  readonly section: string | null
  readonly sectionCode: string | null
  readonly sectionSystem: string | null
  /** What the section lists, as the code that stands for it; null where neither a template nor a code of it says so. */
  readonly list: string | null
  /** Inside a laboratory chapter (FR2.70 or FR2.71), or an entry of one (FR3.21): what is asked there is a result. */
  readonly laboratory: boolean
  /** Inside a care plan: what is there is to come. */
  readonly plan: boolean
  /** Under a statement of what is to come: so are its details. */
  readonly toCome: boolean
  /** A list of what the health insurance paid (CNAM-HR): no proof that it was taken. */
  readonly reimbursed: boolean
  /** Date and status of what holds the statement, for one that has none of its own. */
  readonly date: string | null
  /** End of what holds the statement. */
  readonly end: string | null
  readonly status: string | null
  readonly imaging: boolean
  /** Inside an IPS battery of laboratory results. */
  readonly results: boolean
  /** What the laboratory measured on, when it is one thing. */
  readonly specimen: string | null
  /** What the statement details, where its own code does not say: a germ, a device, an illness. */
  readonly about: string | null
  /** What a previous result that does not name itself is a result of. */
  readonly asked: string | null
  /** Beginning of the documented act: when what a dispensation lists was handed over. */
  readonly actDate: string | null
  /** When the document was written. */
  readonly writtenOn: string | null
  /** The document is of a model about a child. */
  readonly child: boolean
  /** The document is of a model about a mother. */
  readonly mother: boolean
  /** Whom the section is about, where not the patient; empty where it does not say which relative. */
  readonly relative: string | null
}

/** A fact of a place; what is not given is null. */
export function fact(place: Place, kind: FactKind, label: string, parts: Partial<ClinicalFact> = {}): ClinicalFact {
  return {
    kind, label, code: null, codeSystem: null, value: null, unit: null, date: null, end: null, interpretation: null, referenceRange: null, status: null,
    route: null, frequency: null, lot: null, specimen: null, negated: false, conflict: null, document: place.document, section: place.section, passage: null, author: place.author, ...parts,
  }
}

export function codeParts(coded: Coded | null): { code: string | null; codeSystem: string | null } {
  return { code: coded?.code ?? null, codeSystem: coded?.system ?? null }
}

/** The passage a statement rests on: its own text, else its value's, else its code's. */
export function restsOn(statement: CdaElement, place: Place): Passage | null {
  const spots = [down(statement, 'text'), down(statement, 'value', 'originalText'), down(statement, 'code', 'originalText')]
  return spots.map((spot) => passageOf(spot, place.passages)).find((passage) => passage !== null) ?? null
}

/** What a statement says in its own words, in itself rather than in the narrative. */
export function ownWords(statement: CdaElement): string | null {
  const text = down(statement, 'text')
  return text === null || down(text, 'reference') !== null || at(text, 'representation') !== null ? null : words(text)
}

/** As `ownWords`, where they are a name. */
export function ownName(statement: CdaElement): string | null {
  return nameIn(ownWords(statement) ?? '')
}

export function isNegated(statement: CdaElement): boolean {
  return at(statement, 'negationInd') === 'true'
}

/** Whether words that deny all are all that says what a statement is about. Beside one that is denied, "non" only says so again of what the cell before it names. */
export function tellsOfNone(statement: CdaElement, coded: Coded | null, ...beside: readonly (string | null | undefined)[]): boolean {
  return standsForNone(coded, ...beside.filter((words) => !isNegated(statement) || !/^\s*non\s*\.?\s*$/i.test(words ?? '')))
}

/** What a link denies is denied as if it said so itself. */
export function underLink({ link, statement }: Linked): CdaElement {
  return isNegated(link) ? denied(statement) : statement
}

/** A statement whose author, or who holds it, denies it. */
export function denied(statement: CdaElement): CdaElement {
  return isNegated(statement) ? statement : { ...statement, attributes: { ...statement.attributes, negationInd: 'true' } }
}

export function statusOf(statement: CdaElement): string | null {
  return at(down(statement, 'statusCode'), 'code')
}

/** Statuses of what was asked for and is no longer, or not for now. */
const calledOff = new Set(['aborted', 'cancelled', 'suspended', 'held'])

/** What was asked for or begun, and is no longer or not for now. */
export function isCalledOff(statement: CdaElement): boolean {
  return calledOff.has(statusOf(statement) ?? '')
}

/** How something asked for stands: as its mood says, unless it was called off. */
export function askedStatus(statement: CdaElement, asked: 'prescribed' | 'planned'): string {
  const status = statusOf(statement)
  return status !== null && calledOff.has(status) ? status : asked
}

/** When a statement holds: as it states itself, be it that it is not known; only one without any time of its own has the date of what holds it. */
export function heldAt(statement: CdaElement, place: Place): { date: string | null; end: string | null } {
  const { stated, start, end } = periodOf(statement)
  return stated ? { date: start, end } : { date: place.date, end: null }
}

/** Surely after the day a document was written: a year or a month that holds the day may not be. */
export const isLater = (date: string, day: string) => {
  const known = Math.min(date.length, day.length, 10)
  return date.slice(0, known) > day.slice(0, known)
}

/** Surely not after the day a document was written: a year or a month that holds the day may be. */
const isPast = (date: string, day: string) => date.slice(0, 10) < day.slice(0, date.length) || date.slice(0, 10) === day.slice(0, 10)

/** Whether a statement, or what it details, is asked for, proposed or promised rather than done. */
export function isIntended(statement: CdaElement, place: Place): boolean {
  return (at(statement, 'moodCode') ?? 'EVN') !== 'EVN' || place.toCome
}

/** Whether a statement of a care plan begins on a day after its document was written: it is not done yet, whatever its mood. */
export function isPlannedLater(statement: CdaElement, place: Place): boolean {
  const { date } = heldAt(statement, place)
  return place.plan && date !== null && place.writtenOn !== null && isLater(date, place.writtenOn)
}

/**
 * Whether a statement is of what is to come: what is intended, what details it, and in a care plan what is neither done nor said to have begun. What is
 * said to be done on a day after its document was written is not done yet.
 */
export function isToCome(statement: CdaElement, place: Place): boolean {
  if (isIntended(statement, place)) return true
  if (!place.plan) return false
  const held = heldAt(statement, place)
  // Of a sample or an act only the end may be written.
  const [date, day, status] = [held.date ?? held.end, place.writtenOn, statusOf(statement)]
  if (status === 'completed') return date !== null && day !== null && isLater(date, day)
  return status !== null || date === null || day === null || !isPast(date, day)
}

/** What is masked exists and is hidden; any other nullFlavor was not recorded. */
export function absenceOf(nullFlavor: string | null): 'hiddenHere' | 'notRecorded' {
  return nullFlavor === 'MSK' ? 'hiddenHere' : 'notRecorded'
}

const snomed = '2.16.840.1.113883.6.96'

/**
 * Other ways to declare a list empty: the former "Aucun" of the CI-SIS; SNOMED CT as IPS recommends it (value set "Absent or Unknown SNOMED"): no known
 * allergy (two codes, the second retired), drug, environmental, food allergy; no problem, medication, immunization, procedure, device; and as IHE PCC does: no
 * significant medical history, no significant family history, no drug therapy, no self-medication.
 */
const noneOtherwise = new Set([
  '1.2.250.1.213.2.63 02276797',
  ...['716186003', '160244002', '409137002', '428607008', '429625007', '160245001', '787481004', '787482006', '787480003', '787483001', '160243008', '160266009', '182849000', '408350003'].map((code) => `${snomed} ${code}`),
])

/** As IHE PCC says that a list was not filled in: past history, family history and drug treatment unknown. */
const unknownOtherwise = new Set(['396782006', '407559004', '182904002'].map((code) => `${snomed} ${code}`))

/** IPS "Absent and Unknown Data": a list declared empty, or not filled in; null for any other code. */
export function declaredAbsence(coded: Coded | null): 'noneKnown' | 'notRecorded' | null {
  if (coded !== null && noneOtherwise.has(`${coded.system} ${coded.code}`)) return 'noneKnown'
  if (coded !== null && unknownOtherwise.has(`${coded.system} ${coded.code}`)) return 'notRecorded'
  if (coded?.system !== '2.16.840.1.113883.5.1150.1' || coded.code === null) return null
  return coded.code.startsWith('no-known-') ? 'noneKnown' : /^no-.*-info$/.test(coded.code) ? 'notRecorded' : null
}

/** The relative a statement is about; null when it is about the patient, be it said so. */
export function subjectOf(statement: CdaElement): CdaElement | null {
  const related = down(statement, 'subject', 'relatedSubject') ?? subjectTakingPart(statement)
  if (related === null) return null
  const code = kids(related, 'code')[0] ?? null
  const isPatient = ['SELF', 'ONESELF'].includes(at(code, 'code') ?? '') || (code === null && at(related, 'classCode') === 'PAT')
  return isPatient ? null : (code ?? related)
}

/** Some name their relative as a person who takes part (`SBJ`). */
function subjectTakingPart(statement: CdaElement): CdaElement | null {
  const role = down(kids(statement, 'participant').find((one) => at(one, 'typeCode') === 'SBJ') ?? null, 'participantRole')
  return at(role, 'classCode') === 'PRS' ? role : null
}

/** Words of a substance's or a product's name that tell it from no other: salts and forms. */
const untelling = new Set(['acide', 'acid', 'sodium', 'potassium', 'calcium', 'chlorhydrate', 'sulfate', 'phosphate', 'comp', 'comprime', 'comprimes', 'gelule', 'gelules', 'capsule', 'sachet', 'solution', 'suspension', 'poudre', 'buvable', 'injectable', 'pour', 'produit', 'vaccin', 'allergie'])

/** An agent or a product is told with the name its document gives it beside its code, where the two share no word that tells it from others: neither is chosen. */
export function withOtherName(label: string, name: string | null): string {
  const wordsOf = (text: string): readonly string[] => (bareWords(text).match(/\p{L}{3,}/gu) ?? []).filter((word) => !untelling.has(word))
  const isSame = name !== null && (bareWords(label).includes(bareWords(name)) || bareWords(name).includes(bareWords(label)))
  return name === null || isSame || wordsOf(name).some((word) => wordsOf(label).includes(word)) ? label : `${label} (${name})`
}
