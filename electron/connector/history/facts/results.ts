import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, down, kids, linked, typeOf } from './elements.ts'
import { absenceOf, codeParts, fact, heldAt, isNegated, restsOn, statusOf, type Place } from './fact.ts'
import { findConflict } from './find-conflict.ts'
import { passageOf, saidBy } from './narrative-links.ts'
import { conforms } from './templates.ts'
import { codedOf, nameOf, qualifiersOf, rangeOf, valueOf } from './values.ts'

const loinc = '2.16.840.1.113883.6.1'

/** Way of life and obstetric history by LOINC, where no template tells: tobacco, alcohol, children alive, miscarriages and terminations, fetuses, pregnancies, births. */
const answers = new Set(['74011-8', '74013-4', '11638-4', '11612-9', '55281-0', '11996-6', '11977-6', '69043-8', '11637-6', '57062-2'])

/** UCUM units of time. */
const times = new Set(['a', 'mo', 'wk', 'd', 'h', 'min'])

function kindOf(statement: CdaElement, system: string | null, place: Place): FactKind {
  const mood = at(statement, 'moodCode') ?? 'EVN'
  if (place.reimbursed) return 'reimbursement'
  if (place.plan || mood !== 'EVN') return 'carePlan'
  const quantity = down(statement, 'value')
  const unit = at(quantity, 'unit')
  if (conforms(statement, 'wayOfLife') || (system === loinc && answers.has(at(down(statement, 'code'), 'code') ?? ''))) return 'observation'
  // A count, an age or a duration of an obstetric history is told; a weight or a height is measured.
  if (conforms(statement, 'pregnancy') && (unit === null || unit === '1' || times.has(unit))) return 'observation'
  const numeric = ['PQ', 'IVL_PQ', 'REAL', 'INT', 'RTO', 'RTO_PQ_PQ'].includes(typeOf(quantity))
  if (place.laboratory || place.results || (conforms(statement, 'labResult') && numeric)) return 'labResult'
  if (conforms(statement, 'vitalSign') || place.sectionCode === '8716-3') return 'measurement'
  if (place.imaging) return 'imaging'
  if (place.sectionCode === '30954-2' && system === loinc && numeric) return 'labResult'
  return numeric ? 'measurement' : 'observation'
}

/** A result, a measurement or any other coded answer: `code` asks, `value` says. Its previous results follow it. */
export function observation(statement: CdaElement, place: Place): ClinicalFact[] {
  const { passages } = place
  const code = down(statement, 'code')
  const coded = codedOf(code, passages)
  const rests = place.laboratory ? (passageOf(down(code, 'originalText'), passages) ?? restsOn(statement, place)) : restsOn(statement, place)
  const label = coded?.label ?? coded?.code ?? null
  const values = kids(statement, 'value')
  const read = values.map((value) => valueOf(value, passages)).filter(({ value }) => value !== null)
  const nullFlavor = values.map((value) => at(value, 'nullFlavor')).find((one) => one !== null) ?? null
  const inner = linked(statement).filter((one) => !technical(one.statement))
  const value = read.map((one) => one.value).join(', ') || (values.length === 0 && inner.length === 0 && !place.laboratory ? (passageOf(down(statement, 'text'), passages)?.text ?? null) : null)
  const unit = read.length === 1 ? (read[0]?.unit ?? null) : null
  const silent = value === null && (inner.length > 0 || nullFlavor === 'NA')
  const status = statusOf(statement)
  const interpretations = kids(statement, 'interpretationCode').flatMap((one) => at(one, 'code') ?? nameOf(codedOf(one, passages)) ?? [])
  const qualified = [qualifiersOf(code, passages), ...kids(statement, 'targetSiteCode').map((site) => nameOf(codedOf(site, passages)))].filter(Boolean).join(', ')
  const stated = heldAt(statement, place)
  // Vital signs are taken together: their organizer says when, what each says of itself is often that it was not asked (NASK).
  const held = conforms(statement, 'vitalSign') && stated.date === null && stated.end === null ? { date: place.date, end: null } : stated
  const kind = kindOf(statement, coded?.system ?? null, place)
  const own = label === null || silent ? [] : [withConflict(fact(place, kind, qualified === '' ? label : `${label} (${qualified})`, {
    ...codeParts(coded), value, unit, ...held, specimen: specimenOf(statement, place) ?? place.specimen, interpretation: interpretations.join(', ') || null,
    referenceRange: rangeOf(statement, unit, passages), status: value === null && nullFlavor !== null ? absenceOf(nullFlavor) : kind === 'carePlan' ? 'planned' : status,
    negated: isNegated(statement), passage: rests?.row ?? null,
  }), rests)]
  // A detail without a date of its own holds when what it details does. A previous result was measured on another specimen.
  return [...own, ...inner.flatMap((one) => observation(one.statement, { ...place, date: held.date, specimen: at(one.link, 'typeCode') === 'REFR' ? null : place.specimen }))]
}

/** What an observation itself says it was made on. */
function specimenOf(statement: CdaElement, place: Place): string | null {
  return nameOf(codedOf(down(statement, 'specimen', 'specimenRole', 'specimenPlayingEntity', 'code'), place.passages))
}

/** Nature of what a laboratory took (FR3.77); null when its act does not say. */
export function takenSpecimen(procedure: CdaElement, place: Place): string | null {
  const product = kids(procedure, 'participant').find((one) => at(one, 'typeCode') === 'PRD') ?? null
  return nameOf(codedOf(down(product, 'participantRole', 'playingEntity', 'code'), place.passages))
}

function withConflict(found: ClinicalFact, rests: ReturnType<typeof restsOn>): ClinicalFact {
  if (found.value !== null && found.negated && found.value !== 'false' && /^[<>]?=?\s?-?\d/.test(found.value)) {
    // A number is not denied: the flag contradicts it.
    return { ...found, conflict: { field: 'negation', coded: 'non', narrative: rests?.row ?? found.value } }
  }
  return { ...found, conflict: findConflict({ ...found, date: null }, rests) }
}

/** Says how another statement is to be read; no fact of its own. */
export function technical(statement: CdaElement): boolean {
  if (statement.name !== 'observation') return true
  return (['severity', 'clinicalStatus', 'patientState', 'certainty', 'criticality', 'rank'] as const).some((template) => conforms(statement, template))
}

/** The germ of an isolate (FR3.79): what its count and antibiotics are about. */
export function isolate(organizer: CdaElement, place: Place): ClinicalFact[] {
  const germ = down(organizer, 'specimen', 'specimenRole', 'specimenPlayingEntity')
  const coded = codedOf(down(germ, 'code'), place.passages)
  const rests = passageOf(down(germ, 'code', 'originalText'), place.passages)
  const label = nameOf(coded) ?? saidBy(down(germ, 'name'), place.passages)
  if (label === null) return []
  return [fact(place, 'labResult', label, { ...codeParts(coded), ...heldAt(organizer, place), specimen: place.specimen, status: statusOf(organizer), passage: rests?.row ?? null })]
}
