import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { failure, modeOf, success, type Party, type RecordConfig, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { uriIdentifiers } from '#shared/terminology/index.ts'
import { openCredentials, type Credentials } from '../../sign-in/index.ts'
import { openTransport, type HttpAnswer, type HttpRequest } from '../transport.ts'
import { noteAnswer, noteRequest } from '../call-evidence.ts'
import { misplacedIdentity } from '../misplaced-identity.ts'
import { namedPatient } from '../named-patient.ts'
import { notThere } from '../not-there.ts'
import type { Association, InsId, MetadataChange, NationalRecord, Searched, SubmissionSet } from '../port.ts'
import { readingRefusal } from '../reading-refusal.ts'
import { failedAnswer, responseCodes, type Act } from './failures.ts'
import { packLot, unpackLot } from './frozen-lot.ts'
import { entryUuidOf } from './identifiers.ts'
import { patchOf } from './metadata-patch.ts'
import { addressOf, documentsQuery, followed, identifiedQuery, listsQuery, patientQuery, relatedQuery, tellsOfAnother, type Query } from './queries.ts'
import { readDeposit } from './read-deposit.ts'
import { associationsOf, documentReference, isSignature, membersOf, ofPatient, patientNumbers, readDocument, readSubmissionSet, submissionSet, type FoundDocument } from './read-documents.ts'
import { binary, bundle, isFhirJson, mediaType, readResource, warningsIn } from './read-resource.ts'
import { patientRecord, readStanding } from './standing.ts'
import { writeProvideBundle } from './write-bundle.ts'
import { writeDocumentReference } from './write-document.ts'

/** What the adapter needs from outside: settings, where their paths start, the clock. */
export interface PdsmRecordOptions {
  readonly config: RecordConfig
  /** Folder of the configuration file. */
  readonly baseDir: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly randomUuid: () => string
  /** Who speaks, when it is more than certificates in files. */
  readonly credentials?: Credentials
}

const fhirJson = 'application/fhir+json'
/** A list longer than this is a server that turns in circles. */
const mostPages = 1_000
/** Where the bytes of a document are, and what they must be, as the last search told. */
interface Place {
  readonly url: string
  readonly mimeType: string
  /** SHA-1, hexadecimal. */
  readonly hash: string | null
}
/** Places kept, by patient and uniqueId. */
const mostPlaces = 5_000
const placeKey = (ins: InsId, uniqueId: string): string => `${ins.oid} ${ins.value} ${uniqueId}`
/** A document as a patch must name it: raw. */
const patchable = z.looseObject({ securityLabel: z.array(z.unknown()).default([]), extension: z.array(z.unknown()).default([]) })
/** Entries asked about at once, so that an address stays short of what servers refuse. */
const batchSize = 20

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Why an entry of an answer is not of the patient asked about; null = it is. */
function strangerIn(resource: unknown, ins: InsId): string | null {
  const read = ofPatient.safeParse(resource)
  if (!read.success) return 'an entry whose patient cannot be read'
  const numbers = patientNumbers(read.data)
  const named = numbers === null ? 'asked' : namedPatient(numbers, ins)
  return named === 'another' ? 'an entry of another patient' : named === 'nobody' ? 'an entry of nobody' : null
}

/** Types of a warning by which a list may not be whole (FHIR issue types); others are traced. */
const tellsOfMore = new Set(['incomplete', 'too-costly', 'throttled', 'timeout', 'transient'])

function withWarnings<T>(result: Result<T>, warnings: readonly string[] | undefined): Searched<T> {
  return warnings ? { ...result, warnings } : result
}

/** What is said twice is said once: by ends and kind. */
function distinct(associations: readonly Association[]): Association[] {
  return [...new Map(associations.map((one) => [`${one.type} ${one.source} ${one.target}`, one])).values()]
}

/**
 * Opens the national record over FHIR R4 as PDSm and PDSm4DMP specify it (dmp-interface.md section 5): JSON over mutual TLS. Who asks is told by
 * the certificate. Rejects only when the configuration itself cannot be used (authorities' file unreadable, no `fhirBase`).
 */
export async function openPdsmRecord(options: PdsmRecordOptions): Promise<NationalRecord> {
  const { config, baseDir, now, randomUuid } = options
  if (config.fhirBase === null) throw new Error('fhirBase is not set')
  const base = config.fhirBase.replace(/\/$/, '')
  const credentials = options.credentials ?? (await openCredentials(config, baseDir, now()))
  const transport = openTransport({
    authorities: await readFile(path.resolve(baseDir, config.authorities), 'utf8'),
    connectMs: config.timeouts.connectMs,
    answerMs: config.timeouts.answerMs,
    // A page holds many documents' metadata, a Binary its bytes in base64.
    maxAnswerBytes: 2 * config.maxDocumentBytes + 1_000_000,
    now,
  })
  const settings = { installationOid: config.installationOid, softwareName: config.vihf.softwareName, contentType: config.lot.contentType }
  const places = new Map<string, Place>()

  async function call(party: Party, ins: InsId, act: Act, url: string, request: Partial<HttpRequest> = {}): Promise<Result<HttpAnswer>> {
    const misplaced = misplacedIdentity(ins, config.environment)
    if (misplaced) return misplaced
    if (modeOf(party) !== 'normal') return failure('mode-not-offered')
    if (party.secret === true) return failure('secret-connection')
    const certificates = await credentials.forParty(party, now())
    if (!certificates.ok) return certificates
    const requestId = randomUuid()
    noteRequest(requestId)
    const answer = await transport.request(certificates.value, url, { method: 'GET', accept: fhirJson, contentType: null, requestId, body: [], ...request })
    if (answer.ok) noteAnswer(responseCodes(answer.value))
    return answer.ok ? (failedAnswer(answer.value, act, now()) ?? answer) : answer
  }

  /** Every resource a search finds, page after page; a list that cannot be read to its end is a failure, so that a cut one is never shown as whole. */
  async function search<T>(party: Party, ins: InsId, query: Query, shape: z.ZodType<T>): Promise<Searched<T[]>> {
    const invalid = (detail: string) => failure('record-answer-invalid', { detail })
    const found: T[] = []
    const warned: { readonly text: string; readonly codes: readonly string[] }[] = []
    const seen = new Set<string>()
    let announced = 0
    for (let url: string | null = addressOf(base, query); url !== null; ) {
      if (seen.has(url) || seen.size >= mostPages) return invalid('pages without end')
      seen.add(url)
      const answer = await call(party, ins, 'search', url)
      if (!answer.ok) return answer
      const page = readResource(answer.value, bundle)
      if (page?.type !== 'searchset') return invalid('no searchset')
      // The least of what the pages say: the list may grow while it is read.
      announced = seen.size === 1 ? (page.total ?? 0) : Math.min(announced, page.total ?? 0)
      const link = (relation: string) => page.link.find((one) => one.relation === relation)?.url ?? null
      const self = link('self')
      if (self !== null && tellsOfAnother(self, `${base}/`, ins)) return invalid('the answer tells of another patient')
      warned.push(...page.entry.flatMap(({ resource }) => warningsIn(resource)))
      for (const { resource, search } of page.entry) {
        if (search?.mode === 'outcome' || resource?.resourceType !== query.type) continue
        const stranger = query.type === 'Patient' ? null : strangerIn(resource, ins)
        if (stranger) return invalid(stranger)
        const read = shape.safeParse(resource)
        if (!read.success) return invalid(`a ${query.type} that cannot be read: ${read.error.issues[0]?.path.join('.')}`)
        found.push(read.data)
      }
      const next = link('next')
      url = next === null ? null : followed(base, next)
      if (next !== null && url === null) return invalid('the next page is elsewhere')
    }
    if (found.length < announced) return invalid(`${found.length} of ${announced}`)
    if (warned.length === 0) return success(found)
    noteAnswer(['200', ...warned.flatMap(({ codes }) => codes)])
    const cut = warned.filter(({ codes }) => codes.some((code) => tellsOfMore.has(code)))
    return cut.length === 0 ? success(found) : { ...success(found), warnings: cut.map(({ text }) => text) }
  }

  function remember(ins: InsId, { uniqueId, mimeType, hash }: RecordDocument, found: FoundDocument): void {
    const url = found.content[0]?.attachment.url
    if (url === undefined) return
    const key = placeKey(ins, uniqueId)
    places.delete(key)
    places.set(key, { url, mimeType, hash })
    const oldest = places.size > mostPlaces ? places.keys().next().value : undefined
    if (oldest !== undefined) places.delete(oldest)
  }

  /** TD3.2 (ITI-68): the bytes at an address, or in the Binary there, held against the hash the caller knows and the one the record told. */
  async function fetchDocument(party: Party, ins: InsId, { url: address, mimeType, hash }: Place, wanted: string | null): Promise<Result<Uint8Array>> {
    const url = followed(base, address)
    if (url === null) return failure('record-answer-invalid', { detail: 'the document is elsewhere' })
    const answer = await call(party, ins, 'read', url, { accept: mimeType || '*/*' })
    if (!answer.ok) return answer
    const isWrapped = isFhirJson(answer.value) && mimeType !== mediaType(answer.value)
    const resource = isWrapped ? readResource(answer.value, binary) : null
    if (isWrapped ? !resource : mediaType(answer.value) === 'text/html') return failure('record-answer-invalid', { detail: `not the document: ${mediaType(answer.value)}` })
    const bytes = resource ? Buffer.from(resource.data, 'base64') : answer.value.body
    const own = createHash('sha1').update(bytes).digest('hex')
    return [wanted, hash].every((expected) => expected === null || expected.toLowerCase() === own) ? success(bytes) : failure('document-hash-mismatch')
  }

  async function searchDocuments(party: Party, ins: InsId, query: Query): Promise<Searched<{ documents: RecordDocument[]; found: FoundDocument[] }>> {
    const answer = await search(party, ins, query, documentReference)
    if (!answer.ok) return answer
    const found = answer.value.filter((each) => !isSignature(each))
    const documents = found.flatMap((each) => {
      const document = readDocument(each, config.repositoryUniqueId)
      if (document) remember(ins, document, each)
      return document ?? []
    })
    return documents.length === found.length ? withWarnings(success({ documents, found }), answer.warnings) : failure('record-answer-invalid', { detail: 'an entry without uniqueId' })
  }

  async function searchSets(party: Party, ins: InsId, query: Query): Promise<Searched<SubmissionSet[]>> {
    const found = await search(party, ins, query, submissionSet)
    if (!found.ok) return found
    const sets = found.value.map(readSubmissionSet)
    return sets.includes(null) ? failure('record-answer-invalid', { detail: 'a lot without uniqueId or date' }) : withWarnings(success(sets as SubmissionSet[]), found.warnings)
  }

  /** What is asked in batches of entryUUIDs, put together; the first failure ends it. */
  async function inBatches<T>(entryUuids: readonly string[], ask: (batch: readonly string[]) => Promise<Result<T[]>>): Promise<Result<T[]>> {
    const all: T[] = []
    for (let at = 0; at < entryUuids.length; at += batchSize) {
      const some = await ask(entryUuids.slice(at, at + batchSize))
      if (!some.ok) return some
      all.push(...some.value)
    }
    return success(all)
  }

  /** The documents of these entryUUIDs and what ties them to others; PDSm has no transaction for associations, they stand in the resources. */
  async function documentsAndTies(party: Party, ins: InsId, entryUuids: readonly string[]): Promise<Result<{ documents: RecordDocument[]; associations: Association[] }>> {
    const documents: RecordDocument[] = []
    const asked = new Set(entryUuids)
    const ties = await inBatches(entryUuids, async (batch): Promise<Result<Association[]>> => {
      const own = await searchDocuments(party, ins, identifiedQuery(ins, { entryUuids: batch }))
      if (!own.ok) return own
      documents.push(...own.value.documents)
      const later = await searchDocuments(party, ins, relatedQuery(ins, batch))
      if (!later.ok) return later
      const holders = await searchSets(party, ins, listsQuery(ins, { holding: batch }))
      if (!holders.ok) return holders
      return success([...[...own.value.found, ...later.value.found].flatMap(associationsOf), ...holders.value.flatMap(membersOf)])
    })
    return ties.ok ? success({ documents, associations: distinct(ties.value).filter(({ source, target }) => asked.has(source) || asked.has(target)) }) : ties
  }

  /** TD3.3: reads the document as it stands, then asks for the change (dmp-interface.md 5.6). */
  async function patchMetadata(party: Party, ins: InsId, uniqueId: string, change: MetadataChange): Promise<Result<{ entryUuid: string | null }>> {
    const found = await search(party, ins, identifiedQuery(ins, { uniqueId }), patchable)
    if (!found.ok) return found
    const read = found.value.map((resource) => ({ resource, document: documentReference.safeParse(resource).data }))
    if (read.some(({ document }) => !document)) return failure('record-answer-invalid', { detail: 'a document that cannot be read' })
    const asked = read.find(({ document }) => document && readDocument(document, config.repositoryUniqueId)?.uniqueId === uniqueId)
    if (!asked?.document) {
      const told = notThere(read.length, found.warnings)
      return told.ok ? failure('document-not-found') : told
    }
    const operations = patchOf(asked.document, asked.resource, change)
    if (operations.length === 0) return success({ entryUuid: entryUuidOf(asked.document.id) })
    const url = `${base}/DocumentReference?${new URLSearchParams({ identifier: `${uriIdentifiers}|urn:oid:${uniqueId}` }).toString()}`
    const answer = await call(party, ins, 'update', url, { method: 'PATCH', contentType: 'application/json-patch+json', body: [Buffer.from(JSON.stringify(operations), 'utf8')] })
    if (!answer.ok) return answer
    const patched = readResource(answer.value, documentReference)
    if (!patched || readDocument(patched, config.repositoryUniqueId)?.uniqueId !== uniqueId) return failure('record-answer-invalid', { detail: 'not the document that was changed' })
    return success({ entryUuid: entryUuidOf(patched.id) })
  }

  const record: NationalRecord = {
    name: config.name,
    environment: config.environment,
    // The guides define no place for the mode of access: an emergency that is not declared would be an ordinary reading.
    modes: ['normal'],
    // A change is a patch of the draft guide, which has no ITI number: it is named by the DMP's own (TD3.3).
    transactions: { documents: 'ITI-67', sets: 'ITI-66', retrieval: 'ITI-68', change: 'TD3.3', deposit: (lot) => unpackLot(lot)?.transaction ?? config.fhirDeposit },

    async standing(party, ins) {
      const found = await search(party, ins, patientQuery(ins), patientRecord)
      return found.ok ? readStanding(found.value, ins) : found
    },

    async prepare(deposit, documents) {
      const [first, ...others] = deposit.documents
      if (!first || documents.length !== deposit.documents.length) return failure('record-metadata-refused', { detail: 'a lot needs its documents, one for each metadata' })
      const tooLarge = documents.find((document) => document.length > config.maxDocumentBytes)
      if (tooLarge) return failure('file-too-large', { detail: `${tooLarge.length} bytes` })
      const { ins } = first.metadata
      if (others.some(({ metadata }) => metadata.ins.value !== ins.value || metadata.ins.oid !== ins.oid)) return failure('record-patient-refused', { detail: 'a lot is of one patient' })
      const misplaced = misplacedIdentity(ins, config.environment)
      if (misplaced) return misplaced
      // A lot without a certificate to send it with waits for somebody, before it is frozen.
      const certificates = await credentials.forParty(deposit.party, now())
      if (!certificates.ok) return certificates
      const bytes = documents[0] ?? new Uint8Array()
      // The simplified publication takes one new document with one act at most; anything else is a transaction.
      const simplified = config.fhirDeposit === 'ITI-105' && others.length === 0 && first.replacesEntryUuid === null && first.metadata.eventCodes.length <= 1
      const resource = simplified
        ? writeDocumentReference({ metadata: first.metadata, bytes, party: deposit.party, replacesEntryUuid: null, content: { data: Buffer.from(bytes).toString('base64') } })
        : writeProvideBundle(deposit, documents, ins, settings)
      return success(
        packLot({
          transaction: simplified ? 'ITI-105' : 'ITI-65',
          patient: { value: ins.value, oid: ins.oid },
          documents: documents.map(sha256),
          entries: resource.resourceType === 'Bundle' ? (resource.entry ?? []).map(({ request }) => `${request?.method} ${request?.url.split('/')[0]}`) : [],
          body: Buffer.from(JSON.stringify(resource), 'utf8'),
        }),
      )
    },

    async send(party, ins, lot, documents) {
      const frozen = unpackLot(lot)
      if (!frozen) return failure('record-metadata-refused', { detail: 'the stored lot cannot be read' })
      if (frozen.patient.value !== ins.value || frozen.patient.oid !== ins.oid) return failure('record-patient-refused', { detail: 'the lot was built for another patient' })
      if (documents.length !== frozen.documents.length || documents.some((document, index) => sha256(document) !== frozen.documents[index])) {
        return failure('record-document-refused', { detail: 'the documents are not those the lot was built for' })
      }
      const url = frozen.transaction === 'ITI-105' ? `${base}/DocumentReference` : base
      const answer = await call(party, ins, 'deposit', url, { method: 'POST', contentType: fhirJson, body: [frozen.body] })
      return answer.ok ? readDeposit(answer.value, frozen) : answer
    },

    async findDocuments(party, ins, filter = {}) {
      const refused = readingRefusal(party)
      if (refused) return refused
      const found = await searchDocuments(party, ins, documentsQuery(ins, filter))
      const wanted: readonly RecordDocument['status'][] = filter.statuses ?? ['approved']
      return found.ok ? withWarnings(success(found.value.documents.filter(({ status }) => wanted.includes(status))), found.warnings) : found
    },

    async findSubmissionSets(party, ins, since) {
      return readingRefusal(party) ?? searchSets(party, ins, listsQuery(ins, { since }))
    },

    async findAssociations(party, ins, entryUuids) {
      const refused = readingRefusal(party)
      if (refused) return refused
      const ofDocuments = await documentsAndTies(party, ins, entryUuids)
      if (!ofDocuments.ok) return ofDocuments
      const sets = await inBatches(entryUuids, (batch) => searchSets(party, ins, listsQuery(ins, { entryUuids: batch })))
      return sets.ok ? success(distinct([...ofDocuments.value.associations, ...sets.value.flatMap(membersOf)])) : sets
    },

    async findDocumentsWithAssociations(party, ins, entryUuids) {
      return readingRefusal(party) ?? documentsAndTies(party, ins, entryUuids)
    },

    async findByUniqueId(party, ins, uniqueId) {
      const found = await searchDocuments(party, ins, identifiedQuery(ins, { uniqueId }))
      if (!found.ok) return found
      const document = found.value.documents.find((one) => one.uniqueId === uniqueId)
      return document ? success(document) : notThere(found.value.documents.length, found.warnings)
    },

    async retrieve(party, ins, which) {
      const refused = readingRefusal(party)
      if (refused) return refused
      const key = placeKey(ins, which.uniqueId)
      const known = places.get(key)
      if (known) {
        const bytes = await fetchDocument(party, ins, known, which.hash)
        if (bytes.ok || bytes.failure.code !== 'document-not-found') return bytes
        // Its address may have changed with its metadata.
        places.delete(key)
      }
      const found = await record.findByUniqueId(party, ins, which.uniqueId)
      if (!found.ok) return found
      const place = places.get(key)
      return place ? fetchDocument(party, ins, place, which.hash) : failure('document-not-found', { detail: 'no document of that uniqueId, or without an address' })
    },

    // PDSm and PDSm4DMP leave authorisations to a Consent that nobody has defined: what cannot be said is not pretended.
    authorise: async () => failure('act-not-in-fhir', { detail: 'TD0.3' }),
    accessibleRecords: async () => failure('act-not-in-fhir', { detail: 'TD0.4' }),

    async changeMetadata(party, ins, uniqueId, change) {
      const answer = await patchMetadata(party, ins, uniqueId, change)
      // Somebody may have changed it between our look and our patch: one more look, and no more.
      return !answer.ok && answer.failure.code === 'record-request-refused' ? patchMetadata(party, ins, uniqueId, change) : answer
    },

    clockOffsetMs: () => transport.clockOffsetMs(),
    async probe(party) {
      const certificates = await credentials.forParty(party, now())
      return certificates.ok ? transport.probe(certificates.value, base) : certificates
    },
    dropConnections: () => transport.drop(),
    close: () => transport.close(),
  }
  return record
}
