import type { ClinicalFact, Result } from '#shared/contract/index.ts'
import { success } from '#shared/contract/index.ts'
import { readElementTree, type CdaElement } from '../../documents/index.ts'
import { act } from './acts.ts'
import { at, bareWords, details, down, find, forgetWords, idIn, isVoid, kids, linked, saysSomething, statementOf, typeOf, words } from './elements.ts'
import { codeParts, declaredAbsence, denied, fact, heldAt, isIntended, isNegated, ownWords, statusOf, subjectOf, underLink, type Place } from './fact.ts'
import { namesProduct, productOf, stepsOf, supply, treatment, vaccine } from './medicines.ts'
import { textOfNarrative } from './narrative-lines.ts'
import { passageOf, readPassages, saidBy } from './narrative-links.ts'
import { atItsOwnRow, SectionRows } from './own-row.ts'
import { personName } from './person-name.ts'
import { adverseEffect, allergy, problem } from './problems.ts'
import { germOf, isolate, observation, specimenOf, takenSpecimen, technical } from './results.ts'
import { current, isCarePlan, isLaboratory, isOfLaboratory, listOf, lists, mayList } from './sections.ts'
import { conforms, isOfCiSis } from './templates.ts'
import { termsOf } from './terms.ts'
import { unsaidRows } from './unsaid-rows.ts'
import { untold } from './untold.ts'
import { codedOf, isoOf, nameOf, periodOf, qualifiersOf, type Coded } from './values.ts'

const loinc = '2.16.840.1.113883.6.1'

/** Pregnancies, prenatal examinations, labour and delivery: in the document of a child they are those of the mother. */
const obstetrics = [lists.pregnancies, lists.prenatal, lists.delivery]

/** Documents about a child, by their model: health certificates and measures (CSE), birth and stay in maternity (OBP-SNE, OBP-SEM). */
const model = '1.2.250.1.213.1.1.1.'
const ofChild = ['5', '5.1', '5.2', '5.3', '5.4', '12.3', '12.5'].map((one) => `${model}${one}`)

/** Documents about a mother: before birth, delivery and stay in maternity (OBP-SAP, OBP-SNM, OBP-SCM). */
const ofMother = ['12.1', '12.2', '12.4'].map((one) => `${model}${one}`)

/** A relative's own history, told under the relative it is about. */
function ofRelative(statement: CdaElement, around: Place, who: string | null): ClinicalFact[] {
  const place = { ...around, relative: null }
  return contentsOf(statement, place).map((found) => ({
    ...found, kind: found.kind === 'problem' || found.kind === 'familyHistory' ? 'familyHistory' as const : 'observation' as const,
    value: [who || null, found.kind === 'problem' ? null : found.value].filter(Boolean).join(' : ') || null,
  }))
}

/** What the results under a statement were measured on: the one specimen taken there, nothing when several were, else what is known around it. */
function specimenWithin(statement: CdaElement, place: Place): string | null {
  const taken = details(statement).filter((one) => conforms(one, 'specimen'))
  const [first, ...others] = new Set(taken.map((one) => takenSpecimen(one, place)))
  return taken.length === 0 ? place.specimen : others.length === 0 ? (first ?? null) : null
}

/**
 * What is asked beside a problem or an act (age of the first signs, gene, stage of a tumour, cause of an accident, score), under its name; what a problem caused
 * or came from is no problem of its own, why an act was done is told with it. Of what is denied nothing is.
 */
