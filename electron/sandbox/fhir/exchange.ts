import { randomUUID } from 'node:crypto'
import type { Answer, RecordServices } from '../exchange.ts'
import type { CertificateFacts } from '../certificates.ts'
import { callerOf } from './caller.ts'
import { provideDocuments, publishDocument } from './deposit.ts'
import { documentReferenceOf } from './from-rim.ts'
import { operationOutcome, OutcomeRaised, refuse } from './outcome.ts'
import { patchDocument } from './patch.ts'
import { findDocuments, findLists, findPatient, readableEntry } from './search.ts'
import { fhirPath } from './transaction-name.ts'

/** A FHIR request, whole, from a client whose TLS certificate this authority issued. */
export interface FhirRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  /** `Host` header: public name of the record. */
  readonly host: string
  readonly accept: string
  readonly contentType: string
  readonly body: Buffer
  readonly tls: CertificateFacts
}

const fhirJson = 'application/fhir+json; charset=UTF-8'
const json = (status: number, resource: object, headers: Answer['headers'] = []): Answer => ({ status, contentType: fhirJson, headers, body: Buffer.from(JSON.stringify(resource), 'utf8') })
const mediaTypeOf = (header: string): string => (header.split(';')[0] ?? '').trim().toLowerCase()

/** The body as JSON of an expected media type. */
function bodyOf({ contentType, body }: FhirRequest, expected: readonly string[]): unknown {
  if (!expected.includes(mediaTypeOf(contentType))) refuse(415, 'not-supported', `Content-Type refusé : ${contentType || 'absent'}`)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return refuse(400, 'structure', 'JSON mal formé')
  }
}

async function serve(request: FhirRequest, services: RecordServices): Promise<Answer> {
  const { registry, practice, stateOf } = services
  const now = services.now()
  const address = new URL(request.target, `https://${request.host}`)
  const [type = '', id = '', ...more] = address.pathname.slice(fhirPath.length).replace(/^\/|\/$/g, '').split('/')
  const caller = callerOf(request.tls, practice, now)
  const context = { registry, practice, caller, stateOf, now }
  const isForm = request.method === 'POST' && id === '_search'
  const parameters = new URLSearchParams([...address.searchParams, ...(isForm ? new URLSearchParams(request.body.toString('utf8')) : [])])
  const search = { ...context, address: new URL(`${address.origin}${fhirPath}/${type}`), parameters }
  if (more.length > 0) refuse(404, 'not-found', `adresse inconnue : ${address.pathname}`)

  if (request.method === 'GET' || isForm) {
    const found = { Patient: findPatient, DocumentReference: findDocuments, List: findLists }[type]
    if (found && (id === '' || isForm)) return json(200, found(search))
    if (type === 'Binary' && id !== '') {
      const entry = readableEntry(id, search)
      const bytes = await registry.bytesOf(entry)
      const contentType = registry.full(entry).object.mimeType ?? 'text/xml'
      const wrapped = mediaTypeOf(request.accept) === 'application/fhir+json'
      return wrapped ? json(200, { resourceType: 'Binary', id, contentType, data: bytes.toString('base64') }) : { status: 200, contentType, body: bytes }
    }
    refuse(404, 'not-found', `adresse inconnue : ${address.pathname}`)
  }
  const base = `https://${request.host}${fhirPath}`
  if (request.method === 'POST' && type === '') return json(200, await provideDocuments(bodyOf(request, ['application/fhir+json', 'application/json']), context))
  if (request.method === 'POST' && type === 'DocumentReference' && id === '') {
    const entry = await publishDocument(bodyOf(request, ['application/fhir+json', 'application/json']), context)
    if (!entry) return json(201, operationOutcome([]))
    return json(201, documentReferenceOf(registry.full(entry), []), [['Location', `${base}/DocumentReference/${entry.entryUuid.slice(9)}`]])
  }
  if (request.method === 'PATCH' && type === 'DocumentReference' && id === '') return json(200, await patchDocument(bodyOf(request, ['application/json-patch+json']), search, now))
  return refuse(405, 'not-supported', `${request.method} ${address.pathname} : interaction inconnue`)
}

/** Serves one FHIR exchange from its bytes to the bytes of its answer. Never throws: what goes wrong is an OperationOutcome. */
export async function answerFhir(request: FhirRequest, services: RecordServices): Promise<Answer> {
  const headers = [['X-Request-Id', randomUUID()]] as const
  try {
    const answer = await serve(request, services)
    return { ...answer, headers: [...(answer.headers ?? []), ...headers] }
  } catch (error) {
    if (error instanceof OutcomeRaised) return json(error.status, operationOutcome(error.issues), headers)
    services.log(`unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return json(500, operationOutcome([{ type: 'exception', text: 'Erreur technique du dossier de formation' }]), headers)
  }
}
