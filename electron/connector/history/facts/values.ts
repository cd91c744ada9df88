import { codeLabel, codeSystemName, codeSystems } from '#shared/terminology/index.ts'
import { isPossibleTime, type CdaElement } from '../../documents/index.ts'
import { deniesAll } from './denial.ts'
import { at, down, kids, typeOf, words } from './elements.ts'
import { nameIn, saidBy, type Passages } from './narrative-links.ts'

/** A CDA time as ISO 8601 of the same precision; null for what is no time or one that cannot be (month 20, 29 February of a common year). */
export function isoOf(written: string | null): string | null {
  if (written === null || !isPossibleTime(written)) return null
  const [, year, month, day, hour, minute, second, offset] = /^(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\.\d+)?([+-]\d{4})?$/.exec(written) ?? []
  const date = [year, month, day].filter(Boolean).join('-')
  if (hour === undefined) return date
  const zone = offset === undefined ? '' : `${offset.slice(0, 3)}:${offset.slice(3)}`
  return `${date}T${hour}:${minute ?? '00'}${second === undefined ? '' : `:${second}`}${zone}`
}

/** When something holds, as an element states it. */
export interface Period {
  /** An element states it, be it that it is not known. */
  readonly stated: boolean
  /** The moment, or the beginning. */
  readonly start: string | null
  readonly end: string | null
}

/** The times of a statement, those an expression is made of after it. */
export function timesIn(statement: CdaElement | null, name: 'effectiveTime' | 'time' | 'comp' = 'effectiveTime'): CdaElement[] {
  return kids(statement, name).flatMap((time) => [time, ...timesIn(time, 'comp')])
}

const repeats = (time: CdaElement) => ['PIVL_TS', 'EIVL_TS'].includes(typeOf(time))

/** When a statement holds, or the other time `name`: the first that says a moment, a beginning or an end. A time that repeats or an event is no date. */
export function periodOf(statement: CdaElement | null, name: 'effectiveTime' | 'time' = 'effectiveTime'): Period {
  let stated = false
  for (const one of timesIn(statement, name)) {
    if (repeats(one)) continue
    stated = true
    const [start, end] = [at(one, 'value') ?? at(down(one, 'low'), 'value') ?? at(down(one, 'center'), 'value'), at(down(one, 'high'), 'value')]
    if (start !== null || end !== null) return { stated, start: isoOf(start), end: isoOf(end) }
  }
  return { stated, start: null, end: null }
}

/** What a dose goes with: its code has one list only, which need not be named. */
function momentOf(event: CdaElement | null, passages: Passages): string | null {
  const coded = codedOf(event, passages)
  return coded?.label ?? (coded?.code == null ? null : (listed(coded.system ?? codeSystems.timingEvent, coded.code) ?? codeInWords(coded)))
}

/** How long a statement holds, where one of its times says so (`width`). */
export function lengthOf(statement: CdaElement, passages: Passages): Value {
  return valueOf(timesIn(statement).map((time) => down(time, 'width')).find((one) => one !== null) ?? null, passages)
}

/** How often (PIVL_TS, EIVL_TS): the words the document points at, else the time between two doses or the event; null when nothing repeats. */
export function frequencyOf(statement: CdaElement, passages: Passages): string | null {
  const each = timesIn(statement).flatMap((time) => {
    const period = down(time, 'period')
    const { value, unit } = period === null ? nothing : at(period, 'value') === null ? intervalOf(period) : { value: at(period, 'value'), unit: at(period, 'unit') }
    const every = value === null ? null : [value, unit].filter(Boolean).join(' ')
    return saidBy(down(period, 'translation', 'originalText'), passages) ?? every ?? momentOf(down(time, 'event'), passages) ?? []
  })
  return [...new Set(each)].join(', ') || null
}

/** A code as a document states it. `nullFlavor` is kept apart: it is never a value. */
export interface Coded {
  readonly code: string | null
  readonly system: string | null
  /** What its list is called: as we know it, else as the document says. */
  readonly systemName: string | null
  readonly label: string | null
  /** As `label`, but for words that only answer ("oui", a number): they name nothing. */
  readonly title: string | null
  /** It, or a translation of it, is of a list we know. */
  readonly isOfKnownList: boolean
  /** Its own words say that there is none, and neither another name of it nor a list known here says what it stands for. */
  readonly denies: boolean
  readonly nullFlavor: string | null
}

/** What the national lists call a code the document does not name. */
function listed(system: string | null, code: string | null): string | null {
  return system === null || code === null ? null : (codeLabel(system, code) ?? null)
}

/** Codes that say "another one" and not which: the words alone do (R69 of CIM-10, the GEN-092 of TRE_A04). */
export function isOther(system: string | null, code: string | null): boolean {
  return (system === '2.16.840.1.113883.6.3' && code === 'R69') || (system === '1.2.250.1.213.1.1.4.322' && code?.startsWith('GEN-092.') === true)
}

