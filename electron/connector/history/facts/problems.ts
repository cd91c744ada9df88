import type { ClinicalFact } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, down, kids, linked } from './elements.ts'
import { absenceOf, codeParts, declaredAbsence, fact, isNegated, ownDate, restsOn, statusOf, type Place } from './fact.ts'
import { findConflict } from './find-conflict.ts'
import { passageOf, saidBy } from './narrative-links.ts'
import { conforms, type templates } from './templates.ts'
import { codedOf, nameOf, qualifiersOf } from './values.ts'

/** Value of a statement that details another one (severity, status, certainty). */
export function detail(statement: CdaElement, template: keyof typeof templates, place: Place, by: 'code' | 'label'): string | null {
  const found = linked(statement).find((one) => conforms(one.statement, template))
  const coded = codedOf(down(found?.statement ?? null, 'value'), place.passages)
  return (by === 'code' ? coded?.code : null) ?? nameOf(coded)
}

/** Clinical status: what is stated of the problem itself, else of the list that follows it; refuted overrules both. */
function clinicalStatus(statement: CdaElement, place: Place): string | null {
  if (detail(statement, 'certainty', place, 'code') === 'refuted') return 'refuted'
  return detail(statement, 'clinicalStatus', place, 'code') ?? place.status ?? statusOf(statement)
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
    return hidden ? [fact(place, 'problem', place.section ?? '', { status: absenceOf('MSK'), date: ownDate(statement, place) })] : []
  }
  const sides = [qualifiersOf(value, place.passages), ...kids(statement, 'targetSiteCode').map((site) => nameOf(codedOf(site, place.passages)))]
  const found = fact(place, 'problem', label, {
    ...codeParts(coded), value: sides.filter(Boolean).join(', ') || null, date: ownDate(statement, place),
    interpretation: [detail(statement, 'severity', place, 'label'), detail(statement, 'certainty', place, 'label')].filter(Boolean).join(', ') || null,
    status: absence ?? clinicalStatus(statement, place), negated: isNegated(statement), passage: rests?.row ?? null,
  })
  return [{ ...found, conflict: absence === null ? findConflict(found, rests) : null }]
}

/** An allergy or hypersensitivity (FR3.41): its agent is what the patient must not meet. */
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
    const name = nameOf(codedOf(down(reaction, 'value'), passages)) ?? restsOn(reaction, place)?.text ?? null
    const denied = isNegated(reaction)
    return name === null ? [] : [{ name, denied, severity: detail(reaction, 'severity', place, 'label'), text: restsOn(reaction, place)?.row ?? null }]
  })
  const subject = absence === null ? (agentName === null && !agentCode?.code ? (described?.code ? described : type) : agentCode) : (described ?? type)
  const label = (absence === null ? agentName : null) ?? nameOf(subject) ?? rests?.text ?? null
  if (label === null) return []
  const noted = [...reactions.filter(({ denied }) => !denied).map(({ name }) => name), ...(subject === described ? [] : [described?.label ?? null])]
  const severity = [detail(statement, 'severity', place, 'label'), ...reactions.map((one) => one.severity), detail(statement, 'criticality', place, 'label'), detail(statement, 'certainty', place, 'label')]
  const found = fact(place, 'allergy', label, {
    ...codeParts(subject), value: absence === null ? [...new Set(noted.filter(Boolean))].join(', ') || null : null, date: ownDate(statement, place),
    interpretation: [...new Set(severity.filter(Boolean))].join(', ') || null, status: absence ?? clinicalStatus(statement, place),
    negated: isNegated(statement), passage: rests?.row ?? null,
  })
  const denied = reactions.find((one) => one.denied && one.text !== null)
  const conflict = denied ? { field: 'negation' as const, coded: `non : ${denied.name}`, narrative: denied.text ?? '' } : findConflict({ ...found, value: null }, rests)
  return [{ ...found, conflict: absence === null ? conflict : null }]
}

/** A foreseeable adverse effect (FR3.210): the drug is what it is about. */
export function adverseEffect(statement: CdaElement, place: Place, drugName: (administration: CdaElement) => { label: string | null; code: string | null; codeSystem: string | null }): ClinicalFact[] {
  const drug = linked(statement).find((one) => one.statement.name === 'substanceAdministration')?.statement
  const effects = linked(statement).filter(({ link }) => at(link, 'typeCode') === 'MFST').flatMap((one) => nameOf(codedOf(down(one.statement, 'value'), place.passages)) ?? [])
  const named = drug ? drugName(drug) : null
  const own = codedOf(down(statement, 'value'), place.passages)
  const label = named?.label ?? nameOf(own) ?? restsOn(statement, place)?.text
  if (!label) return []
  return [fact(place, 'allergy', label, {
    code: named?.code ?? own?.code ?? null, codeSystem: named?.codeSystem ?? own?.system ?? null, date: ownDate(statement, place),
    value: [...(named?.label ? [nameOf(own)] : []), ...effects].filter(Boolean).join(', ') || null, status: statusOf(statement), negated: isNegated(statement), passage: restsOn(statement, place)?.row ?? null,
  })]
}
