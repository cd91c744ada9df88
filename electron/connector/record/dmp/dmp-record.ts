import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type Party, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { accessModes } from '#shared/terminology/index.ts'
import { rawXml, type Markup } from '#shared/text/xml.ts'
import { openCredentials, type Credentials } from '../../sign-in/index.ts'
import { noteAnswer, noteEntry, noteRequest } from '../call-evidence.ts'
import { misplacedIdentity } from '../misplaced-identity.ts'
import { notThere } from '../not-there.ts'
import type { Association, InsId, MetadataChange, NationalRecord, Searched } from '../port.ts'
import { readingRefusal } from '../reading-refusal.ts'
import { readPatientList, writePatientList } from './accessible-records.ts'
import { readAnswer } from './answer.ts'
import { readAuthorisation, writeAuthorisation } from './authorisation.ts'
import { submissionIds, writeSubmission } from './ebxml-write.ts'
import { readExistence, writeExistence } from './existence.ts'
import { insCx, partyAuthor } from './hl7-values.ts'
import { packLot, unpackLot } from './lot-container.ts'
import { writeLotSignature } from './lot-signature.ts'
import { changesOf, readCurrentEntries, writeMetadataUpdate } from './metadata-update.ts'
import type { MimePart } from './multipart.ts'
import { actions } from './namespaces.ts'
import { namedInLot } from './named-in-lot.ts'
import { readRegistered } from './registry-response.ts'
import { readRetrieved, writeRetrieve } from './retrieve.ts'
import { mtomRequest, plainRequest, soapTypes, writeEnvelope, type Attachment } from './soap.ts'
import {
  queryResponse,
  readAssociations,
  readDocuments,
  readSubmissionSets,
  writeFindDocuments,
  writeFindSubmissionSets,
  writeGetAssociations,
  writeGetDocument,
  writeGetDocumentsAndAssociations,
} from './stored-query.ts'
import { utcDtm } from './times.ts'
import { newOid } from '../oid.ts'
import { openTransport } from '../transport.ts'
import { writeVihf } from './vihf.ts'

/** What the adapter needs from outside: settings, where their paths start, the clock and a source of UUIDs. */
export interface DmpRecordOptions {
  readonly config: RecordConfig
  /** Folder of the configuration file. */
  readonly baseDir: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly randomUuid: () => string
  /** Who may speak and with what; the certificates of the configuration when the host gives nothing else. */
  readonly credentials?: Credentials
  /** Version of the program, told in every VIHF (`LPS_Version`); `0` while the host does not say it. */
  readonly softwareVersion?: string
}

/** One call: which service, what is asked, how its answer is read. */
interface Call<T> {
  readonly party: Party
  /** `null` when the call concerns no patient in particular. */
  readonly ins: InsId | null
  readonly service: keyof RecordConfig['endpoints']
  readonly action: string
  readonly body: Markup
  /** `null` for a transaction without MTOM. */
  readonly attachments: readonly Attachment[] | null
  readonly read: (body: XmlElement, parts: readonly MimePart[]) => Result<T>
}

/** Longest uniqueId the record accepts. */
const oidLimit = 64

/** The same tie may be told of both its ends. */
function distinct(associations: readonly Association[]): Association[] {
  return [...new Map(associations.map((one) => [`${one.type} ${one.source} ${one.target}`, one])).values()]
}

const digests = new WeakMap<Uint8Array, string>()

/** SHA-256 of a document, hex. Asked when its lot is built and again when it is sent: the very same bytes are read through once. */
function sha256Of(document: Uint8Array): string {
  const known = digests.get(document)
  if (known !== undefined) return known
  const digest = createHash('sha256').update(document).digest('hex')
  digests.set(document, digest)
  return digest
}

/**
 * Opens the national record over XDS.b (dmp-interface.md 1 to 4): SOAP 1.2 and MTOM over mutual TLS, a fresh VIHF in each
 * message. Rejects only when the configuration itself cannot be used (authorities' file unreadable).
 */
