import type { ClinicalFact } from '#shared/contract/index.ts'
import { codeSystemName, codeSystems, isLoincCode } from '#shared/terminology/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, bareWords, details, down, kids, linked, saysSomething, typeOf } from './elements.ts'
import { deniesAll } from './denial.ts'
import { absenceOf, askedStatus, codeParts, declaredAbsence, fact, heldAt, isIntended, isLater, isNegated, ownWords, restsOn, statusOf, tellsOfNone, withOtherName, type Place } from './fact.ts'
import { deniedInWords, findConflict, standingIn, statusConflict } from './find-conflict.ts'
import { namedBy, nameIn, passageOf, saidBy, type Passage } from './narrative-links.ts'
import { current, lists } from './sections.ts'
import { conforms, type templates } from './templates.ts'
import { codedOf, codeInWords, codesOf, nameOf, qualifiersOf, sitesOf, standsForNone, translationsOf, type Coded } from './values.ts'

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

/** An end after the day the document was written is still to come. */
function hasEnded(statement: CdaElement, place: Place): boolean {
  const { end } = heldAt(statement, place)
  return end !== null && !(place.writtenOn !== null && isLater(end, place.writtenOn))
}

/** Where an open line says that what it follows is active: an illness that has not ended, in a list of what is there now alone; an allergy, in any but of past illnesses. */
const tellsActive = (statement: CdaElement, place: Place) =>
  conforms(statement, 'allergy') ? place.list !== lists.antecedents : current.has(place.list) && !hasEnded(statement, place)

/** Where an illness or an allergy stands, as HL7 codes it. */
const standings = new Set(['active', 'recurrence', 'relapse', 'inactive', 'remission', 'resolved'])

/** As IHE PCC has it by SNOMED CT: active, chronic, intermittent, suspected, recurrent; inactive, in remission, resolved; ruled out. */
const snomedStandings = new Map([
  ['55561003', 'active'], ['90734009', 'active'], ['7087005', 'active'], ['415684004', 'active'], ['255227004', 'recurrence'],
  ['73425007', 'inactive'], ['277022003', 'remission'], ['413322009', 'resolved'], ['410516002', 'refuted'],
])

/** What those say beyond standing or not: chronic, intermittent, suspected. */
const nuances = new Set(['90734009', '7087005', '415684004'])

/** Certainties that deny: HL7's, and known absent or refuted by SNOMED CT. */
const refuting = new Set(['refuted', 'entered-in-error', '410516002', '723511001'])

/** A status as HL7 codes it, else as its own words say it plainly, else as written. */
function standingOf(coded: Coded | null): string | null {
  if (coded?.code != null && standings.has(coded.code)) return coded.code
  return snomedStandings.get(coded?.code ?? '') ?? (/^en rémission\b/i.test(coded?.label ?? '') ? 'remission' : null) ?? standingIn(coded?.label ?? '') ?? coded?.code ?? nameOf(coded)
}

/**
 * Clinical status: what is stated of the problem itself, else of the list that follows it, but outside lists of what is there
 * now an open line is no active illness; refuted overrules both. With the words it rests on.
 */
function clinicalStatus(statement: CdaElement, place: Place): { status: string | null; nuance: string | null; cell: Passage | null } {
  if (refuting.has(valueIn(detailOf(statement, 'certainty'), place)?.code ?? '')) return { status: 'refuted', nuance: null, cell: null }
  const found = detailOf(statement, 'clinicalStatus')
  const coded = valueIn(found, place)
  const listed = place.status ?? statusOf(statement)
  return {
    status: standingOf(coded) ?? (listed === 'active' && !tellsActive(statement, place) ? null : listed), nuance: nuances.has(coded?.code ?? '') ? (coded?.label ?? null) : null, cell: found && restsOn(found, place),
  }
}

/** Where words of the entry's own, which no row need hold, deny what it tells. */
function deniedBeside(found: ClinicalFact, words: readonly (string | null)[]): ClinicalFact['conflict'] {
  const denial = words.find((said) => deniesAll(said ?? '')) ?? null
  return denial === null ? null : deniedInWords(found, { text: denial, row: denial })
}

