import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isoOfUtcDtm, utcDtm } from './times.ts'

it('gives back any second it wrote', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      expect(isoOfUtcDtm(utcDtm(seconds * 1000))).toBe(new Date(seconds * 1000).toISOString())
    }),
  )
})

it.each([
  ['2026', '2026-01-01T00:00:00.000Z'],
  ['20261121', '2026-11-21T00:00:00.000Z'],
  ['202611210915', '2026-11-21T09:15:00.000Z'],
  ['20260230', null],
  ['2026112109150', null],
  ['20261121091500+0100', null],
  ['', null],
])('reads %s as %s', (dtm, iso) => expect(isoOfUtcDtm(dtm)).toBe(iso))
