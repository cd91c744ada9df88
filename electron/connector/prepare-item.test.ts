import { createHash, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { PDFDocument, StandardFonts } from 'pdf-lib'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { practiceFile } from '#shared/contract/index.ts'
import { insOids } from '#shared/terminology/index.ts'
import { ConsentRegister } from './consent/index.ts'
import { cdaExample } from './documents/cda-example.ts'
import { openPdfTextReader, readCdaBody, writeCda, type CdaToWrite, type DocumentHints } from './documents/index.ts'
import { frozenOf, openSqliteLedger, rememberCopy, type ItemRow, type Ledger, type TakenFile } from './outbox/index.ts'
import { oidOf } from './stable-oid.ts'
import { temporaryStore } from './outbox/test-store.ts'
import { insKey, PatientRegistry, type IdentityClaim } from './patients/index.ts'
import { authorChoiceOf, authorChoicesOf } from './choose-author.ts'
import { candidatesOf, choiceOf, findKnown, findPatients, mayFindPatient, namedByText } from './choose-patient.ts'
import { typeChoiceOf, typeChoicesOf } from './choose-type.ts'
import { prepareItem, type Preparation } from './prepare-item.ts'
import { retryRule } from './retry-rule.ts'
import { isRebuilt, stopBeforeSending } from './sending-rules.ts'
import { isSameDay } from './where-written.ts'

const { patient } = cdaExample
/** Another number with a right key: somebody else's. */
const otherIns = `2840699999998${insKey('2840699999998')}`
const traits = { birthName: patient.birthName, givenName: patient.givenName, birthDate: patient.birthDate, sex: patient.sex, birthPlace: patient.birthPlace }
const clock = { now: 0 }
const known: IdentityClaim = { origin: 'message', ...traits, ins: patient.ins, insOid: patient.insOid, localId: patient.localId!.value, localIdOid: patient.localId!.oid }
const feed = (at: number, qualified = true) => ({ kind: 'identity-feed', name: 'LGC', at, qualified }) as const
const pdfHints = { typeCode: '57833-6', title: 'Ordonnance' }

let handle: Awaited<ReturnType<typeof temporaryStore>>
let ledger: Ledger
let registry: PatientRegistry
let consent: ConsentRegister
let preparation: Preparation
let learnt: IdentityClaim[]
let made: number
const texts = openPdfTextReader()
afterAll(() => texts.close())

beforeEach(async () => {
  handle = await temporaryStore()
  const { store } = handle
  clock.now = Date.UTC(2026, 10, 21, 12)
  const now = () => clock.now
  learnt = []
  made = 0
  ledger = openSqliteLedger(store, { now, newId: randomUUID })
  registry = new PatientRegistry(store, randomUUID)
  consent = new ConsentRegister(store)
  preparation = {
    store,
    ledger,
    registry,
    consent,
    practice: practiceFile.parse({ structures: [cdaExample.structure], professionals: [cdaExample.professional] }),
    environment: 'training',
    maxDocumentBytes: 5_000_000,
    now,
    readText: (bytes, sha256) => texts.read(bytes, sha256),
    onPatientLearnt: (claim) => learnt.push(claim),
    oidOf: (kind) => `1.2.250.1.999.77.${kind === 'document' ? 5 : 6}.${(made += 1)}`,
  }
})
afterEach(() => handle.remove())

const patientCount = () => handle.store.db.prepare('SELECT count(*) FROM patient').pluck().get()
const again = async (row: ItemRow) => (await ledger.byId(row.id))!

function learn(claim: IdentityClaim = known, source = feed(10)): string {
  const result = registry.upsert(claim, source)
  if (!result.ok) throw new Error(result.failure.code)
  return result.value
}

function cda(changes: Partial<CdaToWrite> = {}): Uint8Array {
  const written = writeCda({ ...cdaExample, ...changes })
  if (!written.ok) throw new Error(written.failure.detail)
  return written.value
}

/** A PDF of its own at each call, with this text, or none like a scan. */
async function pdf(text = ''): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  const page = document.addPage()
  if (text !== '') page.drawText(text, { x: 20, y: 500, size: 12, font: await document.embedFont(StandardFonts.Helvetica) })
  document.setTitle(`Document ${(made += 1)}`)
  return document.save({ useObjectStreams: false })
}

async function receive(bytes: Uint8Array, hints: DocumentHints = {}, kind: ItemRow['source_kind'] = 'folder', file?: TakenFile): Promise<ItemRow> {
  const fileName = Buffer.from(bytes).subarray(0, 4).toString() === '%PDF' ? 'a.pdf' : 'a.xml'
  const { items } = await ledger.receive([{ source: { kind, name: 'Export', reference: fileName }, bytes, fileName, hints, ...(file && { file }) }])
  return (await ledger.byId(items[0]!.id))!
}

async function walk(...arrival: Parameters<typeof receive>): Promise<ItemRow> {
  const row = await receive(...arrival)
  await prepareItem(row, preparation)
  return (await again(row))
}

async function rebuild(row: ItemRow): Promise<ItemRow> {
  expect((await ledger.retryAll([(await again(row))], () => true))).toBe(1)
  await prepareItem((await again(row)), preparation)
  return (await again(row))
}

const sidecar = (identity: DocumentHints['identity']): DocumentHints => ({ ...pdfHints, identity: { ...identity, origin: 'sidecar' } })
/** What is kept of the choice of the patient announced. */
const asAnnounced = { ins: patient.ins, insOid: patient.insOid, against: false }
const full = { ins: patient.ins, insOid: patient.insOid, ...traits }

describe('a CDA on its way to ready', () => {
  it('keeps its own id and its very bytes, and makes its patient known', async () => {
    const bytes = cda()
    const row = await walk(bytes)
    expect(row).toMatchObject({ state: 'ready', reason: null, unique_id: cdaExample.id, submission_set_id: '1.2.250.1.999.77.6.1', ins: patient.ins, type_code: '57833-6', title: cdaExample.title })
    expect(frozenOf(row)).toMatchObject({ uniqueId: cdaExample.id, party: { kind: 'professional', professional: { id: cdaExample.professional.id } } })
    expect(handle.store.spool.get(row.document_sha256!)).toEqual(Buffer.from(bytes))
    expect(registry.byIns(patient.ins, patient.insOid)).toMatchObject([{ id: row.patient_id, qualified: true, localIds: [] }])
    expect(learnt).toMatchObject([{ ins: patient.ins }])
  })

  it('replaces the version before it, and nothing when it is only another document under the same setId', async () => {
    const first = await walk(cda())
    const twin = await walk(cda({ id: `${cdaExample.id}.9` }))
    expect(frozenOf(twin).metadata.replaces).toBeNull()
    const second = await walk(cda({ id: `${cdaExample.id}.2`, versionNumber: 2 }))
    expect(frozenOf(second).metadata.replaces).toBe(twin.unique_id)
    expect([first.lineage, twin.lineage, second.lineage]).toEqual([first.unique_id, twin.unique_id, twin.unique_id])
  })

  it('takes up again an older version that was set aside before the one that waits for it came', async () => {
    const id = (version: number) => ({ id: `${cdaExample.id}.${version}`, versionNumber: version })
    await walk(cda({ ...id(3), replaces: id(2).id }))
    const first = await walk(cda(id(1)))
    expect(first).toMatchObject({ state: 'parked', reason: 'version-superseded' })
    await walk(cda({ ...id(2), replaces: id(1).id }))
    await prepareItem(await again(first), preparation)
    expect(await again(first)).toMatchObject({ state: 'ready', unique_id: id(1).id })
  })

  it('sets aside an older version, unless a later one waits for it', async () => {
    await walk(cda({ id: `${cdaExample.id}.3`, versionNumber: 3 }))
    expect(await walk(cda({ id: `${cdaExample.id}.2`, versionNumber: 2 }))).toMatchObject({ state: 'parked', reason: 'version-superseded' })
    await walk(cda({ id: `${cdaExample.id}.5`, setId: `${cdaExample.setId}.8`, versionNumber: 2, replaces: `${cdaExample.id}.4` }))
    expect(await walk(cda({ id: `${cdaExample.id}.4`, setId: `${cdaExample.setId}.8` }))).toMatchObject({ state: 'ready' })
  })

  it.each(['root="1.2.250.1.999.78.3" extension="42"', 'root="0b7f1b1e-8a52-4a7e-9f6e-0d9cf1a2b3c4"'])('says at once that what it replaces is nothing the record can hold: %s', async (parent) => {
    const text = Buffer.from(cda({ versionNumber: 2, replaces: '1.2.250.1.999.78.3.42' })).toString()
    const row = await walk(Buffer.from(text.replace('<parentDocument><id root="1.2.250.1.999.78.3.42"/>', `<parentDocument><id ${parent}/>`)))
    expect([row.state, row.reason, row.reason_detail]).toEqual(['parked', 'cda-header-invalid', 'relatedDocument/parentDocument/id'])
  })

  it('goes nowhere when what it replaces replaces it, in however many steps', async () => {
    const id = (number: number) => `${cdaExample.id}.${number}`
    await walk(cda({ id: id(1), setId: `${cdaExample.setId}.1`, replaces: id(3) }))
    await walk(cda({ id: id(2), setId: `${cdaExample.setId}.2`, replaces: id(1) }))
    expect(await walk(cda({ id: id(3), setId: `${cdaExample.setId}.3`, replaces: id(2) }))).toMatchObject({ state: 'parked', reason: 'parent-missing' })
  })

  it('goes nowhere when its message says "replace" and nothing says what', async () => {
    expect(await walk(cda(), { action: 'replace' })).toMatchObject({ state: 'parked', reason: 'parent-missing' })
  })

  it('is held once it could go, and prepared anew for whom a person chose', async () => {
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'a.xml' }, bytes: cda(), fileName: 'a.xml', hints: {}, hold: 'burst' }])
    const row = (await ledger.byId(items[0]!.id))!
    await prepareItem(row, preparation)
    expect(await again(row)).toMatchObject({ state: 'waiting', waiting_for: 'until', reason: 'burst-held', title: cdaExample.title })
    const freed = await rebuild(row)
    expect(freed).toMatchObject({ state: 'ready', held: null })
    expect(await ledger.setVisibility(freed, { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false })).toBe(true)
    // What was being prepared meanwhile, for everybody, does not count.
    await prepareItem({ ...(await again(row)), visibility: null }, preparation)
    expect(await again(row)).toMatchObject({ state: 'received' })
    await prepareItem(await again(row), preparation)
    expect(frozenOf(await again(row)).metadata.confidentiality.map((one) => one.code)).toContain('MASQUE_PS')
  })

  it('stands where one of ours wrote it for a structure that is not: CDA or sidecar', async () => {
    const elsewhere = '499999999999001'
    const row = await walk(cda({ professional: { ...cdaExample.professional, structure: elsewhere }, structure: { ...cdaExample.structure, id: elsewhere } }))
    expect(row).toMatchObject({ state: 'parked', reason: 'author-not-ours', reason_detail: `GENERIQUE Alix (${cdaExample.professional.id}) / ${cdaExample.structure.name} (${elsewhere})` })
    learn()
    const { id } = cdaExample.professional
    expect(await walk(await pdf(), { ...sidecar(full), authorId: id, structureId: elsewhere })).toMatchObject({ state: 'parked', reason: 'author-not-ours', reason_detail: `GENERIQUE Alix (${id}) / ${elsewhere}` })
  })

  it('teaches nothing of its patient when its author is not ours', async () => {
    const stranger = { ...cdaExample.professional, id: '899999999999', structure: '499999999999001' }
    const row = await walk(cda({ professional: stranger, structure: { ...cdaExample.structure, id: '499999999999001' } }))
    expect(row).toMatchObject({ state: 'parked', reason: 'author-not-ours', patient_id: null, document_sha256: null })
    expect([patientCount(), learnt]).toEqual([0, []])
  })

  it.each([
    ['a wrong key', { ins: `${patient.ins.slice(0, 13)}00` }, 'ins-invalid'],
    ['a number of production', { insOid: insOids.nir }, 'ins-production-in-training'],
  ] as const)('is parked with %s', async (_, change, reason) => {
    expect(await walk(cda({ patient: { ...patient, ...change } }))).toMatchObject({ state: 'parked', reason })
    expect(patientCount()).toBe(0)
  })

  it.each([
    ['ins', otherIns], ['birthName', 'AUTRE'], ['givenName', 'ALEX'], ['birthDate', '1984-06-13'], ['sex', 'M'],
  ] as const)('is parked when the message around it names another patient (%s)', async (name, value) => {
    const row = await walk(cda(), { identity: { ...full, [name]: value, origin: 'message', qualified: true } }, 'hl7')
    expect(row).toMatchObject({ state: 'parked', reason: 'patient-mismatch', reason_detail: name })
  })

  it('waits when the message around it does not vouch for the identity', async () => {
    expect(await walk(cda(), { identity: { ...full, origin: 'message', qualified: false } }, 'hl7')).toMatchObject({ state: 'waiting', reason: 'ins-not-qualified' })
    expect(await walk(cda({ title: 'Sans PID' }), {}, 'hl7')).toMatchObject({ state: 'waiting', reason: 'ins-not-qualified' })
    expect(patientCount()).toBe(0)
  })

  it('is ready when the message vouches for it', async () => {
    expect(await walk(cda(), { identity: { ...full, origin: 'message', qualified: true } }, 'hl7')).toMatchObject({ state: 'ready' })
  })

  it('is not held by the blanks of a number typed as people write it', async () => {
    expect(await walk(cda(), { identity: { ...full, ins: '2 84 06 99 999 999 68', origin: 'sidecar' } })).toMatchObject({ state: 'ready' })
  })

  it('is sent once though two carriers brought it', async () => {
    const bytes = cda()
    const first = await walk(bytes)
    expect(await walk(bytes, { identity: { ...full, origin: 'message', qualified: true } }, 'folder')).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: first.id })
  })

  it('is parked when its id was used for other bytes', async () => {
    await walk(cda())
    expect(await walk(cda({ title: 'Autre' }))).toMatchObject({ state: 'parked', reason: 'record-content-conflict', reason_detail: cdaExample.id })
  })

  it('is parked when nobody could see it', async () => {
    const both = { visibility: { masked: true, hiddenFromPatient: true, hiddenFromRepresentatives: false } }
    expect(await walk(cda(), both)).toMatchObject({ state: 'parked', reason: 'visibility-forbidden' })
    const one = { visibility: { ...both.visibility, masked: false } }
    const row = await walk(cda({ id: `${cdaExample.id}.2` }), one)
    expect(frozenOf(row).metadata.confidentiality.map(({ code }) => code)).toContain('INVISIBLE_PATIENT')
  })

  it('waits when what is known here differs, and no person may give it to anybody', async () => {
    const id = learn({ ...known, givenName: 'ALEX' })
    const row = await walk(cda())
    expect(row).toMatchObject({ state: 'waiting', reason: 'traits-differ', waiting_for: 'patient' })
    expect(candidatesOf(row, preparation)).toMatchObject([{ patientId: id, differs: ['givenName'] }])
    expect(choiceOf(row, id, preparation)).toMatchObject({ ok: false, failure: { code: 'traits-differ' } })
    await ledger.choosePatient(row, id)
    await prepareItem((await again(row)), preparation)
    expect((await again(row))).toMatchObject({ state: 'waiting', reason: 'traits-differ' })
  })
})