/** Lists of illnesses alone: a heading that is translated to another is still one. */
const illnesses = new Set<string | undefined>(['CIM-10', 'CIM-11', 'CIM-O', 'CISP-2', 'DRC', 'ORPHA'])

/** What a value says that the patient has: itself, else, of a heading, the illness it is translated to, called by its own words alone. The code of the section it stands in is a heading, as any that LOINC asks by. */
function illnessIn(value: CdaElement | null, place: Place): CdaElement | 'heading' | null {
  const coded = codedOf(value, place.passages)
  if (coded?.code == null || !(coded.code === place.sectionCode || (coded.system === codeSystems.loinc && isLoincCode(coded.code)))) return value
  return (value === null ? [] : translationsOf(value)).find((one) => at(one, 'code') !== null && illnesses.has(codeSystemName(at(one, 'codeSystem') ?? ''))) ?? 'heading'
}

/** A problem, finding or tumour (FR3.37, FR3.113): its value is what the patient has. */
export function problem(statement: CdaElement, place: Place): ClinicalFact[] {
  const value = illnessIn(down(statement, 'value'), place)
  if (value === 'heading') return []
  const coded = codedOf(value, place.passages)
  const rests = restsOn(statement, place)
  const absence = declaredAbsence(coded)
  // An illness in plain words is one; what the value says to be unknown is none.
  const said = ['ST', 'ED'].includes(typeOf(value)) ? saidBy(value, place.passages) : null
  const pointed = at(value, 'nullFlavor') === null || coded?.nullFlavor === 'OTH' ? passageOf(down(statement, 'text'), place.passages) : null
  const own = at(value, 'nullFlavor') === null || coded?.nullFlavor === 'OTH' ? ownWords(statement) : null
  // Words that deny all are no illness; the section's text tells them.
  if (absence === null && tellsOfNone(statement, coded, said, pointed?.text, own)) return []
  // What declares a list empty is called by its denial.
  const label = (absence === null ? (coded?.title ?? nameIn(said ?? '') ?? namedBy(pointed) ?? nameIn(own ?? '')) : (coded?.label ?? pointed?.text ?? own)) ?? codeInWords(coded)
  if (label === null || !saysSomething(label)) {
    const hidden = at(value, 'nullFlavor') === 'MSK'
    return hidden ? [fact(place, 'problem', place.section ?? '', { status: absenceOf('MSK'), ...heldAt(statement, place) })] : []
  }
  const { status, nuance, cell } = clinicalStatus(statement, place)
  const intended = isIntended(statement, place)
  const sides = [qualifiersOf(value, place.passages), ...sitesOf(statement, place.passages)]
  // In what state it leaves the patient is in the row, unless its entry alone says it.
  const state = labelIn(statement, 'patientState', place)
  const beside = state === null || bareWords(rests?.row ?? '').includes(bareWords(state)) || passageOf(down(detailOf(statement, 'patientState'), 'text'), place.passages) !== null ? null : state
  const found = fact(place, intended ? 'carePlan' : 'problem', label, {
    ...codeParts(coded), value: [...new Set(sides.filter((side) => side !== label))].filter(Boolean).join(', ') || null, ...heldAt(statement, place),
    interpretation: [labelIn(statement, 'severity', place), labelIn(statement, 'certainty', place), nuance, beside].filter(Boolean).join(', ') || null,
    status: absence ?? (intended ? askedStatus(statement, 'planned') : status), negated: isNegated(statement) || at(value, 'value') === 'false', passage: rests?.row ?? null,
  })
  return [{ ...found, conflict: absence === null ? (findConflict(found, rests) ?? statusConflict(found, rests, cell) ?? deniedInWords(found, rests) ?? deniedBeside(found, [saidBy(down(value, 'originalText'), place.passages), own])) : null }]
}

const meddra = '2.16.840.1.113883.6.163'

/** Rise and fall of the INR (JDV_UFCV_EffetINR): what another medicine does to an antivitamin K, which its form lists among allergies. */
const effectsOnInr = new Set(['10022402', '10022401'])

