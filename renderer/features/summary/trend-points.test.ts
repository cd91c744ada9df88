import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SummaryEntry } from '#shared/contract/summary.ts'
import { intervalOf } from './interval.ts'
import { trendPoints } from './trend-points.ts'
import { unitText, valueText } from './unit-text.ts'

const entry = (date: string | null, value: number, change: Partial<SummaryEntry> = {}) => ({ date, number: { value, sign: null }, unit: 'umol/L', ...change }) as SummaryEntry
const line = (latest: SummaryEntry, ...former: SummaryEntry[]) => ({ latest, beside: [], former })

it('keeps every point in its box, in order of time, the higher value higher', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.record({ day: fc.nat(4000), value: fc.integer({ min: 1, max: 500 }) }), { selector: ({ day }) => day, minLength: 2, maxLength: 30 }), (all) => {
      const [latest, ...former] = all.map(({ day, value }) => entry(new Date(day * 86_400_000).toISOString().slice(0, 10), value)) as [SummaryEntry, ...SummaryEntry[]]
      const points = trendPoints(line(latest, ...former), 60, 20)
      expect(points.length).toBe(all.length)
      for (const { x, y } of points) expect(x >= 0 && x <= 60 && y >= 0 && y <= 20).toBe(true)
      expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).sort((one, other) => one - other))
      const high = all.toSorted((one, other) => one.day - other.day).map(({ value }) => value)
      for (const [at, point] of points.entries()) for (const [other, second] of points.entries()) if (high[at]! > high[other]!) expect(point.y).toBeLessThan(second.y)
    }),
  )
})

it('spaces by time, leaves a long silence open, and puts neither another unit nor a word on the curve', () => {
  const points = trendPoints(line(entry('2026-11-10', 98), entry('2026-10-10', 91), entry('2024-01-05', 88), entry('2023', 7, { unit: 'mg/L' }), entry('2023-01-01', 0, { number: null }), entry(null, 80)), 60, 20)
  expect(points.map(({ apart }) => apart)).toEqual([true, true, false])
  expect(points[1]?.x).toBeGreaterThan(55)
  expect(trendPoints(line(entry('2026-11-10', 98)), 60, 20)).toEqual([])
  expect(trendPoints({ ...line(entry('2026-11-10', 98)), beside: [entry('2026-11-10', 108)] }, 60, 20)).toEqual([])
  expect(trendPoints({ ...line(entry('2026-11-10', 98), entry('2026-10-10', 91)), beside: [entry('2026-11-10', 108)] }, 60, 20).map(({ apart }) => apart)).toEqual([true, false, true])
  expect(trendPoints(line(entry('2026', 98), entry('2025', 5, { number: { value: 5, sign: '<' } })), 60, 20).map(({ open }) => open)).toEqual([true, false])
})

it('puts a converted value on the curve, once for one sampling', () => {
  const converted = (date: string, value: number) => entry(date, value / 8.84, { unit: 'mg/L', converted: { value, unit: 'umol/L' } })
  const points = trendPoints(line(entry('2026-11-10', 98), converted('2026-11-10', 98), converted('2026-10-10', 87)), 60, 20)
  expect(points.map(({ converted }) => converted)).toEqual([true, false])
  expect(trendPoints(line(entry('2026-11-10', 98), entry('2026-10-10', 9, { unit: 'mg/L', converted: { value: 9, unit: 'mmol/L' } })), 60, 20)).toEqual([])
})

it('says an interval in the largest unit that says it whole', () => {
  expect([1, 2, 7, 13, 21, 28, 42, 56, 60, 90, 180, 365, 730, 1095].map((days) => Object.values(intervalOf(days)).join(' '))).toEqual([
    'hours 24', 'hours 48', 'weeks 1', 'days 13', 'weeks 3', 'weeks 4', 'weeks 6', 'weeks 8', 'months 2', 'months 3', 'months 6', 'years 1', 'years 2', 'years 3',
  ])
})

it('writes units and values as a clinician does, and no digit more or less', () => {
  expect(['umol/L', '10*9/L', '{tablet}', 'mL/min/{1.73_m2}', null, 'Cel'].map(unitText)).toEqual(['µmol/L', 'G/L', 'cp', 'mL/min/1.73_m2', '', '°C'])
  expect(valueText('75.0', 'g/L', true)).toBe('75,0\u00a0g/L')
  expect(valueText('75.0', 'g/L', false)).toBe('75.0\u00a0g/L')
  expect(valueText('<= 0.6', 'mg/L', true)).toBe('≤\u00a00,6\u00a0mg/L')
  expect(valueText(null, 'mg/L', true)).toBe('')
})