describe('a copy taken out of the record that comes back', () => {
  const label = { ins: patient.ins, insOid: patient.insOid, birthName: patient.birthName, givenName: patient.givenName, usedName: null, birthDate: patient.birthDate, sex: patient.sex }
  const copied = async (bytes: Uint8Array) => {
    await rememberCopy(ledger, createHash('sha256').update(bytes).digest('hex'), { uniqueId: '1.2.3', patient: label })
    return bytes
  }
  const ignored = { state: 'ignored', reason: 'copied-from-record', reason_detail: '1.2.3' }

  it('is no new document: without a word about its patient, or with the same', async () => {
    learn()
    expect(await walk(await copied(await pdf()))).toMatchObject(ignored)
    expect(await walk(await copied(await pdf()), sidecar(full))).toMatchObject(ignored)
    const { ins: _ins, ...unnumbered } = full
    expect(await walk(await copied(await pdf()), sidecar(unnumbered))).toMatchObject(ignored)
    expect(await walk(await copied(cda()))).toMatchObject(ignored)
  })

  it('is one for another patient, to whom the same leaflet is given', async () => {
    learn()
    const other = learn({ ...known, ins: otherIns, birthName: 'AUTRE', localId: 'P2' })
    const row = await walk(await copied(await pdf()), sidecar({ ...full, ins: otherIns, birthName: 'AUTRE' }))
    expect(row).toMatchObject({ state: 'ready', patient_id: other })
  })

  it('is none even when only a person’s choice makes it the same patient’s', async () => {
    const id = learn()
    const row = await walk(await copied(await pdf()), sidecar({ birthName: full.birthName, givenName: 'ALEX' }))
    expect(row.state).toBe('waiting')
    await ledger.choosePatient(row, id)
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject(ignored)
  })

  it('stays so under every patient it was copied for', async () => {
    const bytes = await copied(await pdf())
    await rememberCopy(ledger, createHash('sha256').update(bytes).digest('hex'), { uniqueId: '1.2.4', patient: { ...label, ins: otherIns, birthName: 'AUTRE' } })
    learn()
    expect(await walk(bytes, sidecar(full))).toMatchObject(ignored)
    expect(await walk(bytes, sidecar({ ...full, ins: otherIns, birthName: 'AUTRE' }))).toMatchObject({ ...ignored, reason_detail: '1.2.4' })
  })
})

describe('a PDF on its way to ready', () => {
  it('is wrapped as it is when its sidecar names a qualified patient', async () => {
    const id = learn()
    const bytes = await pdf()
    const row = await walk(bytes, sidecar(full))
    expect(row).toMatchObject({ state: 'ready', patient_id: id, ins: patient.ins, title: 'Ordonnance' })
    const body = readCdaBody(handle.store.spool.get(row.document_sha256!))
    if (!body.ok) throw new Error(body.failure.code)
    expect(body.value.attachments.map((attachment) => Buffer.from(attachment.bytes))).toEqual([Buffer.from(bytes)])
  })

  it('waits when its patient is unknown, or when it names none', async () => {
    expect(await walk(await pdf(), sidecar(full))).toMatchObject({ state: 'waiting', reason: 'patient-unknown', waiting_for: 'patient' })
    learn()
    expect(await walk(await pdf(), pdfHints)).toMatchObject({ state: 'waiting', reason: 'patient-unknown', patient: null })
  })

  it.each([
    ['ins', otherIns, 'patient-unknown'], ['birthName', 'AUTRE', 'traits-differ'], ['givenName', 'ALEX', 'traits-differ'],
    ['birthDate', '1984-06-13', 'traits-differ'], ['sex', 'M', 'traits-differ'], ['birthPlace', '76540', 'traits-differ'],
  ] as const)('waits when only this trait differs: %s', async (name, value, reason) => {
    learn()
    expect(await walk(await pdf(), sidecar({ ...full, [name]: value }))).toMatchObject({ state: 'waiting', reason, document_sha256: null })
  })

  it('is never ready when a trait that is given differs', async () => {
    learn()
    const other = { ins: otherIns, birthName: 'AUTRE', givenName: 'ALEX', birthDate: '1984-06-13', sex: 'M', birthPlace: '76540' } as const
    const names = ['ins', 'birthName', 'givenName', 'birthDate', 'sex', 'birthPlace'] as const
    const kinds = fc.record({ ...Object.fromEntries(names.map((name) => [name, fc.constantFrom('equal', 'equal', 'different', 'absent')])), localId: fc.constantFrom('equal', 'absent') })
    let ready = 0
    await fc.assert(
      fc.asyncProperty(kinds, async (kind: Record<string, string>) => {
        const said = Object.fromEntries(names.filter((name) => kind[name] !== 'absent').map((name) => [name, kind[name] === 'equal' ? full[name] : other[name]]))
        const row = await walk(await pdf(), sidecar({ ...said, ...(kind['localId'] === 'equal' ? { localId: known.localId } : {}) }))
        expect(['ready', 'waiting']).toContain(row.state)
        if (row.state !== 'ready') return
        ready += 1
        expect(Object.values(kind)).not.toContain('different')
        expect(row.ins).toBe(patient.ins)
      }),
      { numRuns: 150, examples: [[{ ...Object.fromEntries(names.map((name) => [name, 'equal'])), localId: 'equal' }]] as never },
    )
    expect(ready).toBeGreaterThan(0)
  })

  it('keeps its uniqueId and its submission set when prepared again', async () => {
    learn()
    const first = await walk(await pdf(), sidecar(full))
    await ledger.apply(first, { type: 'park', reason: 'record-metadata-refused' })
    const second = await rebuild(first)
    expect(second).toMatchObject({ state: 'ready', unique_id: first.unique_id, submission_set_id: first.submission_set_id, document_sha256: first.document_sha256 })
  })

  it('keeps its place among its versions whenever it is prepared', async () => {
    learn()
    const keyed = { ...sidecar(full), documentKey: '12' }
    const first = await walk(await pdf(), keyed)
    await ledger.hold(first)
    const second = await walk(await pdf(), keyed)
    const third = await walk(await pdf(), keyed)
    expect([second, third].map((row) => frozenOf(row).metadata.replaces)).toEqual([first.unique_id, second.unique_id])
    await ledger.hold(second)
    const [freed, anew] = [await rebuild(first), await rebuild(second)]
    expect([freed, anew].map((row) => [row.state, row.version, frozenOf(row).metadata.replaces])).toEqual([
      ['ready', 1, null],
      ['ready', 2, first.unique_id],
    ])
  })

  it('takes its former place when it comes again after having been set aside', async () => {
    learn()
    preparation = { ...preparation, oidOf: (kind, name) => oidOf('1.2.250.1.999.77', kind, name) }
    const keyed = { ...sidecar(full), documentKey: '12' }
    const [zero, bytes] = [await walk(await pdf(), keyed), await pdf()]
    const first = await walk(bytes, keyed)
    const second = await walk(await pdf(), keyed)
    const parked = await receive(bytes, { ...keyed, visibility: { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false } }, 'by-hand')
    await ledger.dismiss(first, null)
    const back = await rebuild(parked)
    expect([back.unique_id, frozenOf(back).metadata.replaces, frozenOf(second).metadata.replaces]).toEqual([first.unique_id, zero.unique_id, first.unique_id])
  })

  it('does not follow itself when its source took its correction back', async () => {
    learn()
    preparation = { ...preparation, oidOf: (kind, name) => oidOf('1.2.250.1.999.77', kind, name) }
    const keyed = { ...sidecar(full), documentKey: '12' }
    const bytes = await pdf()
    const first = await walk(bytes, keyed)
    await ledger.startSending(first, 'lot', () => null)
    await receive(bytes, { ...keyed, identity: { ...full, ins: '269054958815780', birthName: 'AUTRE', origin: 'sidecar' } })
    const back = await receive(bytes, keyed)
    await prepareItem(back, preparation)
    expect(await again(back)).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: first.id })
  })

  it('does not take the place of a version that arrived after it and did not wait for it', async () => {
    learn()
    const keyed = { ...sidecar(full), documentKey: '12' }
    const held = await receive(await pdf(), keyed)
    const second = await walk(await pdf(), keyed)
    expect(frozenOf(second).metadata.replaces).toBeNull()
    await prepareItem(held, preparation)
    expect(await again(held)).toMatchObject({ state: 'parked', reason: 'version-superseded', reason_detail: second.id })
  })

  describe('under a number that another document of its patient has', () => {
    const keyed = (typeCode = '57833-6') => ({ ...sidecar(full), typeCode, documentKey: '12' })
    const asks = (other: ItemRow) => ({ state: 'parked', reason: 'number-used-twice', reason_detail: other.id, document_sha256: null })
    const walkFrom = async (path: string, hints = keyed(), id = 'folder-1') => {
      const bytes = await pdf()
      const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'a.pdf', id }, bytes, fileName: 'a.pdf', hints, file: { path, size: bytes.length, mtimeMs: (made += 1) } }])
      await prepareItem((await ledger.byId(items[0]!.id))!, preparation)
      return (await ledger.byId(items[0]!.id))!
    }

    it('replaces it neither under another type nor in another subfolder by itself: a person who is asked lets it go as a document of its own', async () => {
      learn()
      const first = await walkFrom('/export/DrA/a.pdf')
      let latest = first
      for (const [path, hints] of [['/export/DrA/b.pdf', keyed('11488-4')], ['/export/DrB/a.pdf', keyed()]] as const) {
        const other = await walkFrom(path, hints)
        expect(other).toMatchObject(asks(latest))
        // Its source says something of it meanwhile, nobody else: it is asked about still.
        await ledger.apply(other, { type: 'changed' })
        await prepareItem(await again(other), preparation)
        expect(await again(other)).toMatchObject(asks(latest))
        const freed = await rebuild(other)
        expect([freed.state, frozenOf(freed).metadata.replaces, freed.version]).toEqual(['ready', null, 1])
        // From now on each has its own versions.
        latest = await walkFrom(path, hints)
        expect(frozenOf(latest).metadata.replaces).toBe(freed.unique_id)
      }
      expect(frozenOf(await walkFrom('/export/DrA/a.pdf')).metadata.replaces).toBe(first.unique_id)
    })

    it('replaces nothing of another folder, whatever that is called', async () => {
      learn()
      await walkFrom('/weda/export/a.pdf')
      const other = await walkFrom('/medi/export/a.pdf', keyed('11488-4'), 'folder-2')
      expect([other.state, frozenOf(other).metadata.replaces]).toEqual(['ready', null])
    })

    it('is asked about too when it came first and the other one went before it', async () => {
      learn()
      const first = await receive(await pdf(), keyed())
      const letter = await walk(await pdf(), keyed('11488-4'))
      expect(letter.state).toBe('ready')
      await prepareItem(first, preparation)
      expect(await again(first)).toMatchObject(asks(letter))
    })
  })

  it('is judged anew when prepared again: what the gate found before is not a person\'s choice', async () => {
    const id = learn()
    const first = await walk(await pdf(), sidecar(full))
    expect(first).toMatchObject({ state: 'ready', patient_id: id, chosen_patient_id: null })
    await ledger.apply(first, { type: 'park', reason: 'record-metadata-refused' })
    learn({ ...known, birthName: 'CORRIGE' }, feed(20))
    expect(await rebuild(first)).toMatchObject({ state: 'waiting', reason: 'traits-differ', chosen_patient_id: null })
  })

  it('cannot go out as it was frozen before, once it was stopped while prepared again', async () => {
    learn()
    const first = await walk(await pdf(), sidecar(full))
    await ledger.apply(first, { type: 'park', reason: 'record-author-refused' })
    learn({ ...known, birthName: 'CORRIGE' }, feed(20))
    const stopped = await rebuild(first)
    expect(stopped).toMatchObject({ state: 'waiting', reason: 'traits-differ', document_sha256: null, unique_id: first.unique_id })
    await ledger.retryAll([stopped], () => false)
    expect((await again(first))).toMatchObject({ state: 'received' })
  })
})