function detailsIn(statement: CdaElement, [own]: readonly ClinicalFact[], place: Place): ClinicalFact[] {
  if (own?.negated) return []
  const inside: Place = { ...placeWithin(statement, place), about: conforms(statement, 'tumour') ? null : (own?.label ?? null), toCome: place.toCome || own?.kind === 'carePlan' }
  return linked(statement).flatMap(({ link, statement: one }) => {
    const isReason = statement.name !== 'observation' && at(link, 'typeCode') === 'RSON'
    const isOutcome = (conforms(one, 'problem') || conforms(one, 'allergy')) && ['MFST', 'CAUS', 'RSON'].includes(at(link, 'typeCode') ?? '')
    const apart = (one.name === 'observation' && technical(one)) || isReason || (isOutcome && statement.name === 'observation')
    if (apart) return []
    // What an act led to is told of the act, unless it befell somebody else.
    return isOutcome && subjectOf(one) === null ? observation(underLink({ link, statement: one }), inside, factsOf) : factsOf(underLink({ link, statement: one }), inside)
  })
}

/** What was measured of a device in place, and how a vaccine was borne; what is of somebody else stays theirs. */
function observedWith(statement: CdaElement, [own]: readonly ClinicalFact[], place: Place): ClinicalFact[] {
  if (own === undefined || place.reimbursed || at(statement, 'moodCode') !== 'EVN') return []
  const inside: Place = { ...place, date: null, about: own.label }
  const observed = details(statement).filter((one) => !technical(one) && (statement.name !== 'supply' || !conforms(one, 'problem')))
  return observed.flatMap((one) => (subjectOf(one) === null ? observation(one, inside, factsOf).map((found) => ({ ...found, kind: 'observation' as const })) : factsOf(one, inside)))
}

/** What is said beside a statement and none of its facts rests on: a laboratory's conclusion, how to take a medicine and on what condition. Told of what the statement is about. */
function saidBeside(statement: CdaElement, facts: readonly ClinicalFact[], place: Place): ClinicalFact[] {
  if (down(statement, 'text') === null && down(statement, 'precondition') === null && linked(statement).length === 0) return []
  const parts = statement.name === 'substanceAdministration' ? [statement, ...stepsOf(statement)] : [statement]
  const isRemark = (one: CdaElement) => conforms(one, 'comment') || conforms(one, 'instruction')
  const comments = parts.flatMap(details).filter(isRemark).map((one) => down(one, 'text'))
  const conditions = parts.flatMap((part) => kids(part, 'precondition')).map((one) => down(one, 'criterion', 'text'))
  // What a statement says in itself stands nowhere in the section's text.
  const itself = isRemark(statement) || ownWords(statement) === null ? [] : [down(statement, 'text')]
  const [own] = statement.name === 'act' || statement.name === 'organizer' ? [] : facts
  return [...itself, ...conditions, ...comments].flatMap((words) => {
    const said = saidBy(words, place.passages)
    if (said === null || !saysSomething(said) || facts.some(({ label, passage, value }) => passage?.includes(said) || value === said || bareWords(label) === bareWords(said))) return []
    return [{ ...inWords(place, said, passageOf(words, place.passages)?.row), ...(own && { label: own.label }) }]
  })
}

/**
 * Why a medicine was given or stopped, a vaccine refused, an act done, and what else is asked beside a medicine (a reason to stop it, a long illness it is for):
 * told under its name, unless its row says so already. What is somebody else's is told as theirs.
 */
