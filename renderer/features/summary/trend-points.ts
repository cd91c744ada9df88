import type { SummaryEntry, SummaryLine } from '#shared/contract/summary.ts'
import type { ReferenceBand } from './reference-band.ts'

/** A curve, and where its usual values lie in the same box; null = they are not told. */
export interface Drawing {
  readonly points: readonly TrendPoint[]
  readonly band: { readonly y: number; readonly height: number } | null
}

/** One point of a curve, in units of the box it is drawn in. */
export interface TrendPoint {
  readonly x: number
  readonly y: number
  /** A value beyond what can be measured: drawn open, at its limit. */
  readonly open: boolean
  /** Told in the unit of the latest: worked out. */
  readonly converted: boolean
  /** Nothing is drawn between this point and the one before: too long passed, or one of them is a limit. */
  readonly apart: boolean
}

/** Longer than this between two values, what lay between them is not known: no line is drawn. */
const longestGapMs = 366 * 86_400_000

/** When a value is of; a vague date is its middle, so that it lies on neither edge. */
function instantOf(date: string): number {
  const text = date.length === 4 ? `${date}-07-01` : date.length === 7 ? `${date}-15` : date
  return Date.parse(text)
}

/** The number of an entry in a unit: its own, else what it was converted to; null when it cannot be told in it. */
export function numberIn(entry: Pick<SummaryEntry, 'number' | 'unit' | 'converted'>, unit: string | null): { readonly value: number; readonly isConverted: boolean } | null {
  if (entry.number === null) return null
  if (entry.unit === unit) return { value: entry.number.value, isConverted: false }
  return entry.converted?.unit === unit ? { value: entry.converted.value, isConverted: true } : null
}

/** The points of a curve alone, as `drawTrend` places them. */
export function trendPoints(curve: SummaryLine['curve'], width: number, height: number): readonly TrendPoint[] {
  return drawTrend(curve, width, height, null).points
}

/**
 * The curve of a line in a box of `width` by `height`: true to time, oldest left, no scale forced to zero, wide enough for its usual values. One sampling told in
 * two units is one point. Fewer than two instants give none; two values of one instant are not joined.
 */
export function drawTrend(curve: SummaryLine['curve'], width: number, height: number, usual: ReferenceBand | null): Drawing {
  const all = curve
    .flatMap(([date, value, open, converted]) => {
      const at = instantOf(date)
      return Number.isNaN(at) ? [] : [{ at, value, open, converted }]
    })
    .sort((one, other) => one.at - other.at)
  const written = new Set(all.filter(({ converted }) => !converted).map(({ at }) => at))
  const values = all.filter(({ converted, at }) => !converted || !written.has(at))
  const [first, last] = [values[0], values.at(-1)]
  if (!first || !last || first.at === last.at) return { points: [], band: null }
  const told = [...values.map(({ value }) => value), ...(usual ? [usual.low, usual.high].filter((bound) => bound !== null) : [])]
  const [lowest, highest] = [Math.min(...told), Math.max(...told)]
  const along = (at: number, from: number, to: number, length: number) => (from === to ? length / 2 : ((at - from) / (to - from)) * length)
  const heightOf = (value: number) => height - along(value, lowest, highest, height)
  const points = values.map(({ at, value, open, converted }, index) => {
    const before = values[index - 1]
    return { x: along(at, first.at, last.at, width), y: heightOf(value), open, converted, apart: before === undefined || at === before.at || at - before.at > longestGapMs }
  })
  if (!usual) return { points, band: null }
  const [top, bottom] = [usual.high === null ? 0 : heightOf(usual.high), usual.low === null ? height : heightOf(usual.low)]
  return { points, band: { y: top, height: bottom - top } }
}
