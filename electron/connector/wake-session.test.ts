import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { failure, success, type DocumentMetadata, type Failure, type Party, type ReasonCode, type Result, type SignInView } from '#shared/contract/index.ts'
import { defaultPace, openSqliteLedger, startSender, type Ledger, type Sender } from './outbox/index.ts'
import { temporaryStore } from './outbox/test-store.ts'
import type { AuditedRecord } from './record/index.ts'
import { openSessionWaker, type SessionWaker } from './wake-session.ts'

const party = { kind: 'structure', structure: { id: '1' } } as unknown as Party
const label = { ins: '284069999999968', insOid: '1.2.250.1.213.1.4.10', birthName: 'ESSAI', givenName: 'CAMILLE', usedName: null, birthDate: '1984-06-12', sex: 'F' as const }
const view = (state: SignInView['state'], reason: ReasonCode | null) => ({ mode: 'card', state, reason }) as SignInView
const wait = { timeout: 30_000, interval: 10 }

let handle: Awaited<ReturnType<typeof temporaryStore>>
let ledger: Ledger
let waker: SessionWaker
let sender: Sender
let hasMeans = false
/** Looks the waker began. */
let looks = 0
/** What the record answers to a lot that is to be signed, and to one that is sent; each call is held until the test lets it go. */
let prepare: () => Promise<Result<Uint8Array>>
let send: () => Promise<Result<{ entryUuid: null; warnings: string[] }>>
beforeEach(async () => {
  handle = await temporaryStore()
  const real = openSqliteLedger(handle.store, { now: Date.now, newId: randomUUID })
  ledger = {
    ...real,
    stoppedBy: (code) => {
      if (code === 'card-absent') looks += 1
      return real.stoppedBy(code)
    },
  }
  looks = 0
  hasMeans = false
  prepare = async () => success(Buffer.from('lot'))
  send = async () => success({ entryUuid: null, warnings: [] })
  waker = openSessionWaker({ ledger, isRebuilt: () => false, hasMeans: async () => hasMeans, onBug: (error) => expect.fail(String(error)), againMs: 1 })
  waker.sees(view('stopped', 'card-absent'))
})
afterEach(async () => {
  await sender.stop()
  await waker.stop()
  handle.remove()
})

async function ready(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const bytes = Buffer.from(`item ${index}`)
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'x', reference: `${index}` }, bytes, fileName: `${index}`, hints: {} }])
    const row = (await ledger.byId(items[0]!.id))!
    const metadata = { uniqueId: `1.2.3.${row.seq}`, title: 'x', typeCode: { code: '57833-6' }, ins: { value: label.ins, oid: label.insOid }, replaces: null } as unknown as DocumentMetadata
    await ledger.freeze(row, { learnPatient: () => null, patient: label, versionOf: null, frozen: { uniqueId: metadata.uniqueId, submissionSetId: `1.2.4.${row.seq}`, submittedAt: 1, metadata, party, documentSha256: row.content_sha256 } })
  }
}

async function start(): Promise<void> {
  sender = await startSender({
    ledger, spool: handle.store.spool, atWork: { begin: () => undefined, end: () => undefined }, mayGo: () => null, onInterrupted: () => undefined, onBug: (error) => expect.fail(String(error)),
    onWaitingForSession: (row) => waker.waits(row), onState: () => undefined, visibilityMs: 0, pace: defaultPace, lanes: 1, suspectsAfterMs: 0, probeParty: async () => null,
    record: { prepare: () => prepare(), send: () => send(), clockOffsetMs: () => null } as unknown as AuditedRecord, now: Date.now, monotonic: () => performance.now(), random: () => 0,
  })
}

/** Holds the first call until `let` is called with what it answers; those after it find the session. */
function heldOnce<T>(found: T): { readonly call: () => Promise<Result<T>>; readonly entered: Promise<void>; answer(code: ReasonCode): void } {
  const [entered, held] = [Promise.withResolvers<void>(), Promise.withResolvers<{ ok: false; failure: Failure }>()]
  let calls = 0
  return {
    call: async () => {
      calls += 1
      if (calls > 1) return success(found)
      entered.resolve()
      return held.promise
    },
    entered: entered.promise,
    answer: (code) => held.resolve(failure(code)),
  }
}

/** A session opens, and both looks it brings about are over. */
async function sessionOpens(): Promise<void> {
  hasMeans = true
  waker.sees(view('ready', null))
  await vi.waitFor(() => expect(looks).toBe(2), wait)
  expect(await ledger.counts()).toMatchObject({ waiting: 0 })
}

