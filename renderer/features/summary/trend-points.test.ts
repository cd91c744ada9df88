import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SummaryLine } from '#shared/contract/summary.ts'
import { intervalOf } from './interval.ts'
import { drawTrend, trendPoints } from './trend-points.ts'
import { unitText, valueText } from '../../app/unit-text.ts'

type Value = SummaryLine['curve'][number]

it('keeps every point in its box, in order of time, the higher value higher', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.record({ day: fc.nat(4000), value: fc.integer({ min: 1, max: 500 }) }), { selector: ({ day }) => day, minLength: 2, maxLength: 30 }), (all) => {
      const points = trendPoints(all.map(({ day, value }): Value => [new Date(day * 86_400_000).toISOString().slice(0, 10), value, false, false]), 60, 20)
      expect(points.length).toBe(all.length)
      for (const { x, y } of points) expect(x >= 0 && x <= 60 && y >= 0 && y <= 20).toBe(true)
      expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).sort((one, other) => one - other))
      const high = all.toSorted((one, other) => one.day - other.day).map(({ value }) => value)
      for (const [at, point] of points.entries()) for (const [other, second] of points.entries()) if (high[at]! > high[other]!) expect(point.y).toBeLessThan(second.y)
    }),
  )
})

it('spaces by time, leaves a long silence open, and joins neither two values of one instant nor to what is no date', () => {
  const [newest, before, old]: [Value, Value, Value] = [['2026-11-10', 98, false, false], ['2026-10-10', 91, false, false], ['2024-01-05', 88, false, false]]
  const points = trendPoints([newest, before, old, ['jamais', 80, false, false]], 60, 20)
  expect(points.map(({ apart }) => apart)).toEqual([true, true, false])
  expect(points[1]?.x).toBeGreaterThan(55)
  expect(trendPoints([newest], 60, 20)).toEqual([])
  expect(trendPoints([newest, ['2026-11-10', 108, false, false]], 60, 20)).toEqual([])
  expect(trendPoints([newest, ['2026-11-10', 108, false, false], before], 60, 20).map(({ apart }) => apart)).toEqual([true, false, true])
  expect(trendPoints([['2026', 98, false, false], ['2025', 5, true, false]], 60, 20).map(({ open }) => open)).toEqual([true, false])
})

it('draws the usual values behind the curve, and makes room for them', () => {
  const curve: Value[] = [['2026-11-10', 98, false, false], ['2026-10-10', 90, false, false]]
  const whole = drawTrend(curve, 60, 20, { low: 45, high: 84 })
  expect(whole.band?.y).toBeCloseTo(20 - ((84 - 45) / (98 - 45)) * 20)
  expect((whole.band?.y ?? 0) + (whole.band?.height ?? 0)).toBeCloseTo(20)
  expect(whole.points.map(({ y }) => y < (whole.band?.y ?? 0))).toEqual([true, true])
  expect(drawTrend(curve, 60, 20, { low: null, high: 94 }).band).toEqual({ y: 10, height: 10 })
  expect(drawTrend(curve, 60, 20, null).band).toBeNull()
})

it('puts a converted value on the curve, once for one sampling', () => {
  const points = trendPoints([['2026-11-10', 98, false, false], ['2026-11-10', 98.1, false, true], ['2026-10-10', 87, false, true]], 60, 20)
  expect(points.map(({ converted }) => converted)).toEqual([true, false])
})

it('says an interval in the largest unit that says it whole', () => {
  expect([1, 2, 7, 13, 21, 28, 42, 56, 60, 90, 180, 365, 730, 1095].map((days) => Object.values(intervalOf(days)).join(' '))).toEqual([
    'hours 24', 'hours 48', 'weeks 1', 'days 13', 'weeks 3', 'weeks 4', 'weeks 6', 'weeks 8', 'months 2', 'months 3', 'months 6', 'years 1', 'years 2', 'years 3',
  ])
})

it('writes units and values as a clinician does, and no digit more or less', () => {
  expect(['umol/L', '10*9/L', '{tablet}', 'mL/min/{1.73_m2}', null, 'Cel'].map(unitText)).toEqual(['µmol/L', 'G/L', 'cp', 'mL/min/1.73\u00a0m²', '', '°C'])
  expect(valueText('75.0', 'g/L', true)).toBe('75,0\u00a0g/L')
  expect(valueText('75.0', 'g/L', false)).toBe('75.0\u00a0g/L')
  expect(valueText('<= 0.6', 'mg/L', true)).toBe('≤\u00a00,6\u00a0mg/L')
  expect(valueText(null, 'mg/L', true)).toBe('')
  expect(['1', '1.5', '2', '2,5', '4', 'une'].map((value) => valueText(value, '{dose}', true))).toEqual(['1\u00a0dose', '1,5\u00a0dose', '2\u00a0doses', '2,5\u00a0doses', '4\u00a0doses', 'une\u00a0dose'])
  expect(['{tablet}', 'mg', '{index}', '{1.73_m2}'].map((unit) => valueText('4', unit, true))).toEqual(['4\u00a0cp', '4\u00a0mg', '4\u00a0index', '4\u00a01.73_m2'])
})
