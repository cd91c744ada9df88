import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { recordConfig, type PanelView, type Practice, type RecordConfig } from '#shared/contract/index.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { startSandbox, type Approves } from '../sandbox/index.ts'
import type { Connector } from './connector.ts'
import { noTestCard, openTestReader, type TestReader } from './sign-in/test-card.ts'
import { compileHangingLibrary, noCompiler, type HangingLibrary } from './sign-in/test-hanging-library.ts'
import { startTestConnector } from './test-connector.ts'

const ends: (() => Promise<void> | void)[] = []
const bugs: string[] = []
afterEach(async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
  expect(bugs).toEqual([])
})

const demo = demoPractice()
const author = '801234567897'
const { ins } = demoPatients().patients[0]!
const pin = '1234'
const wait = { timeout: 30_000, interval: 50 }

/** The connector on a training record, with the sign-in and certificates a test wants. */
async function world(change: (config: RecordConfig, dir: string) => Promise<RecordConfig> | RecordConfig, approves?: Approves, practice: Practice = demo) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-card-'))
  ends.push(() => fs.rmSync(folder, { recursive: true, force: true }))
  const [exports, dir] = [path.join(folder, 'export'), path.join(folder, 'sandbox')]
  fs.mkdirSync(exports)
  const sandbox = await startSandbox({ dir, port: 0, practice, ...(approves === undefined ? {} : { signIn: approves }) })
  ends.push(() => sandbox.close())
  const config = await change(recordConfig.parse(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8'))), dir)
  const start = () => startTestConnector({
    directory: path.join(folder, 'data'), practice, record: { config, baseDir: dir }, watch: [exports], log: (event) => event === 'bug' && bugs.push(event),
  })
  /** Starts it on the same data, once more after it was stopped. */
  const again = async (): Promise<Connector> => {
    const started = await start()
    if (!started.ok) throw new Error(started.failure.code)
    ends.push(() => started.value.stop())
    return started.value
  }
  const connector = await again()
  const states = async () => (await connector.items.list({ limit: 50, cursor: null })).items.map((item) => `${item.state} ${item.reason}`)
  const drop = (name: string, bytes: Uint8Array | string = playFile(name)) => {
    fs.writeFileSync(path.join(exports, `${name}.tmp`), bytes)
    fs.renameSync(path.join(exports, `${name}.tmp`), path.join(exports, name))
  }
  const setFaults = (set: object) => fs.writeFileSync(path.join(dir, 'faults.json'), JSON.stringify(set))
  const setPatient = (of: string, state: object) => fs.writeFileSync(path.join(dir, 'patients.json'), JSON.stringify({ [of]: state }))
  return { connector, again, states, drop, setPatient, setFaults, deposited: () => fs.readdirSync(path.join(dir, 'documents')) }
}

const structuresOnly = (config: RecordConfig) => ({ ...config, certificates: config.certificates.filter(({ kind }) => kind === 'structure') })

/** The panel with the documents of the list it names. */
async function seen({ panel }: Connector) {
  const view = await panel.view()
  return { ...view, documents: panel.documents(listOf(view)) }
}
const listOf = ({ generation, listed }: PanelView) => ({ generation, name: listed.name })

it('with a structure’s certificates alone, deposits, and says why it does not read', async () => {
  const { connector, states, drop } = await world(structuresOnly)
  drop('note-vaccination-eloise.xml')
  await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
  expect(connector.signIn.state()).toMatchObject({ mode: 'certificates', state: 'ready', speaker: { professional: null, structure: { structure: '1750803447' } } })
  expect(await connector.record.list({ ins })).toMatchObject({ ok: false, failure: { code: 'reading-needs-professional' } })
})

it('with Pro Santé Connect, deposits for the structure meanwhile, and reads as whoever signed in', async () => {
  const { connector, states, drop, setPatient } = await world((config) => {
    if (config.signIn.mode !== 'pro-sante-connect') throw new Error('the training record asks for no sign-in')
    return { ...structuresOnly(config), signIn: { ...config.signIn, flow: 'ciba' } }
  }, 'automatic')
  drop('note-vaccination-eloise.xml')
  await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
  const [item] = (await connector.items.list({ limit: 1, cursor: null })).items
  const patient = { ins: item!.patient!.ins! }
  expect(await connector.record.list(patient)).toMatchObject({ ok: false, failure: { code: 'sign-in-needed' } })
  // Opened meanwhile in the panel: read by itself once somebody can.
  await connector.panel.open(patient)
  await vi.waitFor(async () => expect(await connector.panel.view()).toMatchObject({ failure: { code: 'sign-in-needed' }, listed: { count: 0 } }), wait)
  expect(connector.signIn.state()).toMatchObject({ speaker: null, mayBeAsked: [{ id: author }, {}, {}] })
  expect(await connector.signIn.start(author)).toMatchObject({ ok: true, value: { state: 'pending' } })
  await vi.waitFor(() => expect(connector.signIn.state()).toMatchObject({ state: 'ready', holder: { id: author }, speaker: { professional: { id: author }, structure: { structure: '1750803447' } } }), wait)
  await vi.waitFor(async () => expect(await seen(connector)).toMatchObject({ failure: null, documents: [{ uniqueId: item!.uniqueId }] }), wait)
  expect(await connector.record.list(patient)).toMatchObject({ ok: true, value: [{ uniqueId: item!.uniqueId }] })
  expect((await connector.record.get(patient, item!.uniqueId!)).ok).toBe(true)
  const shown = await connector.record.open(patient, item!.uniqueId!)
  const listed = listOf(await connector.panel.view())
  expect([connector.panel.documents(listed)?.length, connector.panel.documents({ ...listed, generation: listed.generation - 1 }), connector.panel.documents({ ...listed, name: 'another' })]).toEqual([1, null, null])
  expect(connector.record.way(patient)).toMatchObject({ ok: true, value: { way: shown.ok && shown.value.way, mode: 'normal' } })
  await connector.signIn.end()
  expect(connector.record.way(patient)).toMatchObject({ ok: false, failure: { code: 'sign-in-ended' } })
  expect(await connector.record.list(patient)).toMatchObject({ ok: false, failure: { code: 'sign-in-ended' } })
  // What was kept is shown to whoever could read it from the record.
  const { record } = connector
  for (const read of [record.get(patient, item!.uniqueId!), record.open(patient, item!.uniqueId!), record.attachment(patient, item!.uniqueId!, 0)]) {
    expect(await read).toMatchObject({ ok: false, failure: { code: 'sign-in-ended' } })
  }
  expect(await connector.panel.view()).toMatchObject({ listed: { count: 0 }, loadedAt: null, failure: { code: 'sign-in-ended' } })
  expect(connector.panel.documents(listed)).toBeNull()
  await connector.panel.open(patient)
  expect(await connector.panel.refresh()).toMatchObject({ listed: { count: 0 }, loadedAt: null, failure: { code: 'sign-in-ended' } })
  await connector.signIn.start(author)
  await vi.waitFor(async () => expect(await seen(connector)).toMatchObject({ failure: null, documents: [{ uniqueId: item!.uniqueId }], refreshing: false }), wait)

  // A colleague at the same desk, whom the patient blocks: nothing of what was read before is theirs, and the record says so.
  const colleague = demo.professionals.find(({ id }) => id !== author)!.id
  setPatient(patient.ins, { blocked: [colleague] })
  await connector.signIn.end()
  await connector.signIn.start(colleague)
  await vi.waitFor(() => expect(connector.signIn.state()).toMatchObject({ state: 'ready', holder: { id: colleague } }), wait)
  expect(await connector.panel.view()).toMatchObject({ listed: { count: 0 }, standing: null, loadedAt: null, refreshing: false, failure: null })
  expect((await record.open(patient, item!.uniqueId!)).ok).toBe(false)
  expect(await connector.panel.refresh()).toMatchObject({ listed: { count: 0 }, failure: { code: 'professional-blocked' } })
  for (const read of [record.get(patient, item!.uniqueId!), record.list(patient)]) expect(await read).toMatchObject({ ok: false, failure: { code: 'professional-blocked' } })
})

it('notices by itself that a session is over by its clock: traced as ended, windows told, nothing shown', async () => {
  const { connector } = await world((config) => {
    if (config.signIn.mode !== 'pro-sante-connect') throw new Error('the training record asks for no sign-in')
    return { ...structuresOnly(config), signIn: { ...config.signIn, flow: 'ciba', sessionMinutes: 0.03 } }
  }, 'automatic')
  await connector.signIn.start(author)
  await vi.waitFor(() => expect(connector.signIn.state()).toMatchObject({ state: 'ready' }), { timeout: 30_000, interval: 5 })
  await connector.panel.open({ ins })
  const leaving = new AbortController()
  const topics: string[] = []
  const listening = (async () => {
    for await (const { topic } of connector.events(leaving.signal)) topics.push(topic)
  })()
  const acts = async () => {
    const lines = await connector.audit.export({ from: null, to: null })
    const found: string[] = []
    if (lines.ok) for await (const { event } of lines.value) found.push((JSON.parse(event) as { act: string }).act)
    return found.filter((act) => act === 'sign-in' || act === 'sign-out')
  }
  // Nobody asks for the state meanwhile: what is seen came of itself.
  await vi.waitFor(async () => expect(await acts()).toEqual(['sign-in', 'sign-out']), wait)
  expect(connector.signIn.state()).toMatchObject({ state: 'stopped', reason: 'sign-in-expired' })
  expect(await connector.panel.view()).toMatchObject({ listed: { count: 0 }, loadedAt: null, failure: { code: 'sign-in-expired' } })
  await vi.waitFor(() => expect(topics).toContain('sign-in'), wait)
  leaving.abort()
  await listening
})

const cardOf = (library: string) => ({ mode: 'card' as const, library, front: { program: 'stunnel', engine: 'pkcs11' } })

it('starts without the card’s library, and says so', async () => {
  const { connector, states, drop } = await world((config) => ({ ...structuresOnly(config), signIn: cardOf('/no/such/library.so') }))
  expect(connector.signIn.state()).toMatchObject({ state: 'stopped', reason: 'card-library-missing', action: 'repair' })
  drop('note-vaccination-eloise.xml')
  await vi.waitFor(async () => expect(await states()).toEqual(['waiting card-library-missing']), wait)
})

it.skipIf(noCompiler)('neither starts nor stops later for a library that hangs', async () => {
  const slow = compileHangingLibrary()
  slow.hold('C_Initialize')
  ends.push(() => slow.close())
  const asked = performance.now()
  const { connector } = await world((config) => ({ ...structuresOnly(config), signIn: cardOf(slow.library) }))
  expect(connector.signIn.state()).toMatchObject({ state: 'stopped', reason: 'card-library-silent' })
  expect(await connector.signIn.givePin(pin)).toMatchObject({ ok: false, failure: { code: 'card-library-silent' } })
  expect((await connector.status()).total).toBe(0)
  await connector.stop()
  expect(slow.entered('C_Initialize')).toBe(1)
  expect(performance.now() - asked).toBeLessThan(30_000)
})

it('asks once where somebody works now, and starts there the next time', async () => {
  const [first] = demo.structures
  const second = { ...first!, id: '1750803454', name: 'Clinique du Canal' }
  const atBoth = { structures: [first!, second], professionals: [...demo.professionals, { ...demo.professionals[0]!, structure: second.id }] }
  const { connector } = await world((config) => ({ ...config, signIn: { ...config.signIn, flow: 'ciba' } as RecordConfig['signIn'] }), 'automatic', atBoth)
  await connector.signIn.start(author)
  await vi.waitFor(() => expect(connector.signIn.state()).toMatchObject({ reason: 'situation-to-choose', speaker: null }), wait)
  expect(await connector.signIn.choose(second.id)).toMatchObject({ ok: true, value: { state: 'ready', speaker: { structure: { name: 'Clinique du Canal' } } } })
  await connector.signIn.end()
  await connector.signIn.start(author)
  await vi.waitFor(() => expect(connector.signIn.state()).toMatchObject({ state: 'ready', chosen: second.id }), wait)
  expect(await connector.signIn.choose(first!.id)).toMatchObject({ ok: true, value: { chosen: first!.id } })
})

describe.skipIf(noTestCard !== null)(`a card${noTestCard ? ` (skipped, missing: ${noTestCard})` : ''}`, () => {
  /** The connector on an empty reader; `insert` puts the author's card in. */
  async function withReader(libraryOf: (reader: TestReader) => string = (reader) => reader.library) {
    const reader = await openTestReader()
    ends.push(() => reader.close())
    let insert: () => Promise<void> = async () => undefined
    const opened = await world((config, dir) => {
      const line = config.certificates.find(({ party }) => party === author)!
      insert = () => reader.insert({ label: 'CPS', pin, passphrase: line.passphrase, tls: fs.readFileSync(path.join(dir, line.tls)), signature: fs.readFileSync(path.join(dir, line.signature)) })
      return { ...structuresOnly(config), signIn: cardOf(libraryOf(reader)) }
    })
    await vi.waitFor(() => expect(opened.connector.signIn.state().reason).not.toBe('card-library-silent'), wait)
    return { ...opened, reader, insert }
  }

  /** The same, the card in and its PIN given, by a library that hangs where a test says. */
  async function signedIn() {
    const libraries: HangingLibrary[] = []
    ends.push(() => libraries[0]?.close())
    const opened = await withReader((reader) => {
      libraries.push(compileHangingLibrary(reader.library))
      return libraries[0]!.library
    })
    await opened.insert()
    const { signIn } = opened.connector
    await vi.waitFor(() => expect(signIn.state().reason).toBe('card-pin-needed'), wait)
    expect(await signIn.givePin(pin)).toMatchObject({ ok: true, value: { state: 'ready' } })
    return { ...opened, held: libraries[0]! }
  }

  it('is waited for, and what waited goes by itself, card pulled out and put back', async () => {
    const { connector, states, drop, deposited, reader, insert } = await withReader()
    expect(connector.signIn.state()).toMatchObject({ reason: 'card-absent', action: 'insert-card' })
    drop('note-vaccination-eloise.xml')
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting card-absent']), wait)
    expect(await connector.record.list({ ins })).toMatchObject({ ok: false, failure: { code: 'card-absent' } })

    await insert()
    await vi.waitFor(() => expect(connector.signIn.state().reason).toBe('card-pin-needed'), wait)
    expect(await connector.signIn.givePin('9999')).toMatchObject({ ok: false, failure: { code: 'card-pin-wrong' } })
    expect(await connector.signIn.givePin(pin)).toMatchObject({ ok: true, value: { state: 'ready', holder: { id: author } } })
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    expect(await connector.record.list({ ins })).toMatchObject({ ok: true })
    const [item] = (await connector.items.list({ limit: 1, cursor: null })).items
    const opened = () => connector.record.open({ ins: item!.patient!.ins! }, item!.uniqueId!)
    expect(await opened()).toMatchObject({ ok: true })

    const putBack = await reader.pull()
    await vi.waitFor(() => expect(connector.signIn.state().reason).toBe('card-removed'), wait)
    expect(await opened()).toMatchObject({ ok: false, failure: { code: 'card-removed' } })
    drop('another.xml', Buffer.from(playFile('note-vaccination-eloise.xml')).toString().replaceAll(/(<(?:id|setId) root="[\d.]+)(?="\/>)/g, '$1.7'))
    await vi.waitFor(async () => expect((await states())[0]).toBe('waiting card-removed'), wait)
    await putBack()
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null', 'deposited null']), wait)
    expect(deposited()).toHaveLength(2)
  })

  it('of a secretary sends what waited for a doctor’s, reads nothing and says why, and gives way to the doctor’s', async () => {
    const [structure] = demo.structures
    const secretary = { id: `3${structure!.id.slice(1)}/0007`, family: 'MODELE', given: 'Nadia', structure: structure!.id }
    const reader = await openTestReader()
    ends.push(() => reader.close())
    const insertOf: Record<string, () => Promise<void>> = {}
    const { connector, states, drop, setFaults, deposited } = await world((config, dir) => {
      for (const { party, kind, passphrase, tls, signature } of config.certificates) {
        insertOf[party] = () => reader.insert({ label: kind, pin, passphrase, tls: fs.readFileSync(path.join(dir, tls)), signature: fs.readFileSync(path.join(dir, signature)) })
      }
      return { ...config, certificates: [], signIn: cardOf(reader.library) }
    }, undefined, { ...demo, staff: [secretary] })
    const actorsOf = async (act: string) => {
      const lines = await connector.audit.export({ from: null, to: null })
      const found: unknown[] = []
      if (lines.ok) for await (const { event } of lines.value) {
        const told = JSON.parse(event) as { act: string; outcome: string; actor: { professional: string; role: string } }
        if (told.act === act && told.outcome === 'success') found.push(`${told.actor.professional} ${told.actor.role}`)
      }
      return found
    }
    const again = (number: number) => drop(`another-${number}.xml`, Buffer.from(playFile('note-vaccination-eloise.xml')).toString().replaceAll(/(<(?:id|setId) root="[\d.]+)(?="\/>)/g, `$1.${number}`))
    await vi.waitFor(() => expect(connector.signIn.state().reason).toBe('card-absent'), wait)
    drop('note-vaccination-eloise.xml')
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting card-absent']), wait)

    await insertOf[secretary.id]!()
    await vi.waitFor(() => expect(connector.signIn.state().reason).toBe('card-pin-needed'), wait)
    expect(await connector.signIn.givePin(pin)).toMatchObject({ ok: true, value: { state: 'ready', speaker: { professional: null, staff: { id: secretary.id, name: 'Nadia MODELE' }, structure: { structure: structure!.id } } } })
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    // What comes while she is there is hers from the start.
    again(7)
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null', 'deposited null']), wait)
    expect(await actorsOf('deposit')).toEqual([`${secretary.id} staff`, `${secretary.id} staff`])
    const [item] = (await connector.items.list({ limit: 1, cursor: null })).items
    const patient = { ins: item!.patient!.ins! }
    await connector.panel.open(patient)
    await vi.waitFor(async () => expect(await connector.panel.view()).toMatchObject({ failure: { code: 'staff-card-deposits-only' }, listed: { count: 0 }, access: { modes: [], authorise: null } }), wait)
    for (const read of [connector.record.list(patient), connector.record.get(patient, item!.uniqueId!)]) expect(await read).toMatchObject({ ok: false, failure: { code: 'staff-card-deposits-only' } })

    // Signed by her and tried: the record is busy.
    setFaults({ rules: [{ on: ['TD2.1'], times: 1, fault: { kind: 'busy', retryAfterSeconds: 3 } }] })
    again(8)
    await vi.waitFor(async () => expect((await states())[0]).toBe('waiting record-busy'), { ...wait, interval: 5 })
    await reader.pull()
    await vi.waitFor(() => expect(connector.signIn.state().reason).toBe('card-removed'), wait)
    await vi.waitFor(async () => expect((await states())[0]).toBe('waiting card-removed'), wait)
    await insertOf[author]!()
    await vi.waitFor(() => expect(connector.signIn.state().reason).toBe('card-pin-needed'), wait)
    expect(await connector.signIn.givePin(pin)).toMatchObject({ ok: true, value: { state: 'ready', speaker: { professional: { id: author } } } })
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null', 'deposited null', 'deposited null']), wait)
    expect((await actorsOf('deposit')).at(-1)).toMatch(new RegExp(`^${author} 10`))
    expect(await connector.record.list(patient)).toMatchObject({ ok: true, value: [{}, {}, {}] })
    expect(deposited()).toHaveLength(3)
  })

  it.skipIf(noCompiler)('lets the program end within seconds while its library hangs in a signature, and the document wait', async () => {
    const { connector, drop, states, again, held } = await signedIn()
    held.hold('C_Sign')
    drop('note-vaccination-eloise.xml')
    await vi.waitFor(() => expect(held.entered('C_Sign')).toBe(1), wait)
    expect(await states()).toEqual(['ready null'])
    const asked = performance.now()
    await connector.stop()
    expect(performance.now() - asked).toBeLessThan(6_000)
    held.release('C_Sign')
    // It was put down where a person finds it, and goes once there is a session again.
    const next = await again()
    await vi.waitFor(async () => expect((await next.items.list({ limit: 1, cursor: null })).items).toMatchObject([{ state: 'waiting', reason: 'card-library-silent' }]), wait)
    await vi.waitFor(() => expect(next.signIn.state().reason).toBe('card-pin-needed'), wait)
    expect(await next.signIn.givePin(pin)).toMatchObject({ ok: true })
    await vi.waitFor(async () => expect((await next.items.list({ limit: 1, cursor: null })).items).toMatchObject([{ state: 'deposited' }]), wait)
  })

  it.skipIf(noCompiler)('keeps an emergency entry while its reader loses it for a moment, and ends it when it is out', async () => {
    const { connector, setPatient, reader, held } = await signedIn()
    setPatient(ins, { authorisation: 'none' })
    await connector.panel.open({ ins })
    const { generation } = await connector.panel.refresh()
    expect(await connector.access.enter({ generation, mode: 'break-glass', reason: 'unconscious', words: 'Malaise' })).toMatchObject({ ok: true, value: { failure: null } })
    // Pulled out until the second look at the reader begins, which is held there.
    const pull = async () => {
      const before = held.entered('C_Finalize')
      held.hold('C_Finalize')
      const putBack = await reader.pull()
      await vi.waitFor(() => expect(held.entered('C_Finalize')).toBe(before + 1), wait)
      return putBack
    }
    const putBack = await pull()
    await putBack()
    held.release('C_Finalize')
    expect(await connector.panel.refresh()).toMatchObject({ failure: null, access: { mode: 'break-glass' } })
    await pull()
    held.release('C_Finalize')
    await vi.waitFor(() => expect(connector.signIn.state().reason).toBe('card-removed'), wait)
    expect(await connector.panel.view()).toMatchObject({ failure: { code: 'card-removed' }, access: { mode: 'normal' } })
  })
})
