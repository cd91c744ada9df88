import type { ClinicalFact } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, details, down, kids, linked } from './elements.ts'
import { absenceOf, codeParts, declaredAbsence, fact, heldAt, isNegated, restsOn, statusOf, type Place } from './fact.ts'
import { findConflict, statusConflict } from './find-conflict.ts'
import { passageOf, saidBy, type Passage } from './narrative-links.ts'
import { conforms, type templates } from './templates.ts'
import { codedOf, codesOf, nameOf, qualifiersOf } from './values.ts'

/** What details a statement: its severity, status, certainty. */
function detailOf(statement: CdaElement, template: keyof typeof templates): CdaElement | null {
  return details(statement).find((one) => conforms(one, template)) ?? null
}

function valueIn(found: CdaElement | null, place: Place) {
  return codedOf(down(found, 'value'), place.passages)
}

function labelIn(statement: CdaElement, template: keyof typeof templates, place: Place): string | null {
  return nameOf(valueIn(detailOf(statement, template), place))
}

/** Clinical status: what is stated of the problem itself, else of the list that follows it; refuted overrules both. With the words it rests on. */
function clinicalStatus(statement: CdaElement, place: Place): { status: string | null; cell: Passage | null } {
  if (valueIn(detailOf(statement, 'certainty'), place)?.code === 'refuted') return { status: 'refuted', cell: null }
  const found = detailOf(statement, 'clinicalStatus')
  const coded = valueIn(found, place)
  return { status: coded?.code ?? nameOf(coded) ?? place.status ?? statusOf(statement), cell: found && restsOn(found, place) }
}

/** A problem, finding or tumour (FR3.37, FR3.113): its value is what the patient has. */
export function problem(statement: CdaElement, place: Place): ClinicalFact[] {
  const value = down(statement, 'value')
  const coded = codedOf(value, place.passages)
  const rests = restsOn(statement, place)
  const absence = declaredAbsence(coded)
  const label = coded?.label ?? (at(value, 'nullFlavor') === null || coded?.nullFlavor === 'OTH' ? passageOf(down(statement, 'text'), place.passages)?.text : null) ?? coded?.code ?? null
  if (label === null) {
    const hidden = at(value, 'nullFlavor') === 'MSK'
    return hidden ? [fact(place, 'problem', place.section ?? '', { status: absenceOf('MSK'), ...heldAt(statement, place) })] : []
  }
  const { status, cell } = clinicalStatus(statement, place)
  const sides = [qualifiersOf(value, place.passages), ...kids(statement, 'targetSiteCode').map((site) => nameOf(codedOf(site, place.passages)))]
  const found = fact(place, 'problem', label, {
    ...codeParts(coded), value: sides.filter(Boolean).join(', ') || null, ...heldAt(statement, place),
    interpretation: [labelIn(statement, 'severity', place), labelIn(statement, 'certainty', place)].filter(Boolean).join(', ') || null,
    status: absence ?? status, negated: isNegated(statement), passage: rests?.row ?? null,
  })
  return [{ ...found, conflict: absence === null ? (findConflict(found, rests) ?? statusConflict(found, rests, cell)) : null }]
}

const meddra = '2.16.840.1.113883.6.163'

/** Rise and fall of the INR (JDV_UFCV_EffetINR): what another medicine does to an antivitamin K, which its form lists among allergies. */
const effectsOnInr = new Set(['10022402', '10022401'])

/** An allergy or hypersensitivity (FR3.41): its agent is what the patient must not meet. An effect on the INR is an interaction. */
export function allergy(statement: CdaElement, place: Place): ClinicalFact[] {
  const { passages } = place
  const agent = kids(statement, 'participant').filter((one) => at(one, 'typeCode') === 'CSM').map((one) => down(one, 'participantRole', 'playingEntity'))[0] ?? null
  const agentCode = codedOf(down(agent, 'code'), passages)
  const described = codedOf(down(statement, 'value'), passages)
  const type = codedOf(down(statement, 'code'), passages)
  const absence = declaredAbsence(described) ?? declaredAbsence(type) ?? declaredAbsence(agentCode)
  const rests = passageOf(down(agent, 'code', 'originalText'), passages) ?? restsOn(statement, place)
  const agentName = agentCode?.label ?? saidBy(down(agent, 'name'), passages)
  const reactions = linked(statement).filter(({ link }) => at(link, 'typeCode') === 'MFST').flatMap(({ statement: reaction }) => {
    const reacted = restsOn(reaction, place)
    const name = nameOf(codedOf(down(reaction, 'value'), passages)) ?? reacted?.text ?? null
    return name === null ? [] : [{ name, denied: isNegated(reaction), severity: labelIn(reaction, 'severity', place), text: reacted?.row ?? null }]
  })
  const subject = absence === null ? (agentName === null && !agentCode?.code ? (described?.code ? described : type) : agentCode) : (described ?? type)
  const label = (absence === null ? agentName : null) ?? nameOf(subject) ?? rests?.text ?? null
  if (label === null) return []
  const noted = [...reactions.filter(({ denied }) => !denied).map(({ name }) => name), ...(subject === described ? [] : [described?.label ?? null])]
  const severity = [labelIn(statement, 'severity', place), ...reactions.map((one) => one.severity), labelIn(statement, 'criticality', place), labelIn(statement, 'certainty', place)]
  const codes = absence === null ? codesOf(down(agent, 'code')) : []
  const kind = described?.system === meddra && effectsOnInr.has(described.code ?? '') ? 'interaction' : 'allergy'
  const { status, cell } = clinicalStatus(statement, place)
  const found = fact(place, kind, label, {
    ...codeParts(subject), value: absence === null ? [...new Set(noted.filter(Boolean))].join(', ') || null : null, ...heldAt(statement, place),
    interpretation: [...new Set(severity.filter(Boolean))].join(', ') || null, status: absence ?? status,
    negated: isNegated(statement), passage: rests?.row ?? null, ...(codes.length > 0 && { codes }),
  })
  const denied = reactions.find((one) => one.denied && one.text !== null)
  const conflict = denied ? { field: 'negation' as const, coded: `non : ${denied.name}`, narrative: denied.text ?? '' } : (findConflict({ ...found, value: null }, rests) ?? statusConflict(found, rests, cell))
  return [{ ...found, conflict: absence === null ? conflict : null }]
}

/** A foreseeable adverse effect (FR3.210): the drug is what it is about. */
export function adverseEffect(statement: CdaElement, place: Place, drugName: (administration: CdaElement) => { label: string | null; code: string | null; codeSystem: string | null }): ClinicalFact[] {
  const drug = details(statement).find((one) => one.name === 'substanceAdministration')
  const effects = linked(statement).filter(({ link }) => at(link, 'typeCode') === 'MFST').flatMap((one) => nameOf(codedOf(down(one.statement, 'value'), place.passages)) ?? [])
  const named = drug ? drugName(drug) : null
  const own = codedOf(down(statement, 'value'), place.passages)
  const rests = restsOn(statement, place)
  const label = named?.label ?? nameOf(own) ?? rests?.text
  if (!label) return []
  return [fact(place, 'allergy', label, {
    code: named?.code ?? own?.code ?? null, codeSystem: named?.codeSystem ?? own?.system ?? null, ...heldAt(statement, place),
    value: [...(named?.label ? [nameOf(own)] : []), ...effects].filter(Boolean).join(', ') || null, status: statusOf(statement), negated: isNegated(statement), passage: rests?.row ?? null,
  })]
}
