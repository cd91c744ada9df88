import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { failure, type DocumentMetadata, type Party, type ReasonCode, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { confidentialityCodes, visibleToAll, type AccessMode } from '#shared/terminology/index.ts'
import { asDoctor, asSecretary, asStructure, testDoctor, testSecretary, testDocument, testIns, testPrescription, testStructure } from './dmp/test-deposit.ts'
import type { Deposit, NationalRecord } from './port.ts'

/** One adapter on a training record of its own, whose practice is the tests' own (`contractPractice`). */
export interface OpenedRecord {
  readonly record: NationalRecord
  /** What the adapter's tongue cannot say. */
  readonly lacks: readonly ('authorisation')[]
  /** By which transaction a new document goes. */
  readonly deposits: string
  /** How this patient's record stands, in the words of `patients.json`; null = like any other. */
  setPatient(ins: string, state: object | null): Promise<void>
  /** What goes wrong from now on, in the words of `faults.json`; null = nothing. */
  setFaults(set: object | null): Promise<void>
  /** Exact bytes of a deposited document, as the record's folder keeps them; null = none. */
  stored(uniqueId: string): Promise<Buffer | null>
  /** Requests the record has received. */
  requests(): Promise<number>
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** The practice the record must know. */
export const contractPractice = { structures: [testStructure], professionals: [testDoctor], staff: [testSecretary] }

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''} ${result.failure.recordText ?? ''}`)
  return result.value
}

const failed = (code: ReasonCode, more: object = {}) => ({ ok: false, failure: { ...failure(code).failure, detail: expect.anything(), ...more } })
const fails = (code: ReasonCode) => expect.objectContaining({ ok: false, failure: expect.objectContaining({ code }) })

/** Numbers that no other run on the same folder gives. */
const start = Date.now() * 1_000
let last = 0

interface Ready {
  readonly deposit: Deposit
  readonly bytes: readonly Buffer[]
}

/** A lot of new documents. */
function lotOf(party: Party, documents: readonly { metadata?: Partial<DocumentMetadata>; replaces?: string | null; text?: string }[] = [{}]): Ready {
  const number = (last += 1)
  const named = documents.map(({ metadata = {}, replaces = null, text = `ordonnance ${number}` }, index) => {
    const uniqueId = metadata.uniqueId ?? `1.2.250.1.999.77.3.${start + number}.${index + 1}`
    return { metadata: { ...testDocument, ...metadata, uniqueId }, replacesEntryUuid: replaces, text }
  })
  return {
    deposit: { party, submissionSetId: `1.2.250.1.999.77.4.${start + number}`, submittedAt: Date.now(), documents: named.map(({ metadata, replacesEntryUuid }) => ({ metadata, replacesEntryUuid })) },
    bytes: named.map(({ metadata, text }) => testPrescription(metadata.uniqueId, text, metadata.ins.value)),
  }
}

const idOf = ({ deposit }: Ready, index = 0): string => deposit.documents[index]?.metadata.uniqueId ?? ''

/** What any adapter of the record must do, whatever its tongue. Everything goes through the port, against a record that serves for real. */
export function recordContract(name: string, open: () => Promise<OpenedRecord>): void {
  describe(`the record contract, ${name}`, () => {
    let opened: OpenedRecord
    let record: NationalRecord
    beforeAll(async () => {
      opened = await open()
      record = opened.record
    })
    afterAll(() => opened.close())

    async function put({ deposit, bytes }: Ready) {
      return record.send(deposit.party, deposit.documents[0]?.metadata.ins ?? testIns, value(await record.prepare(deposit, bytes)), bytes)
    }
    async function found(uniqueId: string): Promise<RecordDocument> {
      const document = value(await record.findByUniqueId(asDoctor, testIns, uniqueId))
      if (!document) throw new Error(`${uniqueId} is not there`)
      return document
    }
    const listed = async (...filter: [NonNullable<Parameters<NationalRecord['findDocuments']>[2]>?]) => value(await record.findDocuments(asDoctor, testIns, ...filter)).map(({ uniqueId }) => uniqueId)

    it.each([
      ['the professional', asDoctor],
      ['the structure', asStructure],
      ['a secretary by her CPE, in the doctor’s name (TD2.2)', asSecretary],
    ])('deposits for %s, finds it, and reads back the same bytes', async (_, party) => {
      const one = lotOf(party)
      expect(value(await put(one)).warnings).toEqual([])
      const document = await found(idOf(one))
      expect(document).toMatchObject({
        uniqueId: idOf(one),
        typeCode: '57833-6',
        typeLabel: 'Prescription de produits de santé',
        classCode: '42',
        classLabel: 'Prescription',
        formatCode: 'urn:ihe:iti:xds-sd:pdf:2008',
        mimeType: 'text/xml',
        title: testDocument.title,
        creationTime: '2026-11-21T09:15:00.000Z',
        serviceStartTime: '2026-11-21T09:00:00.000Z',
        status: 'approved',
        hash: createHash('sha1').update(one.bytes[0] ?? '').digest('hex'),
        size: one.bytes[0]?.length,
        hiddenFromPatient: true,
        hiddenFromRepresentatives: false,
        maskedToProfessionals: false,
        fromPatient: false,
        authors: [{ name: 'Alix GENERIQUE', role: 'Médecin - Médecine Générale (SM)', structure: testStructure.name, personId: testDoctor.id, structureId: testStructure.id }],
        legalAuthenticatorId: testDoctor.id,
      })
      expect(document.entryUuid).toMatch(/^urn:uuid:/)
      expect(value(await record.findByUniqueId(party, testIns, idOf(one)))).toEqual(document)
      expect(await listed()).toContain(idOf(one))
      expect(Buffer.from(value(await record.retrieve(asDoctor, testIns, document))).equals(one.bytes[0] ?? Buffer.alloc(0))).toBe(true)
      expect((await opened.stored(idOf(one)))?.equals(one.bytes[0] ?? Buffer.alloc(0))).toBe(true)
    })

    it('names the transaction a frozen lot goes by', async () => {
      const one = lotOf(asDoctor)
      expect(record.transactions.deposit(value(await record.prepare(one.deposit, one.bytes)))).toBe(opened.deposits)
    })

    it('prepares the same bytes from the same deposit', async () => {
      const one = lotOf(asDoctor)
      expect(Buffer.compare(value(await record.prepare(one.deposit, one.bytes)), value(await record.prepare(one.deposit, one.bytes)))).toBe(0)
    })

    it('deposits several documents as one lot, tells which lot holds which, and lists them page after page', async () => {
      const since = new Date(Date.now() - 1_000).toISOString().replace(/\D/g, '').slice(0, 14)
      const many = lotOf(asDoctor, Array.from({ length: 25 }, () => ({})))
      value(await put(many))
      const ids = many.deposit.documents.map(({ metadata }) => metadata.uniqueId)
      expect(await listed()).toEqual(expect.arrayContaining(ids))
      const set = value(await record.findSubmissionSets(asDoctor, testIns, since)).find(({ uniqueId }) => uniqueId === many.deposit.submissionSetId)
      expect(set).toMatchObject({ uniqueId: many.deposit.submissionSetId, submissionTime: `${new Date(many.deposit.submittedAt).toISOString().slice(0, 19)}.000Z` })
      const members = value(await record.findAssociations(asDoctor, testIns, [set?.entryUuid ?? ''])).filter(({ type, source }) => type === 'has-member' && source === set?.entryUuid)
      const { documents } = value(await record.findDocumentsWithAssociations(asDoctor, testIns, members.map(({ target }) => target)))
      expect(documents.map(({ uniqueId }) => uniqueId).toSorted()).toEqual(ids.toSorted())
    })

    it('filters by type, class, event and date as asked', async () => {
      const event = { code: 'QZQP001', system: '1.2.250.1.213.2.5', label: 'Acte, fictif | $' }
      const one = lotOf(asDoctor, [{ metadata: { eventCodes: [event] } }])
      value(await put(one))
      const loinc = '2.16.840.1.113883.6.1'
      const there = async (filter: Parameters<NationalRecord['findDocuments']>[2]) => (await listed(filter)).includes(idOf(one))
      expect(await there({ typeCodes: [{ code: '11488-4', system: loinc }, { code: '57833-6', system: loinc }] })).toBe(true)
      expect(await there({ typeCodes: [{ code: '57833-6', system: '1.2.3' }] })).toBe(false)
      expect(await there({ classCodes: [{ code: '42', system: '1.2.250.1.213.1.1.4.1' }] })).toBe(true)
      expect(await there({ classCodes: [{ code: '10', system: '1.2.250.1.213.1.1.4.1' }] })).toBe(false)
      expect(await there({ eventCodes: [event] })).toBe(true)
      expect(await there({ eventCodes: [{ ...event, code: 'AUTRE' }] })).toBe(false)
      expect(await there({ creationFrom: '20261121091500', creationTo: '20261121091501' })).toBe(true)
      expect(await there({ creationFrom: '20261121091501' })).toBe(false)
      expect(await there({ creationTo: '20261121091500' })).toBe(false)
      expect(await there({ serviceStartFrom: '20261121', serviceStartTo: '2027' })).toBe(true)
      expect(await there({ serviceStartFrom: '20990101' })).toBe(false)
    })

    it('finds documents by the number of the order they answer, and reads the numbers back as they were given', async () => {
      const number = `CMD,${start} d'essai | $ ^ &`
      const order = { value: number, oid: '1.2.250.1.999.77.5', type: 'urn:ihe:iti:xds:2013:order' }
      const study = { value: `1.2.250.1.999.77.6.${start}`, oid: null, type: 'urn:ihe:iti:xds:2016:studyInstanceUID' }
      const [both, one, other] = [[order, study], [order], [{ ...order, oid: '1.2.250.1.999.77.7' }]].map((referenceIds) => lotOf(asDoctor, [{ metadata: { referenceIds } }]))
      const none = lotOf(asDoctor)
      if (!both || !one || !other) throw new Error('three lots')
      for (const lot of [both, one, other, none]) value(await put(lot))
      expect((await found(idOf(both))).referenceIds).toEqual([order, study])
      expect((await found(idOf(none))).referenceIds).toEqual([])
      expect((await listed({ referenceIds: [order] })).toSorted()).toEqual([idOf(both), idOf(one)].toSorted())
      expect(await listed({ referenceIds: [study] })).toEqual([idOf(both)])
      expect((await listed({ referenceIds: [study, { ...order, oid: '1.2.250.1.999.77.7' }] })).toSorted()).toEqual([idOf(both), idOf(other)].toSorted())
      expect(await listed({ referenceIds: [{ ...order, value: 'AUTRE' }] })).toEqual([])
      expect(await listed({ referenceIds: [order], classCodes: [{ code: '10', system: '1.2.250.1.213.1.1.4.1' }] })).toEqual([])
      expect(await listed({ referenceIds: [] })).toEqual(expect.arrayContaining([idOf(none), idOf(other)]))
      expect(await record.findDocuments(asStructure, testIns, { referenceIds: [order] })).toEqual(fails('reading-needs-professional'))
    })

    it('is uncertain when the same lot comes again, and the question answers it', async () => {
      const one = lotOf(asDoctor)
      value(await put(one))
      expect(await put(one)).toEqual(failed('record-fault', { recordText: expect.any(String) }))
      expect((await found(idOf(one))).status).toBe('approved')
      expect(value(await record.findByUniqueId(asDoctor, testIns, '1.2.250.1.999.77.3.0'))).toBeNull()
    })

    it('sees a conflict when the same uniqueId comes with another content', async () => {
      const one = lotOf(asDoctor)
      value(await put(one))
      expect(await put(lotOf(asDoctor, [{ metadata: { uniqueId: idOf(one) }, text: 'autre contenu' }]))).toEqual(fails('record-content-conflict'))
      expect((await opened.stored(idOf(one)))?.equals(one.bytes[0] ?? Buffer.alloc(0))).toBe(true)
    })

    it('replaces a document by its entryUUID, once', async () => {
      const first = lotOf(asDoctor)
      value(await put(first))
      const parent = await found(idOf(first))
      const second = lotOf(asDoctor, [{ replaces: parent.entryUuid }])
      value(await put(second))
      expect((await found(idOf(first))).status).toBe('deprecated')
      expect(await listed()).toContain(idOf(second))
      expect(await listed()).not.toContain(idOf(first))
      expect(await listed({ statuses: ['approved', 'deprecated'] })).toEqual(expect.arrayContaining([idOf(first), idOf(second)]))
      expect(value(await record.findAssociations(asDoctor, testIns, [parent.entryUuid]))).toContainEqual({ type: 'replaces', source: (await found(idOf(second))).entryUuid, target: parent.entryUuid })
      expect(await put(lotOf(asDoctor, [{ replaces: parent.entryUuid }]))).toEqual(fails('record-replace-refused'))
    })

    it('refuses a lot for another patient, of two patients, or with other bytes, before a byte leaves', async () => {
      const other = { value: '277076322082910', oid: testIns.oid }
      const one = lotOf(asDoctor)
      const lot = value(await record.prepare(one.deposit, one.bytes))
      const before = await opened.requests()
      expect(await record.send(asDoctor, other, lot, one.bytes)).toEqual(fails('record-patient-refused'))
      expect(await record.send(asDoctor, testIns, lot, [Buffer.from('<other/>')])).toEqual(fails('record-document-refused'))
      expect(await record.send(asDoctor, testIns, lot.subarray(0, lot.length - 1), one.bytes)).toEqual(fails('record-metadata-refused'))
      const mixed = lotOf(asDoctor, [{}, { metadata: { ins: other } }])
      expect(await record.prepare(mixed.deposit, mixed.bytes)).toEqual(fails('record-patient-refused'))
      expect(await opened.requests()).toBe(before)
    })

    it('never lets a real identity reach a training record', async () => {
      const real = { value: testIns.value, oid: '1.2.250.1.213.1.4.8' }
      const one = lotOf(asDoctor, [{ metadata: { ins: real } }])
      const before = await opened.requests()
      expect(await record.prepare(one.deposit, one.bytes)).toEqual(fails('ins-production-in-training'))
      expect(await record.standing(asDoctor, real)).toEqual(fails('ins-production-in-training'))
      expect(await record.findDocuments(asDoctor, real)).toEqual(fails('ins-production-in-training'))
      expect(await record.findByUniqueId(asDoctor, { value: testIns.value, oid: '1.2.3' }, '1.2')).toEqual(fails('ins-invalid'))
      expect(await opened.requests()).toBe(before)
    })

    it.each([
      ['a structure', asStructure, 'reading-needs-professional'],
      ['a secretary', asSecretary, 'staff-card-deposits-only'],
    ] as const)('reads for a professional alone; %s may ask whether a document is there, and how the record stands', async (_, party, code) => {
      const one = lotOf(party)
      value(await put(one))
      const before = await opened.requests()
      expect(await record.findDocuments(party, testIns)).toEqual(fails(code))
      expect(await record.findSubmissionSets(party, testIns, '2026')).toEqual(fails(code))
      expect(await record.findAssociations(party, testIns, [])).toEqual(fails(code))
      expect(await record.findDocumentsWithAssociations(party, testIns, [])).toEqual(fails(code))
      expect(await record.retrieve(party, testIns, { uniqueId: idOf(one), repositoryUniqueId: '', hash: null })).toEqual(fails(code))
      expect(await opened.requests()).toBe(before)
      expect(value(await record.findByUniqueId(party, testIns, idOf(one)))).not.toBeNull()
      expect(value(await record.standing(party, testIns))).toMatchObject({ existence: 'open' })
    })

    it('takes by a CPE what any doctor of its structure wrote, replacements too, and nothing of another structure', async () => {
      const colleague = { id: '899900000020', family: 'EXEMPLE', given: 'Sacha' }
      const by = (structure: { id: string; name: string }) => ({ authors: testDocument.authors.map((author) => ({ ...author, person: colleague, institution: structure })), legalAuthenticator: colleague })
      const one = lotOf(asSecretary, [{ metadata: by(testStructure) }])
      value(await put(one))
      expect(await found(idOf(one))).toMatchObject({ authors: [{ personId: colleague.id, structureId: testStructure.id }], legalAuthenticatorId: colleague.id })
      const parent = value(await record.findByUniqueId(asSecretary, testIns, idOf(one)))
      const next = lotOf(asSecretary, [{ metadata: by(testStructure), replaces: parent?.entryUuid ?? '' }])
      value(await put(next))
      expect(await found(idOf(one))).toMatchObject({ status: 'deprecated' })
      const elsewhere = lotOf(asSecretary, [{ metadata: by({ id: '1750803454', name: 'Ailleurs' }) }])
      expect(await put(elsewhere)).toEqual(fails('record-author-refused'))
      expect(await opened.stored(idOf(elsewhere))).toBeNull()
    })

    it('knows that the author is not who speaks', async () => {
      const stranger = { id: '899900000099', family: 'AUTRE', given: 'Dominique' }
      const authors = testDocument.authors.map((author) => ({ ...author, person: stranger }))
      const one = lotOf(asDoctor, [{ metadata: { authors, legalAuthenticator: stranger } }])
      expect(await put(one)).toEqual(fails('record-author-refused'))
      expect(await opened.stored(idOf(one))).toBeNull()
    })

    it('says that a document asked for is not in the record', async () => {
      expect(await record.retrieve(asDoctor, testIns, { uniqueId: '1.2.3.4', repositoryUniqueId: '1.2.250.1.213.4.1.1.1.2', hash: null })).toEqual(fails('document-not-found'))
    })

    it('refuses bytes that are not those the record said', async () => {
      const one = lotOf(asDoctor)
      value(await put(one))
      const document = await found(idOf(one))
      expect(await record.retrieve(asDoctor, testIns, { ...document, hash: 'ab'.repeat(20) })).toEqual(fails('document-hash-mismatch'))
    })

    it('takes a document with a text of more than ten megabytes there and back', async () => {
      const one = lotOf(asDoctor, [{ text: 'x'.repeat(5_500_000) }])
      expect(one.bytes[0]?.length).toBeGreaterThan(10_000_000)
      value(await put(one))
      expect(Buffer.compare(value(await record.retrieve(asDoctor, testIns, await found(idOf(one)))), one.bytes[0] ?? Buffer.alloc(0))).toBe(0)
    })

    describe('of a patient', () => {
      afterEach(() => opened.setPatient(testIns.value, null))

      it.each([
        ['absent', 'absent', 'record-absent'],
        ['closed', 'closed', 'record-closed'],
      ] as const)('whose record is %s', async (state, existence, code) => {
        await opened.setPatient(testIns.value, { state })
        expect(value(await record.standing(asDoctor, testIns))).toMatchObject({ existence })
        expect(await put(lotOf(asDoctor))).toEqual(fails(code))
      })

      it('who opposes deposits, blocks the professional, or gave no access', async () => {
        await opened.setPatient(testIns.value, { state: 'opposed' })
        expect(await put(lotOf(asDoctor))).toEqual(fails('record-opposed'))
        await opened.setPatient(testIns.value, { blocked: [testDoctor.id] })
        expect(await record.findDocuments(asDoctor, testIns)).toEqual(fails('professional-blocked'))
        await opened.setPatient(testIns.value, { authorisation: 'expired' })
        expect(await record.findDocuments(asDoctor, testIns)).toEqual(fails('access-not-granted'))
        await opened.setPatient(testIns.value, { treatingDoctor: testDoctor.id })
        expect(value(await record.standing(asDoctor, testIns))).toMatchObject({ existence: 'open', authorisation: opened.lacks.includes('authorisation') ? 'unknown' : 'valid', isTreatingDoctor: true })
      })

      it('who masks: a masked document shows to its author', async () => {
        const one = lotOf(asDoctor, [{ metadata: { confidentiality: confidentialityCodes({ ...visibleToAll, masked: true }) } }])
        value(await put(one))
        expect(await found(idOf(one))).toMatchObject({ maskedToProfessionals: true, hiddenFromPatient: false })
      })
    })

    describe('entered otherwise', () => {
      afterEach(() => opened.setPatient(testIns.value, null))
      const entering = (mode: AccessMode): Party => ({ ...asDoctor, mode } as Party)

      it.each([
        ['break-glass', 'opposedToBreakGlass'],
        ['regulation', 'opposedToEmergencyAccess'],
      ] as const)('by %s: reads without an authorisation, unless the patient opposed it; or is never asked, where it cannot be told', async (mode, opposition) => {
        const one = lotOf(asStructure)
        value(await put(one))
        const document = await found(idOf(one))
        await opened.setPatient(testIns.value, { authorisation: 'none', [opposition]: false })
        expect(await record.findDocuments(asDoctor, testIns)).toEqual(fails('access-not-granted'))
        if (!record.modes.includes(mode)) {
          const before = await opened.requests()
          expect(await record.findDocuments(entering(mode), testIns)).toEqual(fails('mode-not-offered'))
          expect(await record.retrieve(entering(mode), testIns, document)).toEqual(fails('mode-not-offered'))
          expect(await opened.requests()).toBe(before)
          return
        }
        expect(value(await record.findDocuments(entering(mode), testIns)).map(({ uniqueId }) => uniqueId)).toContain(idOf(one))
        expect(Buffer.from(value(await record.retrieve(entering(mode), testIns, document))).equals(one.bytes[0] ?? Buffer.alloc(0))).toBe(true)
        expect(await record.authorise(entering(mode), testIns, 'add')).toMatchObject({ ok: false })
        await opened.setPatient(testIns.value, { authorisation: 'none', [opposition]: true })
        expect(value(await record.standing(entering(mode), testIns))).toMatchObject({ [opposition]: true })
        expect(await record.findDocuments(entering(mode), testIns)).toEqual(fails('emergency-opposed'))
        await opened.setPatient(testIns.value, { blocked: [testDoctor.id] })
        expect(await record.findDocuments(entering(mode), testIns)).toEqual(fails('professional-blocked'))
      })
    })

    describe('of what was deposited', () => {
      const visible = { metadata: { confidentiality: confidentialityCodes(visibleToAll) } }
      const change = (uniqueId: string, kind: Parameters<NationalRecord['changeMetadata']>[3], by: Party = asDoctor) => record.changeMetadata(by, testIns, uniqueId, kind)

      it('masks and unmasks, and says nothing new when it is so already', async () => {
        const one = lotOf(asDoctor, [visible])
        value(await put(one))
        const before = await found(idOf(one))
        value(await change(idOf(one), { kind: 'mask', masked: true }))
        expect(await found(idOf(one))).toMatchObject({ maskedToProfessionals: true, hiddenFromPatient: false, status: 'approved', logicalId: before.logicalId })
        value(await change(idOf(one), { kind: 'mask', masked: true }))
        expect(Buffer.compare(value(await record.retrieve(asDoctor, testIns, await found(idOf(one)))), one.bytes[0] ?? Buffer.alloc(0))).toBe(0)
        value(await change(idOf(one), { kind: 'mask', masked: false }))
        expect(await found(idOf(one))).toMatchObject({ maskedToProfessionals: false, status: 'approved' })
      })

      it('shows to the patient, then to the representatives, one without the other', async () => {
        const one = lotOf(asDoctor, [{ metadata: { confidentiality: confidentialityCodes({ ...visibleToAll, hiddenFromPatient: true, hiddenFromRepresentatives: true }) } }])
        value(await put(one))
        value(await change(idOf(one), { kind: 'show-to-patient' }))
        expect(await found(idOf(one))).toMatchObject({ hiddenFromPatient: false, hiddenFromRepresentatives: true })
        value(await change(idOf(one), { kind: 'show-to-representatives' }))
        expect(await found(idOf(one))).toMatchObject({ hiddenFromPatient: false, hiddenFromRepresentatives: false })
      })

      it('archives and takes back', async () => {
        const one = lotOf(asDoctor)
        value(await put(one))
        value(await change(idOf(one), { kind: 'archive', archived: true }))
        expect((await found(idOf(one))).status).toBe('archived')
        expect(await listed()).not.toContain(idOf(one))
        expect(await listed({ statuses: ['archived'] })).toContain(idOf(one))
        value(await change(idOf(one), { kind: 'archive', archived: false }))
        expect(await listed()).toContain(idOf(one))
      })

      it.each([
        ['the professional', asDoctor],
        ['the structure', asStructure],
        ['a secretary of the structure', asSecretary],
      ])('deletes what %s deposited', async (_, party) => {
        const one = lotOf(party)
        value(await put(one))
        value(await change(idOf(one), { kind: 'delete' }, party))
        expect((await found(idOf(one))).status).toBe('deleted')
        expect(await listed({ statuses: ['approved', 'deprecated', 'archived'] })).not.toContain(idOf(one))
        const kept = lotOf(party)
        value(await put(kept))
        const deleted = await listed({ statuses: ['deleted'] })
        expect(deleted).toContain(idOf(one))
        expect(deleted).not.toContain(idOf(kept))
        expect(await listed({ statuses: ['approved', 'deleted'] })).toEqual(expect.arrayContaining([idOf(one), idOf(kept)]))
        expect((await opened.stored(idOf(one)))?.equals(one.bytes[0] ?? Buffer.alloc(0))).toBe(true)
      })

      it.each([
        ['the structure', asStructure],
        ['a secretary of the structure', asSecretary],
      ])('lets %s delete what its doctor deposited in person, and not what was written elsewhere', async (_, party) => {
        const one = lotOf(asDoctor)
        value(await put(one))
        value(await change(idOf(one), { kind: 'delete' }, party))
        expect((await found(idOf(one))).status).toBe('deleted')
        const elsewhere = lotOf(asDoctor, [{ metadata: { authors: testDocument.authors.map((author) => ({ ...author, institution: { id: '1999999999', name: 'Ailleurs' } })) } }])
        value(await put(elsewhere))
        expect((await change(idOf(elsewhere), { kind: 'delete' }, party)).ok).toBe(false)
        expect((await found(idOf(elsewhere))).status).toBe('approved')
      })

      it('knows that it may not, or that nothing is there', async () => {
        const one = lotOf(asDoctor, [visible])
        value(await put(one))
        for (const by of [asStructure, asSecretary]) {
          expect((await change(idOf(one), { kind: 'mask', masked: true }, by)).ok).toBe(false)
          expect((await change(idOf(one), { kind: 'archive', archived: true }, by)).ok).toBe(false)
        }
        expect(await found(idOf(one))).toMatchObject({ maskedToProfessionals: false })
        expect(await change('1.2.250.1.999.77.3.0', { kind: 'delete' })).toEqual(fails('document-not-found'))
      })
    })

    describe('when things go wrong', () => {
      afterEach(() => opened.setFaults(null))
      const on = (fault: object, transaction: string) => opened.setFaults({ rules: [{ on: [transaction], times: 1, fault }] })

      it.each([
        ['the answer is lost', { kind: 'lose-answer' }, 'record-no-answer', true],
        ['the answer is cut in its head', { kind: 'cut-answer', bytes: 20 }, 'record-no-answer', true],
        ['the answer is cut in its body', { kind: 'cut-answer', bytes: 0.9 }, 'record-no-answer', true],
        ['the request is cut', { kind: 'cut-request', bytes: 0.5 }, 'record-no-answer', false],
        ['the record is busy', { kind: 'busy', retryAfterSeconds: 30 }, 'record-busy', false],
        ['the record is asked too much', { kind: 'busy', status: 429 }, 'record-busy', false],
        ['a gateway gives up', { kind: 'status', status: 504, stored: true }, 'record-no-answer', true],
        ['a gateway fails', { kind: 'status', status: 500 }, 'record-fault', false],
        ['a Wi-Fi portal answers', { kind: 'html' }, 'record-answer-invalid', false],
        ['the answer is half', { kind: 'wrong-body', body: 'truncated' }, 'record-answer-invalid', true],
        ['the answer is empty', { kind: 'wrong-body', body: 'empty' }, 'record-answer-invalid', true],
        ["the answer is somebody else's", { kind: 'wrong-body', body: 'other-message' }, 'record-answer-invalid', true],
      ] as const)('is never sure of a deposit when %s, and the question tells', async (_, fault, code, isStored) => {
        const one = lotOf(asDoctor)
        await on(fault, 'TD2.1')
        expect(await put(one)).toEqual(fails(code))
        expect(value(await record.findByUniqueId(asDoctor, testIns, idOf(one))) !== null).toBe(isStored)
        expect((await opened.stored(idOf(one))) !== null).toBe(isStored)
      })

      it.each([
        ['half', { kind: 'wrong-body', body: 'truncated' }, 'record-answer-invalid'],
        ["somebody else's", { kind: 'wrong-body', body: 'other-message' }, 'record-answer-invalid'],
        ['a portal', { kind: 'html' }, 'record-answer-invalid'],
        ['late', { kind: 'busy' }, 'record-busy'],
      ] as const)('never takes an answer to a search that is %s for a list', async (_, fault, code) => {
        value(await put(lotOf(asDoctor)))
        await on(fault, 'TD3.1')
        expect(await record.findDocuments(asDoctor, testIns)).toEqual(fails(code))
        await on(fault, 'TD0.2')
        expect(await record.standing(asDoctor, testIns)).toEqual(fails(code))
      })

      it.each([
        ['is lost', { kind: 'lose-answer' }, 'record-no-answer', true],
        ['is half', { kind: 'wrong-body', body: 'truncated' }, 'record-answer-invalid', true],
        ["is somebody else's", { kind: 'wrong-body', body: 'other-message' }, 'record-answer-invalid', true],
        ['is a portal', { kind: 'html' }, 'record-answer-invalid', false],
        ['is that the record is busy', { kind: 'busy' }, 'record-busy', false],
      ] as const)('is never sure of a change when the answer %s', async (_, fault, code, isDone) => {
        const one = lotOf(asDoctor)
        value(await put(one))
        await on(fault, 'TD3.3')
        expect(await record.changeMetadata(asDoctor, testIns, idOf(one), { kind: 'delete' })).toEqual(fails(code))
        expect((await found(idOf(one))).status).toBe(isDone ? 'deleted' : 'approved')
      })

      it("never takes somebody else's bytes for the document", async () => {
        const one = lotOf(asDoctor)
        value(await put(one))
        const document = await found(idOf(one))
        for (const fault of [{ kind: 'wrong-body', body: 'other-message' }, { kind: 'wrong-body', body: 'truncated' }, { kind: 'html' }]) {
          await on(fault, 'TD3.2')
          expect((await record.retrieve(asDoctor, testIns, document)).ok).toBe(false)
        }
        expect(Buffer.compare(value(await record.retrieve(asDoctor, testIns, document)), one.bytes[0] ?? Buffer.alloc(0))).toBe(0)
      })

      it('finds its way again after the record has been away, with the same frozen lot', async () => {
        const one = lotOf(asDoctor)
        const lot = value(await record.prepare(one.deposit, one.bytes))
        await opened.goAway()
        const away = await record.send(asDoctor, testIns, lot, one.bytes)
        expect(!away.ok && ['record-unreachable', 'record-no-answer']).toContain(!away.ok && away.failure.code)
        expect(await record.send(asDoctor, testIns, lot, one.bytes)).toEqual(fails('record-unreachable'))
        expect(await record.probe(asDoctor)).toEqual(fails('record-unreachable'))
        await opened.comeBack()
        value(await record.send(asDoctor, testIns, lot, one.bytes))
        expect((await found(idOf(one))).status).toBe('approved')
        value(await record.probe(asDoctor))
        expect(Math.abs(record.clockOffsetMs() ?? Number.NaN)).toBeLessThan(5_000)
      })
    })
  })
}
