import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import { codeSystemName } from '#shared/terminology/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { at, details, down, find, words } from './elements.ts'
import { codeParts, declaredAbsence, fact, heldAt, isNegated, restsOn, statusOf, type Place } from './fact.ts'
import { countConflict, findConflict, statusConflict } from './find-conflict.ts'
import { passageOf, saidBy } from './narrative-links.ts'
import { conforms } from './templates.ts'
import { codedOf, codesOf, frequencyOf, nameOf, periodOf, valueOf, type Value } from './values.ts'

const atcSystem = '2.16.840.1.113883.6.73'

/** The class a product is told with, wherever its document puts it: a translation, or the code of the pharmaceutical extension. */
function classOf(element: CdaElement): string | null {
  if (at(element, 'codeSystem') === atcSystem) return at(element, 'code')
  for (const node of element.nodes) {
    // The class of an ingredient is not the product's.
    const found = typeof node === 'string' || node.name === 'ingredient' ? null : classOf(node)
    if (found !== null) return found
  }
  return null
}

/** The class beside the code of a product; nothing where none is said. */
function classPart({ atc }: { readonly atc: string | null }): { readonly atc?: string } {
  return atc === null ? {} : { atc }
}

/** Code and name of the product an entry is about (FR3.43); the ingredients never name it. */
export function productOf(statement: CdaElement, place: Place) {
  const material = down(statement, 'consumable', 'manufacturedProduct', 'manufacturedMaterial') ?? down(statement, 'product', 'manufacturedProduct', 'manufacturedMaterial')
  const code = down(material, 'code')
  const coded = codedOf(code, place.passages)
  const named = saidBy(down(material, 'name'), place.passages)
  const rests = passageOf(down(code, 'originalText'), place.passages) ?? passageOf(down(material, 'name'), place.passages) ?? restsOn(statement, place)
  return { coded, codes: material === null ? [] : productCodes(material), label: at(code, 'displayName') ?? named ?? coded?.label ?? null, rests, lot: words(down(material, 'lotNumberText')), atc: material === null || coded?.system === atcSystem ? null : classOf(material) }
}

/** What a product is numbered by: its own codes, its package's, and the class IHE Pharmacy puts beside (ATC). */
function productCodes(material: CdaElement): { code: string; system: string }[] {
  const beside = ['containerPackagedMedicine', 'generalizedMedicineClass'].map((name) => find(material, name))
  const all = [...codesOf(down(material, 'code')), ...beside.flatMap((one) => codesOf(one && find(one, 'code')))]
  return [...new Map(all.map((one) => [`${one.system} ${one.code}`, one])).values()]
}

/** Codes where there are some: a medicine without a code has none to compare. */
const codesPart = (codes: readonly { code: string; system: string }[]) => (codes.length > 0 ? { codes: [...codes] } : {})

/** The way of administration: its name, else its code with the name of its system. */
function routeOf(statement: CdaElement, place: Place): string | null {
  const coded = codedOf(down(statement, 'routeCode'), place.passages)
  return coded?.label ?? ([coded?.system == null ? null : codeSystemName(coded.system), coded?.code].filter(Boolean).join(' ') || null)
}

/** A dose between equal bounds is that dose. */
function amountOf(quantity: CdaElement | null, place: Place): Value {
  const [low, high] = [down(quantity, 'low'), down(quantity, 'high')]
  return low !== null && at(low, 'value') !== null && at(low, 'value') === at(high, 'value') ? valueOf(low, place.passages) : valueOf(quantity, place.passages)
}

/** Where a bound of a dose, or of a step of it, is not what the words it points at say; words of another row are about another medicine. */
function boundConflict(found: ClinicalFact, statements: readonly CdaElement[], place: Place): ClinicalFact['conflict'] {
  for (const bound of statements.flatMap((one) => ['low', 'high'].map((part) => down(one, 'doseQuantity', part)))) {
    const said = passageOf(down(bound, 'translation', 'originalText') ?? down(bound, 'originalText'), place.passages)
    if (said === null || (found.passage !== null && said.row !== found.passage)) continue
    const conflict = findConflict({ ...found, ...valueOf(bound, place.passages), date: null }, { text: said.text, row: said.text })
    if (conflict !== null) return { ...conflict, narrative: said.row }
  }
  return null
}

/** Steps of a progressive posology: doses under a line, of no other product. */
function stepsOf(statement: CdaElement): CdaElement[] {
  return details(statement).filter((one) => one.name === 'substanceAdministration' && down(one, 'doseQuantity') !== null && at(down(one, 'consumable', 'manufacturedProduct', 'manufacturedMaterial', 'code'), 'code') === null)
}

/** One dose as coded; of a progressive posology, that of each step. */
function doseOf(statement: CdaElement, steps: readonly CdaElement[], place: Place) {
  const dose = down(statement, 'doseQuantity')
  const read = amountOf(dose, place)
  if (read.value !== null || steps.length === 0) return { ...read, rests: ['low', 'high', 'translation'].map((part) => passageOf(down(dose, part, 'translation', 'originalText') ?? down(dose, part, 'originalText'), place.passages)).find((passage) => passage !== null) ?? null }
  const each = steps.map((one) => amountOf(down(one, 'doseQuantity'), place))
  const units = new Set(each.map((one) => one.unit))
  return { value: [...new Set(each.flatMap((one) => one.value ?? []))].join(' ; ') || null, unit: units.size === 1 ? ([...units][0] ?? null) : null, rests: null }
}