describe('a person who says whose it is', () => {
  const mistyped = { localId: known.localId!, birthName: patient.birthName, givenName: 'CAMILE', birthDate: patient.birthDate }

  it('overrules one trait of the source', async () => {
    const id = learn()
    const row = await walk(await pdf(), sidecar(mistyped))
    expect(row).toMatchObject({ state: 'waiting', reason: 'traits-differ' })
    expect(choiceOf(row, id, preparation)).toEqual({ ok: true, value: asAnnounced })
    expect((await ledger.choosePatient(row, id))).toBe(true)
    await prepareItem((await again(row)), preparation)
    expect((await again(row))).toMatchObject({ state: 'ready', patient_id: id, ins: patient.ins })
  })

  it.each([
    ['whose INS the source contradicts', { ...full, ins: otherIns }],
    ['from whom two traits differ', { ...mistyped, sex: 'M' as const }],
  ])('cannot give it to a patient %s', async (_, identity) => {
    const id = learn()
    const row = await walk(await pdf(), sidecar(identity))
    expect(candidatesOf(row, preparation)).toHaveLength(1)
    expect(choiceOf(row, id, preparation)).toMatchObject({ ok: false, failure: { code: 'traits-differ' } })
    // Even if the choice had been written.
    await ledger.choosePatient(row, id)
    await prepareItem((await again(row)), preparation)
    expect((await again(row))).toMatchObject({ state: 'waiting', reason: 'traits-differ', document_sha256: null })
  })

  it('cannot give it to somebody whose identity is not qualified, or whom its source contradicts', async () => {
    learn()
    const stranger = learn({ origin: 'message', birthName: 'LOIN', givenName: 'ADA', birthDate: '1950-01-01', localId: '7', localIdOid: '1.2.3' })
    const other = learn({ ...known, ins: otherIns, birthName: 'AUTRE', givenName: 'PAUL', localId: '8' })
    const row = await walk(await pdf(), sidecar(mistyped))
    expect(choiceOf(row, other, preparation)).toMatchObject({ ok: false, failure: { code: 'traits-differ' } })
    expect(choiceOf(row, stranger, preparation)).toMatchObject({ ok: false, failure: { code: 'ins-not-qualified' } })
    const unsure = await walk(await pdf(), sidecar({ birthName: 'LOIN', birthDate: '1950-01-01' }))
    expect(choiceOf(unsure, stranger, preparation)).toMatchObject({ ok: false, failure: { code: 'ins-not-qualified' } })
    expect(choiceOf(unsure, 'nobody', preparation)).toMatchObject({ ok: false, failure: { code: 'not-found' } })
  })
})

describe('a person who says what type it is', () => {
  const untyped = (more: Partial<DocumentHints> = {}): DocumentHints => ({ identity: { ...full, origin: 'sidecar' }, ...more })
  const choose = async (row: ItemRow, typeCode: string): Promise<ItemRow> => {
    expect(typeChoiceOf(row, typeCode, preparation.store)).toEqual({ ok: true, value: typeCode })
    expect(await ledger.chooseType(row, typeCode)).toBe(true)
    await prepareItem(await again(row), preparation)
    return again(row)
  }

  it.each([
    ['of which its source says none', 'type-unknown', undefined],
    ['of which its source says one the record does not take', 'type-not-accepted', '51851-4'],
  ] as const)('lets a document go %s', async (_, reason, typeCode) => {
    learn()
    const row = await walk(await pdf(), untyped(typeCode && { typeCode }))
    expect(row).toMatchObject({ state: 'parked', reason })
    expect(typeChoicesOf(row, preparation.store)[0]).toEqual({ code: '57833-6', label: 'Prescription de produits de santé', usual: true })
    const ready = await choose(row, '11488-4')
    expect(ready).toMatchObject({ state: 'ready', type_code: '11488-4', title: expect.stringMatching(/^CR ou fiche de consultation ou de visite du /) })
    expect(frozenOf(ready).metadata).toMatchObject({ typeCode: { code: '11488-4' }, classCode: { code: '10' } })
    // Prepared anew, it is of the same type.
    await ledger.setVisibility(ready, { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false })
    await prepareItem(await again(ready), preparation)
    expect(await again(ready)).toMatchObject({ state: 'ready', type_code: '11488-4', unique_id: ready.unique_id })
    // A wrong press is taken back as long as nothing left.
    const other = await choose(await again(ready), '57833-6')
    expect(other).toMatchObject({ state: 'ready', type_code: '57833-6', unique_id: ready.unique_id })
    expect([typeChoicesOf(other, preparation.store).length > 0, typeChoicesOf({ ...other, attempts: 1 }, preparation.store)]).toEqual([true, []])
  })

  it('answers one question: the next one is asked as ever', async () => {
    learn()
    const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'a.pdf' }, bytes: await pdf(), fileName: 'a.pdf', hints: untyped(), hold: 'burst' }])
    await prepareItem((await ledger.byId(items[0]!.id))!, preparation)
    const row = (await ledger.byId(items[0]!.id))!
    expect(row).toMatchObject({ state: 'parked', reason: 'type-unknown' })
    expect(await choose(row, '11488-4')).toMatchObject({ state: 'waiting', reason: 'burst-held', type_code: '11488-4' })
  })

  it('chooses among what a practice deposits: nothing the DMP does not take, nor what the patient puts there', async () => {
    learn()
    const row = await walk(await pdf(), untyped())
    for (const code of ['51851-4', 'toString', 'DOCPAT01', 'EXPPAT_2', 'REMB']) expect(typeChoiceOf(row, code, preparation.store), code).toMatchObject({ ok: false, failure: { code: 'type-not-accepted' } })
  })

  it('overrules nothing its source says since', async () => {
    learn()
    const file = { path: '/export/a.pdf', size: 3, mtimeMs: 1 }
    const bytes = await pdf()
    const row = await choose(await walk(bytes, untyped(), 'folder', file), '11488-4')
    await walk(bytes, untyped({ typeCode: '57833-6' }), 'folder', { ...file, mtimeMs: 2 })
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'ready', type_code: '57833-6' })
  })

  it('sends no second document of what goes under another type: it stands beside that', async () => {
    learn()
    const bytes = await pdf()
    const row = await walk(bytes, { identity: { localId: known.localId!, ...traits, origin: 'sidecar' } })
    const other = await walk(bytes, untyped({ typeCode: '57833-6' }))
    expect([row.reason, other.state]).toEqual(['type-unknown', 'ready'])
    expect(await choose(row, '11488-4')).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: other.id })
  })

  it('is said otherwise once the record refused it, and goes under the same id', async () => {
    learn()
    const ready = await choose(await walk(await pdf(), untyped()), '11488-4')
    await ledger.apply((await ledger.startSending(ready, 'lot', () => null))!, { type: 'refused', reason: 'record-metadata-refused' })
    const other = await choose(await again(ready), '57833-6')
    expect(other).toMatchObject({ state: 'ready', type_code: '57833-6', unique_id: ready.unique_id, attempts: 1, lot_sha256: null })
    expect(frozenOf(other).metadata.typeCode.code).toBe('57833-6')
    expect(typeChoicesOf(other, preparation.store)).toEqual([])
  })

  it('lets nothing be replaced by what was a version of it under its former type: that is asked about anew', async () => {
    learn()
    const numbered = untyped({ documentKey: '12' })
    const first = await choose(await walk(await pdf(), numbered), '11488-4')
    const second = await choose(await walk(await pdf(), numbered), '11488-4')
    expect(frozenOf(second).metadata.replaces).toBe(first.unique_id)
    expect(await choose(first, '57833-6')).toMatchObject({ state: 'parked', reason: 'number-used-twice', reason_detail: second.id })
    // Let go as a document of its own.
    expect(await rebuild(first)).toMatchObject({ state: 'ready', type_code: '57833-6' })
    expect(await again(second)).toMatchObject({ state: 'received', document_sha256: null })
    await prepareItem(await again(second), preparation)
    expect(await again(second)).toMatchObject({ state: 'parked', reason: 'number-used-twice', reason_detail: first.id })
    const own = await rebuild(second)
    expect([own.state, frozenOf(own).metadata.replaces]).toEqual(['ready', null])
  })

  it('keeps what replaces it where its type is said again as it was', async () => {
    learn()
    const numbered = untyped({ documentKey: '12' })
    const first = await choose(await walk(await pdf(), numbered), '11488-4')
    const second = await choose(await walk(await pdf(), numbered), '11488-4')
    await choose(first, '57833-6')
    expect(await choose(await again(first), '11488-4')).toMatchObject({ state: 'ready', type_code: '11488-4' })
    expect(await again(second)).toEqual(second)
  })

  it('cannot say another type than a CDA says itself', async () => {
    learn()
    const row = await walk(Buffer.from(Buffer.from(cda()).toString().replace(/<code code="57833-6"/, '<code code="51851-4"')))
    expect(row).toMatchObject({ state: 'parked', reason: 'type-not-accepted' })
    expect(typeChoicesOf(row, preparation.store)).toEqual([])
    expect(typeChoiceOf(row, '11488-4', preparation.store)).toMatchObject({ ok: false, failure: { code: 'not-found' } })
    // Even if the choice had been written.
    await ledger.chooseType(row, '11488-4')
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'parked', reason: 'type-not-accepted', document_sha256: null })
  })
})