/** What an allergy is to: each substance, product or device its entry names; one without any name, or called by a denial, counts only where none has one. */
function agentsOf(statement: CdaElement, { passages }: Place): CdaElement[] {
  const agents = kids(statement, 'participant').filter((one) => at(one, 'typeCode') === 'CSM').flatMap((one) => down(one, 'participantRole', 'playingEntity') ?? down(one, 'participantRole', 'playingDevice') ?? [])
  const named = agents.filter((agent) => {
    const [coded, name] = [codedOf(down(agent, 'code'), passages), saidBy(down(agent, 'name'), passages)]
    return !standsForNone(coded, name) && (nameOf(coded) !== null || name !== null)
  })
  return named.length > 0 ? named : agents
}

/** Kinds of allergies and intolerances (SNOMED CT, HL7), which say by themselves nothing of what they are to: of a substance, a drug, a food, the surroundings. */
const kinds = new Set([
  '419199007', '420134006', '418038007', '416098002', '419511003', '59037007', '414285001', '418471000', '235719002', '426232007', '782415009',
  'ALG', 'DALG', 'FALG', 'EALG', 'OINT', 'DINT', 'FINT', 'EINT', 'NAINT', 'DNAINT', 'FNAINT', 'ENAINT',
])

/** Those that are no allergy: an intolerance, a hypersensitivity without one. */
const intolerances = new Set(['59037007', '235719002', '782415009', '609398007', 'OINT', 'DINT', 'FINT', 'EINT', 'NAINT', 'DNAINT', 'FNAINT', 'ENAINT'])

/** An allergy or hypersensitivity (FR3.41): its agent is what the patient must not meet, each of several by itself. An effect on the INR is an interaction. */
export function allergy(statement: CdaElement, place: Place): ClinicalFact[] {
  const agents = agentsOf(statement, place)
  return (agents.length > 0 ? agents : [null]).flatMap((agent) => allergyTo(agent, statement, place))
}