/** A medicine taken, prescribed or planned (FR3.42, FR3.83): value and unit are one dose, else the posology in words. */
export function treatment(statement: CdaElement, place: Place): ClinicalFact[] {
  const product = productOf(statement, place)
  const act = codedOf(down(statement, 'code'), place.passages)
  const absence = declaredAbsence(act)
  const rests = passageOf(down(statement, 'text'), place.passages) ?? product.rests
  const label = absence === null ? (product.label ?? rests?.text ?? product.coded?.code ?? null) : (act?.label ?? act?.code ?? null)
  if (label === null) return []
  const intended = at(statement, 'moodCode') !== 'EVN'
  const kind: FactKind = place.reimbursed ? 'reimbursement' : place.plan && intended ? 'carePlan' : 'treatment'
  const steps = stepsOf(statement)
  const dose = doseOf(statement, steps, place)
  const frequency = frequencyOf(statement, place.passages) ?? (steps.flatMap((step) => frequencyOf(step, place.passages) ?? []).join(' ; ') || null)
  const supply = details(statement).find((one) => one.name === 'supply')
  const held = heldAt(statement, place)
  const quantity = place.reimbursed && supply ? valueOf(down(supply, 'quantity'), place.passages) : null
  const found = fact(place, kind, label, {
    ...codeParts(absence === null ? product.coded : act), value: quantity?.value ?? dose.value, unit: quantity?.unit ?? dose.unit, date: held.date ?? (place.reimbursed ? suppliedOn(supply) : null), end: held.end,
    route: routeOf(statement, place), frequency, lot: product.lot, ...classPart(product),
    status: absence ?? (kind === 'treatment' && intended ? 'prescribed' : kind === 'carePlan' ? 'planned' : statusOf(statement)),
    negated: isNegated(statement), passage: rests?.row ?? null, ...(absence === null && codesPart(product.codes)),
  })
  // The dose's own cell counts, unlike a cell that only names what is measured.
  const dosed = dose.rests === null ? (dose.value !== null && rests?.row !== rests?.text ? rests : null) : { text: dose.rests.row, row: dose.rests.row }
  const counted = quantity === null ? null : countConflict(found, rests)
  return [{ ...found, conflict: counted ?? boundConflict(found, [statement, ...steps], place) ?? findConflict({ ...found, date: null }, dosed) ?? statusConflict(found, rests) }]
}

/** When a pharmacist handed a supply over. */
function suppliedOn(supply: CdaElement | undefined): string | null {
  const { start, end } = periodOf(down(supply ?? null, 'performer'), 'time')
  return start ?? end
}

/** A vaccine (FR3.45, FR3.47): value is the rank of the dose; a dose refused or not given is negated. */
export function vaccine(statement: CdaElement, place: Place): ClinicalFact[] {
  const product = productOf(statement, place)
  const act = codedOf(down(statement, 'code'), place.passages)
  const absence = declaredAbsence(act)
  const label = absence === null ? (product.label ?? product.rests?.text ?? product.coded?.code ?? null) : nameOf(act)
  if (label === null) return []
  const rests = restsOn(statement, place)
  const planned = place.plan || at(statement, 'moodCode') !== 'EVN'
  const rank = details(statement).find((one) => conforms(one, 'rank'))
  const supply = details(statement).find((one) => one.name === 'supply')
  const { start, end } = periodOf(statement)
  const kind: FactKind = place.reimbursed ? 'reimbursement' : planned ? 'carePlan' : 'vaccine'
  const found = fact(place, kind, label, {
    ...codeParts(absence === null ? product.coded : act), value: valueOf(down(rank ?? null, 'value'), place.passages).value, date: start ?? (place.reimbursed ? suppliedOn(supply) : null), end,
    route: routeOf(statement, place), lot: product.lot, ...classPart(product),
    status: absence ?? (planned ? 'planned' : statusOf(statement)), negated: isNegated(statement), passage: rests?.row ?? product.rests?.row ?? null,
  })
  return [{ ...found, conflict: findConflict({ ...found, value: null }, rests) }]
}

/** What was handed over: a dispensed medicine (FR3.204) or a device (FR3.20); value and unit are the quantity. */
export function supply(statement: CdaElement, place: Place): ClinicalFact[] {
  const product = productOf(statement, place)
  const dispensed = conforms(statement, 'dispensation')
  const device = find(statement, 'playingDevice')
  const coded = product.coded ?? codedOf(down(device, 'code'), place.passages)
  const absence = declaredAbsence(coded)
  const rests = restsOn(statement, place) ?? product.rests
  const label = product.label ?? coded?.label ?? words(down(device, 'manufacturerModelName')) ?? rests?.text ?? coded?.code ?? null
  if (label === null) return []
  const kind: FactKind = place.reimbursed ? 'reimbursement' : dispensed ? 'treatment' : 'device'
  const quantity = valueOf(down(statement, 'quantity'), place.passages)
  const intended = at(statement, 'moodCode') === 'INT'
  const held = heldAt(statement, place)
  const timed = periodOf(statement).stated
  // How what was handed over is to be taken.
  const dosing = details(statement).find((one) => conforms(one, 'treatment'))
  const found = fact(place, kind, label, {
    ...codeParts(coded), ...quantity, date: held.date ?? suppliedOn(statement) ?? (dispensed && !timed ? place.actDate : null), end: held.end, lot: product.lot, ...classPart(product),
    route: dosing ? routeOf(dosing, place) : null, frequency: dosing ? frequencyOf(dosing, place.passages) : null,
    status: absence ?? (dispensed ? 'dispensed' : intended ? 'prescribed' : statusOf(statement)), negated: isNegated(statement), passage: rests?.row ?? null, ...codesPart(product.codes),
  })
  return [{ ...found, conflict: countConflict(found, rests) }]
}