describe('a person who says who wrote it', () => {
  const { structure, professional } = cdaExample
  const elsewhere = { ...structure, id: '499900000012002', name: 'Autre cabinet' }
  const other = { ...professional, id: '899900000013', family: 'SECONDE', given: 'Dominique', profession: '60', specialty: undefined }
  const unauthored = (more: Partial<DocumentHints> = {}): DocumentHints => ({ ...pdfHints, identity: { ...full, origin: 'sidecar' }, ...more })
  const practised = (professionals: readonly object[], structures: readonly object[] = [structure, elsewhere]) => {
    preparation = { ...preparation, practice: practiceFile.parse({ structures, professionals }) }
  }
  const choose = async (row: ItemRow, authorId: string, structureId?: string): Promise<ItemRow> => {
    expect(authorChoiceOf(row, { authorId, structureId }, preparation)).toEqual({ ok: true, value: { authorId, structureId } })
    expect(await ledger.chooseAuthor(row, authorId, structureId)).toBe(true)
    await prepareItem(await again(row), preparation)
    return again(row)
  }
  const authorsOf = (row: ItemRow) => frozenOf(row).metadata.authors.map(({ person }) => person?.id)
  beforeEach(() => {
    learn()
    practised([professional, other])
  })

  it('lets a document of several professionals go in the name of the one they chose, as often as it is prepared', async () => {
    const row = await walk(await pdf(), unauthored())
    expect(row).toMatchObject({ state: 'parked', reason: 'author-missing' })
    const ready = await choose(row, other.id)
    expect(ready).toMatchObject({ state: 'ready', reason: null })
    expect(authorsOf(ready)).toEqual([other.id])
    expect(frozenOf(ready).party).toMatchObject({ kind: 'professional', professional: { id: other.id } })
    expect(Buffer.from(handle.store.spool.get(ready.document_sha256!)).toString()).toContain(`extension="${other.id}"`)
    await ledger.setVisibility(ready, { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false })
    await prepareItem(await again(ready), preparation)
    expect(authorsOf(await again(ready))).toEqual([other.id])
    expect(await again(ready)).toMatchObject({ state: 'ready', unique_id: ready.unique_id })
    // A wrong press is taken back as long as nothing left.
    expect(authorsOf(await choose(await again(ready), professional.id))).toEqual([professional.id])
  })

  it('offers each professional of the practice file once for each of their places, by name, as what they are there', async () => {
    const third = { ...other, id: '899900000015', family: 'TROISIÈME' }
    practised([professional, other, third, { ...professional, structure: elsewhere.id }, { ...other, profession: '70' }])
    const [name, speciality] = [`${professional.family} ${professional.given}`, 'Médecin - Médecine Générale (SM)']
    expect(authorChoicesOf(await walk(await pdf(), unauthored()), preparation)).toEqual([
      { id: professional.id, name, speciality, place: { id: structure.id, name: structure.name } },
      { id: professional.id, name, speciality, place: { id: elsewhere.id, name: elsewhere.name } },
      { id: other.id, name: 'SECONDE Dominique', speciality: 'Infirmier, Masseur-Kinésithérapeute', place: null },
      { id: third.id, name: 'TROISIÈME Dominique', speciality: 'Infirmier', place: null },
    ])
  })

  it('refuses whoever is not of the practice, and what does not stand for want of an author', async () => {
    const row = await walk(await pdf(), unauthored())
    for (const id of ['899900000099', 'toString', '', professional.id.slice(1)]) expect(authorChoiceOf(row, { authorId: id }, preparation), id).toMatchObject({ ok: false, failure: { code: 'author-not-ours' } })
    const untyped = await walk(await pdf(), { identity: { ...full, origin: 'sidecar' } })
    expect([untyped.reason, authorChoicesOf(untyped, preparation)]).toEqual(['type-unknown', []])
    expect(authorChoiceOf(untyped, { authorId: professional.id }, preparation)).toMatchObject({ ok: false, failure: { code: 'not-found' } })
    expect(authorChoiceOf({ ...row, attempts: 1 }, { authorId: professional.id }, preparation)).toMatchObject({ ok: false, failure: { code: 'not-found' } })
  })

  it('asks nobody of a CDA, whatever it was parked for', async () => {
    const row: ItemRow = { ...(await walk(cda())), state: 'parked', reason: 'author-missing' }
    expect([authorChoicesOf(row, preparation), authorChoicesOf({ ...row, content_sha256: 'f'.repeat(64) }, preparation)]).toEqual([[], []])
  })

  it('overrules nobody its source says since', async () => {
    const file = { path: '/export/a.pdf', size: 3, mtimeMs: 1 }
    const bytes = await pdf()
    const row = await choose(await walk(bytes, unauthored(), 'folder', file), other.id)
    await walk(bytes, unauthored({ authorId: professional.id }), 'folder', { ...file, mtimeMs: 2 })
    await prepareItem(await again(row), preparation)
    expect(authorsOf(await again(row))).toEqual([professional.id])
    await walk(bytes, unauthored({ authorId: '10009999999' }), 'folder', { ...file, mtimeMs: 3 })
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'parked', reason: 'author-not-ours' })
  })

  describe('of one who works at two places', () => {
    const both = () => practised([professional, { ...professional, structure: elsewhere.id }, other])
    const placeOf = (row: ItemRow) => frozenOf(row).metadata.authors.map(({ institution }) => institution?.id)
    /** Said by its source to be theirs. */
    const authored = async () => walk(await pdf(), unauthored({ authorId: professional.id }))

    it('goes for the place a person says, is said otherwise until it leaves, and takes no other', async () => {
      both()
      const row = await authored()
      expect(row).toMatchObject({ state: 'parked', reason: 'situation-unknown' })
      expect(authorChoicesOf(row, preparation).map(({ id, place }) => [id, place?.id])).toEqual([structure.id, elsewhere.id].map((place) => [professional.id, place]))
      expect(authorChoiceOf(row, { authorId: professional.id, structureId: '499900000099001' }, preparation)).toMatchObject({ ok: false, failure: { code: 'author-not-ours' } })
      expect(authorChoiceOf(row, { authorId: other.id, structureId: structure.id }, preparation)).toMatchObject({ ok: false, failure: { code: 'author-not-ours' } })
      const ready = await choose(row, professional.id, elsewhere.id)
      expect([ready.state, placeOf(ready), frozenOf(ready).party.structure.id]).toEqual(['ready', [elsewhere.id], elsewhere.id])
      expect(placeOf(await choose(ready, professional.id, structure.id))).toEqual([structure.id])
    })

    it('is asked of what names nobody in the same act', async () => {
      both()
      const ready = await choose(await walk(await pdf(), unauthored()), professional.id, elsewhere.id)
      expect([authorsOf(ready), placeOf(ready)]).toEqual([[professional.id], [elsewhere.id]])
      // Said of another since, who works at one.
      const others = await choose(ready, other.id)
      expect([authorsOf(others), placeOf(others)]).toEqual([[other.id], [structure.id]])
    })

    it('asks nothing where its source names the place, and takes that over what a person said', async () => {
      both()
      const file = { path: '/export/a.pdf', size: 3, mtimeMs: 1 }
      const bytes = await pdf()
      const row = await choose(await walk(bytes, unauthored({ authorId: professional.id }), 'folder', file), professional.id, elsewhere.id)
      await walk(bytes, unauthored({ authorId: professional.id, structureId: structure.id }), 'folder', { ...file, mtimeMs: 2 })
      expect((await ledger.trace(row)).map(({ detail }) => detail)).toContain('received again, announced otherwise: author')
      await prepareItem(await again(row), preparation)
      expect([placeOf(await again(row)), authorChoicesOf(await again(row), preparation)]).toEqual([[structure.id], []])
    })

    it('is not said of another whom its source names since, who wrote it where they work', async () => {
      const file = { path: '/export/a.pdf', size: 3, mtimeMs: preparation.now() }
      const bytes = await pdf()
      for (const otherPlaces of [[structure.id], [structure.id, elsewhere.id]]) {
        practised([professional, { ...professional, structure: elsewhere.id }, ...otherPlaces.map((one) => ({ ...other, structure: one }))])
        const at = { ...file, path: `/export/${otherPlaces.length}.pdf` }
        const unlike = Buffer.concat([bytes, Buffer.from(`\n% ${otherPlaces.length}\n`)])
        const row = await choose(await walk(unlike, unauthored(), 'folder', at), professional.id, elsewhere.id)
        await walk(unlike, unauthored({ authorId: other.id }), 'folder', { ...at, mtimeMs: at.mtimeMs + 1 })
        await prepareItem(await again(row), preparation)
        const since = await again(row)
        if (otherPlaces.length === 1) expect([authorsOf(since), placeOf(since)]).toEqual([[other.id], [structure.id]])
        else expect([since.state, since.reason, authorChoicesOf(since, preparation).map(({ id }) => id)]).toEqual(['parked', 'situation-unknown', [other.id, other.id]])
      }
    })

    it('has a way out where they left the place that was said', async () => {
      both()
      const row = await choose(await authored(), professional.id, elsewhere.id)
      practised([professional, other])
      await ledger.setVisibility(row, { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false })
      await prepareItem(await again(row), preparation)
      expect(await again(row)).toMatchObject({ state: 'parked', reason: 'situation-unknown', reason_detail: `GENERIQUE Alix (${professional.id}) / ${elsewhere.name} (${elsewhere.id})` })
      expect(authorChoicesOf(await again(row), preparation)).toMatchObject([{ id: professional.id, place: null }])
      expect(placeOf(await choose(await again(row), professional.id))).toEqual([structure.id])
    })

    describe('who signs in', () => {
      const [evening, night, nextDay] = ['2026-11-21T22:30:00Z', '2026-11-21T23:30:00Z', '2026-11-22T12:00:00Z'].map(Date.parse) as [number, number, number]
      const signedIn = (structureId: string | null, saidAt: number) => {
        preparation = { ...preparation, chosenSituation: (_id, moments = []) => (moments.every((moment) => isSameDay(moment, saidAt)) ? structureId : null) }
      }
      const at = (instant: number) => {
        clock.now = instant
        preparation = { ...preparation, now: () => instant }
      }
      beforeEach(both)

      it('says where they wrote what came that day, in Paris, and nothing of what waits since another', async () => {
        at(evening)
        signedIn(null, evening)
        const [today, before] = [await authored(), await authored()]
        for (const row of [today, before]) expect(row).toMatchObject({ state: 'waiting', waiting_for: 'session', reason: 'situation-to-choose' })
        // As nobody has to wait for them to sign in.
        expect(authorChoicesOf(before, preparation)).toHaveLength(2)
        signedIn(elsewhere.id, evening)
        expect(placeOf(await rebuild(today))).toEqual([elsewhere.id])
        at(night)
        signedIn(elsewhere.id, night)
        expect(await rebuild(before)).toMatchObject({ state: 'parked', reason: 'situation-unknown' })
        const late = await authored()
        expect(placeOf(late)).toEqual([elsewhere.id])
        // Prepared for a place, it stays of it, wherever they are when it goes.
        at(nextDay)
        signedIn(structure.id, nextDay)
        for (const row of [today, late]) {
          await ledger.setVisibility(await again(row), { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false })
          await prepareItem(await again(row), preparation)
          expect(placeOf(await again(row))).toEqual([elsewhere.id])
        }
        expect(placeOf(await choose(await again(before), professional.id, structure.id))).toEqual([structure.id])
      })

      it('says nothing today of where they said yesterday that they work, and is asked', async () => {
        at(nextDay)
        signedIn(elsewhere.id, evening)
        expect(await authored()).toMatchObject({ state: 'waiting', reason: 'situation-to-choose' })
      })

      it('says nothing of what was written, or says it was, another day', async () => {
        at(nextDay)
        signedIn(elsewhere.id, nextDay)
        const ofFile = (mtimeMs: number) => ({ path: `/export/${mtimeMs}.pdf`, size: 3, mtimeMs })
        const reasons = [
          await walk(await pdf(), unauthored({ authorId: professional.id, documentDate: '2026-11-10' })),
          await walk(await pdf(), unauthored({ authorId: professional.id }), 'folder', ofFile(evening)),
          await walk(await pdf(), unauthored({ authorId: professional.id, documentDate: '2026-11-22' }), 'folder', ofFile(nextDay - 60_000)),
        ].map(({ reason }) => reason)
        expect(reasons).toEqual(['situation-unknown', 'situation-unknown', null])
      })

      it('is asked anew once the record refused the place it was prepared for', async () => {
        at(nextDay)
        signedIn(elsewhere.id, nextDay)
        const row = await authored()
        await ledger.apply((await ledger.startSending(row, 'lot', () => null))!, { type: 'refused', reason: 'structure-refused' })
        signedIn(structure.id, nextDay)
        expect(placeOf(await rebuild(row))).toEqual([structure.id])
      })
    })
  })

  it('takes no word that says who alone of whoever works at two places; one of an older program waits for where they sign in', async () => {
    practised([professional, { ...professional, structure: elsewhere.id }, other])
    const row = await walk(await pdf(), unauthored())
    expect(authorChoiceOf(row, { authorId: professional.id }, preparation)).toMatchObject({ ok: false, failure: { code: 'situation-unknown', detail: professional.id } })
    expect(await ledger.chooseAuthor(row, professional.id)).toBe(true)
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'parked', reason: 'situation-unknown', chosen_author: professional.id })
    preparation = { ...preparation, chosenSituation: () => null }
    expect(await rebuild(row)).toMatchObject({ state: 'waiting', waiting_for: 'session', reason: 'situation-to-choose' })
    preparation = { ...preparation, chosenSituation: () => elsewhere.id }
    const ready = await rebuild(row)
    expect([ready.state, authorsOf(ready), frozenOf(ready).party.structure.id]).toEqual(['ready', [professional.id], elsewhere.id])
  })

  it('sends nothing in the name of whoever left the practice since', async () => {
    const row = await walk(await pdf(), unauthored())
    expect(await ledger.chooseAuthor(row, other.id)).toBe(true)
    practised([professional, { ...professional, id: '899900000014' }])
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'parked', reason: 'author-not-ours', reason_detail: other.id, document_sha256: null })
    expect(authorsOf(await choose(await again(row), professional.id))).toEqual([professional.id])
  })

  it('is said otherwise once the record refused them', async () => {
    const ready = await choose(await walk(await pdf(), unauthored()), other.id)
    await ledger.apply((await ledger.startSending(ready, 'lot', () => null))!, { type: 'refused', reason: 'record-author-refused' })
    const mended = await choose(await again(ready), professional.id)
    expect([mended.state, authorsOf(mended), mended.unique_id]).toEqual(['ready', [professional.id], ready.unique_id])
  })

  it('chooses among those of the structure its source names, and nobody where that is not the practice', async () => {
    practised([professional, { ...other, structure: elsewhere.id }])
    const row = await walk(await pdf(), unauthored({ structureId: elsewhere.id }))
    expect([row.reason, authorChoicesOf(row, preparation).map(({ id }) => id)]).toEqual(['author-missing', [other.id]])
    expect(await choose(row, other.id)).toMatchObject({ state: 'ready' })
    expect(await walk(await pdf(), unauthored({ structureId: '499900000099001' }))).toMatchObject({ state: 'parked', reason: 'author-not-ours' })
    practised([professional, other])
    expect(await walk(await pdf(), unauthored({ structureId: elsewhere.id }))).toMatchObject({ state: 'parked', reason: 'author-not-ours' })
  })
})

