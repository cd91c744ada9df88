import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, bareWords, down, isVoid, kids, linked, saysSomething, typeOf } from './elements.ts'
import { absenceOf, askedStatus, codeParts, fact, heldAt, isCalledOff, isNegated, isToCome, restsOn, statusOf, subjectOf, underLink, type Place } from './fact.ts'
import { isCcamImaging } from './ccam.ts'
import { dateConflict, denialConflict, findConflict, foundConflict } from './find-conflict.ts'
import { afterQuestion, answerOf, nameIn, passageOf, saidBy, type OfDay, type Passage } from './narrative-links.ts'
import { lists } from './sections.ts'
import { conforms } from './templates.ts'
import { codedOf, codeInWords, codesOf, nameOf, periodOf, qualifiersOf, rangeOf, sitesOf, valueOf, type Coded, type Value } from './values.ts'

const loinc = '2.16.840.1.113883.6.1'

/** Way of life and obstetric history by LOINC, where no template tells: tobacco, alcohol, children alive, miscarriages and terminations, fetuses, pregnancies, births. */
const answers = new Set(['74011-8', '74013-4', '11638-4', '11612-9', '55281-0', '11996-6', '11977-6', '69043-8', '11637-6', '57062-2'])

/** UCUM units of time. */
const times = new Set(['a', 'mo', 'wk', 'd', 'h', 'min'])

function kindOf(statement: CdaElement, coded: Coded | null, place: Place): FactKind {
  if (place.reimbursed) return 'reimbursement'
  if (isToCome(statement, place)) return 'carePlan'
  const quantity = down(statement, 'value')
  const unit = at(quantity, 'unit')
  if (conforms(statement, 'wayOfLife') || (coded?.system === loinc && answers.has(coded.code ?? ''))) return 'observation'
  // A count, an age or a duration of an obstetric history is told; a weight or a height is measured.
  if (conforms(statement, 'pregnancy') && (unit === null || unit === '1' || times.has(unit))) return 'observation'
  const numeric = ['PQ', 'IVL_PQ', 'REAL', 'INT', 'RTO', 'RTO_PQ_PQ'].includes(typeOf(quantity))
  if (place.laboratory || place.results || (conforms(statement, 'labResult') && numeric)) return 'labResult'
  if (conforms(statement, 'vitalSign') || place.list === lists.vitalSigns) return 'measurement'
  if (place.imaging || codesOf(down(statement, 'code')).some(({ code }) => isCcamImaging(code))) return 'imaging'
  if (place.list === lists.results && coded?.system === loinc && numeric) return 'labResult'
  return numeric ? 'measurement' : 'observation'
}

/** A value as it stands among others: with its unit. */
const withUnit = ({ value, unit }: { value: string | null; unit: string | null }) => [value, unit].filter(Boolean).join(' ')

/** What is said by a code that asks nothing (ASSERTION of HL7), as one whose code is what its value says there is; null for any other. */
function asserted(statement: CdaElement): CdaElement | null {
  const [value, ...others] = kids(statement, 'value')
  if (at(down(statement, 'code'), 'code') !== 'ASSERTION' || value === undefined || others.length > 0 || !['CD', 'CE'].includes(typeOf(value))) return null
  const parts = statement.nodes.filter((node) => typeof node === 'string' || node.name !== 'code')
  return { ...statement, nodes: parts.map((node) => (node === value ? { ...value, name: 'code' } : node)) }
}

/**
 * A result, a measurement or any other coded answer: `code` asks, `value` says. Its previous results follow it, then what else it holds: `read` is asked what an
 * act, a medicine, or what is of somebody else, says.
 */
