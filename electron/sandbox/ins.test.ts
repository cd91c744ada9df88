import fc from 'fast-check'
import { expect, it } from 'vitest'
import { insKey, insRefusal, readPatientId } from './ins.ts'

const test = '1.2.250.1.213.1.4.10'

it.each([
  ['2070585756270', '97'],
  ['2790351215189', '89'],
  ['2770763220829', '10'],
  ['188102B172951', '65'],
  ['2840699999999', '68'],
])('computes the key of %s', (number, key) => {
  expect(insKey(number)).toBe(key)
})

it('takes every number with its own key and no other, Corsica included', () => {
  const number = fc
    .tuple(fc.constantFrom('1', '2', '7', '8'), fc.integer({ min: 0, max: 9999 }), fc.oneof(fc.integer({ min: 1, max: 99 }).map((one) => String(one).padStart(2, '0')), fc.constantFrom('2A', '2B')), fc.integer({ min: 0, max: 999_999 }))
    .map(([sex, birth, department, rest]) => `${sex}${String(birth).padStart(4, '0')}${department}${String(rest).padStart(6, '0')}`)
  fc.assert(
    fc.property(number, fc.integer({ min: 0, max: 99 }), (first, other) => {
      const key = insKey(first) ?? ''
      expect(insRefusal({ value: first + key, oid: test })).toBeNull()
      const wrong = String(other).padStart(2, '0')
      if (wrong !== key) expect(insRefusal({ value: first + wrong, oid: test })).toMatch(/Clé/)
    }),
  )
})

it('refuses real identities, unknown domains and other forms', () => {
  expect(insRefusal({ value: '284069999999968', oid: '1.2.250.1.213.1.4.11' })).toBeNull()
  for (const oid of ['1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9']) expect(insRefusal({ value: '284069999999968', oid })).toMatch(/production/)
  expect(insRefusal({ value: '284069999999968', oid: '1.2.3' })).toMatch(/OID/)
  for (const value of ['', '28406999999996', '2840699999999688', '28406999999996x']) expect(insRefusal({ value, oid: test })).toMatch(/mal formé/)
  expect(readPatientId(`284069999999968^^^&${test}&ISO^NH`)).toEqual({ value: '284069999999968', oid: test })
  for (const text of ['', '284069999999968', `284069999999968^^^&${test}&ISO^PI`, `284069999999968^^^&${test}&ISO^NH^^20200101`]) expect(readPatientId(text)).toBeNull()
})
