import type { ItemSource, ReasonCode } from '#shared/contract/index.ts'
import type { DocumentHints } from '../../documents/index.ts'
import type { Arrival } from '../ledger.ts'
import { decodeDocument } from './embedded-document.ts'
import { readConsent, type FeedConsent } from './feed-consent.ts'
import { rawField, segmentOf, valueOf, type Hl7Message, type Segment } from './message.ts'
import { readFeedIdentity, readIdentity, type FeedIdentity } from './patient-identity.ts'
import { destination, flagsOf, readFlags } from './visibility-flags.ts'

/** What the sender is told when a message is refused (hl7-feed section 5). */
export interface AcknowledgedError {
  /** ERR-3, table 0357: 100 segment missing, 101 field missing, 102 data type, 103 value, 200 type, 201 event, 202 processing id, 203 version, 207 application. */
  readonly code: 100 | 101 | 102 | 103 | 200 | 201 | 202 | 203 | 207
  /** ERR-2, `PID^1^3`. */
  readonly location: string
  /** ERR-5: 900 wrong version, 906 other. */
  readonly application?: 900 | 906
  /** Technical words without patient data. */
  readonly text: string
}

/** Everything that follows from one message. */
export interface MessageDecision {
  readonly ack: { readonly code: 'AA' | 'AE' | 'AR'; readonly error?: AcknowledgedError }
  /** Documents, or the message itself with the reason why nothing is made of it. None for a pure identity message. */
  readonly arrivals: readonly Arrival[]
  readonly identity?: FeedIdentity
  readonly consent?: FeedConsent | null
}

export interface DecisionOptions {
  /** Where the message came from; by default the HL7 sender. */
  readonly source?: ItemSource
  /** With `production`, a message of test (MSH-11 T or D) is refused. */
  readonly environment?: 'training' | 'production' | undefined
  readonly fileName?: string
}

/** Events that carry an identity to keep, with or without a visit. */
const identityEvents = new Set(['A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A11', 'A12', 'A13', 'A28', 'A31', 'A38'])
const documentEvents: Readonly<Record<string, Action>> = { T02: 'initial', T10: 'replace', T04: 'delete' }
const resultStatus: Readonly<Record<string, Action>> = { F: 'initial', C: 'replace', D: 'delete' }
const orderControl: Readonly<Record<string, Action>> = { NW: 'initial', RO: 'replace', CA: 'delete' }
type Action = 'initial' | 'replace' | 'delete'

/**
 * Decides what one message is and what becomes of it. AA: taken into responsibility. AE: the content is wrong, kept as a parked
 * item and refused to the sender. AR: not ours to handle, an ignored item. The replacement link is the CDA's own `relatedDocument`.
 */