export function observation(statement: CdaElement, place: Place, read: (statement: CdaElement, place: Place) => ClinicalFact[]): ClinicalFact[] {
  const said = asserted(statement)
  if (said !== null) return observation(said, place, read)
  const { passages } = place
  const code = down(statement, 'code')
  const coded = codedOf(code, passages)
  const rests = place.laboratory ? (passageOf(down(code, 'originalText'), passages) ?? restsOn(statement, place)) : restsOn(statement, place)
  const values = kids(statement, 'value')
  const answered = values.map((value) => valueOf(value, passages)).filter(({ value }) => value !== null)
  const label = coded?.title ?? place.asked ?? (coded?.code == null ? (answered.length > 0 ? questionIn(rests) : null) : (soleQuestion(rests, answered) ?? codeInWords(coded)))
  const others = linked(statement).filter((one) => one.statement.name !== 'observation')
  const inner = linked(statement).filter((one) => !technical(one.statement))
  // What is asked for says itself, whatever details it: a value that has no object there answers nothing.
  const asked = values.every((one) => at(one, 'nullFlavor') === 'NA') && (at(statement, 'moodCode') ?? 'EVN') !== 'EVN'
  const unsaid = values.map((value) => at(value, 'nullFlavor')).find((one) => one !== null) ?? null
  const nullFlavor = asked ? null : unsaid
  const pointed = answered.length === 0 && nullFlavor === null && !place.laboratory ? passageOf(down(statement, 'text'), passages) : null
  const wording = values.length === 1 && codedOf(values[0] ?? null, passages)?.code === null ? passageOf(down(values[0] ?? null, 'originalText'), passages) : null
  const words = values.length > 0 && !asked ? lastCell(pointed) : inner.length === 0 || asked ? answerOf(pointed) : null
  const day = unsaid === 'NA' && inner.length === 0 ? dayAsked(statement, label) : null
  const value = day ?? beyondQuestion(wording, label) ?? (wording !== null && wording.row === rests?.row && wording.text === rests.text ? besideFirst(wording) : null) ?? ((answered.length === 1 || answered.every(({ unit }) => unit === null) ? answered.map((one) => one.value) : answered.map(withUnit)).join(', ') || (words?.toLowerCase() === label?.toLowerCase() ? null : words))
  const unit = answered.length === 1 ? (answered[0]?.unit ?? null) : null
  const status = statusOf(statement)
  const interpretations = kids(statement, 'interpretationCode').flatMap((one) => interpretationOf(one, passages) ?? [])
  // Resistant or sensible, denied, called off: an answer that is no value.
  const isAnswered = value !== null || interpretations.length > 0 || isNegated(statement) || isCalledOff(statement)
  const silent = !isAnswered && !asked && (inner.length > 0 || nullFlavor === 'NA')
  const qualified = [...new Set([qualifiersOf(code, passages), ...sitesOf(statement, passages), place.about, ...methodsOf(statement, place)])].filter(Boolean).join(', ')
  const stated = heldAt(statement, place)
  // Vital signs are taken together, and what is told of a former pregnancy is of that one: their organizer says when, what each says of itself is often that it was not asked (NASK, NA).
  const grouped = conforms(statement, 'vitalSign') ? { date: place.date, end: null } : conforms(statement, 'pregnancy') ? { date: place.date, end: place.end } : null
  const held = grouped !== null && stated.date === null && stated.end === null ? grouped : stated
  const kind = kindOf(statement, coded, place)
  const urgency = kind === 'carePlan' ? nameOf(codedOf(down(statement, 'priorityCode'), passages)) : null
  const own = label === null || silent ? [] : [withConflict(fact(place, kind, qualified === '' ? label : `${label} (${qualified})`, {
    ...codeParts(coded), value, unit, ...held, specimen: specimenOf(statement, place) ?? place.specimen, interpretation: interpretations.join(', ') || urgency,
    referenceRange: rangeOf(statement, unit, passages), status: !isAnswered && nullFlavor !== null ? absenceOf(nullFlavor) : kind === 'carePlan' ? askedStatus(statement, 'planned') : status,
    negated: isNegated(statement), passage: rests?.row ?? null,
  }), rests, values.length === 1 ? passageOf(down(values[0] ?? null, 'originalText'), passages) : null, place.about === null)]
  // A detail without a date of its own holds when what it details does. A previous result was measured on another specimen, and asks the same.
  const detailed = [...inner, ...others].flatMap((linkedTo) => {
    const one = underLink(linkedTo)
    const isPrevious = at(linkedTo.link, 'typeCode') === 'REFR'
    const itsCode = codedOf(down(one, 'code'), passages)?.code ?? null
    const asked = isPrevious && place.laboratory && (itsCode === null || itsCode === coded?.code) ? label : null
    const about = conforms(one, 'subordinate') && answered.length === 1 ? value : place.about
    const inside: Place = { ...place, about, toCome: place.toCome || kind === 'carePlan', date: held.date, specimen: isPrevious ? null : place.specimen, asked }
    if (one.name !== 'observation' || subjectOf(one) !== null) return read(one, { ...inside, asked: null })
    const found = observation(one, inside, read)
    return isPrevious && place.laboratory ? found.map((former) => atRowOf(former, rests, held.date)) : found
  })
  return [...own, ...detailed]
}

