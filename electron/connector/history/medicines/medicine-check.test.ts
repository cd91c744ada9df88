import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { success, type PatientLabel, type RecordSummary } from '#shared/contract/index.ts'
import { deskInPlace } from '../desk-example.ts'
import { documentWith, entryTemplate } from '../facts/facts-example.ts'
import { openPanelSummary } from '../panel-summary.ts'
import type { OpenReading } from '../panel.ts'
import { doctorExample, documentExample, insExample, openStanding } from '../record-example.ts'
import { readingInMemory } from '../readings.ts'
import { factExample } from '../summary/summary-example.ts'
import { importMedicines } from './import-medicines.ts'
import { inForceOf } from './in-force.ts'
import { openMedicineChecker, type OwnPrescription } from './medicine-check.ts'
import { codesExample, nowExample, summaryOf } from './medicine-example.ts'
import { medicinesFolder } from './medicine-files.ts'

let dataFolder: string
beforeEach(() => {
  dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-checker-'))
})
afterEach(() => fs.rmSync(dataFolder, { recursive: true, force: true }))

const labelExample: PatientLabel = { ins: insExample.value, insOid: insExample.oid, birthName: 'UN', givenName: 'Ada', usedName: null, birthDate: '1960-05-05', sex: 'F' }

/** An eP-MED-DM of one line, in the shape of the national examples. */
const prescription = (cis: string, label: string) => documentWith('57828-6', '171', `<content ID="p">${label}</content>`, `<entry><substanceAdministration moodCode="INT">${entryTemplate('83')}<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.7"/>
  <text><reference value="#p"/></text><statusCode code="completed"/><effectiveTime xsi:type="IVL_TS"><low value="20261121"/><high value="20261205"/></effectiveTime><consumable><manufacturedProduct>${entryTemplate('43')}
  <manufacturedMaterial><code code="${cis}" displayName="${label}" codeSystem="1.2.250.1.213.2.3.1"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>`,
  '<author><assignedAuthor><assignedPerson><name><given>Camille</given><family>MARTIN</family></name></assignedPerson></assignedAuthor></author>')

function opened() {
  const kept = readingInMemory()
  const reading = (generation: number, way: string): OpenReading => ({ generation, begun: null, way: { way, ins: insExample, entry: null, reader: doctorExample, kept, stop: () => null }, reading: { documents: [], standing: openStanding, loadedAt: nowExample } })
  const world = {
    open: reading(1, 'one') as OpenReading | null,
    summary: summaryOf([{ label: 'FLUIDINE 5 mg', codes: codesExample('60000001'), document: 'letter' }]) as (RecordSummary & { loadedAt: string }) | null,
    own: [] as OwnPrescription[],
    read: 0,
    during: () => {},
  }
  const contents = new Map<string, Uint8Array>()
  const listeners: (() => void)[] = []
  const checker = openMedicineChecker({
    panel: { openReading: () => world.open, onChange: (listener) => (listeners.push(listener), () => undefined) },
    summary: { inForce: async () => world.summary && { ...world.summary, name: 'one', ...inForceOf(world.summary, new Set(), nowExample) } },
    dataFolder,
    prescriptionsOf: async () => world.own,
    contentOf: async (sha256) => {
      world.read += 1
      world.during()
      return contents.get(sha256)!
    },
    now: () => nowExample,
  })
  const send = (bytes: Uint8Array, id: string) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    contents.set(sha256, bytes)
    world.own = [...world.own, { id, sha256, title: 'Ordonnance', at: nowExample }]
  }
  return { world, checker, send, kept, reading, changed: () => listeners.forEach((listener) => listener()) }
}

async function install(): Promise<void> {
  const given = path.join(dataFolder, 'given')
  fs.mkdirSync(given, { recursive: true })
  const rows = { 'CIS_bdpm.txt': '60000001\tFLUIDINE 5 mg\n60000002\tCALMIFÈNE 400 mg', 'CIS_CIP_bdpm.txt': '60000001\t3000001\t\t\t\t\t3400930000011', 'CIS_COMPO_bdpm.txt': '60000001\tcp\t1\tWARFARINE SODIQUE\t\t\tSA\t1\n60000002\tcp\t2\tIBUPROFÈNE\t\t\tSA\t1', 'i.csv': 'protagoniste1;protagoniste2;CI;AD;PE;PC\nIBUPROFENE;ANTIVITAMINES K;;Association DECONSEILLEE;;', 'c.csv': 'molecule;famille\nwarfarine;antivitamines K' }
  for (const [name, content] of Object.entries(rows)) fs.writeFileSync(path.join(given, name), content)
  const imported = await importMedicines({ paths: [given], dataFolder, date: '2026-09-15', now: nowExample })
  expect(imported).toMatchObject({ ok: true })
}

it('checks a prescription on its way with the treatments of the record, from the file that is installed', async () => {
  const { checker, send } = opened()
  send(prescription('60000002', 'CALMIFÈNE 400 mg'), 'own')
  expect(await checker.get()).toMatchObject({ alerts: [], interactions: { state: 'absent' }, medicines: { current: 2 }, prescriptions: { read: 1, unread: 0 } })
  await install()
  const check = await checker.get()
  expect(check).toMatchObject({ generation: 1, products: { state: 'installed', date: '2026-09-15' }, medicines: { current: 2, compared: 2, analysed: 2, unchecked: [] }, alerts: [{ kind: 'interaction', level: 'discouraged' }] })
  expect(check?.alerts[0]?.medicines.map(({ name, acts, end, sources: [source] }) => [name, acts, end, source?.document, source?.onItsWay, source?.author]).sort()).toEqual([
    ['CALMIFÈNE 400 mg', ['prescribed'], '2026-12-05', 'own', true, 'Camille MARTIN'], ['FLUIDINE 5 mg', ['listed'], null, 'letter', false, 'Dr UN'],
  ])
})

