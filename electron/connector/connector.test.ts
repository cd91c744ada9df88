import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { decodeQR } from 'qr/decode.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { recordConfig, type RecordSummary } from '#shared/contract/index.ts'
import { adtMessage } from '../../resources/demo/adt-message.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { startSandbox, type Sandbox } from '../sandbox/index.ts'
import type { TraceLine } from './audit/index.ts'
import type { Connector } from './connector.ts'
import { sheetExample } from './history/emergency-sheet/sheet-example.ts'
import { fitToCode, importMedicines } from './history/index.ts'
import { sendMllp } from './intake/index.ts'
import { mayMount, smallDisk } from './store/test-folder.ts'
import { startTestConnector } from './test-connector.ts'

/** The real connector against the real training record, on folders of their own. */
const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
})

const practice = demoPractice()
const file = demoPatients()
const morel = file.patients.find((patient) => patient.localId === 'P000102')!
const key = 'ab'.repeat(32)
const wait = { timeout: 30_000, interval: 100 }

async function world({ takeAll = false, disk = null as string | null, copies = null as string | null, context = false } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-connector-'))
  ends.push(() => fs.rmSync(folder, { recursive: true, force: true }))
  const exports = path.join(folder, 'export')
  fs.mkdirSync(exports)
  const copyFolder = copies === null ? undefined : path.join(folder, copies)
  if (copyFolder) fs.mkdirSync(copyFolder, { recursive: true })
  const dir = path.join(folder, 'sandbox')
  let sandbox: Sandbox | null = await startSandbox({ dir, port: 0, practice })
  const { port, configPath } = sandbox
  ends.push(async () => sandbox?.close())
  const data = path.join(disk ?? folder, 'data')
  const contextFile = path.join(folder, 'contexte.ini')
  let practiceNow = { ...practice, ...(copyFolder && { copyFolder }), ...(context && { contextFile }) }
  const start = async (): Promise<Connector> => {
    const started = await startTestConnector({
      directory: data,
      key,
      practice: practiceNow,
      record: { config: recordConfig.parse(JSON.parse(fs.readFileSync(configPath, 'utf8'))), baseDir: dir },
      watch: [exports],
      hl7Port: 0,
      takeAll,
    })
    if (!started.ok) throw new Error(started.failure.code)
    return started.value
  }
  let connector = await start()
  ends.push(() => connector.stop())
  return {
    exports,
    data,
    copyFolder: copyFolder ?? '',
    contextFile,
    connector,
    drop: (name: string, bytes: Uint8Array | string, modifiedAt?: Date) => {
      const target = path.join(exports, name)
      fs.writeFileSync(`${target}.tmp`, bytes)
      if (modifiedAt) fs.utimesSync(`${target}.tmp`, modifiedAt, modifiedAt)
      fs.renameSync(`${target}.tmp`, target)
    },
    restart: async (between: () => void = () => undefined, nextPractice = practiceNow): Promise<Connector> => {
      await connector.stop()
      between()
      practiceNow = nextPractice
      connector = await start()
      return connector
    },
    document: (uniqueId: string) => fs.readFileSync(path.join(dir, 'documents', `${uniqueId}.xml`), 'utf8'),
    registered: () =>
      fs
        .readFileSync(path.join(dir, 'registry/journal.jsonl'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { associations: { type: string }[]; entries: unknown[] }),
    deposited: () => (fs.existsSync(path.join(dir, 'documents')) ? fs.readdirSync(path.join(dir, 'documents')) : []),
    states: async () => (await connector.items.list({ limit: 50, cursor: null })).items.map((item) => `${item.state} ${item.reason}`),
    adt: async (patient: typeof morel, event: 'A04' | 'A08', time: string) => {
      const answer = await sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: adtMessage(patient, file, { event, time, controlId: `T${time}` }), timeoutMs: 10_000 })
      expect(answer.code).toBe('AA')
    },
    recordDown: async () => {
      await sandbox?.close()
      sandbox = null
    },
    recordUp: async () => {
      sandbox = await startSandbox({ dir, port, practice })
    },
  }
}

/** What the QR code of a sheet says to a scanner. */
function textOf(rows: readonly string[], scale = 3): string {
  const side = (rows.length + 8) * scale
  const data = new Uint8Array(side * side * 3).fill(255)
  for (let at = 0; at < side * side; at += 1) if (rows[Math.floor(at / side / scale) - 4]?.[Math.floor((at % side) / scale) - 4] === '1') data.fill(0, at * 3, at * 3 + 3)
  return decodeQR({ width: side, height: side, data })
}

/** The whole trace, as an export carries it: the text of its lines, and what they say. */
async function traceOf(connector: Connector, who: { ins?: string } = {}) {
  const lines = await connector.audit.export({ ...who, from: null, to: null })
  if (!lines.ok) throw new Error(lines.failure.code)
  const found: TraceLine[] = []
  for await (const line of lines.value) found.push(line)
  return { found, events: found.map(({ event }) => JSON.parse(event) as { act: string; outcome: string; code?: string; object: string | null; detail?: string; requestId?: string; responseCode?: string; mono?: number; actor: { professional: string | null; role: string }; patientReference: string | null }) }
}

/** The synthesis of a demo patient, with one coded medicine in place of what it says; `number` tells two of them apart. */
function withMedicine(cis: string, name: string, mood: 'EVN' | 'INT', number: string): string {
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  const body = `<component><section><templateId root="1.2.250.1.213.1.1.2.143"/><code code="10160-0" codeSystem="2.16.840.1.113883.6.1"/><title>Traitements</title><text><content ID="m">${name}</content></text><entry>
    <substanceAdministration classCode="SBADM" moodCode="${mood}"><templateId root="1.2.250.1.213.1.1.3.42"/><text><reference value="#m"/></text><statusCode code="completed"/><effectiveTime><low value="${today}"/></effectiveTime><consumable><manufacturedProduct>
    <manufacturedMaterial><code code="${cis}" displayName="${name}" codeSystem="1.2.250.1.213.2.3.1"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry></section></component>`
  return Buffer.from(playFile('synthese-morel.xml')).toString().replace(/<structuredBody>.*<\/structuredBody>/s, `<structuredBody>${body}</structuredBody>`).replaceAll('20261120.1012', `20261120.9${number}`)
}