/** The words beside a code that says "another one"; an answer of yes or no names nothing. */
function otherInWords(element: CdaElement, passages: Passages): string | null {
  const said = isOther(at(element, 'codeSystem'), at(element, 'code')) ? saidBy(down(element, 'originalText'), passages) : null
  return said === null || /^(oui|non)\b/i.test(said) ? null : said
}

/** The translations of a code, those within one too. */
export function translationsOf(element: CdaElement): CdaElement[] {
  return kids(element, 'translation').flatMap((one) => [one, ...translationsOf(one)])
}

const firstOf = <T>(found: readonly (T | null)[]): T | null => found.find((one) => one !== null) ?? null

/**
 * Reads a code; where it only has a translation (a local code, `NA`), that is the code. The label is the document's (its own, its words', a translation's), else the
 * national list's, never invented.
 */
export function codedOf(element: CdaElement | null, passages: Passages): Coded | null {
  if (element === null) return null
  const translations = translationsOf(element)
  const main = at(element, 'code') === null ? (translations.find((one) => at(one, 'code') !== null) ?? element) : element
  const [code, system] = [at(main, 'code'), at(main, 'codeSystem')]
  const shown = otherInWords(main, passages) ?? at(element, 'displayName') ?? at(main, 'displayName')
  const said = shown === null ? (saidBy(down(element, 'originalText'), passages) ?? saidBy(down(main, 'originalText'), passages)) : null
  const otherwise = () => firstOf(translations.map((one) => at(one, 'displayName'))) ?? firstOf(translations.map((one) => saidBy(down(one, 'originalText'), passages)))
    ?? firstOf([main, element, ...translations].map((one) => listed(at(one, 'codeSystem'), at(one, 'code'))))
  const label = shown ?? said ?? otherwise()
  const title = said === null ? label : (nameIn(said) ?? otherwise())
  const isOfKnownList = [element, ...translations].some((one) => at(one, 'code') !== null && codeSystemName(at(one, 'codeSystem') ?? '') !== undefined)
  return {
    code, system: code === null ? null : system, systemName: code === null ? null : (codeSystemName(system ?? '') ?? at(main, 'codeSystemName')), label,
    title, isOfKnownList, denies: deniesAll(shown ?? '') || (title === null && !isOfKnownList && deniesAll(said ?? '')), nullFlavor: code === null && label === null ? at(element, 'nullFlavor') : null,
  }
}

/** Every code an element gives with its system, those of its translations too; none twice. */
export function codesOf(element: CdaElement | null): { code: string; system: string }[] {
  if (element === null) return []
  const [code, system] = [at(element, 'code'), at(element, 'codeSystem')]
  const own = code === null || system === null ? [] : [{ code, system }]
  return [...own, ...kids(element, 'translation').flatMap(codesOf)].filter((one, index, all) => all.findIndex((other) => other.code === one.code && other.system === one.system) === index)
}

/** A code nobody names, with the name of its list where there is one: a bare number is no name. */
export function codeInWords(coded: Coded | null): string | null {
  return coded?.code == null ? null : [coded.systemName, coded.code].filter(Boolean).join(' ')
}

/** Whether words that deny all are all that says what a code stands for: its own, or those beside one that has no name and is of no list known here. */
export function standsForNone(coded: Coded | null, ...beside: readonly (string | null | undefined)[]): boolean {
  if (coded?.denies === true) return true
  return coded?.title == null && coded?.isOfKnownList !== true && beside.some((words) => deniesAll(words ?? ''))
}

/** What a code is called: its label, else the code itself with the name of its list. */
export function nameOf(coded: Coded | null): string | null {
  return coded?.label ?? codeInWords(coded)
}

/** Labels of the qualifiers of a code (laterality, role). */
export function qualifiersOf(element: CdaElement | null, passages: Passages): string | null {
  return kids(element, 'qualifier').flatMap((qualifier) => nameOf(codedOf(down(qualifier, 'value'), passages)) ?? []).join(', ') || null
}

/** Where in the body a statement is about, each place with its side. */
export function sitesOf(statement: CdaElement, passages: Passages): string[] {
  return kids(statement, 'targetSiteCode').flatMap((site) => [nameOf(codedOf(site, passages)), qualifiersOf(site, passages)]).filter((one) => one !== null)
}

export interface Value {
  readonly value: string | null
  readonly unit: string | null
}

const nothing: Value = { value: null, unit: null }

/** A bound is part of the interval unless its author says otherwise. */
function bound(element: CdaElement | null, sign: '<' | '>'): string | null {
  const value = at(element, 'value')
  return value === null ? null : `${sign}${at(element, 'inclusive') === 'false' ? '' : '='} ${value}`
}

