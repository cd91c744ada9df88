import type { ClinicalFact, FactKind } from '#shared/contract/index.ts'
import type { CdaElement } from '../../documents/index.ts'
import { areMedicineCodes, readCodes } from '../medicines/medicine-codes.ts'
import { at, bareWords, details, down, find, kids, saysSomething, words } from './elements.ts'
import { askedStatus, codeParts, declaredAbsence, fact, heldAt, isIntended, isNegated, isPlannedLater, isToCome, ownName, ownWords, restsOn, statusOf, tellsOfNone, withOtherName, type Place } from './fact.ts'
import { answerConflict, countConflict, dateConflict, findConflict, statusConflict } from './find-conflict.ts'
import { doseAlone, namedBy, nameIn, passageOf, saidBy, type Passage, type Passages } from './narrative-links.ts'
import { conforms } from './templates.ts'
import { codedOf, codeInWords, codesOf, frequencyOf, lengthOf, nameOf, periodOf, qualifiersOf, valueOf, type Coded, type Value } from './values.ts'

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

/** What a code calls the very product, and not its class; null where it is no code of one. */
function productNamedBy(coded: Coded | null): string | null {
  return coded?.code != null && coded.system !== null && areMedicineCodes({ ...readCodes([{ code: coded.code, system: coded.system }]), atc: [] }) ? coded.label : null
}

/** Code and name of the product an entry is about (FR3.43); the ingredients never name it. */
export function productOf(statement: CdaElement, place: Place) {
  const product = down(statement, 'consumable', 'manufacturedProduct') ?? down(statement, 'product', 'manufacturedProduct')
  const material = down(product, 'manufacturedMaterial') ?? down(product, 'manufacturedLabeledDrug')
  const code = down(material, 'code')
  const coded = codedOf(code, place.passages)
  const written = saidBy(down(material, 'name'), place.passages)
  const named = written === null ? null : nameIn(written)
  // What codes the class alone does not say which product it is.
  const ofClass = named !== null && at(code, 'codeSystem') === atcSystem ? withOtherName(named, at(code, 'displayName')) : null
  const rests = passageOf(down(code, 'originalText'), place.passages) ?? passageOf(down(material, 'name'), place.passages) ?? restsOn(statement, place)
  const form = material === null ? null : nameOf(codedOf(find(material, 'formCode'), place.passages))
  return { coded, written, form, codes: material === null ? [] : productCodes(material), label: ofClass ?? at(code, 'displayName') ?? (named === null ? null : withOtherName(named, productNamedBy(coded))) ?? namesTogether(code, coded) ?? coded?.title ?? null, substances: material === null ? null : substancesIn(material, place), rests, lot: words(down(material, 'lotNumberText')), atc: material === null || coded?.system === atcSystem ? null : classOf(material) }
}

/** The first of these words that are a dose and nothing else: what a product is called that nothing names. */
function doseIn(...said: readonly (string | null | undefined)[]): string | null {
  return said.map(doseAlone).find((dose) => dose !== null) ?? null
}

/** Whether words that deny all are all that names a product, its own or those beside it. */
const isNone = (statement: CdaElement, { coded, written, label }: Pick<ReturnType<typeof productOf>, 'coded' | 'written' | 'label'>, ...beside: readonly (string | null | undefined)[]) =>
  (label === null || label === coded?.label) && tellsOfNone(statement, coded, written, ...beside)

/** Several names of one list are as many things a product holds: a combined vaccine is told with all it protects from. */
function namesTogether(code: CdaElement | null, coded: Coded | null): string | null {
  const names = at(code, 'code') === null ? kids(code, 'translation').filter((one) => at(one, 'codeSystem') === coded?.system).flatMap((one) => at(one, 'displayName') ?? []) : []
  return new Set(names).size > 1 ? [...new Set(names)].join(', ') : null
}

/** What a product without any name is made of. */
function substancesIn(material: CdaElement, place: Place): string | null {
  const substances = material.nodes.flatMap((node) => (typeof node !== 'string' && node.name === 'ingredient' ? [find(node, 'ingredient')] : []))
  const named = substances.flatMap((one) => {
    const [code, name] = one === null ? [null, null] : [find(one, 'code'), find(one, 'name')]
    return nameOf(codedOf(code, place.passages)) ?? words(name) ?? []
  })
  return named.join(', ') || null
}

