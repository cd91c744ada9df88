import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReasonCode } from '#shared/contract/index.ts'
import type { DocumentHints } from './documents/index.ts'
import { openSqliteLedger, type Ledger } from './outbox/index.ts'
import { temporaryStore } from './outbox/test-store.ts'
import { openWaker, type Waker } from './wake-waiting.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let ledger: Ledger
let waker: Waker
beforeEach(async () => {
  handle = await temporaryStore()
  ledger = openSqliteLedger(handle.store, { now: () => 1, newId: randomUUID })
  waker = openWaker(ledger, () => undefined, 1)
})
afterEach(async () => {
  await waker.stop()
  handle.remove()
})

async function stopped(name: string, identity: DocumentHints['identity'], event: { type: 'wait'; for: 'patient' | 'session'; reason: ReasonCode } | { type: 'park'; reason: ReasonCode }) {
  const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: name }, bytes: Buffer.from(name), fileName: name, hints: { identity } }])
  await ledger.apply((await ledger.byId(items[0]!.id))!, event)
}
const waits = (name: string, identity: DocumentHints['identity']) => stopped(name, identity, { type: 'wait', for: 'patient', reason: 'patient-unknown' })
const woken = async () => (await ledger.inState('received', 0, 99)).map((row) => row.source_reference)
const change = () =>
  new Promise<void>((resolve) => {
    const off = ledger.onChange(() => {
      off()
      resolve()
    })
  })

describe('waking the documents that wait for a patient', () => {
  it('wakes those the patient could be meant by: number, local number, name', async () => {
    await waits('ins', { ins: '284069999999968' })
    await waits('ins with blanks', { ins: '2 84 06 99 999 999 68' })
    await waits('number', { localId: 'P1' })
    await waits('birth name', { birthName: 'Essai' })
    await waits('used name', { birthName: 'modèle' })
    await waits('another', { ins: '284069999999871', localId: 'P2', birthName: 'AUTRE' })
    await waits('nobody', undefined)
    const changed = change()
    waker.learnt({ origin: 'message', ins: '284069999999968', localId: 'P1', birthName: 'ESSAI', usedName: 'MODELE' })
    expect(await woken()).toEqual([])
    await changed
    expect(await woken()).toEqual(['ins', 'ins with blanks', 'number', 'birth name', 'used name'])
  })

  it('leaves alone what waits for something else, or is parked', async () => {
    const identity = { ins: '284069999999968' }
    await stopped('session', identity, { type: 'wait', for: 'session', reason: 'certificate-missing' })
    await stopped('parked', identity, { type: 'park', reason: 'patient-opposed' })
    await waits('patient', identity)
    const changed = change()
    waker.learnt({ origin: 'document', ...identity })
    await changed
    expect(await woken()).toEqual(['patient'])
  })

  it('gathers a burst in one walk', async () => {
    for (const name of ['A', 'B', 'C']) await waits(name, { birthName: name })
    let changes = 0
    ledger.onChange(() => (changes += 1))
    const changed = change()
    for (const name of ['A', 'B', 'C']) waker.learnt({ origin: 'message', birthName: name })
    await changed
    expect([await woken(), changes]).toEqual([['A', 'B', 'C'], 1])
  })
})
