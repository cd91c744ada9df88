import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type Party, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { environmentOfInsOid } from '#shared/terminology/index.ts'
import { rawXml, type Markup } from '#shared/text/xml.ts'
import { openCredentials, type Credentials } from '../../sign-in/index.ts'
import type { InsId, NationalRecord } from '../port.ts'
import { readAnswer } from './answer.ts'
import { submissionIds, writeSubmission } from './ebxml-write.ts'
import { readExistence, writeExistence } from './existence.ts'
import { insCx, partyAuthor } from './hl7-values.ts'
import { packLot, unpackLot } from './lot-container.ts'
import { writeLotSignature } from './lot-signature.ts'
import type { MimePart } from './multipart.ts'
import { actions, ns } from './namespaces.ts'
import { element } from './parse-xml.ts'
import { readRegistryResponse } from './registry-response.ts'
import { readRetrieved, writeRetrieve } from './retrieve.ts'
import { mtomRequest, plainRequest, writeEnvelope, type Attachment } from './soap.ts'
import { readQueryAnswer, writeFindDocuments, writeGetDocument } from './stored-query.ts'
import { utcDtm } from './times.ts'
import { openTransport } from './transport.ts'
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
  readonly ins: InsId
  readonly service: keyof RecordConfig['endpoints']
  readonly action: string
  readonly body: Markup
  /** `null` for a transaction without MTOM. */
  readonly attachments: readonly Attachment[] | null
  readonly read: (body: XmlElement, parts: readonly MimePart[]) => Result<T>
}

/** Training identities never reach a production record, nor real ones a training record: the last gate before the wire. */
function misplacedIdentity(ins: InsId, environment: RecordConfig['environment']) {
  const belongsTo = environmentOfInsOid(ins.oid)
  if (belongsTo === environment) return null
  if (belongsTo === undefined) return failure('ins-invalid', { detail: 'not an INS domain' })
  return failure(belongsTo === 'training' ? 'ins-test-in-production' : 'ins-production-in-training')
}

/** Longest uniqueId the record accepts. */
const oidLimit = 64

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
    const misplaced = misplacedIdentity(ins, config.environment)
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
    const answer = await transport.post(certificates.value, url, request)
    return answer.ok ? readAnswer(answer.value, messageId, now(), read) : answer
  }

  const reading = (party: Party) => (party.kind === 'professional' ? null : failure('reading-needs-professional'))

  return {
    name: config.name,
    environment: config.environment,

    async standing(party, ins) {
      const sender = { oid: config.installationOid, name: software.name }
      const question = { ins, messageUuid: randomUuid(), queryUuid: randomUuid(), createdAt: utcDtm(now()), environment: config.environment, receiverOid: config.receiverDeviceOid, sender }
      return call({ party, ins, service: 'patients', action: actions.existence, body: writeExistence(question), attachments: null, read: readExistence })
    },

    async prepare(deposit, document) {
      if (document.length > config.maxDocumentBytes) return failure('file-too-large', { detail: `${document.length} bytes` })
      const misplaced = misplacedIdentity(deposit.document.ins, config.environment)
      if (misplaced) return misplaced
      const certificates = await credentials.forParty(deposit.party, now())
      if (!certificates.ok) return certificates
      const signatureUniqueId = `${deposit.submissionSetId}.1`
      if (signatureUniqueId.length > oidLimit) return failure('record-metadata-refused', { detail: 'submission set id too long to name its signature' })
      const setUniqueId = deposit.submissionSetId
      const signature = await writeLotSignature(
        { signatureId: submissionIds.signature, setUniqueId, documents: [{ uniqueId: deposit.document.uniqueId, bytes: document }], signedAt: deposit.submittedAt },
        config.lot,
        certificates.value.signature,
      )
      if (!signature.ok) return signature
      const parts = { document: 'document@relais', signature: 'signature@relais' }
      const body = writeSubmission({
        setUniqueId,
        sourceId: config.installationOid,
        submissionTime: utcDtm(deposit.submittedAt),
        sender: partyAuthor(deposit.party, software.name),
        contentType: config.lot.contentType,
        document: deposit.document,
        signature: { uniqueId: signatureUniqueId, signedAt: utcDtm(deposit.submittedAt) },
        replacesEntryUuid: deposit.replacesEntryUuid,
        parts,
      })
      return success(packLot({ documentSha256: sha256Of(document), documentMediaType: deposit.document.mimeType, patientId: insCx(deposit.document.ins), parts, body: Buffer.from(body.markup, 'utf8'), signature: signature.value }))
    },

    async send(party, ins, lot, document) {
      const frozen = unpackLot(lot)
      if (!frozen) return failure('record-metadata-refused', { detail: 'the stored lot cannot be read' })
      if (frozen.patientId !== insCx(ins)) return failure('record-patient-refused', { detail: 'the lot was built for another patient' })
      if (sha256Of(document) !== frozen.documentSha256) {
        return failure('record-document-refused', { detail: 'the document is not the one the lot was signed for' })
      }
      return call({
        party,
        ins,
        service: 'repository',
        action: actions.provideAndRegister,
        body: rawXml(Buffer.from(frozen.body).toString('utf8')),
        attachments: [
          { id: frozen.parts.document, mediaType: frozen.documentMediaType, bytes: document },
          { id: frozen.parts.signature, mediaType: 'text/xml', bytes: frozen.signature },
        ],
        read: (body) => {
          const response = element(body, './rs:RegistryResponse', ns)
          if (!response) return failure('record-answer-invalid', { detail: 'no RegistryResponse' })
          const status = readRegistryResponse(response, 'deposit')
          return status.ok ? success({ entryUuid: null, warnings: status.value.warnings }) : status
        },
      })
    },

    async findDocuments(party, ins, filter = {}) {
      const read = (body: XmlElement) => readQueryAnswer(body, config.repositoryUniqueId)
      return reading(party) ?? call({ party, ins, service: 'registry', action: actions.storedQuery, body: writeFindDocuments(ins, filter), attachments: null, read })
    },

    async findByUniqueId(party, ins, uniqueId) {
      const read = (body: XmlElement) => readQueryAnswer(body, config.repositoryUniqueId)
      const found = await call({ party, ins, service: 'registry', action: actions.storedQuery, body: writeGetDocument(uniqueId), attachments: null, read })
      return found.ok ? success(found.value.find((document) => document.uniqueId === uniqueId) ?? null) : found
    },

    async retrieve(party, ins, which) {
      const read = (body: XmlElement, parts: readonly MimePart[]) => readRetrieved(body, parts, which)
      return reading(party) ?? call({ party, ins, service: 'repository', action: actions.retrieve, body: writeRetrieve(which), attachments: [], read })
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
