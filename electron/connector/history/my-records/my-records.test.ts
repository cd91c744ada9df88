import { expect, it } from 'vitest'
import { failure, success, type Result } from '#shared/contract/index.ts'
import type { AccessibleRecord } from '../../record/index.ts'
import { colleagueExample, doctorExample, insExample, readerExample } from '../record-example.ts'
import type { Reader } from '../reading-stop.ts'
import { openMyRecords, type MyRecordsOptions } from './my-records.ts'

const listed: AccessibleRecord = { ins: insExample, birthName: 'SYNTHETIQUE', givenName: 'CAMILLE', usedName: null, birthDate: null, isTreatingDoctor: true, lastAccessAt: null, lastAddAt: '2026-11-24' }
const asked = { since: '2026-11-01', by: 'last-document' } as const

/** The desk over a record that answers so, and how often it was asked; `meanwhile` happens while it answers. */
function desk(first: Reader, answer: Result<AccessibleRecord[]> = success([listed]), meanwhile: Reader = first, hasDeposited: MyRecordsOptions['hasDeposited'] = async () => false) {
  let reader = first
  const calls: unknown[] = []
  const record = {
    accessibleRecords: async (...call: unknown[]) => {
      calls.push(call)
      reader = meanwhile
      return answer
    },
  }
  const opened = openMyRecords({ record, reader: () => reader, canBeTold: true, knownHere: () => null, wordAgainst: () => null, now: () => Date.parse('2026-11-29T08:42:00Z'), hasDeposited })
  return { list: (input: Parameters<typeof opened.list>[0] = asked) => opened.list(input), calls }
}

it('asks for whoever reads what they asked, and says when', async () => {
  const { list, calls } = desk(doctorExample)
  expect(await list()).toMatchObject({ ok: true, value: { askedAt: '2026-11-29T08:42:00.000Z', records: [{ ins: insExample.value, lastAddAt: '2026-11-24' }] } })
  expect(calls).toEqual([[readerExample, asked]])
})

it('asks nothing that would be refused', async () => {
  const nobody = desk({ ...doctorExample, without: 'sign-in-needed' })
  expect(await nobody.list()).toMatchObject({ ok: false, failure: { code: 'sign-in-needed' } })
  const structure = desk({ ...doctorExample, party: { kind: 'structure', structure: readerExample.structure } })
  expect(await structure.list()).toMatchObject({ ok: false, failure: { code: 'right-professional-only' } })
  expect(structure.calls).toEqual([])
  expect(await structure.list({ ...asked, by: 'last-authorisation' })).toMatchObject({ ok: true })
  expect([nobody.calls.length, structure.calls.length]).toEqual([0, 1])
})

it.each<[string, Reader]>([
  ['access-changed', colleagueExample],
  ['card-absent', { ...doctorExample, without: 'card-absent' }],
])('gives to nobody else what was asked for another: %s', async (code, meanwhile) => {
  expect(await desk(doctorExample, success([listed]), meanwhile).list()).toMatchObject({ ok: false, failure: { code } })
  expect(await desk(doctorExample, failure('record-unreachable'), meanwhile).list()).toMatchObject({ ok: false, failure: { code } })
})

it('gives the record’s own refusal', async () => {
  expect(await desk(doctorExample, failure('record-unreachable')).list()).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
})

it('asks what this practice deposited on the day of the last addition, wherever that day began', async () => {
  const asked: number[][] = []
  const hasDeposited: MyRecordsOptions['hasDeposited'] = async (ins, from, until) => asked.push([from, until]) > 0 && ins === insExample.value
  const untold = { ...listed, ins: { ...insExample, value: '184069999999968' }, lastAddAt: null }
  const { list } = desk(doctorExample, success([{ ...listed, lastAccessAt: '2026-11-20' }, untold]), doctorExample, hasDeposited)
  expect(await list()).toMatchObject({ ok: true, value: { records: [{ sinceMyAccess: 'deposit-day' }, { sinceMyAccess: 'not-told' }] } })
  expect(asked).toEqual([[Date.parse('2026-11-23T22:00:00Z'), Date.parse('2026-11-25T00:00:00Z')]])
})