function reasonsOf(statement: CdaElement, [own]: readonly ClinicalFact[], place: Place): ClinicalFact[] {
  if (own === undefined) return []
  const row = own.passage ?? ''
  return linked(statement).flatMap(({ link, statement: one }) => {
    // Of what was paid a yes says more (handed over apart from its package); why it was given is not told there.
    if (place.reimbursed && (one.name !== 'observation' || subjectOf(one) !== null || at(down(one, 'value'), 'value') !== 'true')) return []
    const isReason = at(link, 'typeCode') === 'RSON'
    const isIllness = conforms(one, 'problem') || isProblemByCode(one, place)
    // What is measured is of a device that is there: of one asked for, a yes or no is all that is asked.
    const isAsked = isIntended(statement, place) && typeOf(down(one, 'value')) === 'BL'
    if (one.name === 'observation' && (technical(one) || (statement.name === 'supply' && !isIllness && !isAsked))) return []
    // Of what an observation holds, all but an act is told as its details.
    if (statement.name === 'observation' && one.name !== 'act') return []
    const whose = subjectOf(one)
    if (whose !== null && one.name === 'observation') {
      const isTold = isVaccine(statement, place) && at(statement, 'moodCode') === 'EVN'
      return !isTold && (isReason || statement.name === 'substanceAdministration') ? factsOf(underLink({ link, statement: one }), { ...place, about: own.label }) : []
    }
    if (one.name === 'observation' && ['substanceAdministration', 'supply'].includes(statement.name) && !isIllness) {
      // How a vaccine was borne is told with it.
      const asked = isVaccine(statement, place) ? [] : observation(underLink({ link, statement: one }), { ...place, about: own.label }, factsOf)
      // A row says "oui" of one of many things, and not of which; what is not so needs no more than its "non".
      const saysNo = (found: ClinicalFact) => found.value === 'false' && found.conflict === null && /(?:^|\| )non\b/i.test(`${row} | ${found.passage ?? ''}`)
      const isTold = ({ value, passage }: ClinicalFact) => value !== 'true' && value !== 'false' && row !== '' && (passage === own.passage || (value !== null && sharesWords(row, value, own.label)))
      // A row that the product itself does not rest on says more than one answer: it stays to be told.
      return asked.filter((found) => !saysNo(found) && !isTold(found)).map((found) => ({ ...found, kind: place.reimbursed ? found.kind : 'observation' as const, status: null, passage: row === '' ? null : found.passage }))
    }
    const spot = down(one, one.name === 'observation' ? 'value' : 'code')
    const coded = codedOf(spot, place.passages)
    const said = ['ST', 'ED'].includes(typeOf(spot)) ? saidBy(spot, place.passages) : nameOf(coded)
    // A code of LOINC asks: it is no reason.
    if (!isReason || said === null || coded?.system === loinc || sharesWords(row, said, own.label)) return []
    const who = whose === null ? null : nameOf(codedOf(whose, place.passages))
    // Nobody knows whose it is: it is not told as the patient's.
    if (whose !== null && who === null) return []
    return [{ ...inWords(place, who === null ? said : `${who} : ${said}`), label: own.label }]
  })
}

/** Whether a row says something in other words: half of what tells it apart stands there, be it in another form, and not only in the name of what it is about. */
function sharesWords(row: string, said: string, label: string): boolean {
  const telling = bareWords(said).split(' ').filter((word) => word.length >= 4)
  const named = bareWords(label).split(' ')
  const stems = bareWords(row).split(' ').filter((word) => !named.includes(word))
  const shared = telling.filter((word) => stems.some((one) => one.startsWith(word.slice(0, 7))))
  return telling.length === 0 ? bareWords(row).includes(bareWords(said)) : shared.length * 2 >= telling.length
}

/** A section's words, or some of them, as they stand. */
function inWords(place: Place, said: string, passage = said): ClinicalFact {
  return fact(place, 'narrative', place.section ?? '', { code: place.sectionCode, codeSystem: place.sectionSystem, value: said, passage })
}

/** Where what stands under a statement stands. The date of a list line is when it was noted, never when the illness began. */
function placeWithin(statement: CdaElement, place: Place): Place {
  if (conforms(statement, 'concern') || isConcernByContents(statement, place)) return { ...place, date: null, end: null, status: statusOf(statement) }
  // A battery may say itself what it was made on; an isolate is of its germ.
  const own = statement.name === 'organizer' && !conforms(statement, 'isolate') ? specimenOf(statement, place) : null
  return { ...place, ...heldAt(statement, place), specimen: own ?? specimenWithin(statement, place) }
}

