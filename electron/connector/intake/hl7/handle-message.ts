import { createHash } from 'node:crypto'
import type { ReasonCode } from '#shared/contract/index.ts'
import type { Arrival, IncomingMessage, IntakeLedger, IntakeLog } from '../ledger.ts'
import { acknowledge, acknowledgeUnreadable, type Outcome } from './acknowledgement.ts'
import { decideMessage, sourceOf } from './decide-message.ts'
import type { FeedConsent } from './feed-consent.ts'
import { readMessage, rawField, segmentOf, valueOf, type Hl7Message } from './message.ts'
import type { FeedIdentity } from './patient-identity.ts'
import { splitBatch } from './split-batch.ts'

/**
 * Applies an identity (and the will of the patient) to the local patients, durably: when it resolves the sender is told so. Gives why
 * it could not be applied, for a person to see; null when it was.
 */
export type ApplyIdentity = (identity: FeedIdentity, consent: FeedConsent | null, message: IncomingMessage) => Promise<ReasonCode | null> | ReasonCode | null

export interface MessageHandlerDependencies {
  readonly ledger: IntakeLedger
  readonly applyIdentity: ApplyIdentity
  /** A number never given before; at most 199 characters, 20 for old receivers. */
  readonly newControlId: () => string
  readonly now: () => number
  readonly log: IntakeLog
  readonly environment?: 'training' | 'production' | undefined
  /** False while the disk is low: the sender is asked to keep its messages. */
  readonly hasRoom?: () => boolean
}

/** What the receiver hands frames to. Every answer is ready to be framed; nothing rejects. */
export interface MessageHandler {
  /** One frame: one message, or a batch, each answered in order. */
  message(frame: Uint8Array): Promise<Uint8Array[]>
  /** A frame over the cap, of which only the head is known. */
  tooLarge(head: Uint8Array): Promise<Uint8Array[]>
}

/**
 * The feed's handler: decides, stores, applies, and only then acknowledges. Storage failing or anything unforeseen is AR (the
 * sender keeps the message and tries again), never silence.
 */
export function createMessageHandler(deps: MessageHandlerDependencies): MessageHandler {
  /** Numbers of our last answers: an acknowledgement of one of them is not answered, two programs could go on for ever. */
  const given = new Set<string>()
  const newControlId = () => {
    const id = deps.newControlId()
    given.add(id)
    if (given.size > 1000) given.delete(given.values().next().value!)
    return id
  }
  const ids = () => ({ newControlId, now: deps.now() })

  return {
    async message(frame) {
      const batch = splitBatch(frame)
      if (batch.announced !== null && batch.announced !== batch.messages.length) {
        deps.log.warn({ announced: batch.announced, found: batch.messages.length }, 'HL7 batch: count differs from BTS-1')
      }
      const answers: Uint8Array[] = []
      for (const bytes of batch.messages) answers.push(...(await handleOne(bytes, deps, ids, given)))
      return answers
    },
    async tooLarge(head) {
      const error = { code: 207, location: 'MSH', text: 'the message is over the size limit' } as const
      const message = readMessage(head)
      const source = message ? sourceOf(message) : { kind: 'hl7' as const, name: 'HL7', reference: '' }
      const fileName = `${source.reference || 'message'}.hl7`
      const stored = await store(deps, [{ source, bytes: head, fileName, hints: { fileName, refusal: { code: 'hl7-too-large', outcome: 'ignored' } } }])
      if (stored === null) deps.log.warn({}, 'HL7 message over the limit could not be noted')
      return message ? acknowledge(message, { code: 'AR', error }, ids()) : [acknowledgeUnreadable(error, ids())]
    },
  }
}

