import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ReasonCode } from '#shared/contract/index.ts'
import { openSqliteLedger, type ItemRow, type Ledger } from './outbox/index.ts'
import { temporaryStore } from './outbox/test-store.ts'
import { openOppositionWaker, type OppositionWaker } from './wake-opposed.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let ledger: Ledger
let waker: OppositionWaker
let opposed: string[]
beforeEach(async () => {
  handle = await temporaryStore()
  ledger = openSqliteLedger(handle.store, { now: () => 1, newId: randomUUID })
  opposed = []
})
afterEach(async () => {
  await waker.stop()
  handle.remove()
})

const open = () => openOppositionWaker({ ledger, isOpposed: ({ source_reference }: ItemRow) => opposed.includes(source_reference), onBug: (error) => expect.fail(String(error)), gatherMs: 1 })
async function parked(name: string, reason: ReasonCode) {
  const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: name }, bytes: Buffer.from(name), fileName: name, hints: {} }])
  await ledger.apply((await ledger.byId(items[0]!.id))!, { type: 'park', reason })
}
const woken = async () => (await ledger.inState('received', 0, 99)).map((row) => row.source_reference)

it('wakes what only an opposition stopped, once it is lifted, and nothing of who still opposes', async () => {
  opposed = ['one', 'two']
  await parked('one', 'patient-opposed')
  await parked('two', 'patient-opposed')
  await parked('three', 'pdf-truncated')
  waker = open()
  waker.lifted()
  await waker.stop()
  expect(await woken()).toEqual([])
  waker = open()
  opposed = ['two']
  waker.lifted()
  expect(await woken()).toEqual([])
  await vi.waitFor(async () => expect(await woken()).toEqual(['one']))
})

it('finds at the start what was lifted and not woken before the program died', async () => {
  await parked('one', 'patient-opposed')
  waker = open()
  await vi.waitFor(async () => expect(await woken()).toEqual(['one']))
})
