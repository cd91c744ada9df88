import { randomUUID } from 'node:crypto'
import type { XmlDocument } from 'libxml2-wasm'
import type { Practice } from '#shared/contract/index.ts'
import type { Markup } from '#shared/text/xml.ts'
import type { Accesses } from './accesses.ts'
import type { CertificateFacts } from './certificates.ts'
import { answerDeposit } from './deposit.ts'
import { writeQueryResponse, writeRegistryResponse } from './ebxml-writing.ts'
import { answerExistence } from './existence.ts'
import { answerAuthorisation, answerPatientList } from './authorisation.ts'
import type { Habilitations } from './habilitations.ts'
import { identityFault } from './identity-rules.ts'
import { answerUpdate } from './metadata-update.ts'
import type { MimePart } from './mtom.ts'
import { contentIdOf, headerParameters, MultipartRefused, readMultipart, writeMultipart } from './mtom.ts'
import type { PatientRecord } from './patients.ts'
import { ErrorsRaised, FaultRaised } from './refusal.ts'
import type { Fault } from './refusal.ts'
import type { Registry } from './registry.ts'
import type { Attachment } from './retrieve.ts'
import { answerRetrieve, writeRetrieved } from './retrieve.ts'
import type { SoapRequest } from './soap.ts'
import { addressingNamespace, readEnvelope, soapNamespace, writeEnvelope, writeFault } from './soap.ts'
import { answerQuery, isConsultation } from './stored-query.ts'
import type { Vihf } from './vihf.ts'
import { readVihf, verifyVihf } from './vihf.ts'
import { treeOf, withXml, XmlRefused } from './xml-reading.ts'

/** An HTTP answer before it is put on the wire. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  /** Beyond those every answer has. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** An HTTP request, whole, from a client whose TLS certificate this authority issued. */
export interface Exchange {
  readonly path: string
  readonly contentType: string
  readonly body: Buffer
  readonly tls: CertificateFacts
}

/** What the services of one record work on. */
export interface RecordServices {
  readonly practice: Practice
  readonly registry: Registry
  readonly habilitations: Habilitations
  readonly accesses: Accesses
  readonly stateOf: (ins: string) => PatientRecord
  readonly readCertificate: (der: Uint8Array) => CertificateFacts | null
  readonly now: () => Date
  readonly log: (line: string) => void
}

/** The transactions served: where, by which action, answered by which. */
const transactions = [
  { name: 'TD0.2', service: 'patients', action: 'urn:hl7-org:v3:PRPA_IN201307UV02', answer: 'urn:hl7-org:v3:PRPA_IN201308UV02' },
  { name: 'TD0.3', service: 'habilitations', action: 'urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization', answer: 'urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorizationResponse' },
  { name: 'TD0.4', service: 'PatientSpecific', action: 'urn:si-dmp-patients:PatientSpecificEndPoint:patientList', answer: 'urn:si-dmp-patients:PatientSpecificEndPoint:patientListResponse' },
  { name: 'TD2.1', service: 'repository', action: 'urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b', answer: 'urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse' },
  { name: 'TD3.1', service: 'registry', action: 'urn:ihe:iti:2007:RegistryStoredQuery', answer: 'urn:ihe:iti:2007:RegistryStoredQueryResponse' },
  { name: 'TD3.2', service: 'repository', action: 'urn:ihe:iti:2007:RetrieveDocumentSet', answer: 'urn:ihe:iti:2007:RetrieveDocumentSetResponse' },
  { name: 'TD3.3', service: 'registry', action: 'urn:ihe:iti:2010:UpdateDocumentSet', answer: 'urn:ihe:iti:2010:UpdateDocumentSet-Response' },
] as const
type Transaction = (typeof transactions)[number]

export const servicesPath = '/si-dmp-server/v2/services'
export const servedPaths: ReadonlySet<string> = new Set(transactions.map(({ service }) => `${servicesPath}/${service}`))
/** Bytes of the head of a body within which the transaction's name is looked for. */
const nameWindow = 65_536