async function handleOne(bytes: Uint8Array, deps: MessageHandlerDependencies, ids: () => { newControlId: () => string; now: number }, given: ReadonlySet<string>): Promise<Uint8Array[]> {
  const message = readMessage(bytes)
  if (!message) {
    const error = { code: 100, location: 'MSH', text: 'there is no MSH' } as const
    const stored = await store(deps, [{ source: { kind: 'hl7', name: 'HL7', reference: '' }, bytes, fileName: 'message.hl7', hints: { fileName: 'message.hl7', refusal: { code: 'hl7-no-msh', outcome: 'ignored' } } }])
    if (stored === null) deps.log.warn({}, 'bytes without MSH could not be noted')
    return [acknowledgeUnreadable(error, ids())]
  }
  if (deps.hasRoom && !deps.hasRoom()) return acknowledge(message, noRoom, ids())
  try {
    return await decideAndStore(message, deps, ids, given)
  } catch (error) {
    deps.log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'HL7 message not handled, sender asked to try again')
    return acknowledge(message, storageOutcome, ids())
  }
}

/** Said to the sender in its own language: it is shown on its screen. */
const noRoom: Outcome = { code: 'AR', error: { code: 207, location: 'MSH', text: 'stockage plein, renvoyer plus tard' } }

const storageOutcome: Outcome = { code: 'AR', error: { code: 207, location: 'MSH', text: 'not stored, send again later' } }

async function decideAndStore(message: Hl7Message, deps: MessageHandlerDependencies, ids: () => { newControlId: () => string; now: number }, given: ReadonlySet<string>): Promise<Uint8Array[]> {
  const incoming = describeMessage(message)
  const decision = decideMessage(message, { environment: deps.environment })
  if (message.charsetWarning !== null) deps.log.warn({ charset: message.encoding }, 'HL7 message: MSH-18 does not match its bytes')
  // Before the message is booked: a crash in between makes the sender repeat it, and applying an identity twice changes nothing.
  const unapplied = decision.identity ? await deps.applyIdentity(decision.identity, decision.consent ?? null, incoming) : null
  const kept: Arrival[] = unapplied === null ? [] : [unappliedMessage(message, unapplied)]
  const stored = await deps.ledger.receive([...decision.arrivals, ...kept], incoming)
  if (stored.message === 'number-reused') deps.log.warn({ type: incoming.messageType }, 'HL7 message number used before for another content, taken as new')
  deps.log.info({ type: incoming.messageType, answer: decision.ack.code, documents: stored.items.length, again: stored.message === 'duplicate' }, 'HL7 message received')
  const answersUs = valueOf(message, message.segments[0], 9).toUpperCase() === 'ACK' && given.has(valueOf(message, segmentOf(message, 'MSA'), 2))
  return answersUs ? [] : acknowledge(message, decision.ack, ids())
}

/** A message whose identity could not be applied is kept where a person looks: what it says of the patient must not be lost. */
function unappliedMessage(message: Hl7Message, code: ReasonCode): Arrival {
  const source = sourceOf(message)
  const fileName = `${source.reference || 'message'}.hl7`
  return { source, bytes: message.bytes, fileName, hints: { fileName, refusal: { code, outcome: 'parked' } } }
}

async function store(deps: MessageHandlerDependencies, arrivals: Arrival[]): Promise<true | null> {
  try {
    await deps.ledger.receive(arrivals)
    return true
  } catch {
    return null
  }
}

/** The message as the ledger books it. Its hash leaves MSH-7 out: a sender that repeats a message stamps it again. */
export function describeMessage(message: Hl7Message): IncomingMessage {
  const msh = message.segments[0]
  const field = message.delimiters.field.charCodeAt(0)
  const hash = createHash('sha256')
  const bytes = Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength)
  const start = bytes.indexOf('MSH')
  // MSH-1 is the first delimiter: MSH-7 lies between the 6th and the 7th.
  let from = start
  for (let count = 0; count < 6 && from !== -1; count += 1) from = bytes.indexOf(field, from + 1)
  const to = from === -1 ? -1 : bytes.indexOf(field, from + 1)
  if (from === -1 || to === -1) hash.update(bytes.subarray(start))
  else hash.update(bytes.subarray(start, from)).update(bytes.subarray(to))
  return {
    sourceName: sourceOf(message).name,
    sendingApplication: rawField(msh, 3),
    sendingFacility: rawField(msh, 4),
    controlId: valueOf(message, msh, 10),
    messageType: [valueOf(message, msh, 9, 1), valueOf(message, msh, 9, 2)].filter(Boolean).join('^'),
    bytes: message.bytes,
    payloadHash: hash.digest('hex'),
  }
}