export function decideMessage(message: Hl7Message, options: DecisionOptions = {}): MessageDecision {
  const msh = message.segments[0]
  const type = valueOf(message, msh, 9, 1).toUpperCase()
  const event = valueOf(message, msh, 9, 2).toUpperCase()
  const context: Context = {
    message,
    source: options.source ?? sourceOf(message),
    fileName: options.fileName ?? `${valueOf(message, msh, 10) || 'message'}.hl7`,
  }

  if (type === 'ACK') return refused(context, 'AR', { code: 200, location: 'MSH^1^9', text: 'an acknowledgement is not expected here' }, 'hl7-acknowledgement')
  if (type === 'ZAM') return setAside(context, 'hl7-acknowledgement', `${type}^${event}`)
  if (type !== 'ORU' && type !== 'MDM' && type !== 'ADT') {
    return refused(context, 'AR', { code: 200, location: 'MSH^1^9', text: `message type ${printable(type)} is not handled` }, 'hl7-type-unknown')
  }
  const eventKnown = type === 'ORU' ? event === 'R01' : type === 'MDM' ? event in documentEvents : identityEvents.has(event)
  if (!eventKnown) {
    return refused(context, 'AR', { code: 201, location: 'MSH^1^9', text: `event ${printable(type)}^${printable(event)} is not handled` }, 'hl7-type-unknown')
  }
  if (!/^2\.[1-9](?:\.\d)?$/.test(valueOf(message, msh, 12))) {
    return refused(context, 'AE', { code: 203, location: 'MSH^1^12', text: 'version of HL7 unknown' }, 'hl7-version-unknown')
  }
  if (valueOf(message, msh, 10) === '') {
    return refused(context, 'AE', { code: 101, location: 'MSH^1^10', text: 'the message has no number' }, 'hl7-segment-missing')
  }
  const processing = valueOf(message, msh, 11).toUpperCase()
  if (options.environment === 'production' && (processing === 'T' || processing === 'D')) {
    return refused(context, 'AR', { code: 202, location: 'MSH^1^11', text: `a message of test (MSH-11 ${processing}) never reaches a production record` }, 'hl7-type-unknown')
  }
  if (message.charsetProblem !== null) {
    return refused(context, 'AE', { code: 102, location: 'MSH^1^18', text: message.charsetProblem }, 'hl7-charset')
  }

  // The sister flow hands mail received by the practice to its software: somebody else's document, never deposited.
  if (/CISIS_CDA_HL7_LPS/i.test(rawField(msh, 21))) return setAside(context, 'hl7-received-mail')

  const pid = segmentOf(message, 'PID')
  if (!pid) return refused(context, 'AE', { code: 100, location: 'PID', text: 'PID is missing' }, 'hl7-segment-missing')
  if (rawField(pid, 3) === '') return refused(context, 'AE', { code: 101, location: 'PID^1^3', text: 'PID-3 is missing' }, 'hl7-segment-missing')

  if (type === 'ADT') return { ack: { code: 'AA' }, arrivals: [], identity: readFeedIdentity(message, pid, event), consent: readConsent(message) }
  return decideDocuments(context, pid, event)
}

interface Context {
  readonly message: Hl7Message
  readonly source: ItemSource
  readonly fileName: string
}

/** ORU^R01 and MDM: the documents of a message, checked on the spot for what can be told to the sender. */
function decideDocuments(context: Context, pid: Segment, event: string): MessageDecision {
  const { message } = context
  const profile = rawField(message.segments[0], 21)
  const version = /^\s*(\d+\.\d+)/.exec(profile)?.[1] ?? null
  const strict = version !== null && Number.parseFloat(version) >= 2.1
  const documents = message.segments
    .map((segment, index) => ({ segment, index }))
    .filter(({ segment }) => segment.name === 'OBX' && rawField(segment, 2).trim() === 'ED' && !valueOf(message, segment, 3).toUpperCase().startsWith('CORPSMAIL'))
    .map(({ segment }, order) => ({ segment, order }))
  if (documents.length === 0) {
    // A plain laboratory ORU (values, no CDA) is not a fault of its sender.
    if (!/CISIS_CDA_HL7/i.test(profile)) return setAside(context, 'hl7-not-for-dmp', 'no clinical document in the message')
    return refused(context, 'AE', { code: 100, location: 'OBX', text: 'no OBX holds a document' }, 'hl7-segment-missing')
  }

  const action = readAction(context, documents.map(({ segment }) => segment), event, strict)
  if (action === null) {
    return refused(context, 'AE', { code: 103, location: 'ORC^1^1', text: 'OBX-11, ORC-1 and the event do not ask for the same action' }, 'hl7-action-incoherent')
  }

  const flags = flagsOf(message)
  const forRecord = destination(flags)
  if (forRecord === 'no') return setAside(context, 'hl7-not-for-dmp')
  if (forRecord === 'invalid') return refused(context, 'AE', { code: 103, location: 'OBX^1^5', text: 'DESTDMP is neither Y nor N' }, 'hl7-flags-invalid')
  const read = readFlags(flags, strict)
  if (!read.ok) {
    const { code, flag } = read.problem
    const text = code === 'missing' ? `${flag} is missing` : `${flag} is neither Y nor N, or says both`
    return refused(context, 'AE', { code: code === 'missing' ? 101 : 103, location: 'OBX^1^5', text }, 'hl7-flags-invalid')
  }
  if (read.flags.masked && read.flags.hiddenFromPatient) {
    return refused(context, 'AE', { code: 103, location: 'OBX^1^5', text: 'MASQUE_PS and INVISIBLE_PATIENT together hide the document from everybody' }, 'visibility-forbidden')
  }
  if (action === 'delete') {
    return refused(context, 'AE', { code: 207, location: 'OBX^1^11', application: 906, text: 'deletion is to be done in the record by its author' }, 'hl7-action-unsupported')
  }

  const decoded = documents.map(({ segment, order }) => ({ segment, order, document: decodeDocument(segment.data ?? new Uint8Array()) }))
  for (const { order, document } of decoded) {
    if (!document.ok) return refused(context, 'AE', { code: 207, location: `OBX^${order + 1}^5`, application: 906, text: document.why }, 'hl7-document-broken')
  }

  const identity = readIdentity(message, pid)
  const visibility = { masked: read.flags.masked, hiddenFromPatient: read.flags.hiddenFromPatient, hiddenFromRepresentatives: read.flags.hiddenFromRepresentatives, ...(read.flags.secretConnection && { secretConnection: true }) }
  const arrivals = decoded.flatMap(({ segment, order, document }): Arrival[] => {
    if (!document.ok) return []
    const fileName = `${context.fileName.replace(/\.[^.]*$/, '')}${decoded.length === 1 ? '' : `-${order + 1}`}.xml`
    return [{ source: context.source, bytes: document.bytes, fileName, hints: { identity, ...typeHint(context, segment), ...(action === 'replace' ? { action } : {}), visibility, fileName } }]
  })
  return { ack: { code: 'AA' }, arrivals }
}

