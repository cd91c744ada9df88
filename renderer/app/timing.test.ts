import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pauseUntil } from './pause-until.ts'
import { reconnectDelay } from './reconnect-delay.ts'
import { toAskAgain } from './what-to-ask.ts'

describe('reconnectDelay', () => {
  it('is at most ten seconds, never zero, and does not shrink with attempts', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, chance) => {
        const delay = reconnectDelay(attempt, chance)
        expect(delay).toBeGreaterThanOrEqual(150)
        expect(delay).toBeLessThanOrEqual(10_000)
        expect(reconnectDelay(attempt + 1, chance)).toBeGreaterThanOrEqual(delay)
      }),
    )
  })
})

describe('pauseUntil', () => {
  const now = new Date(2026, 11, 31, 18, 30)
  it('ends in an hour, tomorrow at seven, or never', () => {
    expect(pauseUntil('hour', now)).toBe(new Date(2026, 11, 31, 19, 30).toISOString())
    expect(pauseUntil('tomorrow', now)).toBe(new Date(2027, 0, 1, 7, 0).toISOString())
    expect(pauseUntil('open', now)).toBeNull()
  })
})

describe('toAskAgain', () => {
  it('asks one topic while events follow each other, everything after a gap, a restart or the first one', () => {
    expect(toAskAgain(7, { sequence: 8, topic: 'items' })).toBe('items')
    expect(toAskAgain(7, { sequence: 9, topic: 'items' })).toBe('all')
    expect(toAskAgain(7, { sequence: 1, topic: 'items' })).toBe('all')
    expect(toAskAgain(null, { sequence: 8, topic: 'panel' })).toBe('all')
    expect(toAskAgain(7, { sequence: 8, topic: 'hello' })).toBe('all')
  })
})
