import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Party, RecordStanding } from '#shared/contract/index.ts'
import { accessModes } from '#shared/terminology/index.ts'
import { accessOffers, type OfferSituation } from './access-offers.ts'
import { readingStop, rightsHolderOf, type Reader } from './reading-stop.ts'
import { openStanding, readerExample } from './record-example.ts'

if (readerExample.kind !== 'professional') throw new Error('a professional')
const example = readerExample
const inCentre15: Party = { ...example, structure: { ...example.structure, practiceSetting: 'SAMU_SMUR' } }
const as = (party: Party, inReinforcedMode = false): Reader => ({ party, inReinforcedMode, without: null })
const who = (profession: string, specialty?: string): Party => ({ ...example, professional: { ...example.professional, profession, specialty } })
const doctor = as(example)
const secretary: Party = { kind: 'staff', member: { id: '3750803447/0007', family: 'MODELE', given: 'Nadia', structure: example.structure.id }, structure: example.structure }
const standing = (change: Partial<RecordStanding> = {}): RecordStanding => ({ ...openStanding, ...change })
const offers = (change: Partial<OfferSituation> = {}) => accessOffers({ reader: doctor, standing: standing({ authorisation: 'none' }), word: null, modes: accessModes, ...change })

describe('the column of the rights sheet', () => {
  it.each([
    ['doctor', doctor, false],
    ['treating-doctor', doctor, true],
    ['doctor', as({ ...example, mode: 'regulation' }), true],
    ['treating-doctor', as({ ...example, mode: 'break-glass' }), true],
    ['occupational-doctor', as(who('10', 'SM25')), true],
    ['non-doctor', as(who('21')), false],
    ['structure', as({ kind: 'structure', structure: example.structure }), false],
    ['staff', as(secretary), false],
    [null, as(example, true), false],
  ])('is %s', (holder, reader, isTreatingDoctor) => {
    expect(rightsHolderOf(reader, { isTreatingDoctor })).toBe(holder)
  })
})

describe('what stops a reading', () => {
  it.each([
    [null, {}, 'normal'],
    [null, { authorisation: 'unknown' }, 'normal'],
    ['access-not-granted', { authorisation: 'none' }, 'normal'],
    ['access-not-granted', { authorisation: 'expired' }, 'normal'],
    [null, { authorisation: 'none' }, 'break-glass'],
    [null, { authorisation: 'expired', opposedToEmergencyAccess: true }, 'break-glass'],
    ['emergency-opposed', { authorisation: 'none', opposedToBreakGlass: true }, 'break-glass'],
    ['emergency-opposed', { authorisation: 'none', opposedToEmergencyAccess: true }, 'regulation'],
    [null, { authorisation: 'none', opposedToBreakGlass: true }, 'regulation'],
    ['professional-blocked', { authorisation: 'blocked' }, 'break-glass'],
    ['record-closed', { existence: 'closed' }, 'break-glass'],
    ['record-absent', { existence: 'absent' }, 'regulation'],
  ] as const)('%s, when the record says %o and it is entered by %s', (stop, told: Partial<RecordStanding>, mode) => {
    expect(readingStop(standing(told), as({ ...example, mode }))).toBe(stop)
  })

  it('is the rights sheet too: a médecin du travail has no emergency, a structure no reading', () => {
    expect(readingStop(standing(), as({ ...who('10', 'SM25'), mode: 'break-glass' } as Party))).toBe('right-normal-mode-only')
    expect(readingStop(standing(), as({ kind: 'structure', structure: example.structure }))).toBe('reading-needs-professional')
  })

  it.each<Partial<RecordStanding>>([{}, { authorisation: 'none' }, { authorisation: 'blocked' }, { authorisation: 'unknown' }])('with a CPE is the card, whatever the record says of its holder: %o', (told) => {
    expect(readingStop(standing(told), as(secretary))).toBe('staff-card-deposits-only')
    expect(readingStop(standing({ ...told, existence: 'closed' }), as(secretary))).toBe('record-closed')
    expect(offers({ reader: as(secretary), standing: standing(told) })).toEqual({ modes: [], authorise: null })
  })
})

describe('what the panel offers', () => {
  it('is to declare oneself or break the glass without an authorisation, to take it back with one', () => {
    expect(offers()).toEqual({ modes: ['break-glass'], authorise: 'add' })
    expect(offers({ standing: standing({ authorisation: 'expired' }) })).toEqual({ modes: ['break-glass'], authorise: 'add' })
    expect(offers({ standing: standing() })).toEqual({ modes: [], authorise: 'remove' })
    expect(offers({ standing: standing(), word: 'consent-to-renew' })).toEqual({ modes: ['break-glass'], authorise: 'remove' })
    expect(offers({ standing: standing({ authorisation: 'unknown' }), modes: ['normal'] })).toEqual({ modes: [], authorise: null })
  })

  it('is regulation to a regulation centre alone', () => {
    expect(offers({ reader: as(inCentre15), standing: standing() }).modes).toEqual(['regulation'])
    expect(offers({ reader: as(inCentre15), standing: standing({ authorisation: 'none', opposedToBreakGlass: true }) }).modes).toEqual(['regulation'])
    expect(offers({ reader: as(inCentre15), standing: standing({ authorisation: 'none', opposedToEmergencyAccess: true }) }).modes).toEqual(['break-glass'])
  })

  it('is nothing before the record answered, against a refusal, inside another entry, or to a structure', () => {
    const nothing = { modes: [], authorise: null }
    expect(offers({ standing: null })).toEqual(nothing)
    expect(offers({ word: 'consultation-refused' })).toEqual(nothing)
    expect(offers({ reader: as({ ...example, mode: 'break-glass' }) })).toEqual(nothing)
    expect(offers({ reader: as({ kind: 'structure', structure: example.structure }) })).toEqual(nothing)
    for (const existence of ['absent', 'closed'] as const) expect(offers({ standing: standing({ existence, authorisation: 'none' }) })).toEqual(nothing)
    expect(offers({ standing: standing({ authorisation: 'blocked' }) })).toEqual(nothing)
  })

  it('is never what the reading or the patient would then refuse', () => {
    const any = fc.record({
      existence: fc.constantFrom('open', 'closed', 'absent'),
      authorisation: fc.constantFrom('valid', 'expired', 'blocked', 'none', 'unknown'),
      isTreatingDoctor: fc.boolean(),
      opposedToBreakGlass: fc.constantFrom(null, true, false),
      opposedToEmergencyAccess: fc.constantFrom(null, true, false),
    }) as fc.Arbitrary<Partial<RecordStanding>>
    const readers = fc.constantFrom<Party>(example, inCentre15, who('10', 'SM25'), who('21'), { ...inCentre15, ...who('60') } as Party)
    fc.assert(
      fc.property(any, readers, fc.boolean(), fc.subarray([...accessModes]), (told, party, inReinforcedMode, modes) => {
        const said = standing(told)
        const offered = offers({ reader: as(party, inReinforcedMode), standing: said, modes })
        for (const mode of offered.modes) {
          expect(modes).toContain(mode)
          expect(readingStop(said, as({ ...party, mode } as Party, inReinforcedMode))).toBeNull()
          expect(mode === 'break-glass' ? said.opposedToBreakGlass : said.opposedToEmergencyAccess).not.toBe(true)
        }
        if (offered.authorise) expect([said.existence, said.authorisation === 'blocked', party === example || party.kind === 'professional']).toEqual(['open', false, true])
      }),
    )
  })
})
