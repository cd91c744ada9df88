import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, parseKey, type Store } from '../store/index.ts'
import type { IdentityClaim } from './identity-claim.ts'
import { PatientRegistry, type IdentitySource } from './patient-registry.ts'

const test = '1.2.250.1.213.1.4.10'
const claim: IdentityClaim = {
  origin: 'message', ins: '2 79 03 51 215 189 89', insOid: test, birthName: 'PAT-TROIS', givenName: 'DOMINIQUE', givenNames: 'DOMINIQUE MARIE-LOUISE', usedName: "D'Été",
  birthDate: '1979-03-28', sex: 'F', birthPlace: '51215', localId: '42', localIdOid: '1.2.3',
}
const feed = (at: number, qualified = true): IdentitySource => ({ kind: 'identity-feed', name: 'LGC', at, qualified })

const parsed = parseKey('ab'.repeat(32))
if (!parsed.ok) throw new Error(parsed.failure.code)
const key = parsed.value

let directory: string
let store: Store
let registry: PatientRegistry
let ids: number

beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'patients-'))
  const opened = await openStore({ directory, key: key, role: 'test', now: 1 })
  if (!opened.ok) throw new Error(opened.failure.code)
  store = opened.value
  ids = 0
  registry = new PatientRegistry(store, () => `p${(ids += 1)}`)
})
afterEach(() => {
  store.close()
  fs.rmSync(directory, { recursive: true, force: true })
})

function learn(identity: IdentityClaim, source: IdentitySource): string {
  const result = registry.upsert(identity, source)
  if (!result.ok) throw new Error(result.failure.code)
  return result.value
}