function intervalOf(element: CdaElement): Value {
  const [low, high, middle] = [down(element, 'low'), down(element, 'high'), down(element, 'center')]
  const unit = at(low, 'unit') ?? at(high, 'unit') ?? at(element, 'unit')
  const [lowest, highest] = [at(low, 'value'), at(high, 'value')]
  // Two units are no one unit: each bound keeps its own.
  if (lowest !== null && highest !== null && at(low, 'unit') !== null && at(high, 'unit') !== null && at(low, 'unit') !== at(high, 'unit')) {
    return { value: [low, high].map((one) => [at(one, 'value'), plainUnit(at(one, 'unit'))].filter(Boolean).join(' ')).join(' - '), unit: null }
  }
  if (lowest !== null && highest !== null) {
    const open = at(low, 'inclusive') === 'false' || at(high, 'inclusive') === 'false'
    return { value: open ? `${bound(low, '>')} ; ${bound(high, '<')}` : `${lowest} - ${highest}`, unit }
  }
  return { value: bound(low, '>') ?? bound(high, '<') ?? at(middle, 'value'), unit: unit ?? at(middle, 'unit') }
}

/** A unit of UCUM as written. The CI-SIS counts packages by a code of EDQM: its label, else the code with its system, for a bare number is no unit. */
function plainUnit(unit: string | null): string | null {
  if (unit === '1') return null
  return unit !== null && /^\d{8}$/.test(unit) ? (codeLabel(codeSystems.edqm, unit) ?? `EDQM ${unit}`) : unit
}

/** A quantity its document gives in another unit alone (PQR): there `code` is the unit. */
function translatedQuantity(element: CdaElement): Value {
  const other = kids(element, 'translation').find((one) => at(one, 'value') !== null && (at(one, 'code') !== null || down(one, 'originalText') === null)) ?? null
  return { value: at(other, 'value'), unit: plainUnit(at(other, 'code')) ?? at(other, 'displayName') }
}

/** A moment, or a period with what its author says of it. */
function timesOf(element: CdaElement): string | null {
  const [moment, low, high] = [at(element, 'value') ?? at(down(element, 'center'), 'value'), at(down(element, 'low'), 'value'), at(down(element, 'high'), 'value')]
  const [start, end] = [moment ?? low, moment === null ? high : null].map((one) => isoOf(one) ?? one)
  return start != null && end != null && start !== end ? `${start} - ${end}` : (start ?? end ?? null)
}

/** Reads a `value` or a quantity by its data type; a nullFlavor gives nothing. */
export function valueOf(element: CdaElement | null, passages: Passages): Value {
  if (element === null) return nothing
  const type = typeOf(element)
  if (['CD', 'CE', 'CO', 'CV', 'CS'].includes(type)) {
    const [name, more] = [nameOf(codedOf(element, passages)), qualifiersOf(element, passages)]
    return { value: name === null || more === null ? (name ?? at(element, 'value')) : `${name} (${more})`, unit: null }
  }
  if (type === 'II') return { value: at(element, 'extension') ?? at(element, 'root'), unit: null }
  if (['EN', 'PN', 'ON', 'TN', 'AD'].includes(type)) return { value: words(element), unit: null }
  if (type === 'ST' || type === 'ED') return { value: saidBy(element, passages), unit: null }
  if (type.startsWith('RTO')) {
    const [numerator, denominator] = [down(element, 'numerator'), down(element, 'denominator')]
    if (at(numerator, 'value') === null || at(denominator, 'value') === null) return nothing
    const units = [plainUnit(at(numerator, 'unit')), plainUnit(at(denominator, 'unit'))]
    // So much for one of a unit is a quantity; of no unit it stays a ratio.
    if (at(denominator, 'value') === '1' && units[1] !== null) return { value: at(numerator, 'value'), unit: `${units[0] ?? '1'}/${units[1]}` }
    return { value: `${at(numerator, 'value')}/${at(denominator, 'value')}`, unit: units.some(Boolean) ? units.map((unit) => unit ?? '1').join('/') : null }
  }
  if (type.endsWith('TS')) return { value: timesOf(element), unit: null }
  if (['low', 'high', 'center'].some((part) => down(element, part) !== null)) {
    const { value, unit } = intervalOf(element)
    return { value, unit: value === null ? null : plainUnit(unit) }
  }
  const value = at(element, 'value')
  if (value !== null) return { value, unit: plainUnit(at(element, 'unit')) ?? at(element, 'currency') }
  const translated = translatedQuantity(element)
  if (translated.value !== null) return translated
  return { value: nameOf(codedOf(element, passages)) ?? (kids(element).length === 0 ? words(element) : null), unit: null }
}

/** Usual values of a result, with their unit when it is not the result's. */
export function rangeOf(observation: CdaElement, unit: string | null, passages: Passages): string | null {
  const ranges = kids(observation, 'referenceRange')
  return ranges.flatMap((range) => {
    const within = down(range, 'observationRange')
    const read = valueOf(down(within, 'value'), passages)
    const coded = read.value === null ? null : read.unit === null || read.unit === unit ? read.value : `${read.value} ${read.unit}`
    const said = saidBy(down(within, 'text'), passages)
    // Of several ranges only their words say for whom each is, or the code of what lies within.
    const judged = at(down(within, 'interpretationCode'), 'code')
    const named = coded === null || judged === null || judged === 'N' ? coded : `${judged} : ${coded}`
    return (ranges.length > 1 ? (said ?? named) : (coded ?? said)) ?? []
  }).join(' ; ') || null
}
