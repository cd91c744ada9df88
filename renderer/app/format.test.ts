import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageMonths, ageYears, fileSize, isStale, moment, partialDate, shortDate } from './format.ts'

const now = new Date(2026, 10, 21, 9, 42)

describe('partialDate', () => {
  it.each([
    ['1959-02-14', '14/02/1959'],
    ['19590214', '14/02/1959'],
    ['1959-02', '02/1959'],
    ['1959-02-00', '02/1959'],
    ['1959', '1959'],
    ['', ''],
    [null, ''],
    ['inconnue', ''],
  ])('%s → %s', (given, said) => {
    expect(partialDate(given, 'fr')).toBe(said)
  })
})

describe('age', () => {
  it.each([
    ['1959-02-14', 67],
    ['1959-11-21', 67],
    ['1959-11-22', 66],
    ['1959', 67],
    ['2027-01-01', null],
    [null, null],
  ])('of somebody born %s is %s', (born, years) => {
    expect(ageYears(born, now)).toBe(years)
  })

  it.each([
    ['2026-11-20', 0],
    ['2026-01-22', 9],
    ['2024-11-22', 23],
    ['2024-11-21', null],
    ['1959-02-14', null],
    ['2026-12-01', null],
  ])('of a child born %s is %s months', (born, months) => {
    expect(ageMonths(born, now)).toBe(months)
  })

  it('in years grows by one each birthday and at no other time', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(1910, 0, 1), max: new Date(2000, 0, 1), noInvalidDate: true }), fc.integer({ min: 0, max: 365 * 20 }), (born, days) => {
        const iso = `${born.getFullYear()}-${String(born.getMonth() + 1).padStart(2, '0')}-${String(born.getDate()).padStart(2, '0')}`
        const day = new Date(2000, 0, 2 + days)
        const eve = new Date(2000, 0, 1 + days)
        const step = (ageYears(iso, day) ?? 0) - (ageYears(iso, eve) ?? 0)
        const birthday = day.getMonth() === born.getMonth() && day.getDate() === born.getDate()
        const leapling = born.getMonth() === 1 && born.getDate() === 29 && day.getMonth() === 2 && day.getDate() === 1
        expect(step === 0 || (step === 1 && (birthday || leapling))).toBe(true)
      }),
    )
  })
})

describe('moment', () => {
  const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString()
  it.each([
    [at(2026, 10, 21, 8, 5), '08:05'],
    [at(2026, 10, 18, 17, 5), '18/11 17:05'],
    [at(2025, 10, 18, 17, 5), '18/11/2025 17:05'],
    ['not a date', ''],
  ])('%s', (iso, said) => {
    expect(moment(iso, now, 'fr')).toBe(said)
  })
})

describe('the rest', () => {
  it('gives short dates, nothing for what cannot be read', () => {
    expect(shortDate(new Date(2026, 10, 12, 12).toISOString(), 'fr')).toBe('12/11/26')
    expect(shortDate('?', 'fr')).toBe('')
  })
  it('gives sizes in the units of the language', () => {
    expect(fileSize(12_345, 'fr')).toBe('12 ko')
    expect(fileSize(3_400_000, 'fr')).toBe('3,4 Mo')
    expect(fileSize(1_830_000_000, 'fr')).toBe('1,8 Go')
    expect(fileSize(512, 'en')).toBe('512 B')
  })
  it('calls data old after a day', () => {
    expect(isStale(null, now)).toBe(false)
    expect(isStale(new Date(now.getTime() - 23 * 3_600_000).toISOString(), now)).toBe(false)
    expect(isStale(new Date(now.getTime() - 25 * 3_600_000).toISOString(), now)).toBe(true)
  })
})