const deposited = (count: number) => vi.waitFor(async () => expect(await ledger.counts()).toMatchObject({ deposited: count, waiting: 0 }), wait)

describe('what waits for a session', () => {
  it('goes on when the session came after none was found and before it was put to wait, and so do all that wait with it', async () => {
    await ready(3)
    const signing = heldOnce<Uint8Array>(Buffer.from('lot'))
    prepare = signing.call
    await start()
    await signing.entered
    await sessionOpens()
    signing.answer('card-absent')
    await deposited(3)
  })

  it('goes on when it is the sending that found none', async () => {
    await ready(1)
    const sending = heldOnce<{ entryUuid: null; warnings: string[] }>({ entryUuid: null, warnings: [] })
    send = sending.call
    await start()
    await sending.entered
    await sessionOpens()
    sending.answer('card-removed')
    await deposited(1)
  })

  it('goes on once the clock is set by which its certificate was over, and not before somebody has means', async () => {
    await ready(2)
    let isOver = true
    prepare = async () => (isOver ? failure('certificate-expired') : success(Buffer.from('lot')))
    await start()
    await vi.waitFor(async () => expect(await ledger.counts()).toMatchObject({ waiting: 2 }), wait)
    await waker.stop()
    let asked = 0
    waker = openSessionWaker({ ledger, isRebuilt: () => false, hasMeans: async () => ((asked += 1), hasMeans), onBug: (error) => expect.fail(String(error)), againMs: 1 })
    waker.clockSet()
    await vi.waitFor(() => expect(asked).toBe(1), wait)
    waker.clockSet()
    await vi.waitFor(() => expect(asked).toBe(2), wait)
    expect(await ledger.counts()).toMatchObject({ waiting: 2 })
    isOver = false
    hasMeans = true
    waker.clockSet()
    await deposited(2)
  })

  it('goes on when its author says where they work, who was signed in before', async () => {
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'x', reference: 'a.pdf' }, bytes: Buffer.from('a'), fileName: 'a.pdf', hints: {} }])
    const row = (await ledger.byId(items[0]!.id))!
    const holder = { id: '899900000012' }
    waker.sees({ ...view('stopped', 'situation-to-choose'), holder } as SignInView)
    await vi.waitFor(() => expect(looks).toBe(2), wait)
    await ledger.apply(row, { type: 'wait', for: 'session', reason: 'situation-to-choose' })
    waker.sees({ ...view('stopped', 'situation-to-choose'), holder } as SignInView)
    expect(await ledger.counts()).toMatchObject({ waiting: 1 })
    waker.sees({ ...view('ready', null), holder, chosen: '1750000002' } as SignInView)
    await vi.waitFor(async () => expect(await ledger.counts()).toMatchObject({ received: 1, waiting: 0 }), wait)
    // Nothing new is said: nothing is looked for.
    await vi.waitFor(() => expect(looks).toBe(4), wait)
    waker.sees({ ...view('ready', null), holder, chosen: '1750000002' } as SignInView)
    // Taken up by the program itself first, then said by them: the same place, and news all the same.
    waker.chosen()
    await waker.stop()
    expect(looks).toBe(5)
  })

  it('stays where the session that came is not its own', async () => {
    await ready(1)
    const signing = heldOnce<Uint8Array>(Buffer.from('lot'))
    prepare = signing.call
    await start()
    await signing.entered
    await sessionOpens()
    hasMeans = false
    signing.answer('card-of-another')
    await vi.waitFor(async () => expect(await ledger.counts()).toMatchObject({ waiting: 1 }), wait)
    await waker.stop()
    expect(await ledger.counts()).toMatchObject({ waiting: 1 })
  })

  it('is tried at once, and then with a pause, while means that are there fail each time', async () => {
    await ready(1)
    await waker.stop()
    waker = openSessionWaker({ ledger, isRebuilt: () => false, hasMeans: async () => true, onBug: (error) => expect.fail(String(error)), againMs: 3_600_000 })
    let prepared = 0
    prepare = async () => {
      prepared += 1
      return failure('card-removed')
    }
    await start()
    await vi.waitFor(async () => {
      expect(prepared).toBe(2)
      expect(await ledger.counts()).toMatchObject({ waiting: 1 })
    }, wait)
    await waker.stop()
    expect(prepared).toBe(2)
  })
})
