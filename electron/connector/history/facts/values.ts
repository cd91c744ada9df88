import { codeLabel, codeSystems } from '#shared/terminology/index.ts'
import { isPossibleTime, type CdaElement } from '../../documents/index.ts'
import { at, down, kids, typeOf, words } from './elements.ts'
import { saidBy, type Passages } from './narrative-links.ts'

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

const repeats = (time: CdaElement) => ['PIVL_TS', 'EIVL_TS'].includes(typeOf(time))

/** When a statement holds, or the other time `name`: the first that says a moment, a beginning or an end. A time that repeats or an event is no date. */
export function periodOf(statement: CdaElement | null, name: 'effectiveTime' | 'time' = 'effectiveTime'): Period {
  let stated = false
  for (const time of kids(statement, name)) {
    if (repeats(time)) continue
    stated = true
    for (const one of [time, ...kids(time, 'comp')]) {
      if (repeats(one)) continue
      const [start, end] = [at(one, 'value') ?? at(down(one, 'low'), 'value'), at(down(one, 'high'), 'value')]
      if (start !== null || end !== null) return { stated, start: isoOf(start), end: isoOf(end) }
    }
  }
  return { stated, start: null, end: null }
}

/** How often (PIVL_TS, EIVL_TS): the words the document points at, else the time between two doses or the event; null when nothing repeats. */
export function frequencyOf(statement: CdaElement, passages: Passages): string | null {
  const each = kids(statement, 'effectiveTime').flatMap((time) => [time, ...kids(time, 'comp')]).flatMap((time) => {
    const period = down(time, 'period')
    const every = at(period, 'value') === null ? null : [at(period, 'value'), at(period, 'unit')].filter(Boolean).join(' ')
    return saidBy(down(period, 'translation', 'originalText'), passages) ?? every ?? nameOf(codedOf(down(time, 'event'), passages)) ?? []
  })
  return [...new Set(each)].join(', ') || null
}

/** A code as a document states it. `nullFlavor` is kept apart: it is never a value. */
export interface Coded {
  readonly code: string | null
  readonly system: string | null
  readonly label: string | null
  readonly nullFlavor: string | null
}

/** What the national lists call a code the document does not name. */
function listed(system: string | null, code: string | null): string | null {
  return system === null || code === null ? null : (codeLabel(system, code) ?? null)
}

/** Reads a code; where it only has a translation (a local code, `NA`), that is the code. The label is the document's, else the national list's, never invented. */
export function codedOf(element: CdaElement | null, passages: Passages): Coded | null {
  if (element === null) return null
  const translations = kids(element, 'translation')
  const main = at(element, 'code') === null ? (translations.find((one) => at(one, 'code') !== null) ?? element) : element
  const label = at(element, 'displayName') ?? at(main, 'displayName') ?? saidBy(down(element, 'originalText'), passages) ?? saidBy(down(main, 'originalText'), passages)
    ?? translations.map((one) => at(one, 'displayName')).find((one) => one !== null) ?? listed(at(main, 'codeSystem'), at(main, 'code'))
  const code = at(main, 'code')
  return { code, system: code === null ? null : at(main, 'codeSystem'), label, nullFlavor: code === null && label === null ? at(element, 'nullFlavor') : null }
}

/** Every code an element gives with its system, those of its translations too; none twice. */
export function codesOf(element: CdaElement | null): { code: string; system: string }[] {
  if (element === null) return []
  const [code, system] = [at(element, 'code'), at(element, 'codeSystem')]
  const own = code === null || system === null ? [] : [{ code, system }]
  return [...own, ...kids(element, 'translation').flatMap(codesOf)].filter((one, index, all) => all.findIndex((other) => other.code === one.code && other.system === one.system) === index)
}

/** What a code is called: its label, else the code itself. */
export function nameOf(coded: Coded | null): string | null {
  return coded?.label ?? coded?.code ?? null
}

/** Labels of the qualifiers of a code (laterality, role). */
export function qualifiersOf(element: CdaElement | null, passages: Passages): string | null {
  return kids(element, 'qualifier').flatMap((qualifier) => nameOf(codedOf(down(qualifier, 'value'), passages)) ?? []).join(', ') || null
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
  const [low, high] = [down(element, 'low'), down(element, 'high')]
  const unit = at(low, 'unit') ?? at(high, 'unit') ?? at(element, 'unit')
  const [lowest, highest] = [at(low, 'value'), at(high, 'value')]
  if (lowest !== null && highest !== null) {
    const open = at(low, 'inclusive') === 'false' || at(high, 'inclusive') === 'false'
    return { value: open ? `${bound(low, '>')} ; ${bound(high, '<')}` : `${lowest} - ${highest}`, unit }
  }
  const center = at(down(element, 'center'), 'value')
  return { value: bound(low, '>') ?? bound(high, '<') ?? center, unit }
}

/** A unit of UCUM as written. The CI-SIS counts packages by a code of EDQM: its label, else the code with its system, for a bare number is no unit. */
function plainUnit(unit: string | null): string | null {
  if (unit === '1') return null
  return unit !== null && /^\d{8}$/.test(unit) ? (codeLabel(codeSystems.edqm, unit) ?? `EDQM ${unit}`) : unit
}

/** Reads a `value` or a quantity by its data type; a nullFlavor gives nothing. */
export function valueOf(element: CdaElement | null, passages: Passages): Value {
  if (element === null) return nothing
  const type = typeOf(element)
  if (['CD', 'CE', 'CO', 'CV', 'CS'].includes(type)) return { value: nameOf(codedOf(element, passages)), unit: null }
  if (type === 'ST' || type === 'ED') return { value: saidBy(element, passages), unit: null }
  if (type.startsWith('RTO')) {
    const [numerator, denominator] = [down(element, 'numerator'), down(element, 'denominator')]
    if (at(numerator, 'value') === null || at(denominator, 'value') === null) return nothing
    const units = [plainUnit(at(numerator, 'unit')), plainUnit(at(denominator, 'unit'))]
    return { value: `${at(numerator, 'value')}/${at(denominator, 'value')}`, unit: units.some(Boolean) ? units.map((unit) => unit ?? '1').join('/') : null }
  }
  if (type.endsWith('TS')) {
    const written = at(element, 'value') ?? at(down(element, 'low'), 'value') ?? at(down(element, 'high'), 'value')
    return { value: isoOf(written) ?? written, unit: null }
  }
  if (down(element, 'low') !== null || down(element, 'high') !== null) {
    const { value, unit } = intervalOf(element)
    return { value, unit: value === null ? null : plainUnit(unit) }
  }
  const value = at(element, 'value')
  if (value !== null) return { value, unit: plainUnit(at(element, 'unit')) }
  return { value: nameOf(codedOf(element, passages)) ?? (kids(element).length === 0 ? words(element) : null), unit: null }
}

/** Usual values of a result, with their unit when it is not the result's. */
export function rangeOf(observation: CdaElement, unit: string | null, passages: Passages): string | null {
  return kids(observation, 'referenceRange').flatMap((range) => {
    const within = down(range, 'observationRange')
    const read = valueOf(down(within, 'value'), passages)
    const coded = read.value === null ? null : read.unit === null || read.unit === unit ? read.value : `${read.value} ${read.unit}`
    return coded ?? saidBy(down(within, 'text'), passages) ?? []
  }).join(' ; ') || null
}
