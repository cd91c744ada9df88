import { expect, it } from 'vitest'
import type { Party } from '#shared/contract/index.ts'
import { doctorExample, readerExample } from '../record-example.ts'
import type { Reader } from '../reading-stop.ts'
import { recordsOffer } from './records-offer.ts'

const { structure } = readerExample
const as = (party: Party): Reader => ({ ...doctorExample, party })
const secretary: Party = { kind: 'staff', member: { id: '3750803447/0007', family: 'MODELE', given: 'Nadia', structure: structure.id }, structure }
const both = ['last-document', 'last-authorisation']

it.each<[string, Reader, object]>([
  ['to a doctor, both ways', doctorExample, { by: both, ofStructure: false, stop: null }],
  ['to a doctor whom the structure’s certificate carries, whose sheet is not known', { ...doctorExample, inReinforcedMode: true }, { by: both, ofStructure: false, stop: null }],
  ['to a CPE, for its structure', as(secretary), { by: both, ofStructure: true, stop: null }],
  ['to a structure’s certificate, new accesses alone', as({ kind: 'structure', structure }), { by: ['last-authorisation'], ofStructure: true, stop: null }],
  ['not to nobody', { ...doctorExample, without: 'card-absent' }, { by: [], ofStructure: false, stop: 'card-absent' }],
])('is offered %s', (_, reader, offer) => {
  expect(recordsOffer(reader, true)).toEqual(offer)
})

it('is not offered where the record’s tongue has no such question, whoever reads or does not', () => {
  for (const reader of [doctorExample, { ...doctorExample, without: 'sign-in-needed' } as const]) expect(recordsOffer(reader, false)).toEqual({ by: [], ofStructure: false, stop: 'act-not-in-fhir' })
})
