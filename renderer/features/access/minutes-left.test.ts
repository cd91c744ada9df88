import { expect, it } from 'vitest'
import { minutesLeft } from './minutes-left.ts'

it('counts down the last five minutes alone, and never says that none is left while it lasts', () => {
  const at = (ms: number) => minutesLeft(new Date(3_600_000).toISOString(), new Date(3_600_000 - ms))
  expect([60, 5.1, 5, 4.2, 1, 0.1, 0].map((minutes) => at(minutes * 60_000))).toEqual([null, null, 5, 5, 1, 1, 1])
  expect(at(-30_000)).toBe(1)
  expect(minutesLeft(null, new Date())).toBeNull()
})
