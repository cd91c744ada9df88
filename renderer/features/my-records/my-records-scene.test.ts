import { expect, it } from 'vitest'
import type { MyRecord, MyRecords } from '#shared/contract/my-records.ts'
import { myRecordsScene } from './my-records-scene.ts'

const record: MyRecord = { ins: '284069999999968', insOid: '1.2.250.1.213.1.4.10', birthName: 'SYNTHETIQUE', givenName: 'CAMILLE', usedName: null, birthDate: null, identity: null, isTreatingDoctor: false, lastAccessAt: null, lastAddAt: null, sinceMyAccess: 'not-told', wordAgainst: null }
const list: MyRecords = { askedAt: '2026-11-29T08:42:00Z', records: [record] }
const failure = { code: 'record-unreachable', recordText: null } as const
const known = { offer: { by: ['last-document'], ofStructure: false, stop: null }, isAsked: true, isAsking: false, failure: null, list } as const

it.each([
  ['nothing before the connector said what may be asked', { offer: undefined }, { kind: 'not-known' }],
  ['why it is not offered, even of what was listed', { offer: { by: [], ofStructure: false, stop: 'card-absent' } }, { kind: 'not-offered', code: 'card-absent' }],
  ['nothing that another speaker asked', { isAsked: false }, { kind: 'not-asked' }],
  ['that it is being asked, over a former answer', { isAsking: true }, { kind: 'loading' }],
  ['that it could not be read', { list: undefined, failure }, { kind: 'failed', failure }],
  ['that it is to be asked again, of an answer kept no longer', { list: undefined }, { kind: 'not-asked' }],
  ['that there is none, once that was answered', { list: { ...list, records: [] } }, { kind: 'empty', askedAt: list.askedAt }],
  ['the list', {}, { kind: 'listed', list }],
] as const)('shows %s', (_, change, scene) => {
  expect(myRecordsScene({ ...known, ...change } as Parameters<typeof myRecordsScene>[0])).toEqual(scene)
})
