import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compactIns, insKey } from '#shared/text/ins-key.ts'
import { checkEnvironment, checkIns, defaultInsOid } from './ins.ts'

const test = '1.2.250.1.213.1.4.10'

describe('checking a patient number', () => {
  // Public test numbers of the national health insurance.
  it.each([
    ['2070585756270', '97'],
    ['2790351215189', '89'],
    ['2770763220829', '10'],
    ['188102B172951', '65'],
  ])('gives %s the key %s', (first, key) => {
    expect(insKey(first)).toBe(key)
    expect(checkIns(`${first}${key}`, test)).toEqual({ ok: true, value: { value: `${first}${key}`, oid: test, environment: 'training' } })
  })

  it('counts Corsica as 19 and 18', () => {
    expect(insKey('188102A172951')).toBe(insKey('1881019172951'))
    expect(insKey('188102B172951')).toBe(insKey('1881018172951'))
  })

  it('sees any one wrong digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10 ** 12, max: 9 * 10 ** 12 }).map(String), fc.nat(12), fc.integer({ min: 1, max: 9 }), (first, at, more) => {
        const value = `${first}${insKey(first)}`
        const wrong = `${value.slice(0, at)}${(Number(value[at]) + more) % 10}${value.slice(at + 1)}`
        expect(checkIns(value, test).ok).toBe(true)
        expect(checkIns(wrong, test)).toMatchObject({ ok: false, failure: { code: 'ins-invalid', detail: 'wrong key' } })
      }),
    )
  })

  it('reads it with blanks and in small letters', () => {
    expect(compactIns(' 1 88 10 2b 172 951 65\u00a0')).toBe('188102B17295165')
    expect(checkIns('1 88 10 2b 172 951 65', test).ok).toBe(true)
  })

  it.each([
    ['2790351215189', test, '13 characters instead of 15'],
    ['27903512151898X', test, 'wrong key'],
    ['A79035121518989', test, 'not the shape of a NIR or NIA'],
    ['2790351215189890', test, '16 characters instead of 15'],
    ['279035121518989', '1.2.250.1.213.1.4.2', 'INS-C is withdrawn'],
    ['279035121518989', '1.2.3', 'OID 1.2.3 is not one of the INS'],
    ['', test, '0 characters instead of 15'],
  ])('refuses %j of %s', (value, oid, detail) => {
    expect(checkIns(value, oid)).toMatchObject({ ok: false, failure: { code: 'ins-invalid', detail } })
  })

  it.each([
    ['1.2.250.1.213.1.4.8', 'production'],
    ['1.2.250.1.213.1.4.9', 'production'],
    ['1.2.250.1.213.1.4.10', 'training'],
    ['1.2.250.1.213.1.4.11', 'training'],
  ] as const)('%s belongs to %s and never meets the other', (oid, environment) => {
    const checked = checkIns('279035121518989', oid)
    if (!checked.ok) throw new Error(checked.failure.detail)
    expect(checked.value.environment).toBe(environment)
    const codes = (['training', 'production'] as const).map((record) => {
      const fit = checkEnvironment(checked.value, record)
      return fit.ok ? 'fits' : fit.failure.code
    })
    expect(codes).toEqual(environment === 'training' ? ['fits', 'ins-test-in-production'] : ['ins-production-in-training', 'fits'])
  })

  it('assumes the usual OID of the environment', () => {
    expect(defaultInsOid('training')).toBe('1.2.250.1.213.1.4.10')
    expect(defaultInsOid('production')).toBe('1.2.250.1.213.1.4.8')
  })
})