function contentsOf(statement: CdaElement, place: Place): ClinicalFact[] {
  const below = (more: Partial<Place> = {}) => {
    if (linked(statement).length === 0) return []
    const inside: Place = { ...placeWithin(statement, place), toCome: isIntended(statement, place), ...more }
    // What a group or an act denies, it denies of all it holds.
    return linked(statement).flatMap((one) => factsOf(isNegated(statement) ? denied(one.statement) : underLink(one), inside))
  }
  switch (statement.name) {
    case 'organizer': {
      const battery = at(down(statement, 'code'), 'code')
      if (conforms(statement, 'attachment') || holdsFile(statement)) return []
      if (conforms(statement, 'isolate')) {
        const germ = germOf(statement, place)
        return [...isolate(statement, place), ...below(germ === null ? {} : { specimen: germ, about: germ })]
      }
      return below({ imaging: place.imaging || battery === '18748-4', results: place.results || battery === '26436-6', about: [place.about, groupIn(statement, place)].filter(Boolean).join(', ') || null })
    }
    case 'observation':
      if (conforms(statement, 'allergy') || isAllergyByCode(statement, place)) return allergy(statement, place)
      if (conforms(statement, 'adverseEffect')) {
        return adverseEffect(statement, place, (drug) => {
          const { label, coded } = productOf(drug, place)
          return { label, ...codeParts(coded) }
        })
      }
      if (conforms(statement, 'problem') || conforms(statement, 'tumour') || isProblemByCode(statement, place)) {
        const own = eachValue(statement).flatMap((one) => problem(one, place))
        return [...own, ...detailsIn(statement, own, place)]
      }
      if (technical(statement)) return []
      {
        const own = observation(statement, place, factsOf)
        return [...own, ...reasonsOf(statement, own, place)]
      }
    case 'substanceAdministration': {
      // What is taken together is told one by one; a step names no other product.
      const together = place.reimbursed ? [] : linked(statement).filter(({ link, statement: one }) => at(link, 'typeCode') === 'COMP' && one.name === 'substanceAdministration' && namesProduct(one) && !stepsOf(statement).includes(one))
      const others = together.flatMap(({ statement: one }) => factsOf(one, placeWithin(statement, place)))
      if (!isVaccine(statement, place)) {
        const own = treatment(statement, place)
        return [...own, ...termsOf(statement, own, place), ...reasonsOf(statement, own, place), ...others]
      }
      const own = vaccine(statement, place)
      return [...own, ...reasonsOf(statement, own, place), ...observedWith(statement, own, place), ...others]
    }
    case 'supply': {
      const own = supply(statement, place)
      return [...own, ...termsOf(statement, own, place), ...reasonsOf(statement, own, place), ...observedWith(statement, own, place)]
    }
    case 'procedure':
    case 'encounter': {
      const own = act(statement, place)
      return [...own, ...reasonsOf(statement, own, place), ...detailsIn(statement, own, place)]
    }
    case 'act':
      if (conforms(statement, 'comment')) return []
      if (conforms(statement, 'movement') || conforms(statement, 'imagingAct')) return [...act(statement, place), ...below()]
      {
        const own = isAskedAct(statement) ? act(statement, place) : []
        return own.length === 0 ? below() : [...own, ...reasonsOf(statement, own, place), ...detailsIn(statement, own, place)]
      }
    default:
      return []
  }
}

/** What tells what a group holds from the like in another: the qualifiers of its code (without glasses, with the best ones), and of glasses and lenses whether they are prescribed or handed over. */
function groupIn(organizer: CdaElement, { passages }: Place): string | null {
  const code = down(organizer, 'code')
  return qualifiersOf(code, passages) ?? (conforms(organizer, 'eyewear') ? nameOf(codedOf(code, passages)) : null)
}

/** An act without a template that is asked for, promised or proposed: it says itself. */
function isAskedAct(statement: CdaElement): boolean {
  return ['RQO', 'INT', 'PRP', 'PRMS', 'ARQ', 'APT'].includes(at(statement, 'moodCode') ?? '') && !isOfCiSis(statement) && !conforms(statement, 'instruction') && !conforms(statement, 'substitution')
}