/** Name of the transaction a raw request carries, `unknown` when it is none: for the wire log, before anything is judged. */
export function transactionName(contentType: string, body: Buffer): string {
  const action = headerParameters(contentType).parameters['action']
  const text = body.toString('latin1', 0, nameWindow)
  const known = transactions.find((one) => action === one.action) ?? transactions.find((one) => text.includes(`${one.action}<`))
  return known?.name ?? 'unknown'
}

/** The SOAP part of a request and its attachments. */
function openMessage(contentType: string, body: Buffer): { envelope: Buffer; parts: MimePart[]; isMtom: boolean } {
  const { value, parameters } = headerParameters(contentType)
  if (value === 'application/soap+xml') return { envelope: body, parts: [], isMtom: false }
  if (value !== 'multipart/related') throw new FaultRaised('env:Sender', `Content-Type refusé : ${value || 'absent'}`)
  if (parameters['type']?.toLowerCase() !== 'application/xop+xml') throw new FaultRaised('env:Sender', 'MTOM : type="application/xop+xml" attendu')
  const parts = readMultipart(body, parameters['boundary'] ?? '')
  const start = parameters['start']?.replace(/^<|>$/g, '')
  const root = start === undefined ? parts[0] : parts.find((part) => contentIdOf(part) === start)
  if (!root) throw new FaultRaised('env:Sender', 'MTOM : partie racine absente')
  const rootType = headerParameters(root.headers['content-type'] ?? '')
  if (rootType.value !== 'application/xop+xml' || !(rootType.parameters['type'] ?? '').startsWith('application/soap+xml')) throw new FaultRaised('env:Sender', 'MTOM : Content-Type de la partie racine')
  return { envelope: root.bytes, parts: parts.filter((part) => part !== root), isMtom: true }
}

interface Read {
  readonly request: SoapRequest
  readonly transaction: Transaction
  readonly vihf: Vihf
}

/** Reads the envelope and settles who speaks: everything that can be refused before the business itself. */
function readRequest(document: XmlDocument, exchange: Exchange, services: RecordServices, onMessageId: (id: string) => void): Read {
  const tree = treeOf(document.root)
  const request = readEnvelope(tree)
  onMessageId(request.messageId)
  const transaction = transactions.find((one) => one.action === request.action)
  if (!transaction) throw new FaultRaised('wsa:ActionNotSupported', `action inconnue : ${request.action}`)
  if (exchange.path !== `${servicesPath}/${transaction.service}`) throw new FaultRaised('wsa:ActionNotSupported', `action ${request.action} inconnue du service ${exchange.path}`)
  const named = headerParameters(exchange.contentType).parameters['action']
  if (named !== undefined && named !== request.action) throw new FaultRaised('wsa:ActionMismatch', "action du Content-Type différente de l'en-tête WS-Addressing")
  const said = readVihf(request.security)
  const signer = verifyVihf(document, services.readCertificate)
  const vihf = { ...said, byStaff: said.mode === 'DIRECTE' && signer.isStaffCard }
  const fault = identityFault(vihf, { tls: exchange.tls, signer }, services.practice, services.now().getTime())
  if (fault) throw new FaultRaised(fault.subcode, fault.text, fault.blame)
  return { request, transaction, vihf }
}

interface Business {
  readonly body: Markup
  readonly attachments: readonly Attachment[]
}

