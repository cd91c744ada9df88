import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteLedger, type Ledger } from './outbox/index.ts'
import { temporaryStore } from './outbox/test-store.ts'
import { wakeDated } from './wake-dated.ts'

const came = Date.UTC(2026, 10, 28, 9)
let handle: Awaited<ReturnType<typeof temporaryStore>>
let ledger: Ledger
beforeEach(async () => {
  handle = await temporaryStore()
  ledger = openSqliteLedger(handle.store, { now: () => came, newId: randomUUID })
})
afterEach(() => handle.remove())

it('prepares anew what is dated after it came, once that date is no longer to come', async () => {
  for (const [name, detail] of [['set right', '2026-12-01'], ['still to come', '2026-12-09'], ['within the clock it came by', '2026-11-28'], ['of a CDA', 'effectiveTime']] as const) {
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: name }, bytes: Buffer.from(name), fileName: name, hints: {} }])
    await ledger.apply((await ledger.byId(items[0]!.id))!, { type: 'park', reason: 'date-impossible' }, { detail })
  }
  const woken = async () => (await ledger.inState('received', 0, 99)).map((row) => row.source_reference)
  await wakeDated(ledger, came)
  expect(await woken()).toEqual([])
  await wakeDated(ledger, Date.UTC(2026, 11, 1, 9))
  expect(await woken()).toEqual(['set right'])
})
