import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseName } from '#shared/text/normalise-name.ts'
import { compareTraits, missingTraits, type Traits } from './traits.ts'

const whole: Traits = { birthName: "D'HERVÉ-LE GOFF", givenName: 'Anne', birthDate: '1984-06-12', sex: 'F', birthPlace: '2A004' }

describe('names in the form they are compared in', () => {
  it.each([
    ["D'Hervé-Le  Goff", 'D HERVE LE GOFF'],
    ['D’HERVE LE GOFF', 'D HERVE LE GOFF'],
    ['  œuvre  æther ', 'OEUVRE AETHER'],
    ['Straße', 'STRASSE'],
    ['Franc\u0327oise', 'FRANCOISE'],
    ['NOE\u0308L', 'NOEL'],
    ['JEAN\u2011PIERRE', 'JEAN PIERRE'],
    ['a\u202eb\u200b', 'AB'],
    ['', ''],
  ])('%j is %j', (name, form) => {
    expect(normaliseName(name)).toBe(form)
  })

  it('does not change what is already in that form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(normaliseName(normaliseName(name))).toBe(normaliseName(name))
      }),
    )
  })
})

describe('the five traits', () => {
  it('are the same whatever the accents, the case and the hyphens', () => {
    expect(compareTraits(whole, { ...whole, birthName: 'd herve le goff', givenName: 'ANNE', birthPlace: '2a004' })).toEqual([])
  })

  it('are told apart one by one', () => {
    const other: Required<Traits> = { birthName: 'DUPONT', givenName: 'ANNA', birthDate: '1984-06-21', sex: 'M', birthPlace: '2A005' }
    for (const name of Object.keys(other) as (keyof Traits)[]) expect(compareTraits(whole, { ...whole, [name]: other[name] })).toEqual([name])
    expect(compareTraits(whole, other)).toEqual(['birthName', 'givenName', 'birthDate', 'sex', 'birthPlace'])
  })

  it('are not compared when one side lacks them', () => {
    expect(compareTraits(whole, {})).toEqual([])
    expect(compareTraits({ ...whole, givenName: ' ' }, { givenName: 'PAUL' })).toEqual([])
  })

  it('are said missing when they cannot be used', () => {
    expect(missingTraits(whole)).toEqual([])
    expect(missingTraits({})).toEqual(['birthName', 'givenName', 'birthDate', 'sex', 'birthPlace'])
    expect(missingTraits({ ...whole, birthDate: '1984', birthPlace: 'AJACCIO', givenName: '-' })).toEqual(['givenName', 'birthDate', 'birthPlace'])
  })
})
