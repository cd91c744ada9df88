import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../../../sandbox/index.ts'
import { recordConfig, type DocumentMetadata, type Party, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { confidentialityCodes, visibleToAll } from '#shared/terminology/index.ts'
import type { MetadataChange, NationalRecord } from '../port.ts'
import { openDmpRecord } from './dmp-record.ts'
import { asDoctor, asStructure, testDoctor, testDocument, testIns, testPrescription, testStructure } from './test-deposit.ts'

const colleague = { ...testDoctor, id: '899900000020', family: 'EXEMPLE', given: 'Sacha' }
const asColleague: Party = { kind: 'professional', professional: colleague, structure: testStructure }

let dir = ''
let sandbox: Sandbox
let record: NationalRecord

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'dmp-acts-'))
  sandbox = await startSandbox({ dir, port: 0, practice: { structures: [testStructure], professionals: [testDoctor, colleague] } })
  record = await openDmpRecord({ config: recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8'))), baseDir: dir, now: Date.now, randomUuid: randomUUID })
})
afterEach(async () => {
  await rm(path.join(dir, 'patients.json'), { force: true })
})
afterAll(async () => {
  await record.close()
  await sandbox.close()
  await rm(dir, { recursive: true })
})

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''} ${result.failure.recordText ?? ''}`)
  return result.value
}

/** A patient of its own for each test: nothing that one leaves is met by another. */
let lastPatient = 0
function newPatient() {
  const number = `2840699999${String((lastPatient += 1)).padStart(3, '0')}`
  return { value: `${number}${String(97n - (BigInt(number) % 97n)).padStart(2, '0')}`, oid: testIns.oid }
}

let last = 0
interface Written {
  readonly metadata: DocumentMetadata
  readonly replacesEntryUuid?: string
}
function newDocument(ins: { value: string; oid: string }, more: Partial<DocumentMetadata> = {}): DocumentMetadata {
  return { ...testDocument, uniqueId: `1.2.250.1.999.77.3.77.${(last += 1)}`, ins, confidentiality: confidentialityCodes(visibleToAll), ...more }
}
async function deposit(party: Party, documents: readonly Written[]) {
  const first = documents[0]
  if (!first) throw new Error('no document')
  const bytes = documents.map(({ metadata }) => testPrescription(metadata.uniqueId, `document ${metadata.uniqueId}`, metadata.ins.value))
  const lot = await record.prepare(
    { party, submissionSetId: `1.2.250.1.999.77.1.77.${(last += 1)}`, submittedAt: Date.now(), documents: documents.map(({ metadata, replacesEntryUuid = null }) => ({ metadata, replacesEntryUuid })) },
    bytes,
  )
  return record.send(party, first.metadata.ins, value(lot), bytes)
}
async function deposited(party: Party, ins = newPatient(), more: Partial<DocumentMetadata> = {}) {
  const person = party.kind === 'professional' ? { id: party.professional.id, family: party.professional.family, given: party.professional.given } : testDocument.legalAuthenticator
  const metadata = newDocument(ins, { authors: testDocument.authors.map((author) => ({ ...author, person })), legalAuthenticator: person, ...more })
  value(await deposit(party, [{ metadata }]))
  return { ins, uniqueId: metadata.uniqueId, look: async (by = asDoctor) => value(await record.findByUniqueId(by, ins, metadata.uniqueId)) as RecordDocument }
}
const setPatient = (ins: { value: string }, patient: object) => writeFile(path.join(dir, 'patients.json'), JSON.stringify({ [ins.value]: patient }))

it('deposits several documents in one lot, each replacing its own, all covered by one signature', async () => {
  const ins = newPatient()
  const parents = [newDocument(ins), newDocument(ins)]
  value(await deposit(asDoctor, parents.map((metadata) => ({ metadata }))))
  const entries = await Promise.all(parents.map(async ({ uniqueId }) => value(await record.findByUniqueId(asDoctor, ins, uniqueId))?.entryUuid ?? ''))
  expect(new Set(entries).size).toBe(2)
  const children = [newDocument(ins), newDocument(ins), newDocument(ins)]
  value(await deposit(asDoctor, children.map((metadata, index) => ({ metadata, ...(entries[index] !== undefined && { replacesEntryUuid: entries[index] }) }))))
  expect(value(await record.findDocuments(asDoctor, ins)).map(({ uniqueId }) => uniqueId)).toEqual(children.map(({ uniqueId }) => uniqueId))
  expect(value(await record.findDocuments(asDoctor, ins, { statuses: ['deprecated'] })).map(({ uniqueId }) => uniqueId)).toEqual(parents.map(({ uniqueId }) => uniqueId))
  for (const { uniqueId } of children) {
    const found = value(await record.findByUniqueId(asDoctor, ins, uniqueId)) as RecordDocument
    expect(Buffer.from(value(await record.retrieve(asDoctor, ins, found))).equals(testPrescription(uniqueId, `document ${uniqueId}`, ins.value))).toBe(true)
  }
  const sets = value(await record.findSubmissionSets(asDoctor, ins, '2020'))
  expect(sets).toHaveLength(2)
  const members = value(await record.findAssociations(asDoctor, ins, [sets[1]?.entryUuid ?? '']))
  expect(members.map(({ type }) => type).toSorted()).toEqual(['has-member', 'has-member', 'has-member', 'has-member', 'signs'])
})

it('deposits nothing of a lot of which one document is refused', async () => {
  const ins = newPatient()
  const documents = [newDocument(ins), newDocument(ins, { title: 'Un autre titre que celui du CDA' })]
  expect(await deposit(asDoctor, documents.map((metadata) => ({ metadata })))).toMatchObject({ ok: false, failure: { code: 'record-metadata-refused' } })
  expect(value(await record.findDocuments(asDoctor, ins))).toEqual([])
})

it('never puts two patients into one lot', async () => {
  const documents = [newDocument(newPatient()), newDocument(newPatient())]
  const made = await record.prepare({ party: asDoctor, submissionSetId: '1.2.3', submittedAt: 0, documents: documents.map((metadata) => ({ metadata, replacesEntryUuid: null })) }, documents.map(({ uniqueId }) => testPrescription(uniqueId, 'x')))
  expect(made).toMatchObject({ ok: false, failure: { code: 'record-patient-refused' } })
})

it('filters by everything the port names', async () => {
  const { ins, uniqueId } = await deposited(asDoctor, newPatient(), { eventCodes: [{ code: "d'essai", system: '1.2.3', label: 'Acte d’essai' }] })
  const found = async (filter: Parameters<NationalRecord['findDocuments']>[2]) => value(await record.findDocuments(asDoctor, ins, filter)).map((one) => one.uniqueId)
  const many = Array.from({ length: 40 }, (_, index) => ({ code: `code-${index}`, system: '2.16.840.1.113883.6.1' }))
  for (const [yes, no] of [
    [{ classCodes: [{ code: '42', system: '1.2.250.1.213.1.1.4.1' }] }, { classCodes: [{ code: '10', system: '1.2.250.1.213.1.1.4.1' }] }],
    [{ typeCodes: [...many, { code: '57833-6', system: '2.16.840.1.113883.6.1' }] }, { typeCodes: many }],
    [{ eventCodes: [{ code: "d'essai", system: '1.2.3' }] }, { eventCodes: [{ code: 'd', system: '1.2.3' }] }],
    [{ creationFrom: '20261121091500' }, { creationFrom: '20261121091501' }],
    [{ creationTo: '20261121091501' }, { creationTo: '20261121091500' }],
    [{ serviceStartFrom: '20261121' }, { serviceStartFrom: '20261122' }],
    [{ serviceStartTo: '20261122' }, { serviceStartTo: '20261121' }],
  ]) {
    expect(await found(yes)).toEqual([uniqueId])
    expect(await found(no)).toEqual([])
  }
})

it('follows the changes of a record by its lots, their members and the versions of what they hold', async () => {
  const one = await deposited(asDoctor)
  const before = await one.look()
  value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'mask', masked: true }))
  const sets = value(await record.findSubmissionSets(asDoctor, one.ins, '2020'))
  expect(sets).toHaveLength(2)
  const members = value(await record.findAssociations(asDoctor, one.ins, sets.map(({ entryUuid }) => entryUuid))).filter(({ type }) => type === 'has-member')
  const { documents, associations } = value(await record.findDocumentsWithAssociations(asDoctor, one.ins, members.map(({ target }) => target)))
  expect(documents.map(({ status, logicalId, maskedToProfessionals }) => [status, logicalId, maskedToProfessionals])).toEqual([['deprecated', before.logicalId, false], ['approved', before.logicalId, true]])
  const tied = associations.filter(({ type }) => type === 'has-member').map(({ target }) => target)
  expect(tied).toEqual(expect.arrayContaining(documents.map(({ entryUuid }) => entryUuid)))
  expect(new Set(tied).size).toBe(tied.length)
  for (const ask of [record.findSubmissionSets(asStructure, one.ins, '2020'), record.findAssociations(asStructure, one.ins, ['urn:uuid:x']), record.findDocumentsWithAssociations(asStructure, one.ins, ['urn:uuid:x'])]) {
    expect(await ask).toMatchObject({ ok: false, failure: { code: 'reading-needs-professional' } })
  }
})

it('masks and unmasks: a new entryUUID each time, the same logicalId, hidden from others meanwhile', async () => {
  const one = await deposited(asDoctor)
  const first = await one.look()
  expect(value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'mask', masked: true }))).toEqual({ entryUuid: null })
  const masked = await one.look()
  expect(masked).toEqual({ ...first, entryUuid: masked.entryUuid, maskedToProfessionals: true })
  expect(masked.entryUuid).not.toBe(first.entryUuid)
  expect(value(await record.findByUniqueId(asColleague, one.ins, one.uniqueId))).toBeNull()
  expect(value(await record.findDocumentsWithAssociations(asColleague, one.ins, [first.entryUuid]))).toMatchObject({ documents: [] })
  expect(await record.changeMetadata(asColleague, one.ins, one.uniqueId, { kind: 'mask', masked: false })).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
  value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'mask', masked: false }))
  const unmasked = await one.look(asColleague)
  expect(unmasked).toEqual({ ...first, entryUuid: unmasked.entryUuid })
  expect(new Set([first.entryUuid, masked.entryUuid, unmasked.entryUuid]).size).toBe(3)
})

it('lets the médecin traitant unmask what a colleague wrote, and no structure mask anything', async () => {
  const one = await deposited(asColleague)
  expect(await record.changeMetadata(asStructure, one.ins, one.uniqueId, { kind: 'mask', masked: true })).toMatchObject({ ok: false, failure: { code: 'record-refused', class: 'permanent', detail: 'DMPAccessDenied' } })
  value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'mask', masked: true }))
  await setPatient(one.ins, { treatingDoctor: testDoctor.id })
  value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'mask', masked: false }))
  expect((await one.look()).maskedToProfessionals).toBe(false)
})

it.each([
  ['the patient', 'show-to-patient', 'hiddenFromPatient'],
  ['the representatives', 'show-to-representatives', 'hiddenFromRepresentatives'],
] as const)('shows to %s what was hidden from them, and asks for nothing more once it is shown', async (_, kind, flag) => {
  const one = await deposited(asDoctor, newPatient(), { confidentiality: confidentialityCodes({ ...visibleToAll, [flag]: true }) })
  expect((await one.look())[flag]).toBe(true)
  value(await record.changeMetadata(asColleague, one.ins, one.uniqueId, { kind }))
  const shown = await one.look()
  expect(shown[flag]).toBe(false)
  expect(value(await record.changeMetadata(asColleague, one.ins, one.uniqueId, { kind }))).toEqual({ entryUuid: shown.entryUuid })
  expect((await one.look()).entryUuid).toBe(shown.entryUuid)
})

it('archives, brings back and deletes; the entry stays the same one', async () => {
  const one = await deposited(asDoctor)
  const { entryUuid } = await one.look()
  const listed = async (status: 'approved' | 'archived') => value(await record.findDocuments(asDoctor, one.ins, { statuses: [status] })).map((document) => document.uniqueId)
  const become = async (change: MetadataChange) => value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, change))
  await become({ kind: 'archive', archived: true })
  expect([await listed('approved'), await listed('archived')]).toEqual([[], [one.uniqueId]])
  await become({ kind: 'mask', masked: true })
  expect(await one.look()).toMatchObject({ status: 'archived', maskedToProfessionals: true })
  await become({ kind: 'archive', archived: false })
  expect([await listed('approved'), await listed('archived')]).toEqual([[one.uniqueId], []])
  await become({ kind: 'delete' })
  expect([await listed('approved'), await listed('archived')]).toEqual([[], []])
  expect((await one.look()).status).toBe('deleted')
  expect((await one.look()).entryUuid).not.toBe(entryUuid)
  await become({ kind: 'delete' })
  expect(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'archive', archived: false })).toMatchObject({ ok: false, failure: { code: 'record-request-refused' } })
})

it('archives and deletes only what one wrote; a structure deletes what it deposited', async () => {
  const byStructure = await deposited(asStructure, newPatient(), { authors: testDocument.authors.map((author) => ({ ...author, person: colleague })), legalAuthenticator: colleague })
  for (const change of [{ kind: 'archive', archived: true }, { kind: 'delete' }] as const) {
    expect(await record.changeMetadata(asDoctor, byStructure.ins, byStructure.uniqueId, change)).toMatchObject({ ok: false, failure: { code: 'record-refused', recordText: "DMPAccessDenied: le professionnel n'est pas l'auteur de ce document" } })
  }
  expect(await record.changeMetadata(asStructure, byStructure.ins, byStructure.uniqueId, { kind: 'archive', archived: true })).toMatchObject({ ok: false, failure: { code: 'record-refused' } })
  value(await record.changeMetadata(asStructure, byStructure.ins, byStructure.uniqueId, { kind: 'delete' }))
  expect((await byStructure.look(asStructure)).status).toBe('deleted')
})

it('keeps versions and availabilities over a restart', async () => {
  const one = await deposited(asDoctor)
  value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'mask', masked: true }))
  value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'archive', archived: true }))
  const before = await one.look()
  const { port } = sandbox
  await sandbox.close()
  sandbox = await startSandbox({ dir, port, practice: { structures: [testStructure], professionals: [testDoctor, colleague] } })
  await record.dropConnections()
  expect(await one.look()).toEqual(before)
})

it('makes one version of two changes at once, and the loser tries once more from there', async () => {
  const one = await deposited(asDoctor, newPatient(), { confidentiality: confidentialityCodes({ ...visibleToAll, hiddenFromPatient: true, hiddenFromRepresentatives: true }) })
  const both = await Promise.all([
    record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'show-to-patient' }),
    record.changeMetadata(asColleague, one.ins, one.uniqueId, { kind: 'show-to-representatives' }),
  ])
  expect(both.map(({ ok }) => ok)).toEqual([true, true])
  expect(await one.look()).toMatchObject({ hiddenFromPatient: false, hiddenFromRepresentatives: false })
})

it('leaves in doubt a change whose answer was lost, and finds it done when asked again', async () => {
  const one = await deposited(asDoctor)
  await writeFile(path.join(dir, 'faults.json'), JSON.stringify({ rules: [{ on: ['TD3.3'], times: 1, fault: { kind: 'lose-answer' } }] }))
  try {
    expect(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'mask', masked: true })).toMatchObject({ ok: false, failure: { code: 'record-no-answer', class: 'uncertain' } })
  } finally {
    await rm(path.join(dir, 'faults.json'))
  }
  const masked = await one.look()
  expect(masked.maskedToProfessionals).toBe(true)
  expect(value(await record.changeMetadata(asDoctor, one.ins, one.uniqueId, { kind: 'mask', masked: true }))).toEqual({ entryUuid: masked.entryUuid })
  expect((await one.look()).entryUuid).toBe(masked.entryUuid)
})

it('says that a document to change is not there', async () => {
  expect(await record.changeMetadata(asDoctor, newPatient(), '1.2.3.4', { kind: 'delete' })).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
})

it('declares an authorisation, says when it existed, and removes it', async () => {
  const ins = newPatient()
  await setPatient(ins, { authorisation: 'none' })
  const standing = async () => value(await record.standing(asDoctor, ins))
  expect(await standing()).toMatchObject({ authorisation: 'none' })
  expect(value(await record.authorise(asDoctor, ins, 'add'))).toEqual({ text: null })
  expect(value(await record.authorise(asDoctor, ins, 'add')).text).toMatch(/existait déjà/)
  expect(await standing()).toMatchObject({ authorisation: 'valid', isTreatingDoctor: false })
  expect(value(await record.findDocuments(asDoctor, ins))).toEqual([])
  value(await record.authorise(asDoctor, ins, 'become-treating-doctor'))
  expect(await standing()).toMatchObject({ isTreatingDoctor: true })
  value(await record.authorise(asDoctor, ins, 'leave-treating-doctor'))
  expect(await standing()).toMatchObject({ authorisation: 'valid', isTreatingDoctor: false })
  expect(await record.authorise(asDoctor, ins, 'leave-treating-doctor')).toMatchObject({ ok: false, failure: { code: 'record-refused', recordText: "DMPAccessDenied: Ce professionnel n'est pas le médecin traitant du patient" } })
  value(await record.authorise(asDoctor, ins, 'remove'))
  expect(await record.findDocuments(asDoctor, ins)).toMatchObject({ ok: false, failure: { code: 'access-not-granted' } })
})

it.each([
  ['a professional the patient blocks', { blocked: [testDoctor.id] }, 'professional-blocked'],
  ['a closed record', { state: 'closed' }, 'record-closed'],
  ['no record', { state: 'absent' }, 'record-absent'],
])('declares no authorisation for %s', async (_, patient, code) => {
  const ins = newPatient()
  await setPatient(ins, patient)
  expect(await record.authorise(asDoctor, ins, 'add')).toMatchObject({ ok: false, failure: { code } })
})

it('lists the records one may access, since a day, by authorisation or by document', async () => {
  const authorised = newPatient()
  const other = await deposited(asColleague)
  value(await record.authorise(asDoctor, authorised, 'become-treating-doctor'))
  await deposited(asDoctor, authorised)
  value(await record.authorise(asColleague, other.ins, 'remove'))
  const today = new Date().toISOString().slice(0, 10)
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  const mine = value(await record.accessibleRecords(asDoctor, { since: today, by: 'last-document' }))
  expect(mine).toEqual([{ ins: authorised, birthName: 'SYNTHETIQUE', givenName: 'CAMILLE', usedName: null, birthDate: '1984-06-12', isTreatingDoctor: true, lastAccessAt: null, lastAddAt: today }])
  expect(value(await record.accessibleRecords(asDoctor, { since: tomorrow, by: 'last-document' }))).toEqual([])
  expect(value(await record.accessibleRecords(asStructure, { since: today, by: 'last-authorisation' })).map(({ ins }) => ins)).toContainEqual(authorised)
  expect(await record.accessibleRecords(asStructure, { since: today, by: 'last-document' })).toMatchObject({ ok: false, failure: { code: 'record-refused' } })
  expect(value(await record.accessibleRecords(asColleague, { since: today, by: 'last-authorisation' }))).toEqual([])
})

it('tells why a record is closed, and what its patient refuses', async () => {
  const ins = newPatient()
  await setPatient(ins, { state: 'closed', attached: false, closure: { date: '20250301', reason: 'DEMANDE_PATIENT', text: 'À la demande du patient' } })
  expect(value(await record.standing(asDoctor, ins))).toMatchObject({
    existence: 'closed',
    closure: { date: '2025-03-01T00:00:00.000Z', reason: 'DEMANDE_PATIENT', text: 'À la demande du patient' },
    attachedToMonEspaceSante: false,
  })
  await setPatient(ins, { opposedToBreakGlass: true, opposedToEmergencyAccess: false })
  expect(value(await record.standing(asDoctor, ins))).toMatchObject({ closure: null, attachedToMonEspaceSante: true, opposedToBreakGlass: true, opposedToEmergencyAccess: false })
})
