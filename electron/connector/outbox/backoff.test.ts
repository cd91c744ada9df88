import fc from 'fast-check'
import { expect, it } from 'vitest'
import { afterAbsentLook, backoff } from './backoff.ts'

it('waits between nothing and a doubling ceiling of at most 30 minutes', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
      const wait = backoff(attempts, random)
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThanOrEqual(Math.min(30 * 60_000, 5_000 * 2 ** Math.max(0, attempts - 1)))
    }),
  )
})

it('believes an absence only after two looks, a visibility delay apart and away from the send', () => {
  fc.assert(
    fc.property(fc.nat(10), fc.option(fc.nat(1_000_000)), fc.option(fc.nat(1_000_000)), fc.nat(2_000_000), fc.nat(600_000), (count, firstAt, sentAt, now, visibility) => {
      const answer = afterAbsentLook({ count, firstAt, sentAt }, now, visibility)
      if (answer.settled) {
        expect(count).toBeGreaterThanOrEqual(2)
        expect(now - (firstAt ?? now)).toBeGreaterThanOrEqual(visibility)
        if (sentAt !== null) expect(now - sentAt).toBeGreaterThanOrEqual(visibility)
      } else expect(answer.nextAt).toBeGreaterThan(now)
    }),
  )
})
