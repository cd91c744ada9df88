import { AsyncLocalStorage } from 'node:async_hooks'

/** What the record's own logs can be asked about a call: its messages, and what the record said. For the trace; nothing is decided by it. */
export interface CallEvidence {
  /** MessageIDs over SOAP, X-Request-Ids over FHIR, in the order they were made: a call of the port may take several. */
  readonly requestIds: string[]
  /** The record's own codes in its last answer, separated by a space; null = no answer was heard. */
  responseCode: string | null
  /** entryUUID of the document the call is about, where only the adapter learns it. */
  entryUuid: string | null
}

const underWay = new AsyncLocalStorage<CallEvidence>()
/** Codes, never words: those may name a patient. */
const code = /^[\w.:-]{1,64}$/
const mostCodes = 8

/** Does a call and tells what it was made of, whichever way it ends. Calls beside each other are kept apart. */
export async function withEvidence<T>(work: () => Promise<T>): Promise<{ readonly evidence: CallEvidence; readonly ended: PromiseSettledResult<T> }> {
  const evidence: CallEvidence = { requestIds: [], responseCode: null, entryUuid: null }
  const [ended] = await Promise.allSettled([underWay.run(evidence, async () => work())])
  return { evidence, ended }
}

/** A message is about to leave; what an earlier one was answered no longer counts. */
export function noteRequest(id: string): void {
  const evidence = underWay.getStore()
  if (!evidence) return
  evidence.requestIds.push(id)
  evidence.responseCode = null
}

/** What the record said to it; each code once, and nothing that is none. */
export function noteAnswer(codes: readonly string[]): void {
  const evidence = underWay.getStore()
  if (evidence) evidence.responseCode = [...new Set(codes)].filter((one) => code.test(one)).slice(0, mostCodes).join(' ') || null
}

/** Which entry the call is about. */
export function noteEntry(entryUuid: string): void {
  const evidence = underWay.getStore()
  if (evidence) evidence.entryUuid = entryUuid
}