describe('the connector and the training record', () => {
  it('deposits a CDA written in UTF-16, byte for byte', async () => {
    const { exports, connector, states, deposited } = await world()
    const text = Buffer.from(playFile('note-vaccination-eloise.xml')).toString().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    const bytes = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')])
    fs.writeFileSync(path.join(exports, 'utf16.xml'), bytes)
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    const [item] = (await connector.items.list({ limit: 1, cursor: null })).items
    expect(deposited()).toEqual([`${item!.uniqueId}.xml`])
    const read = await connector.record.get({ ins: item!.patient!.ins! }, item!.uniqueId!)
    expect(read.ok && Buffer.from(await read.value.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('lets what an opposition stopped go by itself once it is lifted, over a restart', async () => {
    const { connector, drop, adt, states, deposited, restart } = await world()
    await adt(morel, 'A04', '20261120080000')
    await connector.panel.open({ ins: morel.ins })
    const { generation } = await connector.panel.refresh()
    expect(await connector.access.recordConsent({ generation, kind: 'deposit', choice: 'opposed' })).toMatchObject({ ok: true })
    for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) drop(name, playFile(name))
    await vi.waitFor(async () => expect(await states()).toEqual(['parked patient-opposed']), wait)
    expect((await connector.panel.view()).needsUser).toBe(1)
    const again = await restart()
    await again.panel.open({ ins: morel.ins })
    const shown = await again.panel.refresh()
    expect((await again.items.list({ limit: 1, cursor: null })).items).toMatchObject([{ state: 'parked', reason: 'patient-opposed' }])
    expect(deposited()).toEqual([])
    expect(await again.access.recordConsent({ generation: shown.generation, kind: 'deposit', choice: 'agreed' })).toMatchObject({ ok: true })
    await vi.waitFor(async () => expect(deposited()).toHaveLength(1), wait)
    await vi.waitFor(async () => expect((await again.items.list({ limit: 1, cursor: null })).items).toMatchObject([{ state: 'deposited' }]), wait)
  })

  it('checks a prescription that waits to leave with what the record says is taken, and keeps nothing back for it', async () => {
    const { data, exports, connector, adt, states, recordDown, recordUp } = await world()
    const given = path.join(data, 'given')
    fs.mkdirSync(given)
    const tables = { 'i.csv': 'protagoniste1;protagoniste2;CI;AD;PE;PC\nIBUPROFENE;WARFARINE;;Association DECONSEILLEE;;', 'c.csv': 'molecule;famille\nwarfarine;antivitamines K',
      'CIS_bdpm.txt': '60000001\tFLUIDINE\n60000002\tCALMIFÈNE', 'CIS_CIP_bdpm.txt': '60000001\t3000001\t\t\t\t\t3400930000011', 'CIS_COMPO_bdpm.txt': '60000001\tcp\t1\tWARFARINE\t\t\tSA\t1\n60000002\tcp\t2\tIBUPROFÈNE\t\t\tSA\t1' }
    for (const [name, text] of Object.entries(tables)) fs.writeFileSync(path.join(given, name), text)
    expect(await importMedicines({ paths: [given], dataFolder: data, date: null, now: Date.now() })).toMatchObject({ ok: true })
    await adt(morel, 'A04', '20261120080000')
    fs.writeFileSync(path.join(exports, 'synthese.xml'), withMedicine('60000001', 'FLUIDINE', 'EVN', '1'))
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    expect(await connector.panel.open({ ins: morel.ins, insOid: '1.2.250.1.213.1.4.10' })).toMatchObject({ ok: true })
    await vi.waitFor(async () => expect(await connector.medicines.check()).toMatchObject({ alerts: [], medicines: { current: 1, analysed: 1 }, prescriptions: { read: 0, unread: 0 } }), wait)
    await recordDown()
    fs.writeFileSync(path.join(exports, 'ordonnance.xml'), withMedicine('60000002', 'CALMIFÈNE', 'INT', '2').replace('<code code="60591-5" displayName="Synthèse médicale"', '<code code="57833-6" displayName="Prescription de médicaments"'))
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting record-unreachable', 'deposited null']), wait)
    const check = await connector.medicines.check()
    expect(check).toMatchObject({ alerts: [{ kind: 'interaction', level: 'discouraged' }], prescriptions: { read: 1, unread: 0 } })
    expect(check?.alerts[0]?.medicines.flatMap(({ name, sources }) => sources.map(({ onItsWay }) => [name, onItsWay])).sort()).toEqual([['CALMIFÈNE', true], ['FLUIDINE', false]])
    await recordUp()
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null', 'deposited null']), { ...wait, timeout: 25_000 })
    expect((await connector.medicines.check())?.alerts).toHaveLength(1)
  })

  it('does not send to the old number a document whose patient was corrected while it waited', async () => {
    const { exports, connector, adt, states, deposited, recordDown, recordUp } = await world()
    await adt(morel, 'A04', '20261120080000')
    await recordDown()
    for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) fs.writeFileSync(path.join(exports, name), playFile(name))
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting record-unreachable']), wait)
    const other = file.patients.find((patient) => patient.localId === 'P000105')!
    await adt({ ...morel, ins: other.ins }, 'A08', '20261120090000')
    await recordUp()
    await connector.resume()
    await vi.waitFor(async () => expect(await states()).toEqual(['parked traits-differ']), wait)
    expect(deposited()).toEqual([])
    // Looked at again, the sidecar's number is no longer the patient's: it waits for a person.
    expect(await connector.items.retry({ reason: 'traits-differ' })).toBe(1)
    await vi.waitFor(async () => expect((await states())[0]).toMatch(/^waiting (traits-differ|patient-unknown)$/), wait)
    expect(deposited()).toEqual([])
  })

  it('does not send for an exercise situation the practice file no longer has, and prepares it anew', async () => {
    const { connector, adt, drop, states, deposited, restart } = await world()
    await adt(morel, 'A04', '20261120080000')
    await connector.pause(null)
    for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) drop(name, playFile(name))
    await vi.waitFor(async () => expect(await states()).toEqual(['ready null']), wait)
    const moved = await restart(undefined, { ...practice, structures: practice.structures.map((structure) => ({ ...structure, sector: 'SA52' })) })
    await moved.resume()
    await vi.waitFor(async () => expect(await states()).toEqual(['parked situation-changed']), wait)
    expect(deposited()).toEqual([])
    const back = await restart(undefined, practice)
    expect(await back.items.retry({ reason: 'situation-changed' })).toBe(1)
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    expect(deposited()).toHaveLength(1)
  })

  it('reads the record only while the patient does not refuse it', async () => {
    const { connector, adt } = await world()
    await adt(morel, 'A04', '20261120080000')
    expect(await connector.record.list({ ins: morel.ins })).toMatchObject({ ok: true, value: [] })
    const refusing = adtMessage(morel, file, { event: 'A08', time: '20261120100000', controlId: 'REFUSE' }).replace(/\r?ZFA\|[^\r]*/, '').trimEnd()
    const answer = await sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: `${refusing}\rZFA|ACTIF|20261120100000|||||||IO|20261120100000|INC|20261120100000\r`, timeoutMs: 10_000 })
    expect(answer.code).toBe('AA')
    expect(await connector.record.list({ ins: morel.ins })).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
    expect(await connector.record.search({ ins: morel.ins }, { words: 'ordonnance', limit: 9 })).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
  })

  it('tells beside the exams already done that a prescription of biology is on its way, and just went', async () => {
    const { connector, adt, drop, states } = await world()
    await adt(morel, 'A04', '20261120080000')
    const sidecar = JSON.parse(Buffer.from(playFile('ordonnance-morel.json')).toString()) as Record<string, string>
    await connector.pause(null)
    drop('bio.json', JSON.stringify({ ...sidecar, type: 'PRESC-BIO', titre: 'Ordonnance de biologie' }))
    drop('bio.pdf', playFile('ordonnance-morel.pdf'))
    await vi.waitFor(async () => expect(await states()).toEqual(['ready null']), wait)
    const [item] = (await connector.items.list({ limit: 1, cursor: null })).items
    expect(await connector.panel.open({ ins: morel.ins })).toMatchObject({ ok: true, value: { news: { since: null, documents: [] } } })
    const asked = [{ item: item!.id, category: 'biology', title: 'Ordonnance de biologie', codes: null }]
    await vi.waitFor(async () => expect((await connector.panel.summary())?.exams).toMatchObject({ done: [], requests: asked, rules: { version: '2026-11', own: false, refused: null } }), wait)
    await connector.resume()
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    expect((await connector.panel.summary())?.exams.requests).toEqual(asked)
    expect(connector.panel.examAvoided({ generation: 1, rule: 'hba1c', date: '2026-11-10', avoided: true })).toMatchObject({ ok: false, failure: { code: 'not-found' } })
    expect(await connector.status()).toMatchObject({ examsAvoided: [], rulesRefused: [] })
  })

  it('searches the text of a document once it was opened, and traces that it was shown', async () => {
    const { exports, connector, states } = await world()
    fs.writeFileSync(path.join(exports, 'note.xml'), playFile('note-vaccination-eloise.xml'))
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    const [item] = (await connector.items.list({ limit: 1, cursor: null })).items
    const who = { ins: item!.patient!.ins! }
    await connector.record.list(who)
    const search = async (words: string) => {
      const read = await connector.record.search(who, { words, limit: 9 })
      if (!read.ok) throw new Error(read.failure.code)
      return read.value
    }
    await vi.waitFor(async () => expect(await search('vaccin')).toMatchObject({ total: 1, searched: { titles: 1, texts: 0 } }), wait)
    expect((await connector.record.open(who, item!.uniqueId!)).ok).toBe(true)
    await vi.waitFor(async () => expect(await search('tolerance')).toMatchObject({ found: [{ document: { uniqueId: item!.uniqueId }, passages: [{ place: { kind: 'text' } }] }], searched: { texts: 1 } }), wait)
    const shown = async () => (await traceOf(connector, who)).events.filter(({ act, outcome }) => act === 'record-shown' && outcome === 'success').length
    // However often its words are typed anew, a search is one.
    const before = await shown()
    await search('toleranc')
    await search('tolerance')
    expect(await shown()).toBe(before)
    const { events } = await traceOf(connector, who)
    expect(events.filter(({ act, detail }) => act === 'record-shown' && detail === 'search')).toHaveLength(1)
    await connector.record.search({ ins: morel.ins }, { words: 'tolerance', limit: 9 })
    await search('tolerance')
    expect(await shown()).toBe(before + 1)
  })

  it('follows the patient whom the practice software writes in its context file, and shows nobody when that one cannot be shown', async () => {
    const { connector, adt, contextFile } = await world({ context: true })
    await adt(morel, 'A04', '20261120080000')
    const shown = async () => (await connector.panel.view()).patient?.ins ?? null
    const source = async () => (await connector.status()).sources.find(({ kind }) => kind === 'context')!
    const problem = async () => (await source()).problem
    const write = (text: string) => fs.writeFileSync(contextFile, text)
    write(`[Patient]\r\nINS=${morel.ins}\r\n`)
    await vi.waitFor(async () => expect(await shown()).toBe(morel.ins), 5000)
    const { generation } = await connector.panel.view()
    await vi.waitFor(async () => expect((await source()).lastAt).not.toBeNull(), 5000)
    const { lastAt } = await source()
    // The same patient, written another way: what is on screen stays.
    write(`relais://patient?ins=${morel.ins}`)
    await vi.waitFor(async () => expect((await source()).lastAt).not.toBe(lastAt), 5000)
    expect((await connector.panel.view()).generation).toBe(generation)
    write('{"ins":"279035121518988"}')
    await vi.waitFor(async () => expect(await problem()).toBe('ins-invalid'), 5000)
    expect(await shown()).toBeNull()
    write(`{"ins":"${morel.ins}"}`)
    await vi.waitFor(async () => expect([await shown(), await problem()]).toEqual([morel.ins, null]), 5000)
    expect((await connector.panel.view()).generation).toBe(generation + 2)
    write(`{"ins":"${morel.ins}","insOid":"1.2.250.1.213.1.4.8"}`)
    await vi.waitFor(async () => expect(await problem()).toBe('ins-production-in-training'), 5000)
    expect(await shown()).toBeNull()
    expect(await connector.panel.open({ ins: morel.ins, insOid: '1.2.250.1.213.1.4.8' })).toMatchObject({ ok: false, failure: { code: 'ins-production-in-training' } })
  })

  it('copies a document into the practice’s folder, traced, and takes the copy for no new document when it comes back', async () => {
    const { connector, adt, drop, states, deposited, copyFolder } = await world({ copies: 'copies' })
    await adt(morel, 'A04', '20261120080000')
    const original = Buffer.from(playFile('ordonnance-morel.pdf'))
    for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) drop(name, playFile(name))
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    const who = { ins: morel.ins }
    const { uniqueId } = (await connector.items.list({ limit: 1, cursor: null })).items[0]!
    const copied = await connector.record.copy(who, uniqueId!)
    if (!copied.ok) throw new Error(copied.failure.code)
    const { file: name, sidecar } = copied.value
    expect(name).toMatch(/^MOREL_\w+_\d{8}_\d{8}_.+_[0-9a-f]{8}\.pdf$/)
    expect(fs.readdirSync(copyFolder).sort()).toEqual([sidecar, name].sort())
    expect(fs.readFileSync(path.join(copyFolder, name)).equals(original)).toBe(true)
    expect(JSON.parse(fs.readFileSync(path.join(copyFolder, sidecar), 'utf8'))).toMatchObject({ origin: 'dmp', file: name, patient: { ins: morel.ins }, document: { uniqueId } })
    expect(await connector.record.print(who, uniqueId!)).toMatchObject({ ok: true })
    const { events } = await traceOf(connector, who)
    expect(events.flatMap(({ act, outcome, object, detail }) => (act === 'document-copied' ? [`${outcome} ${object === uniqueId} ${detail}`] : []))).toEqual(['success true folder', 'success true print'])

    // The practice's software exports its files again, the copy among them: alone, then with what was beside it.
    drop(name, original)
    await vi.waitFor(async () => expect(await states()).toEqual(['ignored copied-from-record', 'deposited null']), { timeout: 40_000, interval: 200 })
    drop('again.pdf', original)
    drop('again.json', fs.readFileSync(path.join(copyFolder, sidecar)))
    await vi.waitFor(async () => expect((await states())[0]).toMatch(/^ignored (copied-from-record|already-received)$/), { timeout: 40_000, interval: 200 })
    expect(deposited()).toHaveLength(1)
  })

  it('prints a sheet of the patient on screen, which another Relais reads from paper and keeps until it has read their record', async () => {
    const { exports, connector, states, recordDown } = await world()
    fs.writeFileSync(path.join(exports, 'synthese.xml'), playFile('synthese-morel.xml'))
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    await connector.panel.open({ ins: morel.ins })
    await vi.waitFor(async () => expect(await connector.panel.summary()).toMatchObject({ loadedAt: expect.any(String), documents: { read: 1, unread: 0 } }), wait)
    const { generation, loadedAt } = (await connector.panel.summary()) as RecordSummary & { loadedAt: string }
    // From what is kept: the record is away.
    await recordDown()
    expect(await connector.sheets.print({ generation: generation - 1, loadedAt })).toMatchObject({ ok: false, failure: { code: 'patient-changed' } })
    const printed = await connector.sheets.print({ generation, loadedAt })
    if (!printed.ok) throw new Error(printed.failure.code)
    const { sheet, code } = printed.value
    expect(sheet).toMatchObject({ readAt: loadedAt, practice: expect.stringMatching(/./), printedBy: expect.stringMatching(/./), patient: { ins: morel.ins, insOid: file.insOid, identity: 'qualified' }, documents: { read: 1, unread: 0, failed: 0 } })
    const lists = Object.values(sheet.lists)
    expect(lists.flatMap(({ facts }) => facts).length).toBeGreaterThan(2)

    const other = await world()
    const read = await other.connector.sheets.read(textOf(code.rows))
    if (!read.ok) throw new Error(read.failure.code)
    expect(read.value.sheet).toMatchObject({ printedBy: sheet.printedBy, practice: sheet.practice, patient: { ins: morel.ins }, lists: { treatments: { state: sheet.lists.treatments.state } } })
    expect(Date.parse(read.value.until) - Date.parse(read.value.readHereAt)).toBe(48 * 3_600_000)
    // Nothing of it became the record's, a document to send or a patient.
    expect([await other.connector.panel.view(), await other.connector.items.list({ limit: 5, cursor: null })]).toMatchObject([{ patient: null, listed: { count: 0 } }, { total: 0 }])
    await other.recordDown()
    const restarted = await other.restart()
    expect(await restarted.sheets.open(read.value.id)).toMatchObject({ ok: true, value: { id: read.value.id } })
    await restarted.panel.open({ ins: morel.ins })
    await vi.waitFor(async () => expect(await restarted.panel.view()).toMatchObject({ refreshing: false, loadedAt: null, failure: {} }), wait)
    const [waits] = restarted.sheets.waiting()
    expect(waits?.id).toBe(read.value.id)
    const given = Date.parse(waits!.until) - Date.parse(read.value.until)
    expect(given).toBeLessThanOrEqual(0)
    expect(given).toBeGreaterThan(-1_000)
    await other.recordUp()
    await restarted.panel.refresh()
    await vi.waitFor(() => expect(restarted.sheets.waiting()).toEqual([]), wait)
    expect(await restarted.sheets.open(read.value.id)).toMatchObject({ ok: false, failure: { code: 'not-found' } })

    const told = async (of: Connector) => (await traceOf(of, { ins: morel.ins })).events.flatMap(({ act, outcome, detail, object, actor }) => (act.startsWith('sheet-') ? [`${act} ${outcome} ${detail ?? '-'} ${object === read.value.id} ${actor.role}`] : []))
    expect(await told(connector)).toEqual(['sheet-printed success left-out:0 false 10/SM54'])
    expect(await told(restarted)).toEqual(['sheet-read success - true 10/SM54', 'sheet-shown success - true 10/SM54', 'sheet-erased success synchronised true program'])
    expect(JSON.stringify((await traceOf(restarted)).events)).not.toMatch(new RegExp(`${morel.birthName}|${morel.ins}`, 'i'))
  })

  it('keeps no sheet of a patient who refuses to be looked at here, nor of the other environment, nor what is none', async () => {
    const { connector, adt } = await world()
    await adt(morel, 'A04', '20261120090000')
    const codeFor = (ins: string, insOid: string) => textOf(fitToCode(sheetExample({}, { patient: { ...sheetExample().patient, ins, insOid } })).code.rows)
    const read = await connector.sheets.read(codeFor(morel.ins, file.insOid))
    expect(read).toMatchObject({ ok: true })
    await connector.panel.open({ ins: morel.ins })
    const { generation } = await connector.panel.view()
    expect(await connector.access.recordConsent({ generation, kind: 'consultation', choice: 'opposed' })).toMatchObject({ ok: true })
    expect(connector.sheets.waiting()).toEqual([])
    expect(await connector.sheets.read(codeFor(morel.ins, file.insOid))).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
    expect(await connector.sheets.read(codeFor('279035121518989', '1.2.250.1.213.1.4.8'))).toMatchObject({ ok: false, failure: { code: 'ins-production-in-training' } })
    expect(await connector.sheets.read(codeFor('279035121518988', file.insOid))).toMatchObject({ ok: false, failure: { code: 'ins-invalid' } })
    expect(await connector.sheets.read('RELAIS:%69 VD92EX0:')).toMatchObject({ ok: false, failure: { code: 'sheet-unreadable' } })
    const { events } = await traceOf(connector)
    expect(events.flatMap(({ act, outcome, code, detail }) => (act.startsWith('sheet-') ? [[act, outcome, code ?? detail ?? null]] : []))).toEqual([['sheet-read', 'success', null], ['sheet-erased', 'success', 'refused'], ['sheet-read', 'failure', 'consultation-refused']])
  })

  it('copies nothing where no folder is set, where it is watched or cannot be written to, and says why', async () => {
    const none = await world()
    expect(await none.connector.record.copy({ ins: morel.ins }, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'copy-folder-not-set' } })
    const watched = await world({ copies: 'export/inside' })
    expect(await watched.connector.record.copy({ ins: morel.ins }, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'copy-folder-watched' } })
    const gone = await world({ copies: 'copies' })
    fs.rmdirSync(gone.copyFolder)
    expect(await gone.connector.record.copy({ ins: morel.ins }, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'copy-folder-unwritable' } })
  })

  it('holds back, and shows to whom a person chose, each document by itself', async () => {
    const { connector, adt, drop, states, deposited, document, registered, recordDown, recordUp } = await world()
    await adt(morel, 'A04', '20261120080000')
    await connector.pause(null)
    for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) drop(name, playFile(name))
    await vi.waitFor(async () => expect(await states()).toEqual(['ready null']), wait)
    const { id, changeable } = (await connector.items.list({ limit: 1, cursor: null })).items[0]!
    expect(changeable).toBe(true)
    expect(await connector.items.hold(id)).toMatchObject({ ok: true })
    await connector.resume()
    expect(await states()).toEqual(['waiting held-by-user'])
    const hidden = { masked: false, hiddenFromPatient: true, hiddenFromRepresentatives: true }
    expect(await connector.items.setVisibility(id, { ...hidden, masked: true })).toMatchObject({ ok: false, failure: { code: 'visibility-forbidden' } })
    expect(await connector.items.setVisibility(id, hidden)).toMatchObject({ ok: true })
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting held-by-user']), wait)
    await recordDown()
    await recordUp()
    expect(await connector.items.retry({ ids: [id] })).toBe(1)
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    const [item] = (await connector.items.list({ limit: 1, cursor: null })).items
    expect(item).toMatchObject({ visibility: hidden, changeable: false })
    expect(deposited()).toEqual([`${item!.uniqueId}.xml`])
    expect(document(item!.uniqueId!)).toContain('ClinicalDocument')
    const lot = JSON.stringify(registered()[0]!.entries[0])
    expect(['MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REPRESENTANTS_LEGAUX'].filter((code) => lot.includes(code))).toEqual(['INVISIBLE_PATIENT', 'INVISIBLE_REPRESENTANTS_LEGAUX'])
    expect(await connector.items.hold(id)).toMatchObject({ ok: false })
  })

  it('traces every call, every opening and every act of a person once, with nothing in it that names a patient or a document', async () => {
    const { connector, adt, drop, states, restart, recordDown, recordUp } = await world()
    await adt(morel, 'A04', '20261120080000')
    const refusing = adtMessage(morel, file, { event: 'A08', time: '20261120100000', controlId: 'TRACE' }).replace(/\r?ZFA\|[^\r]*/, '').trimEnd()
    await sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: `${refusing}\rZFA|ACTIF|20261120100000|||||||IO|20261120100000|INC|20261120100000\r`, timeoutMs: 10_000 })
    const who = { ins: morel.ins }
    expect(await connector.record.open(who, '1.2.3')).toMatchObject({ ok: false })
    await adt(morel, 'A08', '20261121080000')
    await connector.pause(null)
    for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) drop(name, playFile(name))
    await vi.waitFor(async () => expect(await states()).toEqual(['ready null']), wait)
    const { id, title } = (await connector.items.list({ limit: 1, cursor: null })).items[0]!
    expect(await connector.items.hold(id)).toMatchObject({ ok: true })
    expect(await connector.items.content(id)).toMatchObject({ ok: true })
    expect(await connector.items.setVisibility(id, { masked: false, hiddenFromPatient: true, hiddenFromRepresentatives: false })).toMatchObject({ ok: true })
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting held-by-user']), wait)
    await recordDown()
    await connector.resume()
    expect(await connector.items.retry({ ids: [id] })).toBe(1)
    await vi.waitFor(async () => expect(await states()).toEqual(['waiting record-unreachable']), wait)
    await recordUp()
    await connector.resume()
    await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
    const { uniqueId } = (await connector.items.list({ limit: 1, cursor: null })).items[0]!
    expect(await connector.record.list(who)).toMatchObject({ ok: true })
    expect(await connector.record.open(who, uniqueId!)).toMatchObject({ ok: true })
    expect(await connector.record.get(who, uniqueId!)).toMatchObject({ ok: true })
    const unannounced = file.patients.find((patient) => patient.localId === 'P000105')!
    drop('other.json', JSON.stringify({ ...(JSON.parse(Buffer.from(playFile('ordonnance-morel.json')).toString()) as object), ins: unannounced.ins }))
    drop('other.pdf', Buffer.concat([Buffer.from(playFile('ordonnance-morel.pdf')), Buffer.from('\n% other\n')]))
    await vi.waitFor(async () => expect((await states())[0]).toMatch(/^(waiting|parked)/), wait)
    const other = (await connector.items.list({ limit: 1, cursor: null })).items[0]!
    expect(await connector.items.dismiss(other.id, 'Madame MOREL est partie')).toMatchObject({ ok: true })

    const { found, events } = await traceOf(await restart())
    const told = events.map(({ act, outcome, code, detail }) => [act, outcome, code ?? detail ?? ''].join(' ').trim())
    expect(told.filter((line) => !line.startsWith('consent') && !line.startsWith('deposit failure'))).toEqual([
      'start success',
      'document-opened failure consultation-refused',
      'item-held success',
      'item-opened success',
      'item-visibility success hiddenFromPatient',
      'item-freed success',
      expect.stringMatching(/^deposit success/),
      'record-status success open,valid',
      'search success documents:1',
      'record-shown success',
      expect.stringMatching(/^retrieval success bytes:\d+$/),
      'document-opened success',
      'document-copied success',
      'item-dismissed success',
      'stop success',
      'start success',
      'trace-exported success /',
    ])
    expect(told.filter((line) => line.startsWith('consent'))).toEqual(['agreed', 'opposed', 'agreed'].flatMap((choice) => ['deposit', 'consultation'].map((kind) => `consent success ${kind}:${choice}`)))
    expect(told.filter((line) => line.startsWith('deposit failure')).every((line) => line === 'deposit failure record-unreachable')).toBe(true)
    const deposits = events.filter(({ act }) => act === 'deposit')
    expect(deposits.length).toBeGreaterThan(1)
    for (const deposit of deposits) expect(deposit).toMatchObject({ object: uniqueId, actor: { professional: expect.any(String) }, patientReference: expect.stringMatching(/^[0-9a-f]{32}$/) })

    const calls = events.filter(({ act, outcome }) => outcome === 'success' && ['deposit', 'record-status', 'search', 'retrieval'].includes(act))
    expect(calls.map(({ act, responseCode }) => `${act} ${responseCode}`)).toEqual(['deposit Success', 'record-status AA OK', 'search Success', 'retrieval Success'])
    for (const { requestId } of calls) expect(requestId).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
    expect(events.every(({ mono }) => Number.isInteger(mono))).toBe(true)

    expect(events.find(({ act }) => act === 'item-opened')).toMatchObject({ object: id, patientReference: deposits[0]!.patientReference })

    const text = found.map(({ event }) => event).join('\n')
    const names = [...file.patients.flatMap(({ birthName, givenNames, usedName }) => [birthName, ...givenNames.split(' '), usedName]), ...practice.professionals.flatMap(({ family, given }) => [family, given]), 'ordonnance', 'partie']
    for (const name of names) expect(text).not.toMatch(new RegExp(`\\b${name}\\b`, 'i'))
    for (const secret of [...file.patients.map(({ ins }) => ins), title!, ...practice.structures.map(({ name }) => name)]) expect(text).not.toContain(secret)
  })

  it('takes out one patient, and attests to who consulted their record', async () => {
    const { connector, adt } = await world()
    await adt(morel, 'A04', '20261120080000')
    const other = file.patients.find((patient) => patient.localId === 'P000105')!
    await connector.record.list({ ins: morel.ins })
    await connector.record.list({ ins: other.ins })
    const { events } = await traceOf(connector, { ins: morel.ins })
    expect(new Set(events.map(({ patientReference }) => patientReference)).size).toBe(1)
    expect(events.map(({ act }) => act).filter((act) => act !== 'consent')).toEqual(['record-status', 'search', 'record-shown', 'trace-exported'])
    const today = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() }
    const attested = await connector.audit.attestation({ ins: morel.ins }, today)
    expect(attested).toMatchObject({ ok: true, value: { patient: { birthName: morel.birthName }, verdict: { problem: null, gaps: [] } } })
    const doctor = practice.professionals.find(({ profession }) => profession === '10')!
    expect(attested.ok && attested.value.lines.map(({ act, professional, mode }) => [act, professional?.name, mode])).toEqual(['record-status', 'search', 'record-shown'].map((act) => [act, `${doctor.family} ${doctor.given}`, 'normal']))
    const before = await connector.audit.attestation({ ins: morel.ins }, { from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' })
    expect(before.ok && before.value.lines).toEqual([])
    expect(await connector.audit.attestation({ ins: '1' }, today)).toMatchObject({ ok: false, failure: { code: 'ins-invalid' } })
  })

  it('holds a burst and old files as one batch each, and sends them when a person says so', async () => {
    const { connector, adt, drop, deposited } = await world()
    await adt(morel, 'A04', '20261120080000')
    const pdf = Buffer.from(playFile('ordonnance-morel.pdf'))
    const sidecar = playFile('ordonnance-morel.json')
    const put = (name: string, modifiedAt?: Date) => {
      drop(`${name}.json`, sidecar, modifiedAt)
      drop(`${name}.pdf`, Buffer.concat([pdf, Buffer.from(`\n% ${name}\n`)]), modifiedAt)
    }
    put('old', new Date(Date.now() - 31 * 86_400_000))
    await vi.waitFor(async () => expect((await connector.status()).needsUser).toEqual([{ reason: 'old-file-held', count: 1 }]), wait)
    for (let index = 0; index < 60; index += 1) put(`n${index}`)
    await vi.waitFor(async () => expect((await connector.status()).needsUser.find(({ reason }) => reason === 'burst-held')?.count ?? 0).toBeGreaterThanOrEqual(9), { ...wait, timeout: 25_000 })
    await vi.waitFor(async () => expect((await connector.status()).counts).toMatchObject({ received: 0, ready: 0, sending: 0 }), wait)
    const { counts } = await connector.status()
    expect(counts.waiting + counts.deposited).toBe(61)
    expect(deposited()).toHaveLength(counts.deposited)
    // What is not the burst's is not touched by its button.
    expect(await connector.items.retry({ reason: 'burst-held' })).toBe(counts.waiting - 1)
    await vi.waitFor(async () => expect((await connector.status()).counts).toMatchObject({ waiting: 1, deposited: 60 }), { ...wait, timeout: 25_000 })
    // The old one is set aside as the batch it is; a person may still take it back.
    expect(await connector.items.dismissHeld('old-file-held', 'copie de vieux dossiers')).toBe(1)
    expect((await connector.status()).counts).toMatchObject({ waiting: 0, ignored: 1 })
    // The same folder exported again: recognised, counted, not sent.
    for (let index = 0; index < 5; index += 1) put(`again-${index}`.replace('again-', 'n'), new Date())
    await vi.waitFor(async () => expect((await connector.status()).counts.ignored).toBe(6), wait)
    expect(deposited()).toHaveLength(60)
  })

  it('replaces a document by its new version: the number its software gives it, the setId of a CDA', async () => {
    const { connector, adt, drop, states, registered } = await world()
    await adt(morel, 'A04', '20261120080000')
    const pdf = Buffer.from(playFile('ordonnance-morel.pdf'))
    const sidecar = JSON.parse(Buffer.from(playFile('ordonnance-morel.json')).toString()) as Record<string, string>
    const version = (number: number) => {
      drop(`v${number}.json`, JSON.stringify({ ...sidecar, idDocument: 'D-1' }))
      drop(`v${number}.pdf`, Buffer.concat([pdf, Buffer.from(`\n% version ${number}\n`)]))
    }
    for (const number of [1, 2, 3]) {
      version(number)
      await vi.waitFor(async () => expect(await states()).toEqual(Array.from({ length: number }, () => 'deposited null')), wait)
    }
    expect(registered().map((lot) => lot.associations.filter((one) => one.type.endsWith('RPLC')).length)).toEqual([0, 1, 1])
    const listed = await connector.record.list({ ins: morel.ins })
    expect(listed.ok && listed.value).toHaveLength(1)
  })

  describe('software that writes a sidecar again', () => {
    const boukhrissa = file.patients.find((patient) => patient.localId === 'P000103')!
    const sidecarOf = (patient: typeof morel, more = {}) => {
      const traits = { ins: patient.ins, nomNaissance: patient.birthName, prenom: patient.givenNames.split(' ')[0], dateNaissance: patient.birthDate, sexe: patient.sex, lieuNaissance: patient.birthPlace.code, ipp: patient.localId }
      return JSON.stringify({ ...(JSON.parse(Buffer.from(playFile('ordonnance-morel.json')).toString()) as object), ...traits, ...more })
    }
    const ofBoukhrissa = 'kinesitherapie-boukhrissa.pdf'
    const content = (text: string, pdf = 'ordonnance-morel.pdf') => Buffer.concat([playFile(pdf), Buffer.from(`\n% ${text}\n`)])
    /** A PDF whose text says of nobody. */
    async function scan(): Promise<Uint8Array> {
      const pdf = await PDFDocument.create()
      pdf.addPage().drawRectangle({ width: 10, height: 10 })
      return pdf.save({ useObjectStreams: false })
    }
    /** A practice whose sidecars come within two seconds, and both patients announced. */
    async function practiceOf() {
      const opened = await world()
      const profile = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../resources/profiles/default.json'), 'utf8')) as { sidecar: object }
      const connector = await opened.restart(() => {
        fs.mkdirSync(path.join(opened.data, 'profiles'), { recursive: true })
        fs.writeFileSync(path.join(opened.data, 'profiles/default.json'), JSON.stringify({ ...profile, sidecar: { ...profile.sidecar, waitSeconds: 2 } }))
      })
      const items = async () => (await connector.items.list({ limit: 50, cursor: null })).items
      for (const [index, patient] of [morel, boukhrissa].entries()) expect((await sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: adtMessage(patient, file, { event: 'A04', time: `2026112008000${index}`, controlId: `T${index}` }), timeoutMs: 10_000 })).code).toBe('AA')
      return { ...opened, connector, items, states: async () => (await items()).map(({ state, reason }) => `${state} ${reason}`).toSorted() }
    }

    it('has the document go to the patient its corrected sidecar names under the same number, and sees a correction that comes too late', async () => {
      const { connector, drop, items, states, deposited } = await practiceOf()
      const numbered = { idDocument: 'ORD-1' }
      await connector.pause(null)
      drop('ordonnance.json', sidecarOf(morel, numbered))
      drop('ordonnance.pdf', playFile(ofBoukhrissa))
      await vi.waitFor(async () => expect(await states()).toEqual(['waiting text-names-another']), wait)
      const { id } = (await items())[0]!
      expect(await connector.items.hold(id)).toMatchObject({ ok: true })
      drop('ordonnance.json', sidecarOf(boukhrissa, numbered))
      await vi.waitFor(async () => expect((await items())[0]!.patient?.ins).toBe(boukhrissa.ins), wait)
      await vi.waitFor(async () => expect(await states()).toEqual(['waiting held-by-user']), wait)
      await connector.resume()
      expect(await connector.items.retry({ ids: [id] })).toBe(1)
      await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
      expect(deposited()).toHaveLength(1)
      const lists = await Promise.all([morel, boukhrissa].map(({ ins }) => connector.record.list({ ins })))
      expect(lists.map((list) => list.ok && list.value.length)).toEqual([0, 1])
      drop('ordonnance.json', sidecarOf(morel, numbered))
      await vi.waitFor(async () => expect(await states()).toContain('parked announced-otherwise'), wait)
      expect(deposited()).toHaveLength(1)
    })

    it('waits for a person when it wrote the sidecar of another patient beside a document, and goes to whom they choose', async () => {
      const { connector, drop, items, states, deposited } = await practiceOf()
      drop('export.json', sidecarOf(boukhrissa))
      drop('export.pdf', playFile('ordonnance-morel.pdf'))
      drop('next.json', sidecarOf(boukhrissa))
      drop('next.pdf', playFile(ofBoukhrissa))
      await vi.waitFor(async () => expect(await states()).toEqual(['deposited null', 'waiting text-names-another']), wait)
      expect((await connector.status()).needsUser).toEqual([{ reason: 'text-names-another', count: 1 }])
      // Nobody looked: it stays.
      expect(await connector.items.retry({ reason: 'text-names-another' })).toBe(1)
      await vi.waitFor(async () => expect(await states()).toEqual(['deposited null', 'waiting text-names-another']), wait)
      const { id } = (await items()).find(({ state }) => state === 'waiting')!
      const shown = await connector.items.get(id)
      if (!shown.ok) throw new Error(shown.failure.code)
      expect(shown.value.candidates).toMatchObject([{ ins: boukhrissa.ins, qualified: true, differs: [] }])
      // What is seen is what was kept, whatever the software made of its file since.
      drop('export.pdf', 'another')
      expect(await connector.items.content(id)).toMatchObject({ ok: true, value: { attachments: [{ mediaType: 'application/pdf', size: playFile('ordonnance-morel.pdf').byteLength }] } })
      const seen = await connector.items.attachment(id, 0)
      expect(seen.ok && seen.value.type === 'application/pdf' && Buffer.from(await seen.value.arrayBuffer()).equals(Buffer.from(playFile('ordonnance-morel.pdf')))).toBe(true)
      const { events } = await traceOf(connector)
      expect(events.filter(({ act }) => act === 'item-opened')).toMatchObject([
        { outcome: 'success', object: id, actor: { role: expect.any(String) }, purpose: 'feeding', origin: 'user' },
        { outcome: 'success', object: id, detail: 'attachment:0' },
      ])
      expect(await connector.items.assignPatient(id, shown.value.candidates[0]!.patientId)).toMatchObject({ ok: true })
      await vi.waitFor(async () => expect(await states()).toEqual(['deposited null', 'deposited null']), wait)
      expect(deposited()).toHaveLength(2)
    })

    it('goes to any patient known here whom a person looks for and chooses against it, and the trace says so', async () => {
      const { connector, drop, items, states, deposited, document } = await practiceOf()
      drop('export.json', sidecarOf(boukhrissa))
      drop('export.pdf', playFile('ordonnance-morel.pdf'))
      await vi.waitFor(async () => expect(await states()).toEqual(['waiting text-names-another']), wait)
      const { id } = (await items())[0]!
      expect(await connector.items.get(id)).toMatchObject({ ok: true, value: { mayFindPatient: true } })
      const looked = await connector.items.findPatients(id, `${morel.birthName} ${morel.birthDate.split('-').reverse().join('/')}`)
      if (!looked.ok) throw new Error(looked.failure.code)
      expect(looked.value).toMatchObject({ found: [{ ins: morel.ins, qualified: true, refusal: null }], more: false })
      expect(await connector.items.findPatients('nothing', 'morel')).toMatchObject({ ok: false, failure: { code: 'not-found' } })
      expect(await connector.items.assignPatient(id, looked.value.found[0]!.patientId)).toMatchObject({ ok: true })
      await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
      expect(await connector.items.findPatients(id, 'morel')).toMatchObject({ ok: false, failure: { code: 'not-found' } })
      const sent = document(deposited()[0]!.replace('.xml', ''))
      expect([sent.includes(morel.ins), sent.includes(boukhrissa.ins)]).toEqual([true, false])
      const { events } = await traceOf(connector)
      expect(events.filter(({ act }) => act === 'item-patient-chosen')).toMatchObject([{ outcome: 'success', object: id, origin: 'user', detail: 'against-source' }])
    })

    it('goes as the type a person says where it says none, whatever runs meanwhile, and the trace says so', async () => {
      const { connector, drop, items, states, document, registered, restart } = await practiceOf()
      await connector.pause(null)
      drop('export.json', sidecarOf(boukhrissa, { type: undefined }))
      drop('export.pdf', playFile(ofBoukhrissa))
      await vi.waitFor(async () => expect(await states()).toEqual(['parked type-unknown']), wait)
      const { id } = (await items())[0]!
      const shown = await connector.items.get(id)
      expect(shown.ok && shown.value.typeChoices.map(({ code }) => code)).toContain('PRESC-KINE')
      expect(await connector.items.chooseType('nothing', 'PRESC-KINE')).toMatchObject({ ok: false, failure: { code: 'not-found' } })
      expect(await connector.items.chooseType(id, '51851-4')).toMatchObject({ ok: false, failure: { code: 'type-not-accepted' } })
      // Pressed by mistake, and said again before it leaves.
      for (const documentType of ['57833-6', 'PRESC-KINE']) {
        expect(await connector.items.chooseType(id, documentType)).toEqual({ ok: true, value: undefined })
        await vi.waitFor(async () => expect(await items()).toMatchObject([{ state: 'ready', documentType }]), wait)
      }
      const again = await restart()
      await again.resume()
      const listed = async () => (await again.items.list({ limit: 50, cursor: null })).items
      await vi.waitFor(async () => expect(await listed()).toMatchObject([{ id, state: 'deposited', documentType: 'PRESC-KINE' }]), wait)
      expect(document((await listed())[0]!.uniqueId!)).toContain('code="PRESC-KINE"')
      expect(registered()).toHaveLength(1)
      expect(await again.items.chooseType(id, '57833-6')).toMatchObject({ ok: false, failure: { code: 'already-left' } })
      const kept = await again.items.get(id)
      expect(kept.ok && kept.value.trace.map(({ detail }) => detail)).toContain("type chosen by a person: Prescription d'actes de kinésithérapie")
      expect((await traceOf(again)).events.filter(({ act }) => act === 'item-type-chosen')).toMatchObject(['57833-6', 'PRESC-KINE'].map((detail) => ({ outcome: 'success', object: id, detail, patientReference: expect.any(String) })))
      expect((await traceOf(again, { ins: boukhrissa.ins })).events.filter(({ act }) => act === 'item-type-chosen')).toHaveLength(2)
      // Said otherwise once it is there, it stands beside it.
      drop('export.json', sidecarOf(boukhrissa))
      await vi.waitFor(async () => expect((await listed()).map(({ state, reason }) => `${state} ${reason}`).toSorted()).toEqual(['deposited null', 'parked announced-otherwise']), wait)
    })

    it('goes in the name of the professional a person says where it names none, over a restart, and both traces say so', async () => {
      const { connector, drop, items, states, document, registered, restart } = await practiceOf()
      const nurse = practice.professionals.find(({ profession }) => profession === '60')!
      await connector.pause(null)
      drop('export.json', sidecarOf(boukhrissa, { auteur: undefined }))
      drop('export.pdf', playFile(ofBoukhrissa))
      await vi.waitFor(async () => expect(await states()).toEqual(['parked author-missing']), wait)
      const { id } = (await items())[0]!
      const shown = await connector.items.get(id)
      expect(shown.ok && shown.value.authorChoices.map((one) => one.id)).toEqual(practice.professionals.map((one) => one.id))
      expect(shown.ok && shown.value.typeChoices).toEqual([])
      expect(await connector.items.chooseAuthor('nothing', nurse.id)).toMatchObject({ ok: false, failure: { code: 'not-found' } })
      expect(await connector.items.chooseAuthor(id, '899900009999')).toMatchObject({ ok: false, failure: { code: 'author-not-ours' } })
      // Pressed by mistake, and said again before it leaves.
      for (const authorId of [practice.professionals[0]!.id, nurse.id]) {
        expect(await connector.items.chooseAuthor(id, authorId)).toEqual({ ok: true, value: undefined })
        await vi.waitFor(async () => expect(await states()).toEqual(['ready null']), wait)
      }
      const again = await restart()
      await again.resume()
      const listed = async () => (await again.items.list({ limit: 50, cursor: null })).items
      await vi.waitFor(async () => expect(await listed()).toMatchObject([{ id, state: 'deposited' }]), wait)
      expect(/<author\b[\s\S]*?<\/author>/.exec(document((await listed())[0]!.uniqueId!))?.[0]).toContain(`extension="${nurse.id}"`)
      expect(registered()).toHaveLength(1)
      expect(await again.items.chooseAuthor(id, practice.professionals[0]!.id)).toMatchObject({ ok: false, failure: { code: 'already-left' } })
      const kept = await again.items.get(id)
      expect(kept.ok && kept.value.trace.map(({ detail }) => detail)).toContain(`author chosen by a person: ${nurse.family} ${nurse.given}`)
      expect((await traceOf(again)).events.filter(({ act }) => act === 'item-author-chosen')).toMatchObject([practice.professionals[0]!.id, nurse.id].map((detail) => ({ outcome: 'success', object: id, origin: 'user', detail })))
    }, 60_000)

    it('gives nothing of one patient to another when it uses one name for one document after another, however slowly', async () => {
      const { connector, drop, items, states, deposited, document, recordDown, recordUp } = await practiceOf()
      await recordDown()
      drop('export.json', sidecarOf(morel))
      drop('export.pdf', content('one'))
      await vi.waitFor(async () => expect(await states()).toEqual(['waiting record-unreachable']), wait)
      // So long before its document that it was read as a word on the former one.
      drop('export.json', sidecarOf(boukhrissa))
      await vi.waitFor(async () => expect(await states()).toContain('parked announced-otherwise'), wait)
      drop('export.pdf', await scan())
      await vi.waitFor(async () => expect(await states()).toContain('waiting patient-to-confirm'), wait)
      expect(await items()).toHaveLength(3)
      // What its own text confirms is asked of nobody.
      drop('export.json', sidecarOf(boukhrissa, { titre: 'Suivante' }))
      drop('export.pdf', content('three', ofBoukhrissa))
      await vi.waitFor(async () => expect(await items()).toHaveLength(4), wait)
      await recordUp()
      await connector.resume()
      await vi.waitFor(async () => expect(await states()).toEqual(['deposited null', 'parked announced-otherwise', 'parked announced-otherwise', 'waiting patient-to-confirm']), { ...wait, timeout: 30_000 })
      expect(deposited()).toHaveLength(1)
      const [sent] = deposited().map((name) => document(name.replace('.xml', '')))
      expect([sent!.includes(boukhrissa.ins), sent!.includes(content('three', ofBoukhrissa).toString('base64').slice(-40))]).toEqual([true, true])
      // A person says that the first was right: it goes to its patient alone.
      const first = (await items()).find(({ state, reason, reasonDetail }) => state === 'parked' && reason === 'announced-otherwise' && reasonDetail === null)!
      expect(await connector.items.retry({ ids: [first.id] })).toBe(1)
      await vi.waitFor(() => expect(deposited()).toHaveLength(2), wait)
      expect((await items()).find(({ id }) => id === first.id)).toMatchObject({ patient: { ins: morel.ins } })
    })
  })

  it('gets everything back when its database is destroyed: copy, journal, and the record asked', async () => {
    const opened = await world()
    const { adt, drop, data, registered, restart } = opened
    await adt(morel, 'A04', '20261120080000')
    const pdf = Buffer.from(playFile('ordonnance-morel.pdf'))
    const put = (name: string) => {
      drop(`${name}.json`, playFile('ordonnance-morel.json'))
      drop(`${name}.pdf`, Buffer.concat([pdf, Buffer.from(`\n% ${name}\n`)]))
    }
    await vi.waitFor(() => expect(fs.readdirSync(path.join(data, 'backup')).filter((name) => name.endsWith('.db'))).toHaveLength(1), wait)
    for (const name of ['one', 'two']) put(name)
    await vi.waitFor(async () => expect(await opened.states()).toEqual(['deposited null', 'deposited null']), wait)
    await opened.connector.pause(null)
    put('three')
    await vi.waitFor(async () => expect(await opened.states()).toContain('ready null'), wait)
    // Held and freed after the copy: freed is the last word.
    const { id } = (await opened.connector.items.list({ states: ['ready'], limit: 1, cursor: null })).items[0]!
    expect(await opened.connector.items.hold(id)).toMatchObject({ ok: true })
    expect(await opened.connector.items.retry({ ids: [id] })).toBe(1)
    // A patient refuses, and the pause goes on.
    const opposed = file.patients.find((patient) => patient.localId === 'P000103')!
    await adt(opposed, 'A04', '20261120080001')
    await opened.connector.panel.open({ ins: opposed.ins })
    const { generation } = await opened.connector.panel.refresh()
    expect(await opened.connector.access.recordConsent({ generation, kind: 'deposit', choice: 'opposed' })).toMatchObject({ ok: true })
    const again = await restart(() => {
      for (const name of ['relais.db', 'relais.db-wal', 'relais.db-shm']) fs.rmSync(path.join(data, name), { force: true })
    })
    expect((await again.status()).paused).toEqual({ until: null })
    await again.panel.open({ ins: opposed.ins })
    expect((await again.panel.refresh()).access.consents.deposit).toMatchObject({ choice: 'opposed', source: 'panel' })
    await again.resume()
    await vi.waitFor(async () => expect((await again.status()).counts).toMatchObject({ deposited: 3, received: 0, ready: 0, sending: 0, uncertain: 0, waiting: 0, parked: 0 }), { ...wait, timeout: 30_000 })
    expect((await again.status()).restoredAt).not.toBeNull()
    expect(registered()).toHaveLength(3)
    await vi.waitFor(() => expect(fs.readdirSync(path.join(data, 'backup')).filter((name) => name.endsWith('.db'))).toHaveLength(2), wait)
  })

  it.skipIf(!mayMount)('takes nothing more on a full disk, says so to the sender, and goes on by itself when room is back', async () => {
    const disk = smallDisk(60 * 1024 * 1024)
    const { connector, adt, drop, exports, deposited } = await world({ disk })
    await adt(morel, 'A04', '20261120080000')
    const filler = fs.openSync(path.join(disk, 'filler'), 'w')
    expect(() => {
      for (;;) fs.writeSync(filler, Buffer.alloc(65_536))
    }).toThrow(/ENOSPC/)
    fs.closeSync(filler)
    for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) drop(name, playFile(name))
    await vi.waitFor(async () => expect((await connector.status()).storage.state).toBe('full'), wait)
    const message = Buffer.from(playFile('cr-ecg-poli.hl7'))
    const send = () => sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message, timeoutMs: 10_000 })
    const refused = await send()
    expect([refused.code, Buffer.from(refused.bytes).toString()]).toEqual(['AR', expect.stringContaining('stockage plein')])
    expect((await connector.status()).total).toBe(0)
    expect(fs.readdirSync(exports)).toHaveLength(2)
    fs.rmSync(path.join(disk, 'filler'))
    await vi.waitFor(() => expect(deposited()).toHaveLength(1), { timeout: 60_000, interval: 200 })
    expect((await send()).code).toBe('AA')
  })
})
