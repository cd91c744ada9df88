import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterAbsentLook, backoff, type Looks } from './backoff.ts'
import { defaultPace } from './pace.ts'

describe('the wait between tries', () => {
  it('lies anywhere under a ceiling that doubles, never over the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        const wait = backoff(attempts, random, defaultPace)
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThanOrEqual(Math.min(defaultPace.backoffCapMs, defaultPace.backoffBaseMs * 2 ** Math.max(attempts - 1, 0)))
      }),
    )
    expect([1, 2, 3].map((attempts) => backoff(attempts, 1, defaultPace))).toEqual([5_000, 10_000, 20_000])
  })
})

describe('absence', () => {
  it('is believed only after two looks a visibility apart, the bytes gone at least as long before', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 400_000, noNaN: true }), { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 0, max: 60_000 }), (waits, visibilityMs, travel) => {
        let looks: Looks = { absent: 0, firstAbsentAt: null, sentAt: 0 }
        let now = 0
        for (const wait of waits) {
          now += wait
          const decision = afterAbsentLook(looks, { askedAt: now, answeredAt: now + travel }, visibilityMs)
          if (decision.settled) {
            expect(looks.firstAbsentAt).not.toBeNull()
            expect(now - looks.firstAbsentAt!).toBeGreaterThanOrEqual(visibilityMs)
            return
          }
          expect(decision.waitMs).toBeGreaterThan(0)
          expect(Number.isInteger(decision.waitMs)).toBe(true)
          looks = decision.looks
        }
      }),
    )
  })
})
