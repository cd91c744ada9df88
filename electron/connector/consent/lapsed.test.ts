import { describe, expect, it } from 'vitest'
import { holdsUntil, isLapsed } from './lapsed.ts'

const at = (text: string) => Date.parse(text)
const agreed = (decidedAt: string | null) => ({ choice: 'agreed', decidedAt, source: 'panel' }) as const

describe('a consent to consultation', () => {
  it.each([
    ['2025-11-29T10:00:00Z', '2026-11-29T09:59:59Z', false],
    ['2025-11-29T10:00:00Z', '2026-11-29T10:00:00Z', true],
    ['2024-02-29T10:00:00Z', '2025-03-01T09:59:59Z', false],
    ['2024-02-29T10:00:00Z', '2025-03-01T10:00:00Z', true],
    ['2025-11-29T10:00:00+01:00', '2026-11-29T09:00:00Z', true],
  ])('given on %s, is to be asked again on %s: %s', (decidedAt, now, lapsed) => {
    expect(isLapsed(agreed(decidedAt), at(now))).toBe(lapsed)
  })

  it('without a date, or with one that is none, cannot be shown to hold', () => {
    expect([isLapsed(agreed(null), 0), isLapsed(agreed('hier'), 0), holdsUntil(null)]).toEqual([true, true, null])
  })

  it('lapses; a refusal and a question never asked do not', () => {
    expect((['opposed', 'not-collected'] as const).map((choice) => isLapsed({ ...agreed('2001-01-01T00:00:00Z'), choice }, at('2026-11-29T00:00:00Z')))).toEqual([false, false])
  })
})