/** What is asked for is a day, and the value is said to have no object: its own time answers. Null where it has none or asks anything else. */
function dayAsked(statement: CdaElement, label: string | null): string | null {
  const { start, end } = periodOf(statement)
  return /^dates?\b/i.test(label ?? '') ? [...new Set([start, end])].filter(Boolean).join(' - ') || null : null
}

/** The first cell of the row that holds an answer, where an entry does not code what was asked. */
function questionIn(passage: Passage | null): string | null {
  const [question, ...answers] = passage?.cells ?? []
  return answers.length > 0 && question !== undefined && saysSomething(question) ? question : null
}

/** The question of a row that holds one and its answer, whichever of both the document points at: what a code without a name asks. */
function soleQuestion(passage: Passage | null, values: readonly Value[]): string | null {
  const [question, ...answers] = passage?.cells ?? []
  // Two numbers in one answer (120/80) are of two questions.
  const isPart = /\d\s*[/-]\s*\d/.test(answers[0] ?? '') && values.some(({ value }) => /^\d+(?:[.,]\d+)?$/.test(value ?? ''))
  return passage !== null && answers.length === 1 && !isPart && (passage.text === question || passage.text === answers[0] || passage.text === passage.cells.join(' ')) ? nameIn(question ?? '') : null
}

/** The flags of HL7 are known by their code; an answer of another list (Rankin, OMS) by its words. */
const flags = '2.16.840.1.113883.5.83'

function interpretationOf(interpretation: CdaElement, passages: Place['passages']): string | null {
  const coded = codedOf(interpretation, passages)
  return coded?.system === flags || coded?.system === null ? (coded.code ?? coded.label) : nameOf(coded)
}

/** A value left empty, unlike one said to be unknown, is in the words alone: those of the last cell, the first ones ask. */
function lastCell(passage: Passage | null): string | null {
  return passage !== null && passage.row.split(' | ').slice(1).at(-1) === passage.text && saysSomething(passage.text) ? passage.text : null
}

/** The rest of a row whose first cell, the question itself, is all that a document points at for its answer; null where it points at the answer. */
function beyondQuestion(passage: Passage | null, label: string | null): string | null {
  const answers = passage === null ? [] : afterQuestion(passage)
  const [said, name] = [bareWords(passage?.text ?? ''), bareWords(label ?? '')]
  const isQuestion = said !== '' && (name.includes(said) || (name.length >= 4 && said.startsWith(name)))
  return isQuestion ? answers.filter(saysSomething).join(', ') || null : null
}

/**
 * The whole of a row of two cells, where a document points at its first for the answer as for all the statement says: be that the question in other words than its code's, or half of
 * the answer, nothing is lost. A day is when it was, and no answer. Null for any other row.
 */
function besideFirst({ text, cells }: Passage): string | null {
  const [first, answer, ...others] = cells
  return first === text && answer !== undefined && others.length === 0 && saysSomething(first) && saysSomething(answer) && !/^(?:\d\d\/)?\d\d\/\d{4}\b/.test(answer) ? `${first} : ${answer}` : null
}

/** How something was measured, which tells two measurements apart (an objective and a subjective refraction); a laboratory names its reagents so. */
function methodsOf(statement: CdaElement, place: Place): string[] {
  if (place.laboratory || place.results || conforms(statement, 'labResult')) return []
  return kids(statement, 'methodCode').flatMap((method) => nameOf(codedOf(method, place.passages)) ?? [])
}

/** What an observation itself says it was made on. */
export function specimenOf(statement: CdaElement, place: Place): string | null {
  return nameOf(codedOf(down(statement, 'specimen', 'specimenRole', 'specimenPlayingEntity', 'code'), place.passages))
}

/** Nature of what a laboratory took (FR3.77); null when its act does not say. */
export function takenSpecimen(procedure: CdaElement, place: Place): string | null {
  const product = kids(procedure, 'participant').find((one) => at(one, 'typeCode') === 'PRD') ?? null
  return nameOf(codedOf(down(product, 'participantRole', 'playingEntity', 'code'), place.passages))
}

