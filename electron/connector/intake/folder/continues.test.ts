import { describe, expect, it } from 'vitest'
import { continues } from './continues.ts'

describe('continues', () => {
  it.each([
    ['written further', '%PDF-1.4 a', '%PDF-1.4 abc', true],
    ['the same', '%PDF', '%PDF', true],
    ['written where room had been reserved', 'ab\0\0', 'abcd', true],
    ['reserved room that is still empty', 'abcd', 'ab\0\0', false],
    ['cut', 'abcd', 'abc', false],
    ['another', 'of a\0\0\0', 'of b, x', false],
  ])('%s', (_what, earlier, later, expected) => expect(continues(Buffer.from(later), Buffer.from(earlier))).toBe(expected))
})