/** What a product is numbered by: its own codes, its package's, and the class IHE Pharmacy puts beside (ATC). */
function productCodes(material: CdaElement): { code: string; system: string }[] {
  const beside = ['containerPackagedMedicine', 'generalizedMedicineClass'].map((name) => find(material, name))
  const all = [...codesOf(down(material, 'code')), ...beside.flatMap((one) => codesOf(one && find(one, 'code')))]
  return [...new Map(all.map((one) => [`${one.system} ${one.code}`, one])).values()]
}

/** Codes where there are some: a medicine without a code has none to compare. */
const codesPart = (codes: readonly { code: string; system: string }[]) => (codes.length > 0 ? { codes: [...codes] } : {})

/** The way of administration and where: its name, else its code with the name of its system, then the place on the body. */
function routeOf(statement: CdaElement, place: Place): string | null {
  const way = nameOf(codedOf(down(statement, 'routeCode'), place.passages))
  const sites = kids(statement, 'approachSiteCode').flatMap((site) => [nameOf(codedOf(site, place.passages)), qualifiersOf(site, place.passages)]).filter(Boolean).join(', ')
  return way === null ? sites || null : sites === '' ? way : `${way} (${sites})`
}

/** A dose between equal bounds is that dose. */
function amountOf(quantity: CdaElement | null, place: Place): Value {
  const [low, high] = [down(quantity, 'low'), down(quantity, 'high')]
  const read = low !== null && at(low, 'value') !== null && at(low, 'value') === at(high, 'value') && at(low, 'unit') === at(high, 'unit') ? valueOf(low, place.passages) : valueOf(quantity, place.passages)
  if (read.value !== null || quantity === null) return read
  // A dose in words alone: of itself, else of its bounds.
  const spots = [quantity, low, high].flatMap((one) => [down(one, 'translation', 'originalText'), down(one, 'originalText')])
  return { value: spots.map((spot) => saidBy(spot, place.passages)).find((said) => said !== null) ?? null, unit: null }
}

/** How fast a dose is given where the dose itself is told, and how much at most in what time. */
function limitsOf(statement: CdaElement, place: Place): string[] {
  const rate = down(statement, 'doseQuantity') === null && stepsOf(statement).length === 0 ? null : amountOf(down(statement, 'rateQuantity'), place)
  const [most, within] = ['numerator', 'denominator'].map((part) => down(statement, 'maxDoseQuantity', part))
  const written = [most, within].map((one) => valueOf(one ?? null, place.passages))
  const [much, time] = written.map(({ value, unit }) => [value === '1' && unit !== null && unit !== written[0]?.unit ? null : value, unit].filter(Boolean).join(' '))
  return [rate?.value == null ? '' : [rate.value, rate.unit].filter(Boolean).join(' '), written[0]?.value == null ? '' : `max ${[much, time].filter(Boolean).join('/')}`].filter(Boolean)
}

/** What is taken when it is needed (PRN of ActPriority): its name, nothing where the document gives none. */
function asNeeded(statement: CdaElement, place: Place): string | null {
  const priority = codedOf(down(statement, 'priorityCode'), place.passages)
  return priority?.code === 'PRN' ? priority.label : null
}