/** What only names a file it holds (LOINC: type of document). */
function holdsFile(organizer: CdaElement): boolean {
  const parts = kids(organizer, 'component')
  return parts.some((part) => down(part, 'observationMedia') !== null) && details(organizer).every((one) => at(down(one, 'code'), 'code') === '69764-9')
}

/** A vaccine by its template or its code; in a list of vaccines everything given is one. */
function isVaccine(statement: CdaElement, place: Place): boolean {
  return conforms(statement, 'vaccine') || /IMMUNIZ|BOOSTER/.test(at(down(statement, 'code'), 'code') ?? '') || (place.list === lists.vaccines && !isOfCiSis(statement))
}

/** Finding, symptom, problem, disease, diagnosis (SNOMED CT, LOINC): what an entry is whose value is an illness. */
const kindsOfProblem = new Set(['404684003', '418799008', '55607006', '64572001', '282291009', '75326-9', '75323-6', '75325-1', '29308-4'])

/** An illness whose entry names no template of the CI-SIS: known by what its code says it is. */
function isProblemByCode(statement: CdaElement, place: Place): boolean {
  const code = at(down(statement, 'code'), 'code') ?? ''
  // What asks nothing states an illness in a list of those alone.
  const isKind = kindsOfProblem.has(code) || (code === 'ASSERTION' && (current.has(place.list) || place.list === lists.antecedents))
  return !place.laboratory && ['CD', 'CE'].includes(typeOf(down(statement, 'value'))) && isKind && !isOfCiSis(statement)
}

/** In a list of allergies, an entry without a template that names what must not be met. */
function isAllergyByCode(statement: CdaElement, place: Place): boolean {
  return place.list === lists.allergies && kids(statement, 'participant').some((one) => at(one, 'typeCode') === 'CSM') && !isOfCiSis(statement)
}

/** An act without a template that only follows an illness or an allergy. */
function isConcernByContents(statement: CdaElement, place: Place): boolean {
  const holds = (one: CdaElement) => conforms(one, 'problem') || conforms(one, 'allergy') || isProblemByCode(one, place) || isAllergyByCode(one, place)
  return statement.name === 'act' && !isOfCiSis(statement) && linked(statement).some(({ link, statement: one }) => at(link, 'typeCode') === 'SUBJ' && holds(one))
}

/** A statement of several values, as one of each. */
function eachValue(statement: CdaElement): CdaElement[] {
  const values = kids(statement, 'value')
  if (values.length < 2) return [statement]
  return values.map((value) => ({ ...statement, nodes: statement.nodes.filter((node) => typeof node === 'string' || node.name !== 'value' || node === value) }))
}

/**
 * What a relative is called: as the code says, and which of several (twins) by the given name and the rank of birth the document has, else by the day of birth. The first
 * given name of a foetus (`BR`) is its mother's, its own is the one it is called by (`CL`).
 */
function calledAs(statement: CdaElement, subject: CdaElement, { passages }: Place): string {
  const relation = nameOf(codedOf(subject, passages)) ?? ''
  if (relation === '' || ['MTH', 'FTH'].includes(at(subject, 'code') ?? '')) return relation
  const person = down(statement, 'subject', 'relatedSubject', 'subject')
  const names = kids(down(person, 'name'), 'given')
  const given = words(names.find((one) => at(one, 'qualifier') === 'CL') ?? names.find((one) => at(one, 'qualifier') === null) ?? null)
  const rank = at(person === null ? null : find(person, 'multipleBirthOrderNumber'), 'value')
  const born = isoOf(at(down(person, 'birthTime'), 'value'))?.slice(0, 10).split('-').reverse().join('/') ?? null
  const which = [given, rank === null ? null : `n° ${rank}`, given === null && rank === null && born !== null ? `naissance : ${born}` : null].filter(Boolean).join(', ')
  return which === '' ? relation : `${relation} (${which})`
}

