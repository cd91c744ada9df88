import { randomUUID } from 'node:crypto'
import { PDFDocument } from 'pdf-lib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { practiceFile, type ItemState } from '#shared/contract/index.ts'
import { ConsentRegister } from './consent/index.ts'
import { cdaExample } from './documents/cda-example.ts'
import { writeCda } from './documents/index.ts'
import { openSqliteLedger, type Ledger } from './outbox/index.ts'
import { temporaryStore } from './outbox/test-store.ts'
import { PatientRegistry } from './patients/index.ts'
import type { Preparation } from './prepare-item.ts'
import { startPreparer, type Preparer } from './preparer.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let ledger: Ledger
let preparation: Preparation
let preparer: Preparer | null
let bugs: unknown[]

beforeEach(async () => {
  handle = await temporaryStore()
  const { store } = handle
  const now = () => Date.UTC(2026, 10, 21, 12)
  ledger = openSqliteLedger(store, { now, newId: randomUUID })
  preparer = null
  bugs = []
  preparation = {
    store, ledger, registry: new PatientRegistry(store, randomUUID), consent: new ConsentRegister(store),
    practice: practiceFile.parse({ structures: [cdaExample.structure], professionals: [cdaExample.professional] }),
    environment: 'training', maxDocumentBytes: 5_000_000, now, readText: async () => ({ text: '', isWhole: true }), onPatientLearnt: () => undefined, oidOf: () => '1.2.3.4',
  }
})
afterEach(async () => {
  await preparer?.stop()
  handle.remove()
})

async function receive(name: string, id = cdaExample.id, hints = {}): Promise<string> {
  const written = writeCda({ ...cdaExample, id })
  if (!written.ok) throw new Error(written.failure.detail)
  const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: name }, bytes: written.value, fileName: name, hints }])
  return items[0]!.id
}

/** Resolves when the item is in that state. */
const reaches = (id: string, state: ItemState) =>
  new Promise<void>((resolve) => {
    const look = async () => {
      if ((await ledger.byId(id))?.state !== state) return
      off()
      resolve()
    }
    const off = ledger.onChange(() => void look())
    void look()
  })
const atWork = { begin: () => undefined, end: () => undefined }
const start = () => {
  preparer = startPreparer({ preparation, atWork, onBug: (error) => bugs.push(error) })
}

describe('the preparer', () => {
  it('takes what a former run left, then what comes', async () => {
    const left = await receive('left.xml')
    start()
    await reaches(left, 'ready')
    const came = await receive('came.xml', `${cdaExample.id}.2`)
    await reaches(came, 'ready')
    expect(bugs).toEqual([])
  })

  it('parks what makes the program fail twice, and goes on with the others', async () => {
    const broken = await receive('broken.xml', cdaExample.id, { identity: { sex: 'nonsense' } })
    const sound = await receive('sound.xml', `${cdaExample.id}.2`)
    start()
    await reaches(sound, 'ready')
    expect((await ledger.byId(broken))).toMatchObject({ state: 'parked', reason: 'crashed-twice' })
    expect(bugs).toHaveLength(2)
  })

  it('goes on with the others when the bytes of one cannot be read back', async () => {
    const lost = await receive('lost.xml')
    const sound = await receive('sound.xml', `${cdaExample.id}.2`)
    const { spool } = handle.store
    const content = (await ledger.byId(lost))!.content_sha256
    preparation = { ...preparation, store: { ...handle.store, spool: { ...spool, read: (sha256) => spool.read(sha256 === content ? '0'.repeat(64) : sha256) } } }
    start()
    await reaches(sound, 'ready')
    expect((await ledger.byId(lost))).toMatchObject({ state: 'parked', reason: 'content-damaged' })
  })

  it('waits before trying again when nothing can be written, and loses nothing', async () => {
    const id = await receive('a.xml')
    let full = true
    const writing =
      <T extends unknown[], R>(act: (...given: T) => Promise<R>) =>
      async (...given: T): Promise<R> => {
        if (full) throw new Error('database or disk is full')
        return act(...given)
      }
    preparation = { ...preparation, ledger: { ...ledger, recognise: writing((...given: Parameters<Ledger['recognise']>) => ledger.recognise(...given)), freeze: writing((...given: Parameters<Ledger['freeze']>) => ledger.freeze(...given)), apply: writing((...given: Parameters<Ledger['apply']>) => ledger.apply(...given)) } }
    let told: () => void = () => undefined
    const thirdBug = new Promise<void>((resolve) => (told = resolve))
    preparer = startPreparer({ preparation, atWork, onBug: (error) => bugs.push(error) === 3 && told(), retryMs: 3_600_000 })
    await thirdBug
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(bugs).toHaveLength(3)
    expect((await ledger.byId(id))).toMatchObject({ state: 'received' })
    full = false
    await receive('b.xml', `${cdaExample.id}.2`)
    await reaches(id, 'ready')
  })

  it('parks nothing while no thread is to be had that reads whose a PDF is', async () => {
    const { patient } = cdaExample
    const identity = { birthName: patient.birthName, givenName: patient.givenName, birthDate: patient.birthDate, sex: patient.sex, birthPlace: patient.birthPlace, ins: patient.ins, insOid: patient.insOid }
    preparation.registry.upsert({ origin: 'message', ...identity }, { kind: 'identity-feed', name: 'LGC', at: 10, qualified: true })
    let refusals = 0
    const readText = async () => {
      if ((refusals += 1) <= 3) throw Object.assign(new Error('Worker initialization failure: EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' })
      return { text: '', isWhole: true }
    }
    preparation = { ...preparation, readText }
    const document = await PDFDocument.create()
    document.addPage()
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'a.pdf' }, bytes: await document.save({ useObjectStreams: false }), fileName: 'a.pdf', hints: { typeCode: '57833-6', title: 'Ordonnance', identity: { ...identity, origin: 'sidecar' } } }])
    preparer = startPreparer({ preparation, atWork, onBug: (error) => bugs.push(error), retryMs: 1 })
    await reaches(items[0]!.id, 'ready')
    expect(bugs).toHaveLength(3)
  })

  it('does nothing more once it is stopped', async () => {
    start()
    await preparer!.stop()
    const late = await receive('late.xml')
    await new Promise((resolve) => setImmediate(resolve))
    expect((await ledger.byId(late))).toMatchObject({ state: 'received' })
  })
})