async function serve({ request, transaction, vihf }: Read, parts: readonly MimePart[], isMtom: boolean, services: RecordServices): Promise<Business> {
  const context = { registry: services.registry, vihf, stateOf: services.stateOf }
  const alone = (body: Markup): Business => ({ body, attachments: [] })
  switch (transaction.name) {
    case 'TD0.2':
      return alone(answerExistence(request.payload, vihf, services.stateOf, { message: randomUUID(), now: services.now() }))
    case 'TD0.3':
      return alone(await answerAuthorisation(request.payload, { ...context, habilitations: services.habilitations }, services.now()))
    case 'TD0.4':
      return alone(answerPatientList(request.payload, { ...context, habilitations: services.habilitations, accesses: services.accesses }))
    case 'TD2.1': {
      if (!isMtom) throw new FaultRaised('env:Sender', 'TD2.1 : MTOM obligatoire')
      try {
        return alone(await answerDeposit(request.payload, parts, context, services.readCertificate, services.now()))
      } catch (error) {
        if (error instanceof ErrorsRaised) return alone(writeRegistryResponse(error.errors))
        throw error
      }
    }
    case 'TD3.1':
      try {
        const found = answerQuery(request.payload, context)
        if (isConsultation(request.payload)) noteAccess(vihf, services)
        return alone(found)
      } catch (error) {
        if (error instanceof ErrorsRaised) return alone(writeQueryResponse(error.errors, []))
        throw error
      }
    case 'TD3.2':
      try {
        const retrieved = await answerRetrieve(request.payload, context)
        noteAccess(vihf, services)
        return retrieved
      } catch (error) {
        if (error instanceof ErrorsRaised) return alone(writeRetrieved(error.errors, []))
        throw error
      }
    case 'TD3.3':
      try {
        return alone(await answerUpdate(request.payload, context, services.now()))
      } catch (error) {
        if (error instanceof ErrorsRaised) return alone(writeRegistryResponse(error.errors))
        throw error
      }
  }
}

/** What TD0.4 tells as the last access. */
function noteAccess({ nameId, patientId }: Vihf, { accesses, now }: RecordServices): void {
  if (patientId !== null) accesses.note(nameId, patientId, now())
}

function faultOf(error: unknown, log: (line: string) => void): Fault {
  if (error instanceof FaultRaised) return error.fault
  if (error instanceof XmlRefused || error instanceof MultipartRefused) return { blame: 'Sender', subcode: 'DMPInvalidRequest', text: error.message }
  log(`unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  // No sub-code of the DMP: the request was not judged, and may be sent again.
  return { blame: 'Receiver', subcode: 'env:Receiver', text: 'Erreur technique du dossier de formation' }
}

/** Serves one exchange from its bytes to the bytes of its answer. Never throws: what goes wrong is a SOAP fault. */
export async function answerExchange(exchange: Exchange, services: RecordServices): Promise<Answer> {
  let messageId: string | null = null
  let transaction: Transaction | undefined = transactions.find((one) => one.name === transactionName(exchange.contentType, exchange.body))
  let status = 200
  let action: string
  let business: Business
  try {
    const { envelope, parts, isMtom } = openMessage(exchange.contentType, exchange.body)
    const read = withXml(envelope, (document) => readRequest(document, exchange, services, (id) => void (messageId = id)))
    transaction = read.transaction
    business = await serve(read, parts, isMtom, services)
    action = transaction.answer
  } catch (error) {
    const fault = faultOf(error, services.log)
    status = fault.blame === 'Sender' ? 400 : 500
    action = fault.subcode.startsWith('wsa:') ? `${addressingNamespace}/fault` : `${soapNamespace}/fault`
    business = { body: writeFault(fault), attachments: [] }
  }
  const bytes = Buffer.from(writeEnvelope({ action, messageId: `urn:uuid:${randomUUID()}`, relatesTo: messageId, body: business.body }), 'utf8')
  // The repository answers a reading in MTOM even when it carries a fault.
  if (transaction?.name !== 'TD3.2') return { status, contentType: 'application/soap+xml; charset=UTF-8', body: bytes }
  const boundary = `relais-${randomUUID()}`
  const root = { contentId: 'root@sandbox.relais', contentType: 'application/xop+xml; charset=UTF-8; type="application/soap+xml"', bytes }
  return {
    status,
    contentType: `multipart/related; type="application/xop+xml"; start="<${root.contentId}>"; start-info="application/soap+xml"; boundary="${boundary}"`,
    body: writeMultipart(boundary, root, business.attachments),
  }
}

