import { expect, it } from 'vitest'
import { timeLeft } from './time-left.ts'

const now = new Date('2026-11-29T10:00:00Z')

it.each([
  ['2026-12-01T10:00:00Z', { hours: 48, minutes: 0 }],
  ['2026-12-01T09:59:59Z', { hours: 48, minutes: 0 }],
  ['2026-11-29T11:01:00Z', { hours: 1, minutes: 1 }],
  ['2026-11-29T10:00:01Z', { hours: 0, minutes: 1 }],
  ['2026-11-29T09:00:00Z', { hours: 0, minutes: 0 }],
])('counts down to %s', (until, left) => expect(timeLeft(until, now)).toEqual(left))
