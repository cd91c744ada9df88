import { expect, it } from 'vitest'
import { holdReasonOf } from './burst.ts'

const day = 86_400_000
const now = 100 * day

it.each([
  ['the day\'s work', { lately: 50, modifiedAt: now - day }, null],
  ['the 51st in ten minutes', { lately: 51, modifiedAt: now }, 'burst'],
  ['a file of 30 days', { lately: 1, modifiedAt: now - 30 * day }, null],
  ['an older one', { lately: 1, modifiedAt: now - 30 * day - 1 }, 'old-file'],
  ['a file of tomorrow', { lately: 1, modifiedAt: now + day }, null],
] as const)('%s', (_what, file, expected) => {
  expect(holdReasonOf({ ...file, now })).toBe(expected)
})
