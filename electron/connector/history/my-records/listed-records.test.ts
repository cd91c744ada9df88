import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccessibleRecord } from '../../record/index.ts'
import { insExample } from '../record-example.ts'
import { additionSince, listedRecords, type KnownHere, type ToldHere } from './listed-records.ts'

const record = (changes: Partial<AccessibleRecord> = {}): AccessibleRecord => ({ ins: insExample, birthName: 'SYNTHETIQUE', givenName: 'CAMILLE', usedName: null, birthDate: '1984-06-12', isTreatingDoctor: false, lastAccessAt: '2026-11-20', lastAddAt: '2026-11-24', ...changes })
const nobody = { knownHere: () => null, wordAgainst: () => null, onDepositDay: new Set<string>() }
const only = (changes: Partial<AccessibleRecord>, told: Partial<ToldHere> = {}) => listedRecords([record(changes)], 'last-authorisation', { ...nobody, ...told })[0]
const known = (qualified: boolean): KnownHere => ({ label: { birthName: 'Synthétique', givenName: 'Camille', usedName: 'Usuel', birthDate: '1984-06-12' }, qualified })

describe('what came since one’s last access', () => {
  it.each([
    ['2026-11-20', '2026-11-24', 'added'],
    ['2026-11-20', '2026-11-19', 'nothing'],
    ['2026-11-20', '2026-11-20', 'same-day'],
    ['2026-11-20T18:00:00Z', '2026-11-20T08:00:00Z', 'same-day'],
    [null, '2026-11-20', 'not-told'],
    ['2026-11-20', null, 'not-told'],
  ])('is, of an access on %s and an addition on %s, %s', (lastAccessAt, lastAddAt, since) => {
    expect(additionSince({ lastAccessAt, lastAddAt }, false)).toBe(since)
    const mayBeOurs = since === 'added' || since === 'same-day'
    expect(additionSince({ lastAccessAt, lastAddAt }, true)).toBe(mayBeOurs ? 'deposit-day' : since)
  })

  it('may be what this practice deposited that day, for this patient and no other', () => {
    expect(only({}, { onDepositDay: new Set([insExample.value]) })).toMatchObject({ lastAddAt: '2026-11-24', sinceMyAccess: 'deposit-day' })
    expect(only({}, { onDepositDay: new Set(['284069999999968'.replace('2', '1')]) })).toMatchObject({ sinceMyAccess: 'added' })
  })
})

it('puts the newest addition first, those of which none is told last, and homonyms in an order of their own, however they come', () => {
  const line = fc.record({ lastAddAt: fc.constantFrom(null, '2026-11-20', '2026-11-24'), birthName: fc.constantFrom('ABADIE', 'Épée', 'Zola', null), given: fc.nat(9) })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const records = lines.map(({ given, ...rest }, at) => record({ ...rest, givenName: `G${given}`, ins: { ...insExample, value: String(at).padStart(15, '0') } }))
      const sorted = listedRecords(records, 'last-document', nobody)
      expect(sorted).toHaveLength(records.length)
      expect(listedRecords(records.toReversed(), 'last-document', nobody)).toEqual(sorted)
      const days = sorted.map(({ lastAddAt }) => lastAddAt ?? '')
      expect(days).toEqual(days.toSorted().toReversed())
    }),
  )
})

it('names a patient as the practice does where their identity is qualified, else as the record does', () => {
  expect(only({})).toMatchObject({ birthName: 'SYNTHETIQUE', usedName: null, identity: null })
  expect(only({}, { knownHere: () => known(true) })).toMatchObject({ birthName: 'Synthétique', usedName: 'Usuel', identity: 'qualified' })
  expect(only({}, { knownHere: () => known(false) })).toMatchObject({ birthName: 'SYNTHETIQUE', usedName: null, identity: 'not-qualified' })
  expect(only({ birthName: null, givenName: null, birthDate: null })).toMatchObject({ birthName: '', givenName: '', birthDate: null, ins: insExample.value, insOid: insExample.oid })
})

it('says nothing of what was added for a patient who refuses to be read', () => {
  expect(only({}, { wordAgainst: () => 'consultation-refused' })).toMatchObject({ wordAgainst: 'consultation-refused', lastAddAt: null, lastAccessAt: null, sinceMyAccess: 'not-told' })
  // Standing in a list by document says that something was added.
  for (const [by, count] of [['last-document', 0], ['last-authorisation', 1]] as const) expect(listedRecords([record()], by, { ...nobody, wordAgainst: () => 'consultation-refused' })).toHaveLength(count)
  expect(only({}, { wordAgainst: () => 'consent-to-renew' })).toMatchObject({ wordAgainst: 'consent-to-renew', lastAddAt: '2026-11-24', sinceMyAccess: 'added' })
})