describe('the patients of this installation', () => {
  it('are never qualified by a document when the feed that manages them says they are not', () => {
    const id = learn(claim, feed(10, false))
    expect(learn(claim, { kind: 'document', name: 'Export', at: 20, qualified: true })).toBe(id)
    expect(registry.get(id)).toMatchObject({ qualified: false })
    learn(claim, feed(30, true))
    expect(registry.get(id)).toMatchObject({ qualified: true })
  })

  it('are found by INS, by local number, by name and birth date, by words', () => {
    const id = learn(claim, feed(10))
    const patient = registry.get(id)
    expect(patient).toMatchObject({ id: 'p1', ins: '279035121518989', insOid: test, qualified: true, birthName: 'PAT-TROIS', givenNames: 'DOMINIQUE MARIE-LOUISE', localIds: [{ system: '1.2.3', value: '42' }] })
    expect(registry.byIns('279035121518989', test)).toEqual([patient])
    expect(registry.byIns('279035121518989')).toEqual([patient])
    expect(registry.byIns('279035121518989', '1.2.250.1.213.1.4.8')).toEqual([])
    expect(registry.byLocalId('42', '1.2.3')).toEqual([patient])
    expect(registry.byLocalId('42')).toEqual([patient])
    expect(registry.byLocalId('42', '1.2.4')).toEqual([])
    expect(registry.byNameAndBirthDate('pat trois', '1979-03-28')).toEqual([patient])
    expect(registry.byNameAndBirthDate('d ete', '1979-03-28')).toEqual([patient])
    expect(registry.byNameAndBirthDate('PAT', '1979-03-28')).toEqual([])
    expect(registry.byNameAndBirthDate('PAT-TROIS', '1979-03-29')).toEqual([])
    expect(registry.search({ words: 'Domi pat-t' })).toEqual([patient])
    expect(registry.search({ words: '1979' })).toEqual([patient])
    expect(registry.search({ words: '%' })).toEqual([])
    expect([registry.search({ words: '', birthDate: '1979-03-28' }), registry.search({ words: 'pat', birthDate: '1979-03-28' })]).toEqual([[patient], [patient]])
    expect([registry.search({ words: '', birthDate: '1979-03-29' }), registry.search({ words: 'autre', birthDate: '1979-03-28' })]).toEqual([[], []])
    expect(registry.search({ words: ' ' })).toEqual([])
    expect(registry.candidatesFor({ origin: 'sidecar', ins: '279035121518989' })).toEqual([patient])
    expect(registry.get('p9')).toBeNull()
  })

  it('are one patient however often they are announced', () => {
    expect(learn(claim, feed(10))).toBe(learn(claim, feed(11)))
    expect(learn({ origin: 'document', ins: '279035121518989', insOid: test }, { kind: 'document', name: 'a.xml', at: 12, qualified: true })).toBe('p1')
    expect(learn({ origin: 'message', birthName: 'SANS NUMERO' }, feed(1, false))).toBe('p2')
  })

  it('keep a qualified identity against a less certain one, and take later news of the feed', () => {
    const id = learn(claim, feed(10))
    for (const source of [{ ...feed(20), kind: 'message', qualified: false }, { ...feed(20), kind: 'document', qualified: true }, feed(5), feed(5, false)] as IdentitySource[]) {
      learn({ ...claim, birthName: 'FAUX' }, source)
      expect(registry.get(id)).toMatchObject({ birthName: 'PAT-TROIS', qualified: true })
    }
    learn({ ...claim, birthName: 'CORRIGE' }, feed(30))
    expect(registry.get(id)).toMatchObject({ birthName: 'CORRIGE', qualified: true })
    expect(registry.byNameAndBirthDate('CORRIGE', '1979-03-28')).toHaveLength(1)
    learn({ origin: 'message', localId: '42', localIdOid: '1.2.3' }, { ...feed(40, false), status: 'doubtful' })
    expect(registry.get(id)).toMatchObject({ birthName: 'CORRIGE', qualified: false, status: 'doubtful', ins: '279035121518989' })
    learn({ origin: 'message', localId: '42', localIdOid: '1.2.3' }, { ...feed(41), status: null })
    expect(registry.get(id)).toMatchObject({ qualified: true, status: null })
  })

  it('complete an unqualified identity', () => {
    const id = learn({ origin: 'sidecar', birthName: 'PAT TROIS', localId: '42', localIdOid: '1.2.3' }, { kind: 'message', name: 'x', at: 1, qualified: false })
    expect(learn(claim, { kind: 'document', name: 'a.xml', at: 2, qualified: true })).toBe(id)
    expect(registry.get(id)).toMatchObject({ birthName: 'PAT-TROIS', qualified: true })
  })

  it('are not joined when a number and an INS point to different people', () => {
    learn(claim, feed(10))
    learn({ ...claim, ins: '279035121518892', localId: '43' }, feed(10))
    expect(registry.upsert({ ...claim, localId: '43' }, feed(20))).toMatchObject({ ok: false, failure: { code: 'patient-ambiguous' } })
    expect(registry.byLocalId('43', '1.2.3')).toMatchObject([{ ins: '279035121518892' }])
  })

  it('lead to the survivor once merged, twice merged, and never loop', () => {
    const [first, second, third] = ['42', '43', '44'].map((localId) => learn({ origin: 'message', birthName: `N${localId}`, birthDate: '1979-03-28', localId, localIdOid: '1.2.3' }, feed(1)))
    if (!first || !second || !third) throw new Error('three patients')
    registry.merge(first, second)
    registry.merge(second, third)
    registry.merge(third, first)
    registry.merge('p9', third)
    for (const id of [first, second, third]) expect(registry.get(id)?.id).toBe(third)
    for (const localId of ['42', '43', '44']) expect(registry.byLocalId(localId, '1.2.3').map(({ id }) => id)).toEqual([third])
    expect(registry.byNameAndBirthDate('N42', '1979-03-28')).toEqual([])
    expect(registry.search({ words: '1979' })).toHaveLength(1)
  })

  it('are told apart by another number: a former one of theirs, somebody else’s, or nobody’s here', () => {
    const number = (ins: string, localId: string, more: Partial<IdentityClaim> = {}) => registry.upsert({ ...claim, ins, localId, ...more }, feed(10))
    const [one, former, earliest, other, doubled] = [number('279035121518989', '1'), number('284069999999968', '2'), number('188102B17295165', '3'), number('207058575627097', '4', { givenName: 'LOUISE', givenNames: 'LOUISE' }), number('277076322082910', '5')].map((id) => (id.ok ? id.value : ''))
    registry.merge(earliest!, former!)
    registry.merge(former!, one!)
    const holders = ['2 84 06 99 999 999 68', '188102B17295165', '207058575627097', '277076322082910', '255069999999934'].map((ins) => registry.holderOf(ins, { value: '279035121518989', oid: test }))
    expect(holders).toEqual(['same', 'same', 'another', 'unknown', 'unknown'])
    expect(registry.holderOf('284069999999968', { value: '207058575627097', oid: test })).toBe('unknown')
    expect([other, doubled]).not.toContain('')
  })

  it('survive the program', async () => {
    learn(claim, feed(10))
    store.close()
    const again = await openStore({ directory, key: key, role: 'test', now: 2 })
    if (!again.ok) throw new Error(again.failure.code)
    store = again.value
    expect(new PatientRegistry(store, () => 'x').byIns('279035121518989', test)).toMatchObject([{ id: 'p1', birthName: 'PAT-TROIS' }])
  })
})