/**
 * The action asked for. Profile 2.1: OBX-11, ORC-1 and the MDM event must all agree. Older senders write ORC-1 `SC` for
 * everything or have no ORC: then only what is said is compared. Null when it does not agree.
 */
function readAction({ message }: Context, documents: readonly Segment[], event: string, strict: boolean): Action | null {
  const said = new Set<Action>()
  for (const document of documents) {
    const action = resultStatus[rawField(document, 11).trim().toUpperCase()]
    if (!action) return null
    said.add(action)
  }
  const order = orderControl[valueOf(message, segmentOf(message, 'ORC'), 1).toUpperCase()]
  if (order) said.add(order)
  else if (strict) return null
  const byEvent = documentEvents[event]
  if (byEvent) said.add(byEvent)
  const [action] = said
  return said.size === 1 ? action! : null
}

/** The type the message announces (TXA-2 or OBR-4 or OBX-3): only a hint, the CDA's own code is the truth. */
function typeHint({ message }: Context, document: Segment): { typeCode?: string; title?: string } {
  const code = valueOf(message, segmentOf(message, 'TXA'), 2) || valueOf(message, document, 3) || valueOf(message, segmentOf(message, 'OBR'), 4)
  const title = valueOf(message, document, 3, 2)
  return { ...(code ? { typeCode: code } : {}), ...(title ? { title } : {}) }
}

function refused(context: Context, code: 'AE' | 'AR', error: AcknowledgedError, reason: ReasonCode): MessageDecision {
  const outcome = code === 'AE' ? 'parked' : 'ignored'
  return { ack: { code, error }, arrivals: [messageItself(context, { code: reason, detail: error.text, outcome })] }
}

/** Accepted, and nothing to do with it. */
function setAside(context: Context, reason: ReasonCode, detail?: string): MessageDecision {
  return { ack: { code: 'AA' }, arrivals: [messageItself(context, { code: reason, outcome: 'ignored', ...(detail ? { detail } : {}) })] }
}

function messageItself({ message, source, fileName }: Context, refusal: NonNullable<DocumentHints['refusal']>): Arrival {
  const pid = segmentOf(message, 'PID')
  const readable = pid && message.charsetProblem === null && rawField(pid, 3) !== ''
  return { source, bytes: message.bytes, fileName, hints: { ...(readable ? { identity: readIdentity(message, pid) } : {}), fileName, refusal } }
}

/** The sender as a secretary recognises it, and the message number. */
export function sourceOf(message: Hl7Message): ItemSource {
  const msh = message.segments[0]
  const name = [valueOf(message, msh, 3), valueOf(message, msh, 4)].filter(Boolean).join(' ') || 'HL7'
  return { kind: 'hl7', name, reference: valueOf(message, msh, 10) }
}

const printable = (text: string) => (/^[A-Z0-9_]{1,10}$/.test(text) ? text : '?')
