import { describe, expect, it } from 'vitest'
import { documentActs, type RecordDocument } from '#shared/contract/index.ts'
import { afterAct, documentOffers, isAsAsked } from './document-offers.ts'
import { doctorExample, documentExample, readerExample } from './record-example.ts'
import type { Reader } from './reading-stop.ts'

const author = (personId: string | null, structureId: string | null = null) => [{ name: 'Ada UN', role: null, structure: null, personId, structureId }]
const own = { authors: author('810000000001', '1750000001') }
const others = { authors: author('810000000009', '1750000009') }
const ordinary = { isTreatingDoctor: false }
const structure: Reader = { ...doctorExample, party: { kind: 'structure', structure: readerExample.structure } }
const secretary: Reader = { ...doctorExample, party: { kind: 'staff', member: { id: '3750000001/0007', family: 'MODELE', given: 'Nadia', structure: readerExample.structure.id }, structure: readerExample.structure } }
const told = (changes: Partial<RecordDocument>, reader = doctorExample, standing = ordinary) => Object.fromEntries(documentOffers(documentExample('1.1', changes), reader, standing).map(({ act, refusal }) => [act, refusal]))

describe('what may be done with a document of the record', () => {
  it('is everything, for whoever wrote it or answers for it', () => {
    expect(told(own)).toEqual({ mask: null, archive: null, delete: null })
    expect(told({ ...others, legalAuthenticatorId: '810000000001' })).toEqual({ mask: null, archive: null, delete: null })
    expect(told({ ...own, maskedToProfessionals: true, status: 'archived' })).toEqual({ unmask: null, restore: null, delete: null })
  })

  it('is to mask it and to show it, for another author; the médecin traitant unmasks it', () => {
    expect(told(others)).toEqual({ mask: null, archive: 'right-author-only', delete: 'right-author-only' })
    expect(told({ ...others, hiddenFromRepresentatives: true, maskedToProfessionals: true })).toEqual({ 'show-to-representatives': null, unmask: 'right-author-or-treating-doctor', archive: 'right-author-only', delete: 'right-author-only' })
    expect(told({ ...others, maskedToProfessionals: true }, doctorExample, { isTreatingDoctor: true })).toMatchObject({ unmask: null, delete: 'right-author-only' })
  })

  it('is nothing an author does when nobody says who wrote it', () => {
    expect(told({ authors: author(null) })).toMatchObject({ delete: 'right-author-only' })
    expect(told({ authors: [] }, structure)).toMatchObject({ delete: 'right-own-structure-only' })
  })

  it.each([
    ['a structure', structure],
    ['a secretary by her CPE', secretary],
  ])('is, for %s, to delete what was written there, whoever wrote it', (_, reader) => {
    expect(told(own, reader)).toEqual({ mask: 'right-professional-only', archive: 'right-professional-only', delete: null })
    expect(told({ authors: author('810000000009', '1750000001'), hiddenFromPatient: true }, reader)).toMatchObject({ 'show-to-patient': 'right-professional-only', delete: null })
    expect(told(others, reader)).toMatchObject({ delete: 'right-own-structure-only' })
  })

  it('follows the way the record was entered', () => {
    if (doctorExample.party.kind !== 'professional') throw new Error('a professional')
    const breaking: Reader = { ...doctorExample, party: { ...doctorExample.party, mode: 'break-glass' } }
    expect(told({ ...others, hiddenFromPatient: true }, breaking)).toEqual({ 'show-to-patient': 'right-normal-mode-only', mask: 'visibility-forbidden', archive: null, delete: 'right-author-only' })
  })

  it('is never to mask what the patient does not see', () => {
    expect(told({ ...own, hiddenFromPatient: true })).toMatchObject({ 'show-to-patient': null, mask: 'visibility-forbidden' })
  })

  it('is the médecin traitant’s for what the patient deposited', () => {
    expect(told({ ...others, fromPatient: true })).toMatchObject({ archive: 'right-patient-document', delete: 'right-patient-document' })
    expect(told({ ...others, fromPatient: true }, doctorExample, { isTreatingDoctor: true })).toMatchObject({ archive: null, delete: null })
  })

  it('is the record’s to say in reinforced mode, and nothing of what was replaced or deleted', () => {
    expect(told(others, { ...doctorExample, inReinforcedMode: true })).toEqual({ mask: null, archive: null, delete: null })
    for (const status of ['deprecated', 'deleted'] as const) expect(told({ ...own, status })).toEqual({})
  })
})

it('knows a document that is as asked, and only that', () => {
  const hidden = documentExample('1.1', { hiddenFromPatient: true, hiddenFromRepresentatives: true })
  for (const act of documentActs) {
    expect(isAsAsked(afterAct(hidden, act), act)).toBe(true)
    expect(isAsAsked(hidden, act)).toBe(act === 'unmask' || act === 'restore')
  }
})
