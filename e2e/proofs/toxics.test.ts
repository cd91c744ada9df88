import { expect, test } from 'vitest'
import { openRandom } from './random.ts'
import { answerStep, drawSchedule } from './toxics.ts'

test('the same seed draws the same schedules', () => {
  const draw = (seed: number) => {
    const random = openRandom(seed)
    return Array.from({ length: 200 }, () => drawSchedule(random))
  }
  expect(draw(42)).toEqual(draw(42))
  expect(draw(42)).not.toEqual(draw(43))
})

test('every kind of fault is drawn, something happens to each connection, and half of them let the exchange through', () => {
  const random = openRandom(1)
  const schedules = Array.from({ length: 5_000 }, () => drawSchedule(random))
  const kinds = new Set(schedules.flatMap(({ shaping, breaking }) => [...shaping.map(({ kind }) => kind), ...(breaking ? [breaking.kind] : [])]))
  expect([...kinds].toSorted()).toEqual(['bandwidth', 'latency', 'limit-data', 'lost-answer', 'refuse', 'reset', 'slicer', 'slow-close', 'timeout'])
  expect(schedules.every(({ shaping, breaking }) => shaping.length > 0 || breaking !== null)).toBe(true)
  const broken = schedules.filter(({ breaking }) => breaking !== null).length
  expect(broken).toBeGreaterThan(2_000)
  expect(broken).toBeLessThan(3_000)
  const steps = new Set(schedules.flatMap(({ breaking }) => (breaking?.kind === 'lost-answer' && breaking.of === 'deposit' ? [breaking.bytes / answerStep] : [])))
  expect(steps).toEqual(new Set([0, 1, 2, 3, 4]))
})
