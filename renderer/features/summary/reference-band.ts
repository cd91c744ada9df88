/** Usual values of an analyte as its document writes them; null = no bound on that side. */
export interface ReferenceBand {
  readonly low: number | null
  readonly high: number | null
}

const number = String.raw`(-?\d+(?:[.,]\d+)?)`
const between = new RegExp(`^${number} - ${number}(.*)$`)
const bound = new RegExp(`^([<>]=?|[≤≥]) ?${number}(.*)$`)

/**
 * The one range a reference states in figures (`45 - 84`, `<= 5.0 mg/L`), in the unit of its value. Null where it states none, or several, or another unit, or
 * one that holds nothing: what cannot be drawn surely is not drawn.
 */
export function bandOf(range: string | null, unit: string | null): ReferenceBand | null {
  const value = (text: string | undefined) => Number(text?.replace(',', '.'))
  const isOfUnit = (rest: string | undefined) => rest?.trim() === '' || rest?.trim() === unit
  const [, from, to, rest] = between.exec(range?.trim() ?? '') ?? []
  if (from !== undefined) return isOfUnit(rest) && value(from) < value(to) ? { low: value(from), high: value(to) } : null
  const [, sign, limit, more] = bound.exec(range?.trim() ?? '') ?? []
  if (limit === undefined || !isOfUnit(more)) return null
  return sign?.startsWith('<') || sign === '≤' ? { low: null, high: value(limit) } : { low: value(limit), high: null }
}
