/** A quantity in a form two documents can be compared in. Never shown: what is shown is what was written. */
export interface Quantity {
  readonly number: number
  readonly sign: '<' | '>' | null
  /** Null = none, or one that is not known: then only the same writing is the same unit. */
  readonly unit: string | null
}

const written = /^([<>])?=?\s*([+-]?\d+(?:[.,]\d+)?)$/

/** The number of a value and its sign; null when it is no single number. */
export function numberOf(value: string | null): { readonly value: number; readonly sign: '<' | '>' | null } | null {
  const [, sign, digits] = written.exec(value?.trim().replace(/(\d)[\u0020\u00a0\u202f](?=\d{3}(?!\d))/g, '$1') ?? '') ?? []
  const number = Number(digits?.replace(',', '.'))
  // Longer than any number can be: a text of digits.
  return Number.isFinite(number) ? { value: number, sign: sign === '<' || sign === '>' ? sign : null } : null
}

/** Writings of the same unit (clinical.md 2.1), and units of one dimension with their factor to the first of them. */
const units: Readonly<Record<string, readonly [unit: string, factor: number]>> = {
  g: ['g', 1], kg: ['g', 1000], mg: ['g', 0.001], ug: ['g', 0.000_001],
  m: ['m', 1], cm: ['m', 0.01], mm: ['m', 0.001],
  'g/l': ['10*9/l', 1], '10*9/l': ['10*9/l', 1], '10^9/l': ['10*9/l', 1], 'giga/l': ['10*9/l', 1],
  '10*12/l': ['10*12/l', 1], '10^12/l': ['10*12/l', 1], 't/l': ['10*12/l', 1], 'tera/l': ['10*12/l', 1],
  'ng/ml': ['ug/l', 1], 'ug/l': ['ug/l', 1], 'pg/ml': ['ng/l', 1], 'ng/l': ['ng/l', 1],
  'ui/l': ['[iu]/l', 1], 'u/l': ['[iu]/l', 1], 'iu/l': ['[iu]/l', 1], '[iu]/l': ['[iu]/l', 1],
  'mui/l': ['u[iu]/ml', 1], 'm[iu]/l': ['u[iu]/ml', 1], 'u[iu]/ml': ['u[iu]/ml', 1],
}

/** The unit in the form it is compared in, with its factor. `G/L` (giga) and `g/L` (gram) differ by their capital alone. */
function unitOf(unit: string | null): readonly [unit: string | null, factor: number] {
  if (unit === null) return [null, 1]
  const plain = unit.trim().replace(/[µμ]/g, 'u')
  if (plain === 'g/L' || plain === 'g/l') return ['g/l of mass', 1]
  return units[plain.toLowerCase()] ?? [plain.toLowerCase(), 1]
}

/** Which unit a curve is drawn in; values of two of them never share one. */
export function dimensionOf(unit: string | null): string {
  return unitOf(unit)[0] ?? ''
}

/** The same for two values that say the same: decimals, blanks and units of one dimension apart. */
export function comparable(value: string | null, unit: string | null): string {
  const [dimension, factor] = unitOf(unit)
  const found = numberOf(value)
  const said = found === null ? (value ?? '').normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase() : `${found.sign ?? ''}${Number((found.value * factor).toPrecision(12))}`
  return `${said} ${dimension ?? ''}`
}
