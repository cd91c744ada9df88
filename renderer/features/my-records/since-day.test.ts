import { expect, it } from 'vitest'
import { sinceDay } from './since-day.ts'

it.each([
  [7, '2026-11-22'],
  [30, '2026-10-30'],
  [365, '2025-11-29'],
] as const)('is, %i days before the evening of 29 November 2026, %s', (days, day) => {
  expect(sinceDay(days, new Date(2026, 10, 29, 23, 59))).toBe(day)
})

it('is a day of this computer’s calendar, over the end of a year', () => {
  expect(sinceDay(7, new Date(2027, 0, 3, 0, 1))).toBe('2026-12-27')
})
