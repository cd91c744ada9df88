import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { recordConfig, type PanelView, type Result } from '#shared/contract/index.ts'
import { adtMessage } from '../../resources/demo/adt-message.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { demoPreload, preloadBytes } from '../../resources/demo/preload.ts'
import { preload, startSandbox, type Sandbox } from '../sandbox/index.ts'
import type { Connector } from './connector.ts'
import { sendMllp } from './intake/index.ts'
import { openStore, parseKey } from './store/index.ts'
import { startTestConnector } from './test-connector.ts'

/** The acts on the access, from the contract's side down to the training record and back, in either tongue. */
const practice = demoPractice()
const file = demoPatients()
const morel = file.patients.find((patient) => patient.localId === 'P000102')!
const who = { ins: morel.ins }

let folder: string
let sandbox: Sandbox
let connector: Connector
const opened = async (protocol: 'xds' | 'fhir') => {
  const dir = path.join(folder, 'sandbox')
  const started = await startTestConnector({
    directory: path.join(folder, 'data'),
    practice,
    record: { config: recordConfig.parse({ ...(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8')) as object), protocol }), baseDir: dir },
    hl7Port: 0,
  })
  if (!started.ok) throw new Error(started.failure.code)
  connector = started.value
}
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-access-'))
  sandbox = await startSandbox({ dir: path.join(folder, 'sandbox'), port: 0, practice })
})
afterEach(async () => {
  await connector.stop()
  await sandbox.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const setPatient = (state: object) => fs.writeFileSync(path.join(folder, 'sandbox/patients.json'), JSON.stringify({ [morel.ins]: state }))
const announce = () => sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: adtMessage(morel, file, { event: 'A04', time: '20260101080000', controlId: 'T1' }), timeoutMs: 10_000 })
const requests = () => fs.readdirSync(path.join(folder, 'sandbox/wire')).filter((name) => name.endsWith('.request')).sort()
const lastRequest = () => fs.readFileSync(path.join(folder, 'sandbox/wire', requests().at(-1)!), 'utf8')

function view(result: Result<PanelView>): PanelView {
  if (!result.ok) throw new Error(result.failure.code)
  return result.value
}
async function shown(): Promise<PanelView> {
  view(await connector.panel.open(who))
  return connector.panel.refresh()
}
/** What each line about a call to the record says it was made by. */
async function transactions(): Promise<string[]> {
  const lines = await connector.audit.export({ from: null, to: null })
  if (!lines.ok) throw new Error(lines.failure.code)
  const found: string[] = []
  for await (const { event } of lines.value) {
    const { act, type } = JSON.parse(event) as { act: string; type: string | null }
    if (['record-status', 'search', 'question', 'retrieval', 'deposit', 'metadata-change'].includes(act)) found.push(`${act} ${type}`)
  }
  return found
}
async function traced() {
  const lines = await connector.audit.export({ from: null, to: null })
  if (!lines.ok) throw new Error(lines.failure.code)
  const told: string[] = []
  const raw: string[] = []
  for await (const { event } of lines.value) {
    raw.push(event)
    const { act, mode, detail, code, actor } = JSON.parse(event) as { act: string; mode?: string; detail?: string; code?: string; actor: { professional: string | null } }
    told.push([act, mode, detail ?? code, actor.professional === null ? null : 'professional'].filter(Boolean).join(' '))
  }
  return { told, raw: raw.join('\n') }
}

it('declares and removes an authorisation, with the consent it rests on, never without being asked', async () => {
  setPatient({ authorisation: 'none' })
  await opened('xds')
  await announce()
  const closed = await shown()
  expect(closed).toMatchObject({ failure: { code: 'access-not-granted' }, access: { authorise: 'add', modes: ['break-glass'], keepsConsents: true, consents: { consultation: { choice: 'agreed', source: 'LOGICIEL-TILLEULS TILLEULS' } } } })
  expect(requests().some((name) => name.includes('TD0.3'))).toBe(false)
  const { generation } = closed
  expect(view(await connector.access.authorise({ generation, act: 'add', patientAgrees: true }))).toMatchObject({ failure: null, standing: { authorisation: 'valid' }, access: { authorise: 'remove', modes: [], consents: { consultation: { choice: 'agreed', source: 'panel' } } } })
  expect(await connector.access.authorise({ generation: generation - 1, act: 'remove' })).toMatchObject({ ok: false, failure: { code: 'patient-changed' } })
  expect(view(await connector.access.authorise({ generation, act: 'remove' }))).toMatchObject({ loadedAt: null, failure: { code: 'access-not-granted' }, access: { authorise: 'add' } })
  expect((await traced()).told.filter((line) => /^(authorisation|consent)/.test(line))).toEqual(['consent deposit:agreed', 'consent consultation:agreed', 'authorisation normal add professional', 'consent consultation:agreed professional', 'authorisation normal remove professional'])
})

it('turns no refusal into an agreement, and declares nothing the screen no longer offers', async () => {
  setPatient({ authorisation: 'none' })
  await opened('xds')
  await announce()
  const { generation } = await shown()
  expect(await connector.access.authorise({ generation, act: 'remove' })).toMatchObject({ ok: false, failure: { code: 'access-changed' } })
  // Refused while the record is being told.
  fs.writeFileSync(path.join(folder, 'sandbox/faults.json'), JSON.stringify({ rules: [{ on: ['TD0.3'], fault: { kind: 'drip', pieceBytes: 256, everyMs: 200 } }] }))
  const declared = connector.access.authorise({ generation, act: 'add', patientAgrees: true })
  await vi.waitFor(() => expect(requests().some((name) => name.includes('TD0.3'))).toBe(true))
  view(await connector.access.recordConsent({ generation, kind: 'consultation', choice: 'opposed' }))
  expect(await declared).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
  expect(await connector.access.authorise({ generation, act: 'add', patientAgrees: true })).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
  expect(requests().filter((name) => name.includes('TD0.3'))).toHaveLength(1)
  expect(await connector.panel.view()).toMatchObject({ listed: { count: 0 }, failure: { code: 'consultation-refused' }, access: { consents: { consultation: { choice: 'opposed' } } } })
})

it('ends the entry the program died with, and says that nobody knows when; a stop ends one in its own name', async () => {
  setPatient({ authorisation: 'none' })
  await opened('xds')
  const { generation } = await shown()
  view(await connector.access.enter({ generation, mode: 'break-glass', reason: 'unconscious', words: 'Malaise' }))
  await connector.stop()
  await opened('xds')
  expect(await shown()).toMatchObject({ listed: { count: 0 }, loadedAt: null, failure: { code: 'access-not-granted' } })
  const ends = async () => (await traced()).told.filter((line) => line.startsWith('break-glass-ended'))
  expect(await ends()).toEqual(['break-glass-ended break-glass unconscious professional'])
  // As a death leaves it.
  await connector.stop()
  const parsed = parseKey('ab'.repeat(32))
  if (!parsed.ok) throw new Error(parsed.failure.code)
  const store = await openStore({ directory: path.join(folder, 'data'), key: parsed.value, role: 'test', now: 1 })
  if (!store.ok) throw new Error(store.failure.code)
  store.value.db.prepare('UPDATE emergency_access SET ended_at = NULL').run()
  store.value.close()
  await opened('xds')
  await vi.waitFor(async () => expect(await ends()).toEqual(['break-glass-ended break-glass unconscious professional', 'break-glass-ended break-glass unconscious professional']))
  expect((await traced()).raw.split('\n').filter((line) => line.includes('"break-glass-ended"')).map((line) => (JSON.parse(line) as { outcome: string; code?: string }).code ?? null)).toEqual([null, 'interrupted'])
})

it('declares nothing for a professional the patient blocks', async () => {
  setPatient({ blocked: practice.professionals.map(({ id }) => id) })
  await opened('xds')
  const { generation, access, failure } = await shown()
  expect([access.authorise, access.modes, failure?.code]).toEqual([null, [], 'professional-blocked'])
  expect(await connector.access.authorise({ generation, act: 'add', patientAgrees: true })).toMatchObject({ ok: false, failure: { code: 'professional-blocked' } })
  expect(await connector.access.enter({ generation, mode: 'break-glass', reason: 'unconscious', words: 'Malaise' })).toMatchObject({ ok: false, failure: { code: 'mode-not-offered' } })
  expect(requests().some((name) => name.includes('TD0.3'))).toBe(false)
})

it('breaks the glass for one patient, tells the record and the trace, and ends it on another patient', async () => {
  setPatient({ authorisation: 'none' })
  await opened('xds')
  const { generation } = await shown()
  expect(view(await connector.access.enter({ generation, mode: 'break-glass', reason: 'unconscious', words: 'Trouvé inanimé en salle d’attente' }))).toMatchObject({ failure: null, listed: { count: 0 }, access: { mode: 'break-glass', reason: 'unconscious', authorise: null, modes: [] } })
  expect(lastRequest()).toContain('code="brisDeGlace"')
  expect(connector.record.way(who)).toMatchObject({ ok: true, value: { mode: 'break-glass', reason: 'unconscious', since: expect.any(String) as string } })
  expect(await connector.access.authorise({ generation, act: 'add', patientAgrees: true })).toMatchObject({ ok: false, failure: { code: 'right-normal-mode-only' } })
  const other = file.patients.find(({ ins }) => ins !== morel.ins)!
  expect(view(await connector.panel.open({ ins: other.ins }))).toMatchObject({ access: { mode: 'normal', since: null } })
  // What the record closes to an ordinary reading is shown no more.
  expect(connector.record.way(who)).toMatchObject({ ok: false, failure: { code: 'access-not-granted' } })
  await connector.panel.refresh()
  expect(lastRequest()).toContain('code="normal"')
  const { told, raw } = await traced()
  const inEntry = told.filter((line) => line.includes('break-glass'))
  expect(inEntry.filter((line) => !line.startsWith('search '))).toEqual(['break-glass break-glass unconscious professional', 'record-shown break-glass professional', 'record-status break-glass open,none professional', 'break-glass-ended break-glass unconscious professional'])
  // On a slow machine the list is not in at once, and what tells most is asked for beside it.
  const searches = inEntry.filter((line) => line.startsWith('search '))
  expect([new Set(searches), searches.length <= 3]).toEqual([new Set(['search break-glass documents:0 professional']), true])
  expect(raw).not.toContain('inanimé')
})

it('does not offer to break a glass the patient forbade, nor over FHIR, where it cannot be told', async () => {
  setPatient({ authorisation: 'none', opposedToBreakGlass: true })
  await opened('xds')
  const closed = await shown()
  expect(closed.access.modes).toEqual([])
  expect(await connector.access.enter({ generation: closed.generation, mode: 'break-glass', reason: 'unconscious', words: 'Malaise' })).toMatchObject({ ok: false, failure: { code: 'mode-not-offered' } })
  await connector.stop()
  setPatient({ authorisation: 'none' })
  await opened('fhir')
  const overFhir = await shown()
  expect(overFhir).toMatchObject({ failure: { code: 'access-not-granted' }, access: { modes: [], authorise: null } })
  expect(await connector.access.authorise({ generation: overFhir.generation, act: 'add', patientAgrees: true })).toMatchObject({ ok: false, failure: { code: 'act-not-in-fhir' } })
})

it.each(['xds', 'fhir'] as const)('takes down what the patient answers, over %s: a refusal closes what was read, an agreement opens it again', async (protocol) => {
  await opened(protocol)
  const stranger = await shown()
  expect(stranger.access.keepsConsents).toBe(false)
  expect(await connector.access.recordConsent({ generation: stranger.generation, kind: 'deposit', choice: 'opposed' })).toMatchObject({ ok: false, failure: { code: 'patient-not-announced' } })
  await announce()
  const { generation, loadedAt } = await shown()
  expect(loadedAt).not.toBeNull()
  const before = requests().length
  expect(view(await connector.access.recordConsent({ generation, kind: 'consultation', choice: 'opposed' }))).toMatchObject({ loadedAt: null, standing: null, failure: { code: 'consultation-refused' }, access: { consents: { consultation: { choice: 'opposed', source: 'panel', until: null } } } })
  expect(requests()).toHaveLength(before)
  const agreed = view(await connector.access.recordConsent({ generation, kind: 'consultation', choice: 'agreed' }))
  expect(agreed).toMatchObject({ failure: null, access: { consents: { consultation: { choice: 'agreed' } } } })
  expect(Date.parse(agreed.access.consents.consultation!.until!) - Date.parse(agreed.access.consents.consultation!.decidedAt!)).toBeGreaterThanOrEqual(365 * 86_400_000)
  expect(view(await connector.access.recordConsent({ generation, kind: 'deposit', choice: 'opposed' }))).toMatchObject({ access: { consents: { deposit: { choice: 'opposed', source: 'panel' } } } })
  expect((await traced()).told.filter((line) => /^consent .* professional$/.test(line))).toEqual(['consultation:opposed', 'consultation:agreed', 'deposit:opposed'].map((detail) => `consent ${detail} professional`))
})

it('asks each professional to confirm what they owe the patient, once', async () => {
  await opened('xds')
  expect((await shown()).access.information).toEqual({ due: true, version: 2 })
  expect(view(await connector.access.confirmInformation()).access.information).toEqual({ due: false, version: 2 })
  await connector.stop()
  await opened('xds')
  expect((await shown()).access.information.due).toBe(false)
  expect((await traced()).told).toContain('information normal text:2 professional')
})

it.each([
  ['xds', ['record-status TD0.2', 'search ITI-18', 'question ITI-18']],
  ['fhir', ['record-status TD0.2', 'search ITI-67', 'question ITI-67']],
] as const)('names in the trace the transaction actually used, over %s', async (protocol, expected) => {
  await opened(protocol)
  view(await connector.panel.open(who))
  await connector.panel.refresh()
  expect(await connector.record.get(who, '1.2.3.4')).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
  expect(new Set(await transactions())).toEqual(new Set(expected))
})

it('shows nothing that was refused while the trace was being written, and traces that too', async () => {
  await opened('xds')
  await announce()
  const { generation } = await shown()
  // Read, and refused before the line of the reading is synced.
  const listed = connector.record.search(who, { words: '', limit: 1 })
  const refused = connector.access.recordConsent({ generation, kind: 'consultation', choice: 'opposed' })
  expect(await listed).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
  view(await refused)
  expect((await traced()).told.filter((line) => line.startsWith('record-shown')).slice(-2)).toEqual(['record-shown normal search professional', 'record-shown normal consultation-refused professional'])
})

it('enters otherwise no more when the patient refused while the entry was being traced', async () => {
  setPatient({ authorisation: 'none' })
  await opened('xds')
  await announce()
  const { generation } = await shown()
  const before = requests().length
  const entering = connector.access.enter({ generation, mode: 'break-glass', reason: 'unconscious', words: 'Malaise' })
  const refused = connector.access.recordConsent({ generation, kind: 'consultation', choice: 'opposed' })
  expect(await entering).toMatchObject({ ok: false, failure: { code: 'mode-not-offered' } })
  view(await refused)
  expect(requests()).toHaveLength(before)
  expect((await traced()).told.filter((line) => line.startsWith('break-glass'))).toEqual(['break-glass break-glass unconscious professional', 'break-glass-ended break-glass unconscious professional'])
})

it('tells the panel of a patient’s answer once it is kept, so that whoever asks then sees it', async () => {
  await opened('xds')
  await shown()
  const leaving = new AbortController()
  const seen: (string | undefined)[] = []
  for await (const { topic } of connector.events(leaving.signal)) {
    if (topic === 'hello') void announce()
    if (topic === 'panel') seen.push((await connector.panel.view()).access.consents.deposit?.choice)
    if (seen.at(-1) === 'agreed') leaving.abort()
  }
  expect(seen.at(-1)).toBe('agreed')
})

it('names a patient whom the feed tells of while they are on screen, and takes down their answer', async () => {
  await opened('xds')
  expect((await shown()).patient).toMatchObject({ patientId: null, birthName: '' })
  const { generation, loadedAt } = await connector.panel.view()
  await announce()
  await vi.waitFor(async () => expect(await connector.panel.view()).toMatchObject({ generation, loadedAt, patient: { birthName: morel.birthName, qualified: true }, access: { keepsConsents: true } }))
  expect(view(await connector.access.recordConsent({ generation, kind: 'deposit', choice: 'opposed' })).access.consents.deposit?.choice).toBe('opposed')
})

it('reads the documents of a question about facts by one way in, told once of the record, and to its end or not at all', async () => {
  await sandbox.close()
  const dir = path.join(folder, 'sandbox')
  await preload(dir, demoPreload().map((entry) => ({ bytes: preloadBytes(entry), metadata: entry.metadata, submittedAt: new Date(entry.submittedAt) })))
  sandbox = await startSandbox({ dir, port: 0, practice })
  await opened('xds')
  await announce()
  const asked = () => requests().map((name) => /TD\d\.\d/.exec(name)![0])
  const found = await connector.record.facts(who)
  expect(found.ok && found.value.length).toBeGreaterThan(0)
  const read = asked().filter((transaction) => transaction === 'TD3.2').length
  expect(read).toBeGreaterThan(1)
  expect(asked().filter((transaction) => transaction !== 'TD3.2')).toEqual(['TD0.2', 'TD3.1'])
  const lines = (await traced()).told.map((line) => line.split(' ')[0])
  expect([lines.filter((act) => act === 'record-shown').length, lines.filter((act) => act === 'document-opened').length]).toEqual([1, read])

  // Refused while the list was on its way: what is kept of the documents is nobody's to be told any more.
  const { generation } = await shown()
  const again = connector.record.facts(who)
  view(await connector.access.recordConsent({ generation, kind: 'consultation', choice: 'opposed' }))
  expect(await again).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
})

it('ends an emergency nobody looks at any more, clean: nothing shown, nothing read by itself, its end traced', async () => {
  setPatient({ authorisation: 'none' })
  await opened('xds')
  const { generation } = await shown()
  const { until } = view(await connector.access.enter({ generation, mode: 'break-glass', reason: 'unconscious', words: 'Malaise' })).access
  expect(Date.parse(until!) - Date.now()).toBeGreaterThan(3_500_000)
  const way = connector.record.way(who)
  expect(way).toMatchObject({ ok: true, value: { mode: 'break-glass', until } })
  const before = requests().length
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.parse(until!) - 1)
  try {
    view(await connector.access.stay({ generation }))
    clock.mockReturnValue(Date.parse(until!) + 3_599_998)
    expect((await connector.panel.view()).access.mode).toBe('break-glass')
    clock.mockReturnValue(Date.parse(until!) + 3_599_999)
    expect(await connector.panel.view()).toMatchObject({ listed: { count: 0 }, loadedAt: null, failure: { code: 'entry-expired' }, access: { mode: 'normal', until: null } })
    expect(connector.record.way(who)).toMatchObject({ ok: false, failure: { code: 'access-not-granted' } })
    expect(await connector.access.stay({ generation })).toMatchObject({ ok: false, failure: { code: 'entry-expired' } })
  } finally {
    clock.mockRestore()
  }
  expect(requests()).toHaveLength(before)
  expect((await traced()).told.filter((line) => line.startsWith('break-glass-ended'))).toEqual(['break-glass-ended break-glass unconscious professional'])
})
