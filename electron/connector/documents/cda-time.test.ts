import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cdaTime, instantOfDtm, isPossibleTime, offsetMinutes, utcDtm } from './cda-time.ts'

describe('times of CDA documents', () => {
  it.each([
    ['20261121101500+0100', '20261121091500'],
    ['202302091130+0100', '20230209103000'],
    ['20260701003000+0200', '20260630223000'],
    ['20260101000000+1400', '20251231100000'],
    ['20261121101500.123-0330', '20261121134500'],
    // No offset: the practice's local time, summer and winter.
    ['20260721101500', '20260721081500'],
    ['20261121101500', '20261121091500'],
    // A day, a month, a year begin at midnight where the practice is.
    ['20261121', '20261120230000'],
    ['20260721', '20260720220000'],
    ['202611', '20261031230000'],
    ['1975', '19741231230000'],
    ['2026112110+0100', '20261121090000'],
  ])('reads %s as %s', (written, utc) => {
    expect(utcDtm(written)).toBe(utc)
  })

  it.each([
    ['20261121', '20261121225959'],
    ['202602', '20260228225959'],
    ['202612', '20261231225959'],
    ['2026', '20261231225959'],
    ['2026112110+0100', '20261121095959'],
    ['202611211015+0100', '20261121091559'],
    ['20261121101500+0100', '20261121091500'],
  ])('has %s end at %s', (written, utc) => {
    expect(utcDtm(written, 'Europe/Paris', 'last')).toBe(utc)
  })

  it('begins a day where the practice is', () => {
    expect([utcDtm('20261121', 'Indian/Reunion'), utcDtm('20261121', 'America/Guadeloupe')]).toEqual(['20261120200000', '20261121040000'])
  })

  it.each(['', '20261301', '20260230', '20261121250000', '18991231', 'hier', '2026-11-21', '202611211', '20261121101500+9900'])('refuses %j', (written) => {
    expect(isPossibleTime(written)).toBe(false)
    expect(utcDtm(written)).toBeNull()
  })

  it('knows when clocks change', () => {
    expect(offsetMinutes(Date.UTC(2026, 2, 29, 0, 59, 59), 'Europe/Paris')).toBe(60)
    expect(offsetMinutes(Date.UTC(2026, 2, 29, 1, 0, 0), 'Europe/Paris')).toBe(120)
    expect(offsetMinutes(Date.UTC(2026, 0, 1), 'Indian/Reunion')).toBe(240)
  })

  it('gives back the instant it wrote, in any zone', () => {
    const instants = fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(2090, 0, 1) / 1000 }).map((seconds) => seconds * 1000)
    fc.assert(
      fc.property(instants, fc.constantFrom('Europe/Paris', 'Indian/Reunion', 'America/Guadeloupe', 'Pacific/Noumea'), (instant, zone) => {
        expect(instantOfDtm(utcDtm(cdaTime(instant, zone)) ?? '')).toBe(instant)
      }),
    )
  })
})
