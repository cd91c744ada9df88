import type { ClinicalFact, Result } from '#shared/contract/index.ts'
import { success } from '#shared/contract/index.ts'
import { readElementTree, type CdaElement } from '../../documents/index.ts'
import { act } from './acts.ts'
import { at, details, down, find, idIn, kids, linked, statementOf, words } from './elements.ts'
import { codeParts, fact, heldAt, isNegated, statusOf, subjectOf, type Place } from './fact.ts'
import { productOf, supply, treatment, vaccine } from './medicines.ts'
import { readPassages } from './narrative-links.ts'
import { adverseEffect, allergy, problem } from './problems.ts'
import { isolate, observation, takenSpecimen } from './results.ts'
import { conforms } from './templates.ts'
import { codedOf, nameOf, periodOf } from './values.ts'

const section = '1.2.250.1.213.1.1.2.'

/** A relative's own history, told under the relative it is about. */
function ofRelative(statement: CdaElement, place: Place, relative: CdaElement): ClinicalFact[] {
  const who = nameOf(codedOf(relative, place.passages))
  return contentsOf(statement, place).map((found) => ({
    ...found, kind: found.kind === 'problem' || found.kind === 'familyHistory' ? 'familyHistory' as const : 'observation' as const,
    value: [who, found.kind === 'problem' ? null : found.value].filter(Boolean).join(' : ') || null,
  }))
}

/** What the results under a statement were measured on: the one specimen taken there, nothing when several were, else what is known around it. */
function specimenWithin(statement: CdaElement, place: Place): string | null {
  const taken = details(statement).filter((one) => conforms(one, 'specimen'))
  const [first, ...others] = new Set(taken.map((one) => takenSpecimen(one, place)))
  return taken.length === 0 ? place.specimen : others.length === 0 ? (first ?? null) : null
}

function observationsIn(statement: CdaElement, place: Place): ClinicalFact[] {
  return details(statement).filter(({ name }) => name === 'observation').flatMap((one) => factsOf(one, place))
}

/** Where what stands under a statement stands. The date of a list line is when it was noted, never when the illness began. */
function placeWithin(statement: CdaElement, place: Place): Place {
  if (conforms(statement, 'concern')) return { ...place, date: null, status: statusOf(statement) }
  return { ...place, date: heldAt(statement, place).date, specimen: specimenWithin(statement, place) }
}

function contentsOf(statement: CdaElement, place: Place): ClinicalFact[] {
  const below = (more: Partial<Place> = {}) => {
    const inside: Place = { ...placeWithin(statement, place), ...more }
    return linked(statement).flatMap((one) => {
      const facts = factsOf(one.statement, inside)
      return isNegated(one.link) ? facts.map((found) => ({ ...found, negated: true })) : facts
    })
  }
  switch (statement.name) {
    case 'organizer': {
      const battery = at(down(statement, 'code'), 'code')
      if (conforms(statement, 'attachment')) return []
      if (conforms(statement, 'isolate')) return [...isolate(statement, place), ...below()]
      return below({ imaging: place.imaging || battery === '18748-4', results: place.results || battery === '26436-6' })
    }
    case 'observation':
      if (conforms(statement, 'allergy')) return allergy(statement, place)
      if (conforms(statement, 'adverseEffect')) {
        return adverseEffect(statement, place, (drug) => {
          const { label, coded } = productOf(drug, place)
          return { label, ...codeParts(coded) }
        })
      }
      if (conforms(statement, 'problem') || conforms(statement, 'tumour')) {
        return [...problem(statement, place), ...(conforms(statement, 'tumour') ? observationsIn(statement, placeWithin(statement, place)) : [])]
      }
      return observation(statement, place)
    case 'substanceAdministration':
      return conforms(statement, 'vaccine') || /IMMUNIZ|BOOSTER/.test(at(down(statement, 'code'), 'code') ?? '') ? vaccine(statement, place) : treatment(statement, place)
    case 'supply':
      return supply(statement, place)
    case 'procedure':
      return [...act(statement, place), ...(conforms(statement, 'imagingAct') ? observationsIn(statement, placeWithin(statement, place)) : [])]
    case 'encounter':
      return act(statement, place)
    case 'act':
      if (conforms(statement, 'comment')) return []
      if (conforms(statement, 'movement') || conforms(statement, 'imagingAct')) return [...act(statement, place), ...below()]
      return below()
    default:
      return []
  }
}

