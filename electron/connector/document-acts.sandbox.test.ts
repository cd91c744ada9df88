import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { recordConfig, type DocumentAct, type DocumentInRecord, type ItemView, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { demoPreload, preloadBytes } from '../../resources/demo/preload.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { preload, startSandbox, type Sandbox } from '../sandbox/index.ts'
import type { Connector } from './connector.ts'
import { startTestConnector } from './test-connector.ts'

/** Acts on a document that was really deposited, from the contract's side down to the training record and back, in either tongue. */
const practice = demoPractice()
const file = demoPatients()
const eloise = file.patients.find((patient) => patient.localId === 'P000106')!
const who = { ins: eloise.ins }
const wait = { timeout: 30_000, interval: 50 }

let folder: string
let sandbox: Sandbox
let connector: Connector
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-acts-'))
  fs.mkdirSync(path.join(folder, 'export'))
  sandbox = await startSandbox({ dir: path.join(folder, 'sandbox'), port: 0, practice })
})
afterEach(async () => {
  await connector.stop()
  await sandbox.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** The program over this tongue, with one document of the reader's own deposited. */
async function withDeposit(protocol: 'xds' | 'fhir'): Promise<ItemView & { uniqueId: string }> {
  const dir = path.join(folder, 'sandbox')
  const started = await startTestConnector({
    directory: path.join(folder, 'data'),
    practice,
    record: { config: recordConfig.parse({ ...(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8')) as object), protocol }), baseDir: dir },
    watch: [path.join(folder, 'export')],
  })
  if (!started.ok) throw new Error(started.failure.code)
  connector = started.value
  fs.writeFileSync(path.join(folder, 'note.xml'), playFile('note-vaccination-eloise.xml'))
  fs.renameSync(path.join(folder, 'note.xml'), path.join(folder, 'export/note.xml'))
  await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
  const [item] = (await connector.items.list({ limit: 1, cursor: null })).items
  return { ...item!, uniqueId: item!.uniqueId! }
}

const states = async () => (await connector.items.list({ limit: 50, cursor: null })).items.map((item) => `${item.state} ${item.reason}`)
const faults = (rules: object | null) => (rules ? fs.writeFileSync(path.join(folder, 'sandbox/faults.json'), JSON.stringify({ rules: [rules] })) : fs.rmSync(path.join(folder, 'sandbox/faults.json')))
const requests = (transaction: string) => fs.readdirSync(path.join(folder, 'sandbox/wire')).filter((name) => name.endsWith('.request') && name.includes(transaction)).length

function found(result: Result<DocumentInRecord>): DocumentInRecord {
  if (!result.ok) throw new Error(result.failure.code)
  return result.value
}
const detailOf = async (id: string) => {
  const detail = await connector.items.get(id)
  if (!detail.ok) throw new Error(detail.failure.code)
  return detail.value
}
async function changesTraced(): Promise<string[]> {
  const lines = await connector.audit.export({ from: null, to: null })
  if (!lines.ok) throw new Error(lines.failure.code)
  const told: string[] = []
  for await (const { event } of lines.value) {
    const { act, detail, outcome, object, actor } = JSON.parse(event) as { act: string; detail?: string; outcome: string; object: string; actor: { professional: string | null } }
    if (act === 'metadata-change') told.push(`${detail} ${outcome} ${object} ${actor.professional === null ? 'structure' : 'professional'}`)
  }
  return told
}

/** What each line that says the record was shown says it was of. */
async function shownTraced(): Promise<string[]> {
  const lines = await connector.audit.export({ from: null, to: null })
  if (!lines.ok) throw new Error(lines.failure.code)
  const told: string[] = []
  for await (const { event } of lines.value) {
    const { act, detail } = JSON.parse(event) as { act: string; detail?: string }
    if (act === 'record-shown' && detail !== undefined) told.push(detail)
  }
  return told
}

async function ofStates(...statuses: RecordDocument['status'][]): Promise<string[]> {
  const read = await connector.record.list(who, statuses)
  if (!read.ok) throw new Error(read.failure.code)
  return read.value.map(({ uniqueId, status }) => `${uniqueId} ${status}`)
}

/** The documents of the list the panel names. */
async function onScreen() {
  const { generation, listed } = await connector.panel.view()
  return connector.panel.documents({ generation, name: listed.name })
}

describe.each(['xds', 'fhir'] as const)('acts on a deposited document, over %s', (protocol) => {
  it('are offered as the record describes it, done, traced one by one, and followed by item, list and panel', async () => {
    const item = await withDeposit(protocol)
    await connector.panel.open(who)
    await connector.panel.refresh()
    const listed = async () => (await onScreen())?.map(({ uniqueId, maskedToProfessionals }) => `${uniqueId} ${maskedToProfessionals}`)
    expect(await listed()).toEqual([`${item.uniqueId} false`])
    expect(found(await connector.record.look(who, item.uniqueId)).offers).toEqual([{ act: 'mask', refusal: null }, { act: 'archive', refusal: null }, { act: 'delete', refusal: null }])

    const change = async (act: DocumentAct) => found(await connector.record.change(who, item.uniqueId, act))
    expect(await change('mask')).toMatchObject({ document: { maskedToProfessionals: true }, offers: [{ act: 'unmask', refusal: null }, {}, {}] })
    expect(await detailOf(item.id)).toMatchObject({ item: { state: 'deposited', visibility: { masked: true } }, inRecord: null })
    await vi.waitFor(async () => expect(await listed()).toEqual([`${item.uniqueId} true`]), wait)
    expect((await change('unmask')).document.maskedToProfessionals).toBe(false)
    expect((await change('archive')).document.status).toBe('archived')
    expect(await listed()).toEqual([])
    expect((await detailOf(item.id)).inRecord).toBe('archived')
    expect(await ofStates('archived', 'deprecated', 'deleted')).toEqual([`${item.uniqueId} archived`])
    expect(await ofStates('deprecated', 'deleted')).toEqual([])
    // Never among what is in force, of which facts are read; opened all the same.
    expect(await listed()).toEqual([])
    expect(await connector.record.list(who)).toMatchObject({ ok: true, value: [] })
    expect(await connector.record.open(who, item.uniqueId)).toMatchObject({ ok: true, value: { document: { status: 'archived' } } })
    expect(await connector.record.facts(who)).toEqual({ ok: true, value: [] })
    expect((await change('restore')).document.status).toBe('approved')
    await vi.waitFor(async () => expect(await listed()).toEqual([`${item.uniqueId} false`]), wait)
    expect(await change('delete')).toMatchObject({ document: { status: 'deleted' }, offers: [] })
    expect(await listed()).toEqual([])
    expect(await ofStates('archived', 'deprecated', 'deleted')).toEqual([`${item.uniqueId} deleted`])
    expect(await shownTraced()).toEqual(expect.arrayContaining(['archived,deprecated,deleted', 'deprecated,deleted']))
    const detail = await detailOf(item.id)
    expect([detail.inRecord, detail.item.state, detail.item.visibility.masked]).toEqual(['deleted', 'deposited', false])
    expect(detail.trace.flatMap(({ event, detail: act }) => (event === 'in-record' ? act : []))).toEqual(['mask', 'unmask', 'archive', 'restore', 'delete'])
    expect(await connector.record.open(who, item.uniqueId)).toMatchObject({ ok: false, failure: { code: 'document-deleted' } })
    expect(await changesTraced()).toEqual(['mask', 'unmask', 'archive', 'restore', 'delete'].map((act) => `${act} success ${item.uniqueId} professional`))
    // Its bytes came from the export folder: that they come again changes nothing of what a person did.
    expect(await states()).toEqual(['deposited null'])
  })

  it('whose answer is lost are asked about and never sent twice', async () => {
    const item = await withDeposit(protocol)
    faults({ on: ['TD3.3'], fault: { kind: 'lose-answer' } })
    expect(found(await connector.record.change(who, item.uniqueId, 'delete')).document.status).toBe('deleted')
    expect((await detailOf(item.id)).inRecord).toBe('deleted')
    expect(requests('TD3.3')).toBe(1)
    expect(await changesTraced()).toEqual([`delete unknown ${item.uniqueId} professional`])
  })

  it('that surely were not done say so, and can be done again', async () => {
    const item = await withDeposit(protocol)
    faults({ on: ['TD3.3'], fault: { kind: 'html' } })
    expect(await connector.record.change(who, item.uniqueId, 'mask')).toMatchObject({ ok: false, failure: { code: 'change-not-seen' } })
    expect(await detailOf(item.id)).toMatchObject({ item: { visibility: { masked: false } }, inRecord: null })
    faults(null)
    expect(found(await connector.record.change(who, item.uniqueId, 'mask')).document.maskedToProfessionals).toBe(true)
  })

  it('are refused in plain words while the record is away, and nothing of them is queued', async () => {
    const item = await withDeposit(protocol)
    await sandbox.close()
    for (const ask of [() => connector.record.look(who, item.uniqueId), () => connector.record.change(who, item.uniqueId, 'delete')]) expect(await ask()).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
    sandbox = await startSandbox({ dir: path.join(folder, 'sandbox'), port: sandbox.port, practice })
    expect(found(await connector.record.look(who, item.uniqueId)).document.status).toBe('approved')
    expect(requests('TD3.3')).toBe(0)
  })

  it('take back what should not have gone even from a patient who refuses to be read', async () => {
    const item = await withDeposit(protocol)
    await connector.panel.open(who)
    const { generation } = await connector.panel.refresh()
    await connector.access.recordConsent({ generation, kind: 'consultation', choice: 'opposed' })
    expect(found(await connector.record.change(who, item.uniqueId, 'delete')).document.status).toBe('deleted')
    expect(await connector.record.look(who, '1.2.3.4')).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
    expect(await onScreen()).toEqual([])
  })

  it('take what somebody else wrote out of sight of whoever masked it, at once', async () => {
    await withDeposit(protocol)
    const { port } = sandbox
    await sandbox.close()
    await preload(path.join(folder, 'sandbox'), demoPreload().map((entry) => ({ bytes: preloadBytes(entry), metadata: entry.metadata, submittedAt: new Date(entry.submittedAt) })))
    sandbox = await startSandbox({ dir: path.join(folder, 'sandbox'), port, practice })
    const theirs = demoPreload().find((entry) => entry.file === 'eloise-naissance.xml')!.metadata
    const seen = async () => {
      const listed = await connector.record.list(who)
      return listed.ok ? listed.value.some(({ uniqueId }) => uniqueId === theirs.uniqueId) : listed.failure.code
    }
    expect(await seen()).toBe(true)
    expect((await connector.record.open(who, theirs.uniqueId)).ok).toBe(true)
    expect(found(await connector.record.change(who, theirs.uniqueId, 'mask')).document.maskedToProfessionals).toBe(true)
    expect(await connector.record.open(who, theirs.uniqueId)).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
    expect(await seen()).toBe(false)
  })
})
