import type { XmlDocument, XmlElement } from 'libxml2-wasm'
import { failure, type Failure, type Result } from '#shared/contract/index.ts'
import { failureOfFault, failureOfStatus, type SoapFault } from '../failures.ts'
import { contentId, parseMediaType, readMultipart, type MimePart } from './multipart.ts'
import { ns } from './namespaces.ts'
import { responseCodes } from './response-codes.ts'
import { element, elements, withXml } from './parse-xml.ts'
import type { HttpAnswer } from '../transport.ts'

/** The SOAP part of an answer and its attachments; `null` when the answer is not SOAP at all. */
function unwrap(answer: HttpAnswer): { envelope: Uint8Array; parts: MimePart[] } | null {
  const { type, parameters } = parseMediaType(answer.contentType)
  if (type === 'application/soap+xml' || type === 'text/xml' || type === 'application/xop+xml') return { envelope: answer.body, parts: [] }
  if (type !== 'multipart/related' || !parameters['boundary']) return null
  const parts = readMultipart(answer.body, parameters['boundary'])
  if (!parts) return null
  const start = (parameters['start'] ?? '').replace(/^<|>$/g, '')
  const root = parts.find((part) => start !== '' && contentId(part) === start) ?? parts[0]
  return root ? { envelope: root.body, parts } : null
}

/** Removes the prefix of a QName. */
function localName(qname: string): string {
  return qname.trim().replace(/^.*:/, '')
}

/** Reads a fault of SOAP 1.2, or of SOAP 1.1 as gateways still send it. */
function readFault(envelope: XmlElement): SoapFault | null {
  const modern = element(envelope, './s:Body/s:Fault', ns)
  if (modern) {
    return {
      codes: elements(modern, './s:Code//s:Value', ns).map((value) => localName(value.content)),
      reason: element(modern, './s:Reason/s:Text', ns)?.content.trim() ?? '',
      detail: element(modern, './s:Detail', ns)?.content.trim() ?? '',
    }
  }
  const old = element(envelope, './s11:Body/s11:Fault', ns)
  if (!old) return null
  const text = (name: string) => element(old, `./${name}`, ns)?.content.trim() ?? ''
  return { codes: [localName(text('faultcode'))], reason: text('faultstring'), detail: text('detail') }
}

/** What an answer comes to, and the record's own codes in it for the trace: the HTTP status alone when it is not SOAP, or says no code. */
export interface ReadAnswer<T> {
  readonly result: Result<T>
  readonly codes: readonly string[]
}

/**
 * Reads an answer of the record down to its SOAP body: media type, MIME parts, XML, `RelatesTo`, fault, then HTTP status.
 * The MIME is opened before anything is decided, since answers of the repository are multipart even with a fault. An answer
 * that is not for our message, or not SOAP (a hotel's login page), is `record-answer-invalid`.
 */
export function readAnswer<T>(answer: HttpAnswer, messageId: string, now: number, read: (body: XmlElement, parts: readonly MimePart[]) => Result<T>): ReadAnswer<T> {
  const byStatus = failureOfStatus(answer.status, answer.retryAfter, now)
  const failed = (found: Failure) => ({ ok: false, failure: found }) as const
  const invalid = (detail: string) => (byStatus ? failed(byStatus) : failure('record-answer-invalid', { detail }))

  let codes: readonly string[] = [String(answer.status)]
  const message = unwrap(answer)
  if (!message) return { result: invalid(`not SOAP: ${parseMediaType(answer.contentType).type || 'no content type'}`), codes }
  const result = withXml(message.envelope, (document: XmlDocument): Result<T> => {
    const envelope = document.root
    if (envelope.name !== 'Envelope' || (envelope.namespaceUri !== ns.s && envelope.namespaceUri !== ns.s11)) return invalid('no SOAP envelope')
    const relatesTo = element(envelope, './s:Header/wsa:RelatesTo', ns)?.content.trim() ?? null
    if (relatesTo !== null && relatesTo !== messageId) return failure('record-answer-invalid', { detail: 'RelatesTo another message' })
    const fault = readFault(envelope)
    if (fault) {
      codes = [...fault.codes, ...codes]
      const unknown = failure('record-fault', { detail: fault.codes.join(' '), recordText: fault.reason }).failure
      const statusTells = byStatus && byStatus.code !== 'record-request-refused' ? byStatus : null
      return failed(failureOfFault(fault) ?? (statusTells ? { ...statusTells, recordText: fault.reason } : unknown))
    }
    if (byStatus) return failed(byStatus)
    if (relatesTo === null) return failure('record-answer-invalid', { detail: 'no RelatesTo' })
    const body = element(envelope, './s:Body', ns)
    if (body) codes = responseCodes(body) ?? codes
    return body ? read(body, message.parts) : failure('record-answer-invalid', { detail: 'no SOAP body' })
  })
  return { result: result ?? invalid('not well-formed XML'), codes }
}
