import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { recordConfig } from '#shared/contract/index.ts'
import { adtMessage } from '../../resources/demo/adt-message.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { startSandbox } from '../sandbox/index.ts'
import type { Connector } from './connector.ts'
import { writeCda } from './documents/index.ts'
import { cdaExample } from './documents/cda-example.ts'
import { sendMllp } from './intake/index.ts'
import { startTestConnector } from './test-connector.ts'

/** Practice software that exports its whole folder again each night, through the real program into the training record. */
const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
})

const practice = demoPractice()
const file = demoPatients()
const morel = file.patients.find((patient) => patient.localId === 'P000102')!
const wait = { timeout: 60_000, interval: 50 }
const count = 20

async function world() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-nightly-'))
  ends.push(() => fs.rmSync(folder, { recursive: true, force: true }))
  const exports = path.join(folder, 'export')
  fs.mkdirSync(exports)
  const dir = path.join(folder, 'sandbox')
  const sandbox = await startSandbox({ dir, port: 0, practice })
  ends.push(() => sandbox.close())
  let connector: Connector | null = null
  ends.push(() => connector?.stop())
  const start = async () => {
    const started = await startTestConnector({
      directory: path.join(folder, 'data'),
      practice,
      record: { config: recordConfig.parse(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8'))), baseDir: dir },
      watch: [exports],
      hl7Port: 0,
      takeAll: true,
    })
    if (!started.ok) throw new Error(started.failure.code)
    connector = started.value
  }
  await start()
  const answer = await sendMllp({ host: '127.0.0.1', port: connector!.hl7!.port, message: adtMessage(morel, file, { event: 'A04', time: '20261120080000', controlId: 'T1' }), timeoutMs: 10_000 })
  expect(answer.code).toBe('AA')
  const items = async () => (await connector!.items.list({ limit: 200, cursor: null })).items
  return {
    drop: (name: string, bytes: Uint8Array | string) => {
      fs.writeFileSync(path.join(folder, 'draft'), bytes)
      fs.renameSync(path.join(folder, 'draft'), path.join(exports, name))
    },
    states: async () => {
      const all = (await items()).map(({ state, reason }) => `${state} ${reason}`)
      return Object.fromEntries([...new Set(all)].sort().map((state) => [state, all.filter((other) => other === state).length]))
    },
    restart: async () => {
      await connector!.stop()
      await start()
    },
    copies: () => fs.readdirSync(path.join(folder, 'data/backup')).filter((name) => name.endsWith('.db')).length,
    /** Back to the copy of the start, which knows of no document. */
    loseDatabase: async () => {
      await connector!.stop()
      for (const name of ['relais.db', 'relais.db-wal', 'relais.db-shm']) fs.rmSync(path.join(folder, 'data', name), { force: true })
      await start()
      expect((await connector!.status()).restoredAt).not.toBeNull()
    },
    inRecord: () => fs.readdirSync(path.join(dir, 'documents')).length,
  }
}

const sidecar = (more: object = {}) => JSON.stringify({ ...(JSON.parse(Buffer.from(playFile('ordonnance-morel.json')).toString()) as object), ...more })

async function printed(text: string, at: Date): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage().drawText(text)
  document.setCreationDate(at)
  document.setModificationDate(at)
  return document.save()
}

describe('a folder exported again each night, every PDF rendered anew', () => {
  it.each([
    ['under the names of the night before', (_night: number, number: number) => `document-${number}`],
    ['under names of its own', (night: number, number: number) => `nuit-${night}-document-${number}`],
  ])('is in the record once, %s', async (_, nameOf) => {
    const { drop, states, restart, inRecord } = await world()
    const night = async (number: number) => {
      for (let document = 1; document <= count; document += 1) {
        drop(`${nameOf(number, document)}.json`, sidecar({ titre: `Ordonnance ${document}` }))
        drop(`${nameOf(number, document)}.pdf`, await printed(`Ordonnance ${document}`, new Date(Date.UTC(2026, 10, number, 2))))
      }
    }
    await night(1)
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': count }), wait)
    await night(2)
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': count, 'ignored already-received': count }), wait)
    await restart()
    await night(3)
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': count, 'ignored already-received': 2 * count }), wait)
    expect(inRecord()).toBe(count)
  }, 180_000)

  it('is in the record once when the database is lost between two nights', async () => {
    const { drop, states, copies, loseDatabase, inRecord } = await world()
    await vi.waitFor(() => expect(copies()).toBe(1), wait)
    const night = async (number: number) => {
      for (let document = 1; document <= 5; document += 1) {
        drop(`nuit-${number}-${document}.json`, sidecar())
        drop(`nuit-${number}-${document}.pdf`, await printed(`Ordonnance ${document}`, new Date(Date.UTC(2026, 10, number, 2))))
      }
    }
    await night(1)
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': 5 }), wait)
    await night(2)
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': 5, 'ignored already-received': 5 }), wait)
    await loseDatabase()
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': 5, 'ignored already-received': 5 }), wait)
    await night(3)
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': 5, 'ignored already-received': 10 }), wait)
    expect(inRecord()).toBe(5)
  }, 180_000)

  it('is one document as a PDF with its sidecar and in a CDA around that very PDF', async () => {
    const { drop, states, restart, inRecord } = await world()
    const wrapped = (bytes: Uint8Array, rank: number) => {
      const written = writeCda({
        ...cdaExample, id: `${cdaExample.id}.${rank}`, setId: `${cdaExample.setId}.${rank}`, body: { mediaType: 'application/pdf', bytes },
        patient: { ...cdaExample.patient, ins: morel.ins, localId: null, birthName: morel.birthName, givenName: 'BERNARD', givenNames: morel.givenNames, usedName: null, birthDate: morel.birthDate, sex: 'M', birthPlace: morel.birthPlace.code },
        professional: practice.professionals.find(({ id }) => id === '899900000219')!, structure: practice.structures[0]!,
      })
      if (!written.ok) throw new Error(written.failure.detail)
      return written.value
    }
    const [one, two] = [await printed('Un', new Date(0)), await printed('Deux', new Date(0))]
    drop('un.json', sidecar())
    drop('un.pdf', one)
    drop('deux.xml', wrapped(two, 2))
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': 2 }), wait)
    await restart()
    drop('un.xml', wrapped(one, 1))
    drop('deux.json', sidecar())
    drop('deux.pdf', await printed('Deux', new Date(86_400_000)))
    await vi.waitFor(async () => expect(await states()).toEqual({ 'deposited null': 2, 'ignored already-received': 2 }), wait)
    expect(inRecord()).toBe(2)
  })
})