describe('a person who looks for whose it is', () => {
  const others = 'DUPONT Paul, né le 03/04/1985'
  const paul: IdentityClaim = { ...known, ins: otherIns, birthName: 'DUPONT', givenName: 'PAUL', birthDate: '1985-04-03', sex: 'M', localId: '8' }
  const choose = async (row: ItemRow, id: string) => {
    const choice = choiceOf(await again(row), id, preparation)
    if (!choice.ok) throw new Error(choice.failure.code)
    expect(await ledger.choosePatient(await again(row), id, choice.value)).toBe(true)
    await prepareItem(await again(row), preparation)
    return again(row)
  }
  const foundBy = (row: ItemRow, typed: string) => findPatients(row, typed, preparation).found.map(({ patientId, refusal }) => [patientId, refusal])

  it.each([
    ['its text names another', sidecar(full)],
    ['it stood under a name used before', sidecar({ ...full, unconfirmed: true })],
  ])('gives it to whom it is about, against its source, when %s', async (_, hints) => {
    const [id, right] = [learn(), learn(paul)]
    const row = await walk(await pdf(others), hints)
    expect(row).toMatchObject({ state: 'waiting', reason: 'text-names-another' })
    expect(mayFindPatient(row, preparation)).toBe(true)
    for (const typed of ['dupont', 'PAUL dupont', '03/04/1985', 'dup 3.4.1985', otherIns, otherIns.slice(0, 13)]) expect(foundBy(row, typed)).toEqual([[right, null]])
    expect(foundBy(row, 'dupont 04/04/1985')).toEqual([])
    expect(findPatients(row, otherIns, preparation).found).toMatchObject([{ ins: otherIns, qualified: true, differs: ['ins', 'birthName', 'givenName', 'birthDate', ...(patient.sex === 'M' ? [] : ['sex'])] }])
    expect(foundBy(row, patient.ins)).toEqual([[id, null]])
    expect(choiceOf(row, right, preparation)).toEqual({ ok: true, value: { ins: otherIns, insOid: patient.insOid, against: true } })
    const given = await choose(row, right)
    expect(given).toMatchObject({ state: 'ready', patient_id: right, ins: otherIns })
    expect(frozenOf(given).metadata).toMatchObject({ ins: { value: otherIns }, sourcePatientInfo: { birthName: 'DUPONT' } })
    expect(mayFindPatient(given, preparation)).toBe(false)
    expect(stopBeforeSending(given, preparation)).toBeNull()
  })

  it('finds nobody to give it to whom its source, that nobody doubts, contradicts', async () => {
    const [id, other] = [learn(), learn(paul)]
    const row = await walk(await pdf(), sidecar({ localId: 'unknown', birthName: patient.birthName, givenName: 'AUTREMENT', birthDate: patient.birthDate }))
    expect(row.waiting_for).toBe('patient')
    expect(foundBy(row, patient.birthName)).toEqual([[id, null]])
    expect(foundBy(row, 'dupont')).toEqual([[other, 'traits-differ']])
    expect(choiceOf(row, other, preparation)).toMatchObject({ ok: false, failure: { code: 'traits-differ' } })
  })

  it('is told who may not be chosen: not qualified, in question, or of another environment than the record', async () => {
    learn()
    const unsure = learn({ origin: 'message', birthName: 'DUPONT', givenName: 'ADA', birthDate: '1950-01-01', localId: '7', localIdOid: '1.2.3' })
    const doubtful = learn({ ...paul, givenName: 'BOB' }, { ...feed(10), status: 'doubtful' } as ReturnType<typeof feed>)
    const real = learn({ ...paul, givenName: 'CELIA', ins: otherIns, insOid: insOids.nir, localId: '9' })
    const row = await walk(await pdf(others), sidecar(full))
    expect(foundBy(row, 'dupont')).toEqual([[unsure, 'ins-not-qualified'], [doubtful, 'ins-not-qualified'], [real, 'ins-production-in-training']])
    for (const [id, code] of [[unsure, 'ins-not-qualified'], [doubtful, 'ins-not-qualified'], [real, 'ins-production-in-training']]) expect(choiceOf(row, id!, preparation)).toMatchObject({ ok: false, failure: { code } })
  })

  it('does not overrule the opposition of whom they chose, and the document stands as theirs', async () => {
    learn()
    const right = learn(paul)
    consent.learn(right, 'deposit', { choice: 'opposed', decidedAt: '2026-11-20T00:00:00Z', source: 'ADT' })
    const row = await choose(await walk(await pdf(others), sidecar(full)), right)
    expect(row).toMatchObject({ state: 'parked', reason: 'patient-opposed', ins: otherIns })
    expect(JSON.parse(row.patient!)).toMatchObject({ ins: otherIns, birthName: 'DUPONT' })
  })

  it('was of the person, not of their local file: it counts no more once that holds the identity of another', async () => {
    learn()
    const right = learn(paul)
    const row = await walk(await pdf(others), sidecar(full))
    const choice = choiceOf(row, right, preparation)
    expect(await ledger.choosePatient(row, right, choice.ok ? choice.value : undefined)).toBe(true)
    const typedOver = insKey('1900199999999')
    learn({ ...paul, givenName: 'AUTRE', birthDate: '1990-01-15', ins: `1900199999999${typedOver}` }, feed(20))
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'waiting', waiting_for: 'patient', reason: 'traits-differ' })
  })

  it('made against a sidecar keeps a third patient’s copy of the same leaflet from being taken for theirs, and the overruled word says nothing new', async () => {
    learn()
    const [right, leaflet] = [learn(paul), await pdf('Conseils')]
    const { ins: _ins, insOid: _insOid, ...announced } = full
    const said = (identity: object, mtimeMs: number) =>
      ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'a.pdf' }, bytes: leaflet, fileName: 'a.pdf', hints: sidecar({ ...identity, unconfirmed: true } as never), file: { path: '/e/a.pdf', size: 1, mtimeMs } }])
    const local = { ...announced, localId: known.localId!, localIdOid: known.localIdOid! }
    const row = (await ledger.byId((await said(local, 1)).items[0]!.id))!
    await prepareItem(row, preparation)
    const choice = choiceOf(await again(row), right, preparation)
    expect(await ledger.choosePatient(await again(row), right, choice.ok ? choice.value : undefined)).toBe(true)
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'ready', ins: otherIns })
    await ledger.apply((await ledger.startSending(await again(row), (await again(row)).document_sha256!, () => null))!, { type: 'accepted' })
    expect((await said(local, 2)).items[0]!.outcome).toBe('duplicate')
    const third = (await said({ birthName: 'TIERS', givenName: 'ANNE', birthDate: '1990-01-01', sex: 'F' }, 3)).items[0]!
    expect((await ledger.byId(third.id))!.state).not.toBe('ignored')
  })

  it('is believed of a patient whom an older database knows by another id since', async () => {
    learn()
    const right = learn(paul)
    const row = await walk(await pdf(others), sidecar(full))
    const choice = choiceOf(row, right, preparation)
    expect(await ledger.choosePatient(row, 'an id of before', choice.ok ? choice.value : undefined)).toBe(true)
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'ready', patient_id: right, ins: otherIns })
  })

  it('is shown a few of many, and told that there are others', async () => {
    learn()
    for (let number = 0; number < 11; number += 1) learn({ origin: 'message', birthName: 'DUPONT', givenName: `P${number}`, birthDate: '1950-01-01', localId: `x${number}`, localIdOid: '1.2.3' })
    const row = await walk(await pdf(others), sidecar(full))
    const { found, more } = findPatients(row, 'dupont', preparation)
    expect([found.length, more]).toEqual([10, true])
    expect(findPatients(row, 'dupont p10', preparation)).toMatchObject({ found: [{ givenName: 'P10' }], more: false })
  })

  it('who has an INS is found by name to be opened, a few of many; nobody else is', () => {
    for (let number = 10; number < 21; number += 1) {
      const ins = `18504751234${number}`
      learn({ origin: 'message', ins: `${ins}${insKey(ins)}`, insOid: patient.insOid, birthName: 'DUPONT', givenName: `P${number}`, birthDate: '1985-04-03', localId: `x${number}`, localIdOid: '1.2.3' })
    }
    learn({ origin: 'message', birthName: 'DUPONTEL', givenName: 'SANS', birthDate: '1950-01-01', localId: 'x99', localIdOid: '1.2.3' })
    expect(findKnown('dupont', preparation)).toMatchObject({ found: { length: 10 }, more: true })
    expect(findKnown('p15 dupont', preparation)).toMatchObject({ found: [{ givenName: 'P15', ins: expect.stringMatching(/^\d{15}$/) }], more: false })
    for (const nobody of ['dupontel', 'd', '284069999999968']) expect(findKnown(nobody, preparation), nobody).toEqual({ found: [], more: false })
  })

  it('cannot give a CDA to another: it names its patient itself', async () => {
    const right = learn(paul)
    learn({ ...known, birthName: 'CORRIGE' })
    const row = await walk(cda())
    expect(row).toMatchObject({ waiting_for: 'patient', reason: 'traits-differ' })
    expect(mayFindPatient(row, preparation)).toBe(false)
    expect(choiceOf(row, right, preparation)).toMatchObject({ ok: false, failure: { code: 'traits-differ' } })
  })
})

