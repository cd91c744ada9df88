import fc from 'fast-check'
import { expect, it } from 'vitest'
import { supersedes, type ConsentDecision } from './consent.ts'
import { saidInPerson } from './said-in-person.ts'

it('is dated now, to the second as the feed writes it', () => {
  expect(saidInPerson('opposed', null, Date.parse('2026-11-29T10:00:00.987Z'))).toEqual({ choice: 'opposed', decidedAt: '2026-11-29T10:00:00Z', source: 'panel' })
})

it('counts whatever is known, of the past, of this second, of a clock ahead of ours, or undated', () => {
  const instant = Date.parse('2026-11-29T10:00:00.500Z')
  const known = fc.record({
    choice: fc.constantFrom('agreed', 'opposed', 'not-collected') as fc.Arbitrary<ConsentDecision['choice']>,
    decidedAt: fc.constantFrom(null, '2025-01-01T00:00:00Z', '2026-11-29T10:00:00Z', '2026-11-29T10:00:01Z', '2026-11-29T11:00:00+01:00', '2031-01-01T00:00:00Z'),
    source: fc.constant('ADT'),
  })
  fc.assert(fc.property(known, fc.constantFrom('agreed', 'opposed'), (before, choice) => supersedes(saidInPerson(choice, before, instant), before)))
})
