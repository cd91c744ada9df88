import { expect, it } from 'vitest'
import { lastLookOf, lookAgain } from './last-look.ts'

const hour = 3_600_000

it('begins a look when the last one is over, and remembers until when the list was seen then', () => {
  const first = lookAgain(null, 100 * hour)
  expect(first).toEqual({ beganAt: 100 * hour, seenUntil: 100 * hour, seenBefore: null })
  // Opened again in the same half day: still the same look.
  const still = lookAgain(first, 105 * hour)
  expect(still).toEqual({ beganAt: 100 * hour, seenUntil: 105 * hour, seenBefore: null })
  expect(lookAgain(still, 112 * hour)).toEqual({ beganAt: 112 * hour, seenUntil: 112 * hour, seenBefore: 105 * hour })
})

it('tells the same before and after the look is noted, so that what is new does not depend on which comes first', () => {
  const look = lookAgain(lookAgain(null, 0), hour)
  for (const at of [2 * hour, 11 * hour, 12 * hour, 900 * hour]) expect(lastLookOf(lookAgain(look, at), at)).toBe(lastLookOf(look, at))
  expect(lastLookOf(null, 5)).toBeNull()
})

it('takes a beginning ahead of the clock for that of a clock that was wrong', () => {
  expect(lookAgain({ beganAt: 1000 * hour, seenUntil: 1000 * hour, seenBefore: null }, 10 * hour)).toEqual({ beganAt: 10 * hour, seenUntil: 10 * hour, seenBefore: 10 * hour })
})