export async function openDmpRecord(options: DmpRecordOptions): Promise<NationalRecord> {
  const { config, baseDir, now, randomUuid } = options
  const credentials = options.credentials ?? (await openCredentials(config, baseDir, now()))
  const software = { name: config.vihf.softwareName, version: options.softwareVersion ?? '0' }
  const transport = openTransport({
    authorities: await readFile(path.resolve(baseDir, config.authorities), 'utf8'),
    connectMs: config.timeouts.connectMs,
    answerMs: config.timeouts.answerMs,
    maxAnswerBytes: 2 * config.maxDocumentBytes + 1_000_000,
    now,
  })

  async function call<T>({ party, ins, service, action, body, attachments, read }: Call<T>): Promise<Result<T>> {
    const misplaced = ins && misplacedIdentity(ins, config.environment)
    if (misplaced) return misplaced
    const at = now()
    const certificates = await credentials.forParty(party, at)
    if (!certificates.ok) return certificates
    const messageId = `urn:uuid:${randomUuid()}`
    const url = config.endpoints[service]
    const { authentication, signature } = certificates.value
    const assertion = await writeVihf({ party, ins, id: `_${randomUuid()}`, issuedAt: at, authentication, software }, config.vihf, signature)
    if (!assertion.ok) return assertion
    const envelope = writeEnvelope({ action, to: url, messageId, assertion: assertion.value, body })
    const request = attachments ? mtomRequest(envelope, action, attachments, `relais-${randomUuid()}`) : plainRequest(envelope, action)
    noteRequest(messageId)
    const answer = await transport.request(certificates.value, url, { method: 'POST', accept: soapTypes, ...request })
    if (!answer.ok) return answer
    const { result, codes } = readAnswer(answer.value, messageId, now(), read)
    noteAnswer(codes)
    return result
  }

  const sender = { oid: config.installationOid, name: software.name }
  /** One stored query; its answer is read once it is known to be a success about this patient. */
  async function query<T>(party: Party, ins: InsId, body: Markup, read: (response: XmlElement) => Result<T>): Promise<Searched<T>> {
    let warnings: readonly string[] = []
    const answer = await call({
      party,
      ins,
      service: 'registry',
      action: actions.storedQuery,
      body,
      attachments: null,
      read(answer): Result<T> {
        const found = queryResponse(answer, ins)
        if (!found.ok) return found
        warnings = found.value.warnings
        return read(found.value.response)
      },
    })
    return warnings.length > 0 ? { ...answer, warnings } : answer
  }
  const documentsOf = (response: XmlElement) => readDocuments(response, config.repositoryUniqueId)

  /** Questions about many objects, a few at a time (dmp-interface.md 2.11); the first failure ends them. */
  async function inBatches<T>(entryUuids: readonly string[], ask: (some: readonly string[]) => Promise<Result<T>>): Promise<Result<T[]>> {
    const answers: T[] = []
    for (let from = 0; from < entryUuids.length; from += config.queryBatch) {
      const answer = await ask(entryUuids.slice(from, from + config.queryBatch))
      if (!answer.ok) return answer
      answers.push(answer.value)
    }
    return success(answers)
  }

  /** One try of a change, from the document's entries as they stand now. */
  async function tryChange(party: Party, ins: InsId, uniqueId: string, change: MetadataChange): Promise<Result<{ entryUuid: string | null }>> {
    const found = await query(party, ins, writeGetDocument(uniqueId), (response) => readCurrentEntries(response, uniqueId))
    if (!found.ok) return found
    const { entries, others } = found.value
    const [first] = entries
    if (!first) {
      const told = notThere(others, found.warnings)
      return told.ok ? failure('document-not-found') : told
    }
    noteEntry(first.entryUuid)
    const changes = changesOf(entries, change)
    if (!changes.ok) return changes
    if (changes.value.length === 0) return success({ entryUuid: first.entryUuid })
    const set = { uniqueId: newOid(config.installationOid, 'update', randomUuid()), sourceId: config.installationOid, submissionTime: utcDtm(now()), sender: partyAuthor(party, software.name), contentType: config.lot.contentType, ins }
    const told = await call({ party, ins, service: 'registry', action: actions.updateDocumentSet, body: writeMetadataUpdate(set, changes.value), attachments: null, read: (answer) => readRegistered(answer) })
    return told.ok ? success({ entryUuid: null }) : told
  }

  return {
    name: config.name,
    environment: config.environment,
    modes: accessModes.filter((mode) => mode === 'normal' || config.vihf.purposes[mode]),
    transactions: { documents: 'ITI-18', sets: 'ITI-18', retrieval: 'ITI-43', change: 'ITI-57', deposit: () => 'ITI-41' },

    async standing(party, ins) {
      const question = { ins, messageUuid: randomUuid(), queryUuid: randomUuid(), createdAt: utcDtm(now()), environment: config.environment, receiverOid: config.receiverDeviceOid, sender }
      return call({ party, ins, service: 'patients', action: actions.existence, body: writeExistence(question), attachments: null, read: (body) => readExistence(body, ins) })
    },

    async authorise(party, ins, act) {
      const read = (body: XmlElement) => readAuthorisation(body)
      return readingRefusal(party) ?? call({ party, ins, service: 'habilitations', action: config.actions.setAuthorization, body: writeAuthorisation(act), attachments: null, read })
    },

    async accessibleRecords(party, asked) {
      const read = (body: XmlElement) => readPatientList(body, config.environment)
      return call({ party, ins: null, service: 'patientSpecific', action: config.actions.patientList, body: writePatientList(asked), attachments: null, read })
    },

    async prepare(deposit, documents) {
      const [first, ...others] = deposit.documents
      if (!first || documents.length !== deposit.documents.length) return failure('record-metadata-refused', { detail: `${documents.length} documents for ${deposit.documents.length} descriptions` })
      const { ins } = first.metadata
      if (others.some(({ metadata }) => insCx(metadata.ins) !== insCx(ins))) return failure('record-patient-refused', { detail: 'a lot is of one patient' })
      const tooLarge = documents.find((document) => document.length > config.maxDocumentBytes)
      if (tooLarge) return failure('file-too-large', { detail: `${tooLarge.length} bytes` })
      const misplaced = misplacedIdentity(ins, config.environment)
      if (misplaced) return misplaced
      const certificates = await credentials.forParty(deposit.party, now())
      if (!certificates.ok) return certificates
      const signatureUniqueId = `${deposit.submissionSetId}.1`
      if (signatureUniqueId.length > oidLimit) return failure('record-metadata-refused', { detail: 'submission set id too long to name its signature' })
      const setUniqueId = deposit.submissionSetId
      const signed = deposit.documents.flatMap(({ metadata }, index) => documents[index] ? { uniqueId: metadata.uniqueId, bytes: documents[index] } : [])
      const signature = await writeLotSignature({ signatureId: submissionIds.signature, setUniqueId, documents: signed, signedAt: deposit.submittedAt }, config.lot, certificates.value.signature)
      if (!signature.ok) return signature
      const parts = { documents: documents.map((_, index) => (index === 0 ? 'document@relais' : `document${index + 1}@relais`)), signature: 'signature@relais' }
      const body = writeSubmission({
        setUniqueId,
        sourceId: config.installationOid,
        submissionTime: utcDtm(deposit.submittedAt),
        sender: partyAuthor(deposit.party, software.name),
        contentType: config.lot.contentType,
        documents: [first, ...others],
        signature: { uniqueId: signatureUniqueId, signedAt: utcDtm(deposit.submittedAt) },
        parts,
      })
      const frozen = signed.map(({ bytes }, index) => ({ sha256: sha256Of(bytes), mediaType: deposit.documents[index]?.metadata.mimeType ?? first.metadata.mimeType, part: parts.documents[index] ?? '' }))
      return success(packLot({ documents: frozen, patientId: insCx(ins), signaturePart: parts.signature, body: Buffer.from(body.markup, 'utf8'), signature: signature.value }))
    },

    async send(party, ins, lot, documents) {
      const frozen = unpackLot(lot)
      if (!frozen) return failure('record-metadata-refused', { detail: 'the stored lot cannot be read' })
      if (frozen.patientId !== insCx(ins)) return failure('record-patient-refused', { detail: 'the lot was built for another patient' })
      if (documents.length !== frozen.documents.length || documents.some((document, index) => sha256Of(document) !== frozen.documents[index]?.sha256)) {
        return failure('record-document-refused', { detail: 'the documents are not those the lot was signed for' })
      }
      return call({
        party,
        ins,
        service: 'repository',
        action: actions.provideAndRegister,
        body: rawXml(Buffer.from(frozen.body).toString('utf8')),
        attachments: [
          ...frozen.documents.flatMap(({ part, mediaType }, index) => documents[index] ? { id: part, mediaType, bytes: documents[index] } : []),
          { id: frozen.signaturePart, mediaType: 'text/xml', bytes: frozen.signature },
        ],
        read(body) {
          const status = readRegistered(body, namedInLot(Buffer.from(frozen.body).toString('utf8')))
          return status.ok ? success({ entryUuid: null, warnings: status.value.warnings }) : status
        },
      })
    },

    async findDocuments(party, ins, filter = {}) {
      return readingRefusal(party) ?? query(party, ins, writeFindDocuments(ins, filter), documentsOf)
    },

    async findSubmissionSets(party, ins, since) {
      return readingRefusal(party) ?? query(party, ins, writeFindSubmissionSets(ins, since), readSubmissionSets)
    },

    async findAssociations(party, ins, entryUuids) {
      const ask = (some: readonly string[]) => query(party, ins, writeGetAssociations(some), readAssociations)
      const answers = readingRefusal(party) ?? (await inBatches(entryUuids, ask))
      return answers.ok ? success(distinct(answers.value.flat())) : answers
    },

    async findDocumentsWithAssociations(party, ins, entryUuids) {
      const ask = (some: readonly string[]) =>
        query(party, ins, writeGetDocumentsAndAssociations(some), (response) => {
          const documents = documentsOf(response)
          const associations = readAssociations(response)
          if (!documents.ok) return documents
          return associations.ok ? success({ documents: documents.value, associations: associations.value }) : associations
        })
      const answers = readingRefusal(party) ?? (await inBatches(entryUuids, ask))
      if (!answers.ok) return answers
      return success({ documents: answers.value.flatMap(({ documents }) => documents), associations: distinct(answers.value.flatMap(({ associations }) => associations)) })
    },

    async findByUniqueId(party, ins, uniqueId) {
      const found = await query(party, ins, writeGetDocument(uniqueId), documentsOf)
      if (!found.ok) return found
      // A registry may give former versions of the entry too, as deprecated: the one in force is what a replacement refers to.
      const entries = found.value.filter((document) => document.uniqueId === uniqueId)
      const current = entries.find(({ status }) => status !== 'deprecated') ?? entries.at(-1)
      return current ? success(current) : notThere(found.value.length, found.warnings)
    },

    async changeMetadata(party, ins, uniqueId, change) {
      const first = await tryChange(party, ins, uniqueId, change)
      // Somebody changed the document in between: once more from what it is now, then the record's word stands.
      return !first.ok && first.failure.detail?.split(' ').includes('XDSMetadataVersionError') ? tryChange(party, ins, uniqueId, change) : first
    },

    async retrieve(party, ins, which) {
      const read = (body: XmlElement, parts: readonly MimePart[]) => readRetrieved(body, parts, which)
      return readingRefusal(party) ?? call({ party, ins, service: 'repository', action: actions.retrieve, body: writeRetrieve(which), attachments: [], read })
    },

    clockOffsetMs: () => transport.clockOffsetMs(),
    async probe(party) {
      const certificates = await credentials.forParty(party, now())
      return certificates.ok ? transport.probe(certificates.value, config.endpoints.registry) : certificates
    },
    dropConnections: () => transport.drop(),
    close: () => transport.close(),
  }
}