/** Said of a statement as a whole: it was not asked, does not apply or is not known. What is masked or another one exists. */
const unstated = new Set(['NI', 'NA', 'UNK', 'NASK', 'ASKU', 'NAV'])

/** Left empty as a whole, be its code that of what may stand there; one that declares a list empty says so. */
function isUnstated(statement: CdaElement, { passages }: Place): boolean {
  if (!unstated.has(at(statement, 'nullFlavor') ?? '')) return false
  const codes = [down(statement, 'code'), down(statement, 'consumable', 'manufacturedProduct', 'manufacturedMaterial', 'code')]
  return codes.every((code) => declaredAbsence(codedOf(code, passages)) === null)
}

/** Facts of one clinical statement; another subject than the patient is looked for before anything else. */
export function factsOf(statement: CdaElement, around: Place): ClinicalFact[] {
  if (isVoid(statement) || isUnstated(statement, around)) return []
  // Who signs a supply prescribed it: that is not who says that it was handed over.
  const author = statement.name === 'supply' ? null : authorOf(down(statement, 'author'))
  const subject = subjectOf(statement)
  // What says itself that it is of the patient is, whomever its section is about.
  const isOwn = subject === null && down(statement, 'subject', 'relatedSubject') !== null
  const place = { ...around, author: author ?? around.author, relative: isOwn ? null : around.relative }
  const ofFamily = conforms(statement, 'relativeProblem') || conforms(statement, 'family')
  const who = subject === null ? (place.relative ?? (ofFamily ? '' : null)) : calledAs(statement, subject, place)
  const facts = who === null ? contentsOf(statement, place) : ofRelative(statement, place, who)
  return [...facts, ...saidBeside(statement, facts, place)]
}

/** Whom a section is about: as it says itself; a family's history is never the patient's own, nor the pregnancy in a child's document, nor the newborn in a mother's. */
function relativeOf(section: CdaElement, coded: Coded | null, around: Place): string | null {
  const subject = subjectOf(section)
  if (subject !== null) return calledAs(section, subject, around)
  if (around.mother && mayList(section, coded, [lists.newborn])) return 'Enfant'
  return around.child && mayList(section, coded, obstetrics) ? 'Mère' : mayList(section, coded, [lists.family]) ? '' : around.relative
}

/**
 * What a section whose entries are understood says beside them, in its own words; of a laboratory's chapter the rows alone, to the letter: there a number is all that tells two
 * apart. A section of something else that holds an entry of one says both.
 */
function leftUntold(text: CdaElement, section: CdaElement, place: Place, facts: readonly ClinicalFact[]): string | null {
  const left = place.laboratory ? [] : untold(text, facts)
  const rows = place.laboratory || kids(section, 'entry').some(isOfLaboratory) ? unsaidRows(text, facts, place.laboratory) : []
  return [...left, ...rows.filter((one) => !left.includes(one))].join('\n') || null
}

/** Written in error, itself or all it holds: there is nothing to understand. */
function isTakenBack(statement: CdaElement | null): boolean {
  if (statement === null || isVoid(statement)) return statement !== null
  const held = [...kids(statement, 'entryRelationship'), ...kids(statement, 'component')].flatMap((link) => statementOf(link) ?? [])
  return held.length > 0 && held.every(isTakenBack)
}

/** An entry that is a file and nothing else: there is nothing to understand in it, nor does it tell its section's text. */
function isFile(entry: CdaElement): boolean {
  const statement = statementOf(entry)
  return statement === null ? down(entry, 'observationMedia') !== null : statement.name === 'organizer' && (conforms(statement, 'attachment') || holdsFile(statement))
}