it('counts a prescription without medicines that can be read, and asks no document twice', async () => {
  const { world, checker, send } = opened()
  send(Buffer.from('%PDF-1.7'), 'scan')
  send(documentWith('1', '1', 'Une ordonnance en mots', ''), 'words')
  const first = await checker.get()
  expect(first?.prescriptions).toEqual({ read: 0, unread: 2 })
  expect(await checker.get()).toBe(first)
  send(prescription('60000002', 'CALMIFÈNE 400 mg'), 'own')
  expect((await checker.get())?.prescriptions).toEqual({ read: 1, unread: 2 })
  expect(world.read).toBe(3)
})

it('leaves a prescription that was read back to the record', async () => {
  const { checker, send, kept } = opened()
  kept.keep({ documents: [{ uniqueId: 'own' } as never], standing: openStanding, loadedAt: nowExample })
  kept.keepContent('own', Buffer.from('x'))
  send(prescription('60000002', 'CALMIFÈNE 400 mg'), 'own')
  expect(await checker.get()).toMatchObject({ medicines: { current: 1 }, prescriptions: { read: 0, unread: 0 } })
})

it('says nothing to whom nothing is open, nor of another patient or way in that came meanwhile', async () => {
  const { world, checker, send, reading, changed } = opened()
  send(prescription('60000002', 'CALMIFÈNE 400 mg'), 'own')
  for (const during of [reading(2, 'one'), reading(1, 'two'), null]) {
    world.open = reading(1, 'one')
    world.during = () => {
      world.open = during
      changed()
    }
    world.read = 0
    expect(await checker.get()).toBeNull()
    world.open = null
    changed()
  }
  expect(await checker.get()).toBeNull()
  world.open = reading(1, 'one')
  world.summary = null
  expect(await checker.get()).toBeNull()
})

it('says that an installed base is unreadable, whatever is wrong with it', async () => {
  await install()
  const file = path.join(medicinesFolder(dataFolder), 'interactions.db')
  const bytes = fs.readFileSync(file)
  // The first page tells what it is, the tables behind it are garbage.
  fs.writeFileSync(file, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xa5)]))
  const { checker } = opened()
  expect((await checker.get())?.interactions).toEqual({ state: 'unreadable' })
})

it('compares every allergy and every treatment, be they beyond what the lists show first', async () => {
  await install()
  const kept = readingInMemory()
  const reading = { documents: [documentExample('1.1', { formatCode: 'urn:asip:ci-sis:vsm:2013' })], standing: openStanding, loadedAt: nowExample }
  const many = (kind: 'allergy' | 'treatment', count: number) => Array.from({ length: count }, (_, at) => factExample({ kind, document: '1.1', label: `Autre ${at}`, interpretation: 'grave', date: '2026-11-20', status: 'active' }))
  const last = (kind: 'allergy' | 'treatment', label: string, cis: string) => factExample({ kind, document: '1.1', label, date: '2026-09-01', status: 'active', codes: codesExample(cis) })
  kept.keep(reading)
  kept.keepContent('1.1', Buffer.from('x'))
  kept.keepFacts('1.1', JSON.stringify([...many('allergy', 40), last('allergy', 'Z ibuprofène', '60000002'), ...many('treatment', 20), last('treatment', 'Z FLUIDINE 5 mg', '60000001'), last('treatment', 'Z CALMIFÈNE 400 mg', '60000002')]))
  const way = { way: 'one', ins: insExample, entry: null, reader: doctorExample, kept, stop: () => null }
  const panel = { openReading: () => ({ generation: 1, begun: null, way, reading }), shown: () => success({ ins: insExample, label: labelExample, qualified: true, patientId: null }), consultation: () => way, onChange: () => () => undefined }
  const onBug = (error: unknown) => {
    throw error
  }
  const desk = deskInPlace()
  const open = () => openPanelSummary({ panel, thread: desk.thread, facts: { want: () => undefined, drop: () => undefined }, version: '1', onTold: () => undefined, onBug, now: () => nowExample })
  const summary = open()
  const painted = await summary.get()
  expect([painted?.allergies.lineCount, painted?.treatments.lineCount]).toEqual([41, 22])
  expect([...painted!.allergies.lines, ...painted!.treatments.lines].filter(({ name }) => name.startsWith('Z'))).toEqual([])
  // Of this run and of what a former one kept.
  for (const one of [summary, open()]) {
    const check = await openMedicineChecker({ panel, summary: one, dataFolder, prescriptionsOf: async () => [], contentOf: async () => new Uint8Array(), now: () => nowExample }).get()
    expect(check?.alerts.map(({ kind, medicines }) => [kind, ...medicines.map(({ name }) => name)])).toEqual([['allergy', 'Z CALMIFÈNE 400 mg'], ['interaction', 'Z CALMIFÈNE 400 mg', 'Z FLUIDINE 5 mg']])
    expect([check?.allergies.inForce, check?.medicines.current]).toEqual([41, 22])
    await one.close()
  }
})
