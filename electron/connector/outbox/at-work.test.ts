import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openAtWork, settleSuspects } from './at-work.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'
import { temporaryStore } from './test-store.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
beforeEach(async () => {
  handle = await temporaryStore()
})
afterEach(() => handle.remove())

it('accuses what was being worked on when the program died, nobody after a clean stop', () => {
  const first = openAtWork(handle.store.directory)
  first.begin(7)
  first.begin(8)
  first.end(7)
  const second = openAtWork(handle.store.directory)
  expect(second.suspects).toEqual([8])
  second.close()
  expect(openAtWork(handle.store.directory).suspects).toEqual([])
})

it('parks at the second crash in a row, not at two crashes with a success between them', async () => {
  const ledger = openSqliteLedger(handle.store, { now: () => 1, newId: randomUUID })
  const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'x', reference: 'a' }, bytes: Buffer.from('a'), fileName: 'a', hints: {} }])
  const row = (await ledger.byId(items[0]!.id))!
  await settleSuspects(ledger, { suspects: [row.seq, 999] })
  expect(await ledger.byId(row.id)).toMatchObject({ state: 'received', crashes: 1 })
  await settleSuspects(ledger, { suspects: [row.seq] })
  expect(await ledger.byId(row.id)).toMatchObject({ state: 'parked', reason: 'crashed-twice' })
})