/** A day after another one, by UCUM's days and weeks; null for what is no plain day or other units. */
function daysLater(day: string, count: number): string | null {
  const at = Date.parse(`${day}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(day) && Number.isInteger(count) && !Number.isNaN(at) ? new Date(at + count * 86_400_000).toISOString().slice(0, 10) : null
}

/** Whether a line is to be repeated, of which the CI-SIS counts the renewals: once is twice as long, so its length is that of one round. */
function isRepeated(statement: CdaElement): boolean {
  const times = down(statement, 'repeatNumber')
  return [times, down(times, 'low'), down(times, 'high')].some((one) => Number(at(one, 'value')) >= 1)
}

const noPassages: Passages = new Map()

/** The last day of a treatment told by its first and how long it lasts: the CI-SIS counts both. Null where it says neither so, or lasts several times as long. */
function lastDayOf(statement: CdaElement, start: string | null): string | null {
  const { value, unit } = lengthOf(statement, noPassages)
  const days = Number(value) * ({ d: 1, wk: 7 }[unit ?? ''] ?? 0)
  return start === null || !(days >= 1) || isRepeated(statement) ? null : daysLater(start, days - 1)
}

/** Where a bound of a dose, or of a step of it, is not what the words it points at say; words of another row are about another medicine. */
export function doseConflict(found: ClinicalFact, statements: readonly CdaElement[], place: Place): ClinicalFact['conflict'] {
  for (const bound of statements.flatMap((one) => ['low', 'high'].map((part) => down(one, 'doseQuantity', part)))) {
    const said = passageOf(down(bound, 'translation', 'originalText') ?? down(bound, 'originalText'), place.passages)
    if (said === null || (found.passage !== null && said.row !== found.passage)) continue
    const conflict = findConflict({ ...found, ...valueOf(bound, place.passages), date: null }, { text: said.text, row: said.text })
    if (conflict !== null) return { ...conflict, narrative: said.row }
  }
  return null
}

/** Whether an entry names a product of its own. */
export function namesProduct(statement: CdaElement): boolean {
  const material = down(statement, 'consumable', 'manufacturedProduct', 'manufacturedMaterial')
  return codesOf(down(material, 'code')).length > 0 || words(down(material, 'name')) !== null
}

/** What tells products apart: all their codes and what they are called. */
function marksOf(statement: CdaElement) {
  const material = down(statement, 'consumable', 'manufacturedProduct', 'manufacturedMaterial')
  const code = down(material, 'code')
  const called = [at(code, 'displayName'), words(down(code, 'originalText')), words(down(material, 'name'))]
  return { codes: codesOf(code), names: called.flatMap((one) => (one === null ? [] : bareWords(one))).filter(Boolean) }
}

type Marks = ReturnType<typeof marksOf>

/**
 * Whether two entries are of one product: by a code or a name they share; where no list codes both, by a name that begins the other or, of a coded one, where either
 * has no name. Names that differ are of two products.
 */
function isSameProduct(line: Marks, step: Marks): boolean {
  const some = (same: (one: string, other: string) => boolean) => line.names.some((one) => step.names.some((other) => same(one, other)))
  if (line.codes.some((one) => step.codes.some(({ code, system }) => one.code === code && one.system === system)) || some((one, other) => one === other)) return true
  if (line.codes.some((one) => step.codes.some(({ system }) => one.system === system))) return false
  const isNameless = line.names.length === 0 || step.names.length === 0
  return isNameless ? step.codes.length > 0 : some((one, other) => one.startsWith(`${other} `) || other.startsWith(`${one} `))
}

/** Steps of a progressive posology: doses under a line, of no other product. */
export function stepsOf(statement: CdaElement): CdaElement[] {
  const isDose = (one: CdaElement) => one.name === 'substanceAdministration' && (down(one, 'doseQuantity') !== null || down(one, 'rateQuantity') !== null)
  return details(statement).filter((one) => isDose(one) && (!namesProduct(one) || isSameProduct(marksOf(statement), marksOf(one))))
}

const inUnits = ({ value, unit }: Value) => [value, unit].filter(Boolean).join(' ')

const dayOf = (iso: string) => iso.slice(0, 10).split('-').reverse().join('/')

/** From when to when a step is taken, else how long. */
function daysOfStep(step: CdaElement): string {
  const { start, end } = periodOf(step)
  if (start === null && end === null) return inUnits(lengthOf(step, noPassages))
  return [start, end ?? lastDayOf(step, start)].flatMap((one) => (one === null ? [] : dayOf(one))).join(' - ')
}

/** When each step is taken: how often, and where their days differ and their words hold none, from when to when. */
function timesOfSteps(steps: readonly CdaElement[], place: Place): string | null {
  const days = steps.map(daysOfStep)
  // One after the other, as many days each are told of each; the same period of all is the line's.
  const isDated = new Set(days).size > 1 || (steps.length > 1 && steps.some((step) => !periodOf(step).stated || periodOf(step).start === null))
  const times = steps.map((step, at) => {
    const often = frequencyOf(step, place.passages)
    return [often, isDated && !/\d{4}/.test(often ?? '') ? days[at] : null].filter(Boolean).join(', ')
  })
  return times.some(Boolean) ? times.map((one) => one || '–').join(' ; ') : null
}

/** One dose as coded; of a progressive posology, that of each step. */
export function doseOf(statement: CdaElement, steps: readonly CdaElement[], place: Place) {
  const dose = down(statement, 'doseQuantity')
  const counted = amountOf(dose, place)
  const given = counted.value === null || counted.unit !== null ? counted : { ...counted, unit: nameOf(codedOf(down(statement, 'administrationUnitCode'), place.passages)) }
  const read = given.value === null && steps.length === 0 ? amountOf(down(statement, 'rateQuantity'), place) : given
  if (read.value !== null || steps.length === 0) {
    const rests = ['low', 'high', 'translation'].map((part) => passageOf(down(dose, part, 'translation', 'originalText') ?? down(dose, part, 'originalText'), place.passages)).find((passage) => passage !== null) ?? null
    return { ...read, value: soleEnd(read.value, rests), rests }
  }
  const each = steps.map((one) => amountOf(down(one, 'doseQuantity') ?? down(one, 'rateQuantity'), place))
  const units = new Set(each.map((one) => one.unit))
  const doses = each.map(({ value, unit }) => (units.size === 1 || value === null ? (value ?? '–') : [value, unit].filter(Boolean).join(' ')))
  // One after the other, as their times are: 1, 2 and 1 are three doses.
  const told = new Set(doses).size === 1 ? doses.slice(0, 1) : doses
  return { value: each.some(({ value }) => value !== null) ? told.join(' ; ') : null, unit: units.size === 1 ? ([...units][0] ?? null) : null, rests: null }
}

/** A sole dose is written as an interval of two equal ends (IHE PCC): where one end is there, and its own words are that number without a limit, the dose is that end. */
function soleEnd(value: string | null, rests: Passage | null): string | null {
  const [, end] = /^[<>]= (.+)$/.exec(value ?? '') ?? []
  const [, said] = /^(\d+(?:[.,]\d+)?)\s*\p{L}[\p{L}\d/%.]*$/u.exec(rests?.text.trim() ?? '') ?? []
  return end !== undefined && said !== undefined && Number(said.replace(',', '.')) === Number(end) ? end : value
}

/** How often a dose is taken, that of each step too, how fast, how much at most, and only when needed. */
function rhythmOf(statement: CdaElement, place: Place): string | null {
  const [often, each] = [frequencyOf(statement, place.passages), timesOfSteps(stepsOf(statement), place)]
  const rhythm = often !== null && each !== null ? `${often} (${each})` : (often ?? each)
  return [rhythm, ...limitsOf(statement, place), asNeeded(statement, place)].filter(Boolean).join(', ') || null
}

/** What is taken at each moment of the day, where the columns of a table are headed so. */
function byMoment(rests: Passage | null): string | null {
  const moments = ['matin', 'midi', 'après-midi', 'goûter', 'soir', 'coucher', 'nuit']
  const taken = moments.map((moment) => [moment, rests?.under(new RegExp(`^(?:au |le )?${moment}$`, 'i'))] as const)
  return taken.flatMap(([moment, dose]) => (dose != null && saysSomething(dose) ? [`${moment} : ${dose}`] : [])).join(', ') || null
}

/** A medicine taken, prescribed or planned (FR3.42, FR3.83): value and unit are one dose, else the posology in words. */
export function treatment(statement: CdaElement, place: Place): ClinicalFact[] {
  const product = productOf(statement, place)
  const act = codedOf(down(statement, 'code'), place.passages)
  const declares = [act, product.coded].find((one) => declaredAbsence(one) !== null) ?? null
  const absence = declaredAbsence(declares)
  const rests = passageOf(down(statement, 'text'), place.passages) ?? product.rests
  if (absence === null && isNone(statement, product, rests?.text, ownWords(statement))) return []
  const label = absence === null ? (product.label ?? namedBy(rests) ?? ownName(statement) ?? codeInWords(product.coded) ?? product.substances ?? product.form ?? doseIn(product.written, rests?.text, ownWords(statement))) : (declares?.label ?? rests?.text ?? declares?.code ?? null)
  if (label === null) return []
  const intended = isIntended(statement, place) || isPlannedLater(statement, place)
  const kind: FactKind = place.reimbursed ? 'reimbursement' : intended && (place.plan || at(statement, 'moodCode') === 'PRP') ? 'carePlan' : 'treatment'
  const steps = stepsOf(statement)
  const dose = doseOf(statement, steps, place)
  const frequency = rhythmOf(statement, place)
  const supply = details(statement).find((one) => one.name === 'supply')
  const stated = heldAt(statement, place)
  const held = { ...stated, end: stated.end ?? lastDayOf(statement, stated.date) }
  const quantity = place.reimbursed && supply ? valueOf(down(supply, 'quantity'), place.passages) : null
  // A posology nothing codes is in the column of the row that is headed so.
  const inWords = dose.value === null && frequency === null && quantity === null ? (rests?.under(/^posologie/i) ?? byMoment(rests)) : null
  // A dose without a rhythm is half of what its author wrote.
  const often = frequency ?? (dose.value !== null && quantity === null ? (rests?.under(/^posologie/i) ?? null) : null)
  const found = fact(place, kind, label, {
    ...codeParts(absence === null ? product.coded : declares), value: quantity?.value ?? dose.value ?? inWords, unit: quantity?.unit ?? dose.unit, date: held.date ?? (place.reimbursed ? suppliedOn(supply) : null), end: held.end,
    route: routeOf(statement, place), frequency: often, lot: product.lot, ...classPart(product),
    status: absence ?? (kind === 'treatment' && intended ? askedStatus(statement, 'prescribed') : kind === 'carePlan' ? askedStatus(statement, 'planned') : statusOf(statement)),
    negated: isNegated(statement), passage: rests?.row ?? null, ...(absence === null && codesPart(product.codes)),
  })
  // The dose's own cell counts, unlike a cell that only names what is measured.
  const dosed = dose.rests === null ? (dose.value !== null && rests?.row !== rests?.text ? rests : null) : { text: dose.rests.row, row: dose.rests.row }
  const counted = quantity === null ? null : countConflict(found, rests)
  const signed = doseConflict(found, [statement, ...steps], place) ?? findConflict({ ...found, value: inWords === null ? found.value : null, date: null }, dosed)
  return [{ ...found, conflict: (absence === null ? answerConflict(found, rests) : null) ?? counted ?? signed ?? statusConflict(found, rests) ?? (rests && dateConflict({ ...found, end: stated.end }, rests)) }]
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
  const declares = [act, product.coded].find((one) => declaredAbsence(one) !== null) ?? null
  const absence = declaredAbsence(declares)
  const rests = restsOn(statement, place)
  if (absence === null && isNone(statement, product, product.rests?.text, ownWords(statement))) return []
  const label = absence === null ? (product.label ?? namedBy(product.rests) ?? ownName(statement) ?? codeInWords(product.coded) ?? doseIn(product.written, product.rests?.text, ownWords(statement))) : (declares?.label ?? rests?.text ?? declares?.code ?? null)
  if (label === null) return []
  const planned = isToCome(statement, place)
  const rank = details(statement).find((one) => conforms(one, 'rank'))
  const supply = details(statement).find((one) => one.name === 'supply')
  const { start, end } = periodOf(statement)
  const kind: FactKind = place.reimbursed ? 'reimbursement' : planned ? 'carePlan' : 'vaccine'
  const found = fact(place, kind, label, {
    ...codeParts(absence === null ? product.coded : declares), value: valueOf(down(rank ?? null, 'value'), place.passages).value, date: start ?? (place.reimbursed ? suppliedOn(supply) : null), end,
    route: routeOf(statement, place), lot: product.lot, ...classPart(product),
    status: absence ?? (planned ? askedStatus(statement, 'planned') : statusOf(statement)), negated: isNegated(statement), passage: rests?.row ?? product.rests?.row ?? null,
  })
  return [{ ...found, conflict: findConflict({ ...found, value: null }, rests ?? product.rests) }]
}

/** What was handed over: a dispensed medicine (FR3.204) or a device (FR3.20); value and unit are the quantity. */
export function supply(statement: CdaElement, place: Place): ClinicalFact[] {
  const product = productOf(statement, place)
  const dispensed = conforms(statement, 'dispensation')
  const device = find(statement, 'playingDevice')
  const coded = product.coded ?? codedOf(down(device, 'code'), place.passages)
  const absence = declaredAbsence(coded)
  const rests = restsOn(statement, place) ?? product.rests
  if (absence === null && isNone(statement, { ...product, coded }, rests?.text, ownWords(statement))) return []
  const label = absence === null
    ? (product.label ?? coded?.title ?? words(down(device, 'manufacturerModelName')) ?? namedBy(rests) ?? codeInWords(coded) ?? product.form)
    : (coded?.label ?? rests?.text ?? coded?.code ?? null)
  if (label === null) return []
  const kind: FactKind = place.reimbursed ? 'reimbursement' : dispensed ? 'treatment' : 'device'
  const quantity = valueOf(down(statement, 'quantity'), place.passages)
  const intended = isIntended(statement, place)
  const held = heldAt(statement, place)
  const timed = periodOf(statement).stated
  // How what was handed over is to be taken.
  const dosing = details(statement).find((one) => conforms(one, 'treatment'))
  const found = fact(place, kind, label, {
    ...codeParts(coded), ...quantity, date: held.date ?? suppliedOn(statement) ?? (dispensed && !timed ? place.actDate : null), end: held.end, lot: product.lot, ...classPart(product),
    route: dosing ? routeOf(dosing, place) : null, frequency: dosing ? rhythmOf(dosing, place) : null,
    status: absence ?? (dispensed ? 'dispensed' : intended ? askedStatus(statement, 'prescribed') : statusOf(statement)), negated: isNegated(statement), passage: rests?.row ?? null, ...codesPart(product.codes),
  })
  return [{ ...found, conflict: (absence === null ? answerConflict(found, rests) : null) ?? countConflict(found, rests) }]
}