function allergyTo(agent: CdaElement | null, statement: CdaElement, place: Place): ClinicalFact[] {
  const { passages } = place
  const code = down(agent, 'code')
  const agentCode = codedOf(code, passages)
  const described = codedOf(down(statement, 'value'), passages)
  const type = codedOf(down(statement, 'code'), passages)
  const absence = declaredAbsence(described) ?? declaredAbsence(type) ?? declaredAbsence(agentCode)
  const rests = passageOf(down(code, 'originalText'), passages) ?? restsOn(statement, place)
  const name = saidBy(down(agent, 'name'), passages)
  // Words of the agent's own that deny all, wherever they stand: alone they are no agent, beside one they contradict it.
  const denial = [agentCode?.label, saidBy(down(code, 'originalText'), passages), name].find((said) => deniesAll(said ?? '')) ?? null
  const hasNoAgent = standsForNone(agentCode, name)
  const agentName = hasNoAgent ? null : (agentCode?.title ?? (name === null ? null : nameIn(name)))
  const agentNumber = hasNoAgent ? null : (agentCode?.code ?? null)
  const reactions = linked(statement).filter(({ link }) => at(link, 'typeCode') === 'MFST').flatMap(({ statement: reaction }) => {
    const reacted = restsOn(reaction, place)
    const shown = nameOf(codedOf(down(reaction, 'value'), passages)) ?? (reacted === null ? null : nameIn(reacted.text))
    return shown === null ? [] : [{ name: shown, denied: isNegated(reaction), severity: labelIn(reaction, 'severity', place), text: reacted?.row ?? null }]
  })
  const declares = [described, type, agentCode].find((one) => declaredAbsence(one) !== null) ?? null
  const subject = absence === null ? (agentName === null && agentNumber === null ? (described?.code && !described.denies ? described : type) : agentCode) : declares
  if (absence === null && subject?.denies === true) return []
  const label = (absence === null && agentName !== null ? withOtherName(agentName, name) : null) ?? subject?.title ?? (absence === null ? null : rests?.text) ?? codeInWords(subject) ?? (absence === null ? namedBy(rests) : null)
  if (label === null) return []
  const noted = [...reactions.filter(({ denied }) => !denied).map(({ name }) => name), ...(subject === described ? [] : [described?.label ?? null]), ...(subject !== type && described?.system !== meddra && intolerances.has(type?.code ?? '') ? [type?.label ?? null] : [])]
  // A kind of allergy with nothing but "no" for its agent, its description and its answer is denied.
  const answer = described?.code == null && agentName === null && agentNumber === null ? (described?.label ?? '') : ''
  // "Non précisé" denies nothing.
  const isNo = /^non\s*(?:[.|]|$)/i.test(answer.trim()) || at(down(statement, 'value'), 'value') === 'false'
  // Of an agent that no entry names, what its author signed is all there is.
  const unnamed = agentName === null && agentNumber === null && described?.code == null && rests?.row !== label ? (rests?.row ?? ownWords(statement)) : null
  // Words that deny all are no allergy, whatever its kind; one that says itself what it is to is contradicted.
  const isKind = described?.code == null || described.denies || described.code === type?.code || kinds.has(described.code)
  const isDenied = absence === null && ((unnamed !== null && deniesAll(rests?.text ?? unnamed)) || (isKind && hasNoAgent) || (agentName === null && agentNumber === null && described?.denies === true))
  // What it is to exists and is hidden.
  const isHidden = agentName === null && agentNumber === null && [described, agentCode].some((one) => one?.nullFlavor === 'MSK')
  const { status, nuance, cell } = clinicalStatus(statement, place)
  const severity = [labelIn(statement, 'severity', place), ...reactions.map((one) => one.severity), labelIn(statement, 'criticality', place), labelIn(statement, 'certainty', place), nuance]
  const codes = absence === null && !hasNoAgent ? codesOf(code) : []
  const kind = described?.system === meddra && effectsOnInr.has(described.code ?? '') ? 'interaction' : 'allergy'
  const found = fact(place, kind, label, {
    ...codeParts(subject), value: absence === null ? [...new Set(noted.filter(Boolean))].join(', ') || unnamed || (isDenied ? denial : null) : null, ...heldAt(statement, place),
    interpretation: [...new Set(severity.filter(Boolean))].join(', ') || null, status: absence ?? (isHidden ? absenceOf('MSK') : status),
    negated: isNegated(statement) || isNo || isDenied, passage: rests?.row ?? null, ...(codes.length > 0 && { codes }),
  })
  const denied = reactions.find((one) => one.denied && one.text !== null)
  const conflict = denied ? { field: 'negation' as const, coded: `non : ${denied.name}`, narrative: denied.text ?? '' } : (findConflict({ ...found, value: null }, rests) ?? statusConflict(found, rests, cell) ?? deniedInWords(found, rests) ?? deniedBeside(found, [denial]))
  return [{ ...found, conflict: absence === null ? conflict : null }]
}

/** What is said of an adverse effect: how likely the drug is its cause, how grave it was, how it ended. */
const judgements = new Set(['GEN-318', '94030-4', 'GEN-319'])

/** A foreseeable adverse effect (FR3.210): the drug is what it is about. */
export function adverseEffect(statement: CdaElement, place: Place, drugName: (administration: CdaElement) => { label: string | null; code: string | null; codeSystem: string | null }): ClinicalFact[] {
  const drug = details(statement).find((one) => one.name === 'substanceAdministration')
  const effects = linked(statement).filter(({ link }) => at(link, 'typeCode') === 'MFST').flatMap((one) => nameOf(codedOf(down(one.statement, 'value'), place.passages)) ?? [])
  const judged = details(statement).filter((one) => judgements.has(codedOf(down(one, 'code'), place.passages)?.code ?? '')).flatMap((one) => nameOf(valueIn(one, place)) ?? [])
  const named = drug ? drugName(drug) : null
  const own = codedOf(down(statement, 'value'), place.passages)
  const rests = restsOn(statement, place)
  const label = named?.label ?? nameOf(own) ?? namedBy(rests)
  if (!label) return []
  return [fact(place, 'allergy', label, {
    code: named?.code ?? own?.code ?? null, codeSystem: named?.codeSystem ?? own?.system ?? null, ...heldAt(statement, place),
    value: [...(named?.label ? [nameOf(own)] : []), ...effects].filter(Boolean).join(', ') || null, interpretation: judged.join(', ') || null, status: statusOf(statement), negated: isNegated(statement), passage: rests?.row ?? null,
  })]
}