describe('a PDF whose text is the second source', () => {
  const french = (day: string) => day.split('-').reverse().join('/')
  const own = `${patient.birthName} ${patient.givenName}, né(e) le ${french(patient.birthDate)}`
  const others = 'DUPONT Paul, né le 03/04/1985'
  const unconfirmed = sidecar({ ...full, unconfirmed: true })
  const stopped = { state: 'waiting', waiting_for: 'patient', document_sha256: null, ins: patient.ins }

  it('waits when it names somebody else, and goes to the announced patient once a person says so', async () => {
    const id = learn()
    const row = await walk(await pdf(others), sidecar(full))
    expect(row).toMatchObject({ ...stopped, reason: 'text-names-another' })
    expect(await walk(await pdf(`${own}\n${others}`), sidecar(full))).toMatchObject({ ...stopped, reason: 'text-names-another' })
    expect(candidatesOf(row, preparation)).toMatchObject([{ patientId: id, ins: patient.ins, differs: [] }])
    expect(choiceOf(row, 'another', preparation)).toMatchObject({ ok: false, failure: { code: 'not-found' } })
    expect(choiceOf(row, id, preparation)).toEqual({ ok: true, value: asAnnounced })
    // Asked again without a choice, it says the same.
    expect(await rebuild(row)).toMatchObject({ ...stopped, reason: 'text-names-another' })
    expect(await ledger.choosePatient(await again(row), id)).toBe(true)
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'ready', patient_id: id, ins: patient.ins })
    expect(candidatesOf(await again(row), preparation)).toEqual([])
  })

  it('tells whom it names among the patients known here, against the sidecar or without one', async () => {
    const [announced, named] = [learn(), learn({ ...known, ins: '185047512345657', localId: 'P77', birthName: 'DUPONT', givenName: 'PAUL', birthDate: '1985-04-03', sex: 'M' })]
    const against = await walk(await pdf(others), sidecar(full))
    expect(await namedByText(against, preparation)).toMatchObject([{ patientId: named, differs: expect.arrayContaining(['ins', 'birthName', 'givenName', 'birthDate']) }])
    expect(choiceOf(against, named, preparation)).toMatchObject({ ok: true, value: { against: true } })
    const alone = await walk(await pdf(own), { typeCode: '57833-6' })
    expect(alone).toMatchObject({ state: 'waiting', waiting_for: 'patient', ins: null })
    expect(candidatesOf(alone, preparation)).toEqual([])
    expect(await namedByText(alone, preparation)).toMatchObject([{ patientId: announced, differs: [] }])
  })

  it('names nobody where it names two, where it was read in part, and to whom a word not in doubt speaks against', async () => {
    learn()
    learn({ ...known, ins: '185047512345657', localId: 'P77', birthName: 'DUPONT', givenName: 'PAUL', birthDate: '1985-04-03', sex: 'M' })
    const waiting = async (text: string, hints: DocumentHints = { typeCode: '57833-6' }) => walk(await pdf(text), hints)
    expect(await namedByText(await waiting(`${own}\n${others}`), preparation)).toEqual([])
    expect(await namedByText(await waiting('Ordonnance : paracétamol 1 g'), preparation)).toEqual([])
    const said = await waiting(others, sidecar({ ...traits, birthDate: '1961-01-02' }))
    expect(said).toMatchObject({ waiting_for: 'patient', reason: expect.not.stringMatching('text-names-another') })
    expect(await namedByText(said, preparation)).toEqual([])
    expect(await namedByText(await waiting(own), { ...preparation, readText: async () => ({ text: own, isWhole: false }) })).toEqual([])
  })

  it('is compared with the identity it would go under, whatever its source says of it', async () => {
    learn({ ...known, usedName: 'DÉSIRÉ-MARTIN' })
    const child = `Mme Désiré Martin a accouché. Enfant né le 03/04/2024`
    expect(await walk(await pdf(child), sidecar({ ins: patient.ins }))).toMatchObject({ state: 'ready' })
    expect(await walk(await pdf(child.replace(/^.*accouché/, 'Accouchement')), sidecar({ ins: patient.ins }))).toMatchObject({ ...stopped, reason: 'text-names-another' })
  })

  it.each([
    ['a scan', ''], ['a text of nobody', 'Ordonnance : paracétamol 1 g'], ['a text of theirs', own], ['a text of theirs and a child', `${own}. Enfant né le 03/04/2024`],
  ])('goes with %s', async (_, text) => {
    learn()
    const row = await walk(await pdf(text), sidecar(full))
    expect(row).toMatchObject({ state: 'ready' })
    expect(await remarksOf(row)).toEqual([])
  })

  const remarksOf = async (row: ItemRow) => (await ledger.trace(row)).flatMap(({ event, reason }) => (event === 'remark' ? [reason] : []))
  /** Its only page is no page: what it says cannot be read. */
  async function broken(): Promise<Uint8Array> {
    const document = await PDFDocument.load(await pdf(others))
    document.catalog.Pages().Kids().set(0, document.context.obj(7))
    return document.save({ useObjectStreams: false })
  }

  it('that cannot be read keeps nothing that is not in doubt from going, and its trace says so', async () => {
    learn()
    const row = await walk(await broken(), sidecar(full))
    expect(row).toMatchObject({ state: 'ready' })
    expect(await remarksOf(row)).toEqual(['text-unread'])
  })

  it('that cannot be read confirms nobody under a name that was used before, nor does a part of it', async () => {
    const id = learn()
    const row = await walk(await broken(), unconfirmed)
    expect(row).toMatchObject({ ...stopped, reason: 'patient-to-confirm' })
    expect(await remarksOf(row)).toEqual(['text-unread'])
    preparation = { ...preparation, readText: async () => ({ text: '', isWhole: false }) }
    expect(await walk(await pdf(own), unconfirmed)).toMatchObject({ ...stopped, reason: 'patient-to-confirm', reason_detail: 'what stands beside it may describe another document' })
    preparation = { ...preparation, readText: async () => ({ text: own, isWhole: false }) }
    const part = await walk(await pdf(own), unconfirmed)
    expect(part).toMatchObject({ ...stopped, reason: 'patient-to-confirm' })
    preparation = { ...preparation, readText: async () => ({ text: others, isWhole: false }) }
    expect(await walk(await pdf(others), sidecar(full))).toMatchObject({ ...stopped, reason: 'text-names-another' })
    await ledger.choosePatient(part, id)
    await prepareItem(await again(part), preparation)
    expect(await again(part)).toMatchObject({ state: 'ready', patient_id: id })
  })

  it.each([
    ['a scan', ''], ['a text of nobody', 'Ordonnance : paracétamol 1 g'], ['a text of theirs and a child', `${own}. Enfant né le 03/04/2024`], ['an INS alone', `INS ${patient.ins}`], ['a name alone', `${patient.birthName} ${patient.givenName}`],
  ])('waits for a person with %s, when its file name was used before', async (_, text) => {
    const id = learn()
    const row = await walk(await pdf(text), unconfirmed)
    expect(row).toMatchObject({ ...stopped, reason: 'patient-to-confirm' })
    expect(candidatesOf(row, preparation)).toMatchObject([{ patientId: id, differs: [] }])
    expect(choiceOf(row, id, preparation)).toEqual({ ok: true, value: asAnnounced })
    expect(await rebuild(row)).toMatchObject({ ...stopped, reason: 'patient-to-confirm' })
    await ledger.choosePatient(await again(row), id)
    await prepareItem(await again(row), preparation)
    expect(await again(row)).toMatchObject({ state: 'ready', patient_id: id })
  })

  it('goes by itself under a name that was used before, when its text confirms it', async () => {
    const id = learn()
    expect(await walk(await pdf(own), unconfirmed)).toMatchObject({ state: 'ready', patient_id: id })
    expect(await walk(await pdf(`INS ${patient.ins} ${patient.birthName} ${patient.givenName}`), unconfirmed)).toMatchObject({ state: 'ready', patient_id: id })
    expect(await walk(await pdf(others), unconfirmed)).toMatchObject({ ...stopped, reason: 'text-names-another' })
  })

  it.each([['a leaflet', 'Conseils : boire de l’eau', 'patient-to-confirm'], ['a text of another', others, 'text-names-another']])(
    'is asked before it is taken for a copy of what its patient has, under a name used again: %s',
    async (_, text, reason) => {
      learn()
      const bytes = await pdf(text.replace('’', "'"))
      // Given by hand: a person vouched for that one.
      const first = await walk(bytes, sidecar(full), 'by-hand')
      expect(first).toMatchObject({ state: 'ready' })
      const row = await walk(bytes, unconfirmed)
      expect(row).toMatchObject({ ...stopped, reason })
      expect(await rebuild(row)).toMatchObject({ ...stopped, reason })
      // Once a person says that it is theirs it is the same.
      await ledger.choosePatient(await again(row), first.patient_id!)
      await prepareItem(await again(row), preparation)
      expect(await again(row)).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: first.id })
    },
  )

  it('is a copy of what its patient has once its own text confirms it', async () => {
    learn()
    const bytes = await pdf(own)
    const first = await walk(bytes, sidecar(full))
    expect(await walk(bytes, unconfirmed)).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: first.id })
  })

  describe('rendered again', () => {
    async function rendered(second: number): Promise<Uint8Array> {
      const document = await PDFDocument.create()
      document.addPage().drawText(others, { x: 20, y: 500, size: 12, font: await document.embedFont(StandardFonts.Helvetica) })
      document.setCreationDate(new Date(Date.UTC(2026, 10, 20, 9, 0, second)))
      return document.save({ useObjectStreams: false })
    }
    const ignored = (first: ItemRow) => ({ state: 'ignored', reason: 'already-received', reason_detail: first.id })

    it('is asked about once, and not at all once a person gave it to whom it is announced for', async () => {
      const id = learn()
      const first = await walk(await rendered(0), sidecar(full))
      expect(first).toMatchObject({ ...stopped, reason: 'text-names-another' })
      expect(await walk(await rendered(1), sidecar(full))).toMatchObject(ignored(first))
      await ledger.choosePatient(first, id)
      await prepareItem(await again(first), preparation)
      expect(await walk(await rendered(2), sidecar(full))).toMatchObject(ignored(first))
      // What stands under a name used again may be said of another.
      expect(await walk(await rendered(3), unconfirmed)).toMatchObject({ ...stopped, reason: 'text-names-another' })
    })

    it('is asked about though the same went to whom it is announced for, when no person said so of a file', async () => {
      learn()
      expect(await walk(await rendered(0), sidecar(full), 'hl7')).toMatchObject({ state: 'ready' })
      expect(await walk(await rendered(1), sidecar(full))).toMatchObject({ ...stopped, reason: 'text-names-another' })
    })
  })

  it('is known again under a name used before when its file held this very document last, and only then', async () => {
    learn()
    const file = (mtimeMs: number): TakenFile => ({ path: '/export/export.pdf', size: 1, mtimeMs })
    const [leaflet, letter] = [await pdf('Conseils'), await pdf(own)]
    const first = await walk(leaflet, sidecar(full), 'folder', file(1))
    const ignored = { state: 'ignored', reason: 'already-received', reason_detail: first.id }
    expect(await walk(leaflet, unconfirmed, 'folder', file(2))).toMatchObject(ignored)
    expect(await walk(leaflet, unconfirmed, 'folder', file(3))).toMatchObject(ignored)
    expect(await walk(letter, unconfirmed, 'folder', file(4))).toMatchObject({ state: 'ready' })
    expect(await walk(leaflet, unconfirmed, 'folder', file(5))).toMatchObject({ ...stopped, reason: 'patient-to-confirm' })
    expect(await walk(leaflet, unconfirmed, 'folder', { ...file(6), path: '/export/other.pdf' })).toMatchObject({ ...stopped, reason: 'patient-to-confirm' })
  })

  it('is not taken for what was copied out of the record by what stands under a name used again', async () => {
    learn()
    const [leaflet, named] = [await pdf('Conseils'), await pdf(own)]
    for (const bytes of [leaflet, named]) await rememberCopy(ledger, createHash('sha256').update(bytes).digest('hex'), { uniqueId: '1.2.3', patient: { ins: patient.ins, insOid: patient.insOid, birthName: patient.birthName, givenName: patient.givenName, usedName: null, birthDate: patient.birthDate, sex: patient.sex } })
    expect(await walk(leaflet, unconfirmed)).toMatchObject({ ...stopped, reason: 'patient-to-confirm' })
    expect(await walk(named, unconfirmed)).toMatchObject({ state: 'ignored', reason: 'copied-from-record' })
  })

  it('is asked nothing where another source vouches: a message, a document given by hand, a CDA', async () => {
    learn()
    preparation = { ...preparation, readText: () => Promise.reject(new Error('asked')) }
    for (const kind of ['hl7', 'by-hand'] as const) expect(await walk(await pdf(others), sidecar(full), kind)).toMatchObject({ state: 'ready' })
    expect(await walk(cda(), { identity: { ...full, origin: 'sidecar', unconfirmed: true } })).toMatchObject({ state: 'ready' })
    expect(await walk(cda({ id: `${cdaExample.id}.2` }), { identity: { ...full, birthName: 'AUTRE', origin: 'sidecar', unconfirmed: true } })).toMatchObject({ state: 'parked', reason: 'patient-mismatch' })
  })

  it('stays received when the program ends while it is read', async () => {
    learn()
    const [row, closed] = [await receive(await pdf(others), sidecar(full)), openPdfTextReader()]
    await closed.close()
    await prepareItem(row, { ...preparation, readText: (bytes, sha256) => closed.read(bytes, sha256) })
    expect(await again(row)).toMatchObject({ state: 'received', reason: null })
    await prepareItem(row, preparation)
    expect(await again(row)).toMatchObject({ ...stopped, reason: 'text-names-another' })
  })
})

