import type { IncomingMessage } from 'node:http'
import { transactionName } from './exchange.ts'
import { fhirTransaction, isFhir, targetNames } from './fhir/transaction-name.ts'
import { namesDocument } from './faults.ts'

/** Name of the transaction a raw request carries, in either tongue, `unknown` when it is none: before anything is judged. */
export function transactionOf({ method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>, body: Buffer): string {
  return isFhir(url ?? '') ? fhirTransaction(method ?? '', url ?? '') : transactionName(headers['content-type'] ?? '', body)
}

/** True when a request is about this document, by its address or its body. */
export function requestNames({ url }: Pick<IncomingMessage, 'url'>, body: Buffer, uniqueId: string): boolean {
  return (isFhir(url ?? '') && (targetNames(url ?? '', uniqueId) || body.includes(`"urn:oid:${uniqueId}"`))) || namesDocument(body, uniqueId)
}
