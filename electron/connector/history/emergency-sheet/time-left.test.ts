import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keptMs, timeLeft } from './time-left.ts'

const hour = 3_600_000
const begun = { leftMs: keptMs, countedAt: 1_000 * hour }

it('counts what the clock says, over a restart too', () => {
  expect(timeLeft(begun, 1_001 * hour, 0)).toEqual({ leftMs: 47 * hour, countedAt: 1_001 * hour })
  expect(timeLeft(begun, 1_048 * hour, 48 * hour).leftMs).toBe(0)
  expect(timeLeft(begun, 3_000 * hour, hour).leftMs).toBe(0)
  expect(timeLeft(begun, begun.countedAt, 0.4).leftMs).toBe(keptMs - 1)
})

it('gives nothing back to a clock set back, and counts on while the program runs', () => {
  const back = timeLeft(begun, 900 * hour, 10_000)
  expect(back).toEqual({ leftMs: keptMs - 10_000, countedAt: 900 * hour })
  expect(timeLeft(back, 901 * hour, 0).leftMs).toBe(47 * hour - 10_000)
})

it('never grows, and is over once the program ran 48 hours, however the clock is set', () => {
  fc.assert(fc.property(fc.array(fc.record({ clock: fc.integer({ min: -90 * hour, max: 90 * hour }), steady: fc.integer({ min: 0, max: 9 * hour }) }), { maxLength: 40 }), (looks) => {
    let [left, ran] = [begun, 0]
    for (const { clock, steady } of looks) {
      const next = timeLeft(left, left.countedAt + clock, steady)
      expect(next.leftMs).toBeLessThanOrEqual(left.leftMs)
      ran += steady
      left = next
    }
    expect(left.leftMs).toBeLessThanOrEqual(Math.max(0, keptMs - ran))
  }))
})
