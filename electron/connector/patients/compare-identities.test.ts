import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareIdentities, type ComparedIdentity } from './compare-identities.ts'

const lea: ComparedIdentity = { ins: '290017512345678', insOid: '1.2.250.1.213.1.4.8', birthName: 'MARTIN', givenName: 'LÉA', givenNames: 'LÉA MARIE', birthDate: '2024-05-01', sex: 'F', localId: '42', localIdOid: '1.2.3' }
const differs = (one: ComparedIdentity, other: ComparedIdentity) => compareIdentities(one, other).differs
const compared = (one: ComparedIdentity, other: ComparedIdentity) => compareIdentities(one, other).compared

describe('two identities', () => {
  it.each<[string, ComparedIdentity, ComparedIdentity, string[], string[]]>([
    ['twins', { birthName: 'MARTIN', givenName: 'LEA', birthDate: '2024-05-01' }, { birthName: 'MARTIN', givenName: 'TOM', birthDate: '2024-05-01' }, ['givenName'], ['birthName', 'givenName', 'birthDate']],
    ['twins by all their given names', { birthName: 'MARTIN', givenNames: 'LEA' }, { birthName: 'MARTIN', givenNames: 'TOM' }, ['givenName'], ['birthName', 'givenName']],
    ['twins whose given names are the same, turned round', { givenName: 'LOUIS', givenNames: 'LOUIS PAUL' }, { givenName: 'PAUL', givenNames: 'PAUL LOUIS' }, ['givenName'], ['givenName']],
    ['twins with the same first given name', { givenName: 'MARIE', givenNames: 'MARIE LEA' }, { givenName: 'MARIE', givenNames: 'MARIE ROSE' }, ['givenName'], ['givenName']],
    ['strangers by used names', { usedName: 'DURAND', usedGivenName: 'ANNE' }, { usedName: 'PETIT', usedGivenName: 'PAUL' }, ['birthName', 'givenName'], ['birthName', 'givenName']],
    ['a hyphen, an accent, an apostrophe', { birthName: "D'HÉRAULT", givenName: 'JEAN-PIERRE' }, { birthName: 'd’herault', givenName: 'Jean Pierre' }, [], ['birthName', 'givenName']],
    ['a used name given for the birth name', { birthName: 'GARNIER', usedName: 'DUPONT' }, { birthName: 'DUPONT' }, [], ['birthName']],
    ['the same, said twice', { birthName: 'GARNIER', usedName: 'DUPONT' }, { birthName: 'DUPONT', usedName: 'DUPONT' }, [], ['birthName']],
    ['birth and used name in each other’s place', { birthName: 'GARNIER', usedName: 'DUPONT' }, { birthName: 'DUPONT', usedName: 'GARNIER' }, [], ['birthName']],
    ['a marriage', { birthName: 'GARNIER', usedName: 'DUPONT' }, { birthName: 'GARNIER', usedName: 'PETIT' }, [], ['birthName']],
    ['two women married into one family', { birthName: 'GARNIER', usedName: 'DUPONT' }, { birthName: 'LEROUX', usedName: 'DUPONT' }, ['birthName'], ['birthName']],
    ['sisters-in-law', { birthName: 'GARNIER', usedName: 'DUPONT' }, { birthName: 'DUPONT', usedName: 'PETIT' }, ['birthName'], ['birthName']],
    ['a used name alone', { birthName: 'GARNIER', usedName: 'DUPONT' }, { usedName: 'DUPONT' }, [], ['birthName']],
    ['a given name among all of them', { givenName: 'MARIE' }, { givenNames: 'LEA MARIE' }, [], ['givenName']],
    ['all of them written as the first', { givenName: 'LEA MARIE' }, { givenName: 'LEA', givenNames: 'LEA MARIE' }, [], ['givenName']],
    ['some of them', { givenNames: 'LEA' }, { givenName: 'LEA', givenNames: 'LEA MARIE' }, [], ['givenName']],
    ['a given name that only begins alike', { givenName: 'ANNE' }, { givenNames: 'ANNELISE' }, ['givenName'], ['givenName']],
    ['an INS with its blanks', { ins: '2 90 01 75 123 456 78' }, { ins: '290017512345678' }, [], ['ins']],
    ['another INS', { ins: '290017512345678', birthName: 'MARTIN' }, { ins: '190017512345612', birthName: 'MARTIN' }, ['ins'], ['ins', 'birthName']],
    ['a number under another authority', { ins: '290017512345678', insOid: '1.2.250.1.213.1.4.8' }, { ins: '290017512345678', insOid: '1.2.250.1.213.1.4.10' }, ['ins'], ['ins']],
    ['one INS, one trait mistyped', lea, { ...lea, birthDate: '2024-05-10' }, [], ['ins', 'localId', 'birthName', 'givenName', 'birthDate', 'sex']],
    ['one INS, somebody else', { ins: lea.ins, birthName: 'MARTIN', givenName: 'LEA', birthDate: '2024-05-01' }, { ins: lea.ins, birthName: 'PETIT', givenName: 'TOM', birthDate: '1950-01-01' }, ['birthName', 'givenName', 'birthDate'], ['ins', 'birthName', 'givenName', 'birthDate']],
    ['one with the INS, one without', lea, { birthName: 'Martin', givenName: 'Lea', birthDate: '2024-05-01' }, [], ['birthName', 'givenName', 'birthDate']],
    ['another number of the practice', { localId: '42' }, { localId: '43' }, ['localId'], ['localId']],
    ['numbers of two authorities', { localId: '42', localIdOid: '1.2.3' }, { localId: '43', localIdOid: '1.2.4' }, [], []],
    ['a sex that is not determined', { sex: 'U' }, { sex: 'F' }, [], []],
    ['another sex', { sex: 'M' }, { sex: 'F' }, ['sex'], ['sex']],
    ['a re-coded birth place', { birthPlace: '75056' }, { birthPlace: '75112' }, [], []],
    ['names that sound alike', { birthName: 'DUPOND' }, { birthName: 'DUPONT' }, ['birthName'], ['birthName']],
    ['nothing in common', { birthName: 'MARTIN' }, { localId: '42' }, [], []],
    ['blanks, which say nothing', { birthName: ' ', ins: '' }, { birthName: 'MARTIN', ins: '290017512345678' }, [], []],
  ])('%s', (_what, one, other, expectedDiffers, expectedCompared) => {
    expect(compareIdentities(one, other)).toEqual({ differs: expectedDiffers, compared: expectedCompared })
  })

  const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 })
  const names = ['MARTIN', 'DUPONT', 'Jean-Pierre', 'LÉA'] as const
  const identity: fc.Arbitrary<ComparedIdentity> = fc.record({
    ins: maybe('290017512345678', '190017512345612'),
    insOid: maybe('1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.10'),
    birthName: maybe(...names, ' '),
    usedName: maybe(...names),
    givenName: maybe(...names, 'LEA JEAN PIERRE'),
    givenNames: maybe('LEA', 'LEA MARTIN', 'Jean-Pierre Léa', ''),
    usedGivenName: maybe(...names),
    birthDate: maybe('2024-05-01', '1950-00-00'),
    sex: maybe('M', 'F', 'U'),
    localId: maybe('42', '43'),
    localIdOid: maybe('1.2.3', '1.2.4'),
  })

  it('are compared the same from either side, and an identity never differs from itself', () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        expect(compareIdentities(other, one)).toEqual(compareIdentities(one, other))
        expect(differs(one, one)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('differ only by what both give, and are compared by all of that', () => {
    const gives = ({ ins, birthName, usedName, givenName, givenNames, usedGivenName, birthDate, sex, localId }: ComparedIdentity) => ({
      ins, localId, birthName: birthName?.trim() || usedName, givenName: givenName || givenNames || usedGivenName, birthDate, sex: sex === 'U' ? undefined : sex,
    })
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const [mine, theirs] = [gives(one), gives(other)]
        const both = (['ins', 'localId', 'birthName', 'givenName', 'birthDate', 'sex'] as const).filter((trait) => mine[trait] && theirs[trait] && (trait !== 'localId' || one.localIdOid === other.localIdOid))
        expect(compared(one, other)).toEqual(both)
        for (const trait of differs(one, other)) expect(both).toContain(trait)
      }),
      { numRuns: 2000 },
    )
  })

  it('are compared the same however they are written', () => {
    const rewritten = (text: string | undefined) => text?.toLowerCase().normalize('NFD').replaceAll('-', '  ').replace(/^/, ' ')
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const { birthName, usedName, givenName, givenNames, usedGivenName } = one
        const again = { ...one, birthName: rewritten(birthName), usedName: rewritten(usedName), givenName: rewritten(givenName), givenNames: rewritten(givenNames), usedGivenName: rewritten(usedGivenName), ins: one.ins && `${one.ins.slice(0, 1)} ${one.ins.slice(1)}` }
        expect(compareIdentities(again, other)).toEqual(compareIdentities(one, other))
      }),
      { numRuns: 2000 },
    )
  })

  it('under one INS differ by two traits or not at all; under two they differ by it whatever else agrees', () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const under = (ins: string, who: ComparedIdentity) => ({ ...who, ins, insOid: undefined })
        const bare = differs({ ...one, ins: undefined }, { ...other, ins: undefined })
        expect(differs(under('1', one), under('1', other))).toEqual(bare.length === 1 ? [] : bare)
        expect(differs(under('1', one), under('2', other))).toEqual(['ins', ...bare])
      }),
      { numRuns: 2000 },
    )
  })
})