describe('a patient who opposed', () => {
  const oppose = (id: string) => consent.learn(id, 'deposit', { choice: 'opposed', decidedAt: '2026-11-20T00:00:00Z', source: 'ADT' })

  it('stops what goes under their INS', async () => {
    oppose(learn())
    expect(await walk(cda())).toMatchObject({ state: 'parked', reason: 'patient-opposed' })
    expect(await walk(await pdf(), sidecar(full))).toMatchObject({ state: 'parked', reason: 'patient-opposed' })
  })

  it('stops it too when their file here has no INS yet', async () => {
    oppose(learn({ origin: 'message', birthName: patient.birthName, givenName: patient.givenName, birthDate: patient.birthDate, localId: '9', localIdOid: '1.2.3' }, feed(10, false)))
    expect(await walk(cda())).toMatchObject({ state: 'parked', reason: 'patient-opposed' })
    expect(learnt).toEqual([])
    learn()
    expect(await walk(await pdf(), sidecar(full))).toMatchObject({ state: 'parked', reason: 'patient-opposed' })
  })

  it('does not stop a namesake with another INS', async () => {
    oppose(learn({ ...known, ins: otherIns, localId: '9' }))
    expect(await walk(cda())).toMatchObject({ state: 'ready' })
  })
})

describe('a secret connection', () => {
  const secret = { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: true, secretConnection: true }
  const ofMinor = () => cda({ patient: { ...patient, birthDate: '2010-06-12' } })
  const chosen = (row: ItemRow, visibility: object) => ({ ...row, visibility: JSON.stringify(visibility) })

  it('is frozen with who speaks, and asked for again before the bytes go', async () => {
    preparation = { ...preparation, secretConnection: true }
    const row = await walk(ofMinor(), { visibility: secret })
    expect([row.state, frozenOf(row).party.secret]).toEqual(['ready', true])
    expect(stopBeforeSending(row, preparation)).toBeNull()
    expect(stopBeforeSending(row, { ...preparation, now: () => Date.UTC(2028, 5, 12) })).toBe('secret-not-minor')
    expect(stopBeforeSending(row, { ...preparation, secretConnection: false })).toBe('secret-connection')
    expect(stopBeforeSending(chosen(row, { ...secret, secretConnection: false }), preparation)).toBe('visibility-changed')
  })

  it('said once an item was frozen for an ordinary one keeps it from going', async () => {
    preparation = { ...preparation, secretConnection: true }
    const row = await walk(ofMinor(), { visibility: { ...secret, secretConnection: false } })
    expect([row.state, frozenOf(row).party.secret]).toEqual(['ready', undefined])
    expect(stopBeforeSending(row, preparation)).toBeNull()
    expect(stopBeforeSending(chosen(row, secret), preparation)).toBe('visibility-changed')
  })

  it.each([
    ['where the record cannot be told', {}, secret, 'secret-connection'],
    ['with what the representatives see', { secretConnection: true }, { ...secret, hiddenFromRepresentatives: false }, 'secret-not-hidden'],
  ])('is parked %s', async (_, change, visibility, reason) => {
    preparation = { ...preparation, ...change }
    expect(await walk(ofMinor(), { visibility })).toMatchObject({ state: 'parked', reason })
  })

  it('is parked for an adult', async () => {
    preparation = { ...preparation, secretConnection: true }
    expect(await walk(cda(), { visibility: secret })).toMatchObject({ state: 'parked', reason: 'secret-not-minor' })
  })
})

describe('what is stopped before it is read', () => {
  it.each(['parked', 'ignored'] as const)('by what intake refused: %s', async (outcome) => {
    const row = await walk(cda(), { refusal: { code: 'hl7-not-for-dmp', detail: 'said so', outcome } })
    expect(row).toMatchObject({ state: outcome, reason: 'hl7-not-for-dmp', reason_detail: 'said so', patient: null })
  })

  it('by its size, its kind, or its soundness', async () => {
    expect(await walk(Buffer.from('%PDF-1.7\nhalf'), sidecar(full))).toMatchObject({ state: 'parked', reason: 'pdf-truncated' })
    expect(await walk(Buffer.from('not anything'))).toMatchObject({ state: 'parked' })
    preparation = { ...preparation, maxDocumentBytes: 10 }
    expect(await walk(cda())).toMatchObject({ state: 'parked', reason: 'file-too-large' })
  })
})