function withConflict(found: ClinicalFact, rests: Passage | null, own: Passage | null, isOwn: boolean): ClinicalFact {
  if (found.value !== null && found.negated && found.value !== 'false' && /^[<>]?=?\s?-?\d/.test(found.value)) {
    // A number is not denied: the flag contradicts it.
    return { ...found, conflict: { field: 'negation', coded: 'non', narrative: rests?.row ?? found.value } }
  }
  const [ofDay, ...others] = rests?.byDay.filter(({ day }) => found.date?.startsWith(day) ?? false) ?? []
  // Of a row of several days, the cell of its own is what a result is compared with.
  if (rests !== null && ofDay !== undefined && others.length === 0) return { ...found, conflict: conflictWith(found, ofDay, rests, own) }
  return { ...found, conflict: findConflict({ ...found, date: null }, rests) ?? foundConflict(found, rests, own) ?? denialConflict(found, rests) ?? (isOwn ? datedOtherwise(found, rests) : null) }
}

/** The column of a table that says when what its rows tell was made: not that of a sample or of a former result. */
const columnOfDates = /^dates?(?: (?:d[ue] résultats?|de (?:la mesure|l['’]examen|réalisation)))?$/i

/** Where the day a table gives a result in its column of dates is not the entry's; an answer that is a day is no date. */
function datedOtherwise(found: ClinicalFact, rests: Passage | null): ClinicalFact['conflict'] {
  const day = found.date === null || /^\d{4}-\d\d/.test(found.value ?? '') ? null : (rests?.under(columnOfDates) ?? null)
  const conflict = day === null ? null : dateConflict(found, { text: day, row: `${day} | -` })
  return conflict && { ...conflict, narrative: rests?.row ?? day ?? '' }
}

/** What the cell of a day says against a result, told with the row. */
function conflictWith(found: ClinicalFact, { text }: OfDay, rests: Passage, own: Passage | null): ClinicalFact['conflict'] {
  const cell = { text, row: text }
  const conflict = findConflict({ ...found, date: null }, cell) ?? foundConflict(found, cell, own) ?? denialConflict(found, cell)
  return conflict && { ...conflict, narrative: rests.row }
}

/**
 * A former result without words of its own stands in the row of the one that tells it. Where the columns of that row have days, it is compared with the cell of its
 * own; where none has, and one cell of another day alone says what it says, its date is not that of the text.
 */
function atRowOf(former: ClinicalFact, rests: Passage | null, latest: string | null): ClinicalFact {
  if (rests === null || former.passage !== null) return former
  const found = withConflict({ ...former, passage: rests.row }, rests.byDay.length === 0 ? null : rests, null, false)
  const { value, date } = former
  if (found.conflict !== null || value === null || date === null || date.length < 10 || rests.byDay.some(({ day }) => date.startsWith(day))) return found
  const [other, ...others] = rests.byDay.filter(({ day, text }) => !(latest?.startsWith(day) ?? false) && saysSomething(text) && findConflict({ ...former, date: null }, { text, row: text }) === null)
  return other === undefined || others.length > 0 ? found : { ...found, conflict: { field: 'date', coded: date.slice(0, 10), narrative: `${other.head} : ${other.text}` } }
}

/** Says how another statement is to be read; no fact of its own. */
export function technical(statement: CdaElement): boolean {
  if (statement.name !== 'observation' || isVoid(statement) || conforms(statement, 'dicomInstance')) return true
  return (['severity', 'clinicalStatus', 'patientState', 'certainty', 'criticality', 'rank'] as const).some((template) => conforms(statement, template))
}

/** What an isolate (FR3.79) is called: its count and its antibiotics are of that germ alone. */
export function germOf(organizer: CdaElement, place: Place): string | null {
  const germ = down(organizer, 'specimen', 'specimenRole', 'specimenPlayingEntity')
  return nameOf(codedOf(down(germ, 'code'), place.passages)) ?? saidBy(down(germ, 'name'), place.passages)
}

/** The germ of an isolate: what its count and antibiotics are about. */
export function isolate(organizer: CdaElement, place: Place): ClinicalFact[] {
  const germ = down(organizer, 'specimen', 'specimenRole', 'specimenPlayingEntity')
  const coded = codedOf(down(germ, 'code'), place.passages)
  const rests = passageOf(down(germ, 'code', 'originalText'), place.passages)
  const label = germOf(organizer, place)
  if (label === null) return []
  return [fact(place, 'labResult', label, { ...codeParts(coded), ...heldAt(organizer, place), specimen: place.specimen, status: statusOf(organizer), passage: rests?.row ?? null })]
}