/** Facts of one clinical statement; another subject than the patient is looked for before anything else. */
export function factsOf(statement: CdaElement, place: Place): ClinicalFact[] {
  const relative = subjectOf(statement)
  return relative === null ? contentsOf(statement, place) : ofRelative(statement, place, relative)
}

function readSection(element: CdaElement, around: Place): ClinicalFact[] {
  const code = at(down(element, 'code'), 'code')
  const place: Place = {
    ...around, section: words(down(element, 'title')) ?? nameOf(codedOf(down(element, 'code'), around.passages)) ?? around.section, sectionCode: code,
    laboratory: around.laboratory || ['70', '71'].some((one) => idIn(element, `${section}${one}`)) || ['2.1', '2.2'].some((one) => idIn(element, `1.3.6.1.4.1.19376.1.3.3.${one}`)),
    plan: idIn(element, `${section}158`) || idIn(element, `${section}120`),
    author: authorOf(kids(element, 'author')[0] ?? null) ?? around.author,
  }
  const entries = kids(element, 'entry').map((entry) => {
    const statement = statementOf(entry)
    return statement === null ? [] : factsOf(statement, place)
  })
  const below = kids(element, 'component').flatMap((component) => kids(component, 'section').flatMap((one) => readSection(one, place)))
  const text = words(down(element, 'text'))
  const understood = entries.length > 0 ? entries.every((facts) => facts.length > 0) : below.some((found) => found.kind !== 'narrative')
  const kept = text === null || understood ? [] : [fact(place, 'narrative', place.section ?? '', { ...codeParts(codedOf(down(element, 'code'), place.passages)), value: text, passage: text })]
  return [...entries.flat(), ...kept, ...below]
}

/** An author as the document names it, never swapped. */
function authorOf(author: CdaElement | null): string | null {
  const assigned = down(author, 'assignedAuthor')
  return words(down(assigned, 'assignedPerson', 'name')) ?? words(assigned === null ? null : find(assigned, 'softwareName')) ?? words(down(assigned, 'representedOrganization', 'name'))
}

/**
 * Clinical facts of a CDA document, in its order. What no reader understands is kept as its section's text (`narrative`);
 * a nullFlavor never becomes a value. An unstructured document (level 1) gives none. Fails like `readElementTree`, for this
 * document alone. Texts of facts are parts of the whole document's and hold it in memory: what stays is written out. CI-SIS "Modèles de contenus CDA".
 */
export function readFacts(bytes: Uint8Array, document: string): Result<ClinicalFact[]> {
  const tree = readElementTree(bytes)
  return tree.ok ? success(factsOfDocument(tree.value, document)) : tree
}

/** As `readFacts`, of a document already copied out of the parser. */
export function factsOfDocument(root: CdaElement, document: string): ClinicalFact[] {
  const body = down(root, 'component', 'structuredBody')
  const place: Place = {
    document, author: authorOf(kids(root, 'author')[0] ?? null), passages: readPassages(root), section: null, sectionCode: null, laboratory: false, plan: false,
    reimbursed: idIn(root, '1.2.250.1.213.1.1.1.36'), date: null, status: null, imaging: false, results: false, specimen: null, actDate: periodOf(down(root, 'documentationOf', 'serviceEvent')).start,
  }
  return kids(body, 'component').flatMap((component) => kids(component, 'section').flatMap((one) => readSection(one, place)))
}