function readSection(element: CdaElement, around: Place): ClinicalFact[] {
  const coded = codedOf(down(element, 'code'), around.passages)
  // A section without a code is what its template says, else a part of the one around it.
  const list = listOf(element, coded)
  const code = coded?.code ?? list
  const isPart = code === null && kids(element, 'templateId').length === 0
  const place: Place = {
    ...around, section: words(down(element, 'title')) ?? nameOf(coded) ?? around.section, sectionCode: isPart ? around.sectionCode : code, sectionSystem: isPart ? around.sectionSystem : (coded?.system ?? (code === null ? null : loinc)),
    list: isPart ? around.list : list,
    laboratory: around.laboratory || isLaboratory(element),
    relative: relativeOf(element, coded, around),
    plan: isPart ? around.plan : isCarePlan(element, list),
    author: authorOf(kids(element, 'author')[0] ?? null) ?? around.author,
  }
  const text = down(element, 'text')
  const rows = new SectionRows(text)
  const entries = kids(element, 'entry').map((entry) => {
    const statement = statementOf(entry)
    return statement === null ? [] : atItsOwnRow(factsOf(statement, { ...place, laboratory: place.laboratory || isOfLaboratory(entry) }), rows)
  })
  const tellsNothing = kids(element, 'entry').map((entry) => isTakenBack(statementOf(entry)) || isFile(entry))
  const below = kids(element, 'component').flatMap((component) => kids(component, 'section').flatMap((one) => readSection(one, place)))
  const hasOnlyFiles = entries.length > 0 && kids(element, 'entry').every(isFile)
  const understood = entries.length > 0 ? !hasOnlyFiles && entries.every((facts, at) => tellsNothing[at] === true || facts.some(({ kind }) => kind !== 'narrative')) : below.some((found) => found.kind !== 'narrative')
  const said = text === null ? null : understood ? leftUntold(text, element, place, [...entries.flat(), ...below]) : textOfNarrative(text)
  const kept = said === null ? [] : [inWords(place, said)]
  return [...entries.flat(), ...kept, ...below]
}

/** An author as the document names it, title first, names never swapped. */
function authorOf(author: CdaElement | null): string | null {
  const assigned = down(author, 'assignedAuthor')
  return personName(down(assigned, 'assignedPerson', 'name')) ?? words(assigned === null ? null : find(assigned, 'softwareName')) ?? words(down(assigned, 'representedOrganization', 'name'))
}

/**
 * Clinical facts of a CDA document, in its order. What no reader understands is kept as its section's text (`narrative`);
 * a nullFlavor never becomes a value. An unstructured document (level 1) gives none. Fails like `readElementTree`, for this
 * document alone. Texts of facts are parts of the whole document's and hold it in memory: what stays is written out. CI-SIS "Modèles de contenus CDA".
 */
export function readFacts(bytes: Uint8Array, document: string): Result<ClinicalFact[]> {
  const tree = readElementTree(bytes)
  if (!tree.ok) return tree
  const facts = factsOfDocument(tree.value, document)
  // Its texts are parts of the document's, which would stay with them.
  forgetWords()
  return success(facts)
}

/** As `readFacts`, of a document already copied out of the parser. */
export function factsOfDocument(root: CdaElement, document: string): ClinicalFact[] {
  const body = down(root, 'component', 'structuredBody')
  const writtenOn = isoOf(at(down(root, 'effectiveTime'), 'value'))
  const place: Place = {
    document, author: authorOf(kids(root, 'author')[0] ?? null), passages: readPassages(root), section: null, sectionCode: null, sectionSystem: null, list: null, laboratory: false, plan: false, toCome: false,
    reimbursed: idIn(root, `${model}36`), date: null, end: null, status: null, imaging: false, results: false, specimen: null, about: null, asked: null, actDate: periodOf(down(root, 'documentationOf', 'serviceEvent')).start,
    writtenOn, child: ofChild.some((one) => idIn(root, one)), mother: ofMother.some((one) => idIn(root, one)), relative: null,
  }
  return kids(body, 'component').flatMap((component) => kids(component, 'section').flatMap((one) => readSection(one, place)))
}
