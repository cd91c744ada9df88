import type { ClinicalFact } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, bareWords, down, find, linked, words } from './elements.ts'
import { fact, isCalledOff, isNegated, underLink, type Place } from './fact.ts'
import { doseConflict, doseOf, stepsOf } from './medicines.ts'
import { nameIn, passageOf } from './narrative-links.ts'
import { conforms } from './templates.ts'
import { codedOf, lengthOf, nameOf, periodOf, valueOf } from './values.ts'

/** What a list declared empty says: of nothing there are no terms. */
const absences = new Set(['noneKnown', 'notRecorded'])

/**
 * What a device is called by its maker, and on what terms a product is prescribed or was handed over: how much, how often it may be renewed, for how long, whether another may take its place and why not, and the dose a pharmacist
 * wrote. Each is a fact of its own under the product's name, for its entry alone says it; what it leaves out is not told.
 */
export function termsOf(statement: CdaElement, [own]: readonly ClinicalFact[], place: Place): ClinicalFact[] {
  if (own === undefined || own.negated || place.reimbursed || absences.has(own.status ?? '')) return []
  const term = (name: string, parts: Partial<ClinicalFact>) => fact(place, 'observation', `${name} (${own.label})`, { date: own.date, status: isCalledOff(statement) ? own.status : null, ...parts })
  return [...modelOf(statement, own), ...quantityOf(statement, place), ...renewalsOf(statement, place), ...lastsFor(statement, own, place), ...substitutionsOf(statement, place), ...doseHandedOver(statement, place)].map(({ name, ...parts }) => term(name, parts))
}

/** What stands under a statement, denied where its link denies it. */
const partsOf = (statement: CdaElement) => linked(statement).map(underLink)

type Term = Partial<ClinicalFact> & { readonly name: string }

/** What its maker calls a device, where neither its name nor its row does. */
function modelOf(statement: CdaElement, own: ClinicalFact): Term[] {
  const device = statement.name === 'supply' ? find(statement, 'playingDevice') : null
  const called = words(down(device, 'manufacturerModelName'))
  return called === null || ` ${bareWords(`${own.label} ${own.passage ?? ''}`)} `.includes(` ${bareWords(called)} `) ? [] : [{ name: 'Modèle', value: called }]
}

/** How many packages are asked for (FR3.86): what was handed over is the value of its own fact. */
function quantityOf(statement: CdaElement, place: Place): Term[] {
  return partsOf(statement).filter((one) => conforms(one, 'orderedQuantity') && ['RQO', 'INT'].includes(at(one, 'moodCode') ?? '') && !isNegated(one)).flatMap((one) => {
    const { value, unit } = valueOf(down(one, 'quantity'), place.passages)
    return value === null ? [] : [{ name: 'Quantité prescrite', value, unit }]
  })
}

/** How many times a line may be renewed: so does the CI-SIS count, of a prescribed medicine (FR3.83) or device (FR3.20). */
function renewalsOf(statement: CdaElement, place: Place): Term[] {
  const asks = (conforms(statement, 'prescribed') || conforms(statement, 'device')) && at(statement, 'moodCode') === 'INT'
  const { value } = asks ? valueOf(down(statement, 'repeatNumber'), place.passages) : { value: null }
  return value === null ? [] : [{ name: 'Renouvellements', value }]
}

/** How long a line lasts where no last day says it, and how long a device is lent. */
function lastsFor(statement: CdaElement, own: ClinicalFact, place: Place): Term[] {
  const use = valueOf(down(statement, 'expectedUseTime', 'width'), place.passages)
  const doses = conforms(statement, 'dispensation') ? dosesOf(statement) : own.end == null ? [statement] : []
  const lengths = use.value === null ? doses.filter((one) => one === statement || periodOf(one).end === null).map((one) => lengthOf(one, place.passages)) : [use]
  return lengths.flatMap(({ value, unit }) => (value === null ? [] : [{ name: 'Durée', value, unit }]))
}

/** Whether words repeat others: each of theirs stands there. */
const saysNoMore = (said: string, named: string) => bareWords(said).split(' ').every((word) => bareWords(named).split(' ').includes(word))

/** Whether another product may take its place (FR3.87), or did (FR3.206), with the words beside the code, which say why. */
function substitutionsOf(statement: CdaElement, place: Place): Term[] {
  return partsOf(statement).filter((one) => one.name === 'act' && conforms(one, 'substitution')).flatMap((one) => {
    const code = down(one, 'code')
    const named = nameOf(codedOf(code, place.passages))
    if (named === null) return []
    const said = passageOf(down(code, 'originalText'), place.passages)
    const more = said === null || nameIn(said.text) === null || saysNoMore(said.text, named) ? null : said.text
    return [{ name: 'Substitution', value: [named, more].filter(Boolean).join(' : '), negated: isNegated(one), passage: said?.row ?? null }]
  })
}

/** How what was handed over is to be taken, as the pharmacist wrote it. */
const dosesOf = (statement: CdaElement) => partsOf(statement).filter((one) => conforms(one, 'treatment') && !isNegated(one))

/** The dose of what was handed over, where the pharmacist wrote one, with the days it is for. */
function doseHandedOver(statement: CdaElement, place: Place): Term[] {
  if (!conforms(statement, 'dispensation')) return []
  return dosesOf(statement).flatMap((one) => {
    const steps = stepsOf(one)
    const { value, unit, rests } = doseOf(one, steps, place)
    const { start, end } = periodOf(one)
    const parts = { value, unit, ...(start !== null && { date: start, end }), passage: rests?.row ?? null }
    return value === null ? [] : [{ name: 'Dose', ...parts, conflict: doseConflict(fact(place, 'observation', '', parts), [one, ...steps], place) }]
  })
}