describe('what is checked before the record would refuse it', () => {
  it('is refused while it is prepared, with what is wrong', async () => {
    expect(await walk(cda({ structure: { ...cdaExample.structure, sector: 'SA99' } }))).toMatchObject({ state: 'parked', reason: 'care-place-not-accepted', reason_detail: 'SA99 of 1.2.250.1.71.4.2.4' })
    const { specialty: _, ...without } = preparation.practice.professionals[0]!
    preparation = { ...preparation, practice: { ...preparation.practice, professionals: [without] } }
    expect(await walk(cda())).toMatchObject({ state: 'parked', reason: 'speciality-missing' })
  })

  it('is stopped when the practice file has changed since, and prepared anew for what it says now', async () => {
    const row = await walk(cda())
    expect(stopBeforeSending(row, preparation)).toBeNull()
    const { structures, professionals } = preparation.practice
    const moved = { ...preparation, practice: { structures: structures.map((one) => ({ ...one, sector: 'SA52' })), professionals } }
    expect(stopBeforeSending(row, moved)).toBe('situation-changed')
    await ledger.apply(row, { type: 'park', reason: 'situation-changed' })
    expect(isRebuilt({ attempts: 2, doubts: 0, reason: 'situation-changed' })).toBe(true)
    // Tried with a card that is no longer there: anew for the one that is, unless an answer to it was lost.
    expect([0, 1].map((doubts) => isRebuilt({ attempts: 2, doubts, reason: 'card-of-another' }))).toEqual([true, false])
    expect([0, 1].map((doubts) => isRebuilt({ attempts: 2, doubts, reason: 'card-removed' }))).toEqual([false, false])
    preparation = moved
    const rebuilt = await rebuild(row)
    expect(rebuilt).toMatchObject({ state: 'ready', unique_id: row.unique_id })
    expect(frozenOf(rebuilt).party.structure.sector).toBe('SA52')
    expect(stopBeforeSending(rebuilt, moved)).toBeNull()
  })

  it('goes with a remark when its PDF is not declared PDF/A-1', async () => {
    learn()
    const row = await walk(await pdf(), sidecar(full))
    expect(row).toMatchObject({ state: 'ready', reason: null })
    expect((await ledger.trace(row)).at(-1)).toMatchObject({ to: 'ready', reason: 'pdf-not-archival' })
    const declared = Buffer.concat([Buffer.from(await pdf()), Buffer.from('\n% <rdf:RDF xmlns:rdf="r"><rdf:D xmlns:p="http://www.aiim.org/pdfa/ns/id/" p:part="1" p:conformance="B"/></rdf:RDF>\n%%EOF\n')])
    const archival = await walk(declared, sidecar(full))
    expect((await ledger.trace(archival)).at(-1)).toMatchObject({ to: 'ready', reason: null })
  })

  it('makes its id anew for another INS, whose holder may be given the same leaflet', async () => {
    preparation = { ...preparation, oidOf: (kind, name) => oidOf('1.2.250.1.999.77', kind, name) }
    const [leaflet, local] = [await pdf(), { localId: '1', localIdOid: '1.2.3' }]
    learn({ ...known, ...local })
    const first = await walk(leaflet, sidecar({ ...traits, ...local }))
    expect(first).toMatchObject({ state: 'ready', ins: patient.ins })
    // She had been given the number of somebody else.
    learn({ ...known, ...local, ins: otherIns }, feed(20))
    await ledger.apply(first, { type: 'park', reason: stopBeforeSending(first, preparation)! })
    expect(await rebuild(first)).toMatchObject({ state: 'ready', ins: otherIns })
    const holder = { birthName: 'AUTRE', givenName: 'MARIE', birthDate: '1984-06-01', sex: 'F', birthPlace: '75056' } as const
    learn({ origin: 'message', ...holder, ins: patient.ins, insOid: patient.insOid, localId: '2', localIdOid: '1.2.3' }, feed(30))
    expect(await walk(leaflet, sidecar({ ...holder, ins: patient.ins, insOid: patient.insOid }))).toMatchObject({ state: 'ready', ins: patient.ins, unique_id: first.unique_id })
  })

  it('replaces no version that the record refused, and one that was, freed after the next, is superseded', async () => {
    learn()
    const numbered = { ...sidecar(full), documentKey: '7' }
    const one = await walk(await pdf('one'), numbered)
    await ledger.apply((await ledger.startSending(one, one.document_sha256!, () => null))!, { type: 'refused', reason: 'record-refused' })
    const two = await walk(await pdf('two'), numbered)
    expect(two).toMatchObject({ state: 'ready', parent_unique_id: null })
    const rows = [await again(one)]
    expect(await ledger.retryAll(rows, await retryRule(rows, ledger))).toBe(1)
    await prepareItem(await again(one), preparation)
    expect(await again(one)).toMatchObject({ state: 'parked', reason: 'version-superseded', reason_detail: two.id })
  })

  describe('rendered again', () => {
    it('is not sent beside itself when the first, refused by the record, is freed', async () => {
      learn()
      const first = await walk(await printed('one', 1), sidecar(full))
      await ledger.apply((await ledger.startSending(first, first.document_sha256!, () => null))!, { type: 'refused', reason: 'record-refused' })
      const second = await walk(await printed('one', 2), { ...sidecar(full), title: 'Ordonnance du 3 mars' })
      expect(second.state).toBe('ready')
      await ledger.apply((await ledger.startSending(second, second.document_sha256!, () => null))!, { type: 'accepted' })
      const rows = [await again(first)]
      expect(await ledger.retryAll(rows, await retryRule(rows, ledger))).toBe(1)
      await prepareItem(await again(first), preparation)
      expect(await again(first)).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: second.id })
    })

    /** The same document, as its software writes it at this second. */
    async function printed(text: string, second: number): Promise<Uint8Array> {
      const document = await PDFDocument.create()
      document.addPage().drawText(text)
      document.setCreationDate(new Date(second * 1000))
      document.setModificationDate(new Date(second * 1000))
      return document.save({ useObjectStreams: second % 2 === 0 })
    }
    const ignored = (first: ItemRow) => ({ state: 'ignored', reason: 'already-received', reason_detail: first.id })
    const inCda = (bytes: Uint8Array, changes: Partial<CdaToWrite> = {}) => cda({ body: { mediaType: 'application/pdf', bytes }, ...changes })
    const masked = { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false }
    const readyCount = async () => (await ledger.counts()).ready

    it('is received already, the hundredth time and after a restart', async () => {
      learn()
      const first = await walk(await printed('one', 0), sidecar(full))
      for (let night = 1; night < 100; night += 1) expect(await walk(await printed('one', night), sidecar(full))).toMatchObject(ignored(first))
      preparation = { ...preparation, ledger: (ledger = openSqliteLedger(await handle.reopen(), { now: preparation.now, newId: randomUUID })), store: handle.store }
      preparation = { ...preparation, registry: (registry = new PatientRegistry(handle.store, randomUUID)), consent: new ConsentRegister(handle.store) }
      expect(await walk(await printed('one', 100), sidecar(full))).toMatchObject(ignored(first))
      expect(await walk(await printed('two', 100), sidecar(full))).toMatchObject({ state: 'ready' })
      expect(await ledger.counts()).toMatchObject({ ready: 2, ignored: 100 })
    })

    it('is another document for another patient, or under another number of the same source', async () => {
      learn()
      const other = { ...full, ins: otherIns, birthName: 'AUTRE' }
      learn({ ...known, ...other, localId: 'AUTRE' })
      const numbered = (documentKey: string, identity = full) => ({ ...sidecar(identity), documentKey })
      const first = await walk(await printed('one', 0), numbered('1'))
      expect(await walk(await printed('one', 1), numbered('1', other))).toMatchObject({ state: 'ready', ins: otherIns })
      const second = await walk(await printed('one', 2), numbered('2'))
      expect(second).toMatchObject({ state: 'ready' })
      expect(frozenOf(second).metadata.replaces).toBeNull()
      expect(await walk(await printed('one', 3), numbered('2'))).toMatchObject(ignored(second))
      expect(await walk(await printed('one', 4), numbered('1'))).toMatchObject(ignored(first))
      expect(await walk(await printed('one', 5), sidecar(full))).toMatchObject(ignored(first))
    })

    it('is no new version under its number; what is really another is', async () => {
      learn()
      const keyed = { ...sidecar(full), documentKey: '12' }
      const first = await walk(await printed('one', 0), keyed)
      expect(await walk(await printed('one', 1), keyed)).toMatchObject(ignored(first))
      const second = await walk(await printed('two', 1), keyed)
      expect(frozenOf(second).metadata.replaces).toBe(first.unique_id)
      expect(await walk(await printed('two', 2), keyed)).toMatchObject(ignored(second))
    })

    it('does not go when a person holds it back, or set it aside before', async () => {
      learn()
      const held = await walk(await printed('held', 0), sidecar(full))
      expect(await ledger.hold(held)).toBe(true)
      expect(await walk(await printed('held', 1), sidecar(full))).toMatchObject(ignored(held))
      const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: 'b.pdf' }, bytes: await printed('batch', 0), fileName: 'b.pdf', hints: sidecar(full), hold: 'burst' }])
      await prepareItem((await ledger.byId(items[0]!.id))!, preparation)
      const batch = (await ledger.byId(items[0]!.id))!
      expect(batch).toMatchObject({ state: 'waiting', reason: 'burst-held' })
      expect(await walk(await printed('batch', 1), sidecar(full))).toMatchObject(ignored(batch))
      const aside = await walk(await printed('aside', 0), sidecar(full))
      await ledger.dismiss(aside, null)
      expect(await walk(await printed('aside', 1), sidecar(full))).toMatchObject(ignored(aside))
      const opposed = learn()
      consent.learn(opposed, 'deposit', { choice: 'opposed', decidedAt: null, source: 'panel' }, null)
      const stopped = await walk(await printed('stopped', 0), sidecar(full))
      expect(stopped).toMatchObject({ state: 'parked', reason: 'patient-opposed' })
      expect(await walk(await printed('stopped', 1), sidecar(full))).toMatchObject(ignored(stopped))
    })

    it('takes the place of what was stopped for want of better words, which then does not go either', async () => {
      learn()
      const stopped = await walk(await printed('one', 0), { ...sidecar(full), authorId: '899999999999' })
      expect(stopped).toMatchObject({ state: 'parked', reason: 'author-not-ours' })
      const better = await walk(await printed('one', 1), sidecar(full))
      expect(better).toMatchObject({ state: 'ready' })
      expect(await rebuild(stopped)).toMatchObject(ignored(better))
      expect(await readyCount()).toBe(1)
    })

    it('goes in the place of one whose bytes were lost', async () => {
      learn()
      const lost = await walk(await printed('one', 0), sidecar(full))
      await ledger.apply(lost, { type: 'park', reason: 'content-damaged' })
      expect(await walk(await printed('one', 1), sidecar(full))).toMatchObject({ state: 'ready' })
    })

    it('stands for a person, once, when it is to be hidden now or is of another type', async () => {
      learn()
      const first = await walk(await printed('one', 0), sidecar(full))
      const hidden = { ...sidecar(full), visibility: masked }
      const beside = await walk(await printed('one', 1), hidden)
      expect(beside).toMatchObject({ state: 'parked', reason: 'visibility-changed', reason_detail: first.id })
      expect(await walk(await printed('one', 2), hidden)).toMatchObject(ignored(beside))
      const typed = { ...sidecar(full), typeCode: '11488-4' }
      expect(await walk(await printed('one', 3), typed)).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id })
      await ledger.dismiss(beside, null)
      expect(await walk(await printed('one', 4), hidden)).toMatchObject(ignored(beside))
      // What stands beside the first takes nothing from it.
      expect(await ledger.setVisibility(await again(first), masked)).toBe(true)
      await prepareItem(await again(first), preparation)
      expect(await again(first)).toMatchObject({ state: 'ready' })
    })

    it('stands for a person when its own sidecar alone says more the next day', async () => {
      learn()
      const first = await walk(await printed('one', 0), sidecar(full))
      const bytes = await printed('one', 1)
      await walk(bytes, sidecar(full))
      expect(await walk(bytes, { ...sidecar(full), visibility: masked })).toMatchObject({ state: 'parked', reason: 'visibility-changed', reason_detail: first.id })
    })

    it('goes when a person freed it and set the first aside', async () => {
      learn()
      const first = await walk(await printed('one', 0), sidecar(full))
      const beside = await walk(await printed('one', 1), { ...sidecar(full), visibility: masked })
      await ledger.dismiss(first, null)
      expect(await rebuild(beside)).toMatchObject({ state: 'ready' })
    })

    it('is known again though an older program received the first', async () => {
      learn()
      const first = await walk(await printed('one', 0), sidecar(full))
      const level3 = await walk(cda({ id: `${cdaExample.id}.3` }))
      handle.store.db.prepare('UPDATE item SET rendering = NULL').run()
      expect(await walk(await printed('one', 1), sidecar(full))).toMatchObject(ignored(first))
      expect([(await again(first)).rendering, (await again(level3)).rendering]).toEqual([expect.stringMatching(/^pdf /), expect.any(String)])
      expect(await ledger.unrendered(patient.ins)).toEqual([])
    })

    it('stands for a person beside one found again after a return to an older database, of which nobody knows whose it is', async () => {
      learn()
      const bytes = await printed('one', 0)
      const { items } = await ledger.receive([{ source: { kind: 'by-hand', name: 'Relais', reference: 'f.pdf' }, bytes, fileName: 'f.pdf', hints: { fileName: 'f.pdf' }, forgotten: true }])
      const beside = await walk(await printed('one', 1), sidecar(full))
      expect(beside).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: items[0]!.id })
      expect(await walk(await printed('one', 2), sidecar(full))).toMatchObject(ignored(beside))
    })

    it('is one document as a PDF and in a CDA, whichever comes first', async () => {
      learn()
      const inFile = await walk(await printed('one', 0), sidecar(full))
      expect(await walk(inCda(await printed('one', 0)))).toMatchObject(ignored(inFile))
      expect(await walk(inCda(await printed('one', 1), { id: `${cdaExample.id}.1` }))).toMatchObject(ignored(inFile))
      const wrapped = await walk(inCda(await printed('two', 0), { id: `${cdaExample.id}.2` }))
      expect(wrapped).toMatchObject({ state: 'ready', unique_id: `${cdaExample.id}.2` })
      expect(await walk(await printed('two', 0), sidecar(full))).toMatchObject(ignored(wrapped))
      expect(await walk(await printed('two', 2), { identity: sidecar(full).identity })).toMatchObject(ignored(wrapped))
      expect(await readyCount()).toBe(2)
    })

    it('stands for a person when PDF and CDA say two types, or the CDA replaces something else', async () => {
      learn()
      const first = await walk(await printed('one', 0), sidecar(full))
      const beside = { state: 'parked', reason: 'announced-otherwise', reason_detail: first.id }
      const typed = await walk(inCda(await printed('one', 0), { typeCode: '11488-4' }))
      expect(typed).toMatchObject(beside)
      expect(await walk(inCda(await printed('one', 0), { id: `${cdaExample.id}.4`, replaces: '1.2.3.4' }))).toMatchObject(beside)
      expect(await walk(inCda(await printed('two', 0), { id: `${cdaExample.id}.5` }))).toMatchObject({ state: 'ready' })
      expect(await walk(await printed('two', 0), { ...sidecar(full), typeCode: '11488-4' })).toMatchObject({ state: 'parked', reason: 'announced-otherwise' })
      // Shown both, a person lets the second go as well: each is known again.
      expect(await rebuild(typed)).toMatchObject({ state: 'ready', type_code: '11488-4' })
      expect(await walk(await printed('one', 1), { ...sidecar(full), typeCode: '11488-4' })).toMatchObject(ignored(typed))
      expect(await walk(await printed('one', 2), sidecar(full))).toMatchObject(ignored(first))
    })

    it('leaves two CDA around one PDF to what they say of each other', async () => {
      const bytes = await printed('one', 0)
      const first = await walk(inCda(bytes))
      const second = await walk(inCda(bytes, { id: `${cdaExample.id}.2`, versionNumber: 2 }))
      expect(second).toMatchObject({ state: 'ready', parent_unique_id: first.unique_id })
    })

    it('is known by its bytes when it is not written plainly', async () => {
      learn()
      const odd = (second: number, text: string) => printed(text, second).then((bytes) => Buffer.concat([bytes, Buffer.from('\n% by some program\n%%EOF\n')]))
      const first = await walk(await odd(0, 'one'), sidecar(full))
      expect(await walk(await odd(1, 'one'), sidecar(full))).toMatchObject({ state: 'ready' })
      expect(await walk(inCda(await odd(0, 'one')))).toMatchObject(ignored(first))
    })
  })

  describe('told again in other words', () => {
    const give = async (bytes: Uint8Array, hints: DocumentHints, name: string): Promise<ItemRow> => {
      const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'Export', reference: name }, bytes, fileName: name, hints }])
      const row = (await ledger.byId(items[0]!.id))!
      if (row.state === 'received') await prepareItem(row, preparation)
      return again(row)
    }
    const countOf = async () => (await ledger.counts()).ready

    it('is one document of one patient, however its sources write the patient', async () => {
      learn()
      const bytes = await pdf()
      const first = await give(bytes, sidecar(full), 'a.pdf')
      expect(first).toMatchObject({ state: 'ready', ins: patient.ins })
      const { ins: _ins, insOid: _oid, ...named } = full
      const spellings = [
        { ...full, givenName: full.givenName.toLowerCase() }, { ...full, birthName: ` ${full.birthName} ` }, { ...full, localId: patient.localId!.value },
        { ...full, birthDate: undefined }, { ...named, localId: patient.localId!.value }, named,
      ]
      for (const [index, spelled] of spellings.entries()) await give(bytes, sidecar(spelled), `b${index}.pdf`)
      expect(await countOf()).toBe(1)
      expect((await ledger.inState('received', 0, 10)).length).toBe(0)
    })

    it('is not sent again when a person gave it its patient before its sidecar came', async () => {
      const known = learn()
      const bytes = await pdf()
      const { ins: _ins, insOid: _oid, sex: _sex, birthPlace: _place, ...named } = full
      const stands = await give(bytes, { ...pdfHints, identity: { ...named, origin: 'file-name' } }, 'x.pdf')
      expect(stands.state).toBe('waiting')
      await ledger.choosePatient(stands, known)
      await prepareItem(await again(stands), preparation)
      expect((await again(stands)).state).toBe('ready')
      expect(await give(bytes, sidecar(full), 'y.pdf')).toMatchObject({ state: 'ignored', reason: 'already-received' })
      expect(await countOf()).toBe(1)
    })

    it('stands for a person when it is to be hidden now', async () => {
      learn()
      const bytes = await pdf()
      const { ins: _ins, insOid: _oid, ...named } = full
      const first = await give(bytes, sidecar(full), 'a.pdf')
      const hidden = { ...sidecar({ ...named, localId: patient.localId!.value }), visibility: { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false } }
      expect(await give(bytes, hidden, 'b.pdf')).toMatchObject({ state: 'parked', reason: 'visibility-changed', reason_detail: first.id })
    })
  })
})
