/**
 * Acknowledged means on the disk: the real program is fed HL7 messages while strace writes down what it asks of the system, and for every
 * acknowledgement it is looked up, in that trace, that all of the message had been synced before the acknowledgement began to leave.
 * Then the disk of that very moment, with nothing on it but what was synced, is opened with the real store: the message is there.
 *
 *   node e2e/proofs/sync-before-ack.ts [--messages 500] [--self-test]
 *
 * `--self-test` shows that a sync left out, a sync after the acknowledgement and `synchronous = NORMAL` are seen. `RELAIS_PROGRAM_ROOT`
 * names another program to look at.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { acknowledgementsIn, fileHistory, whyTooEarly, type Acknowledgement, type SentMessage } from './trace/acknowledgements.ts'
import { feedMessage, sendInTurn, type FeedMessage } from './trace/feed.ts'
import { readMessagesBack } from './trace/read-message-back.ts'
import { loadRooms } from './trace/rooms.ts'
import { serveTraced, type ServedTrace } from './trace/serve-traced.ts'
import { ensureStrace } from './trace/strace.ts'

const connections = 4

/** An acknowledgement that promised more than the disk held. */
export interface Offender {
  readonly controlId: string
  readonly problem: string
}

/** What the proof showed; `skipped` says why nothing could be shown. */
export interface SyncProof {
  readonly skipped: string | null
  /** Messages sent one after the other, and on four connections at once. */
  readonly inTurn: number
  readonly atOnce: number
  readonly acknowledged: number
  readonly offenders: readonly Offender[]
}

/** Sends `messages` on one connection, then a fifth as many on four at once, and checks every acknowledgement. */
export async function proveSync(options: { messages: number }): Promise<SyncProof> {
  const skipped = ensureStrace()
  if (skipped !== null) return { skipped, inTurn: 0, atOnce: 0, acknowledged: 0, offenders: [] }
  const fed = await feed(options.messages, null)
  return { skipped, inTurn: options.messages, atOnce: fed.acknowledged.length - options.messages, acknowledged: fed.acknowledged.length, offenders: await offendersIn(fed) }
}

type Answered = Acknowledgement & SentMessage

interface Fed {
  readonly trace: ServedTrace
  readonly acknowledged: readonly Answered[]
}

async function feed(count: number, preload: string | null): Promise<Fed> {
  const inTurn = Array.from({ length: count }, (_, index) => feedMessage(index))
  const lanes = Array.from({ length: connections }, (_, lane) => Array.from({ length: Math.ceil(count / 5 / connections) }, (_, index) => feedMessage(count + index * connections + lane)))
  const sent = [...inTurn, ...lanes.flat()]
  const trace = await serveTraced(async (port) => {
    accepted(inTurn, await sendInTurn(port, inTurn))
    await Promise.all(lanes.map(async (lane) => accepted(lane, await sendInTurn(port, lane))))
  }, preload)
  const at = new Map(acknowledgementsIn(trace.calls).map((found) => [found.controlId, found.at]))
  const acknowledged = sent.map((message): Answered => {
    const found = at.get(message.controlId)
    if (found === undefined) throw new Error(`The acknowledgement of ${message.controlId} came and is not in the trace`)
    return { ...message, at: found }
  })
  return { trace, acknowledged }
}

/** A message that is refused would prove nothing. */
function accepted(messages: readonly FeedMessage[], answers: readonly string[]): void {
  for (const [index, answer] of answers.entries()) {
    const { controlId } = messages[index]!
    if (!new RegExp(`[\\r\\n]MSA\\|(?:AA|CA)\\|${controlId}[|\\r\\n]`).test(answer)) throw new Error(`${controlId} was not accepted: ${answer}`)
  }
}

async function offendersIn({ trace, acknowledged }: Fed, forget: (file: string) => boolean = () => false): Promise<Offender[]> {
  const history = fileHistory(trace.calls, trace.dataDir, forget)
  const missing = await readMessagesBack(trace, acknowledged, await loadRooms(), forget)
  return acknowledged.flatMap((answered) => {
    const problem = whyTooEarly(answered, answered, history) ?? missing.get(answered.controlId) ?? null
    return problem === null ? [] : [{ controlId: answered.controlId, problem }]
  })
}

/** A fault put in, and how many of the acknowledgements showed it. */
export interface SeenFault {
  readonly fault: string
  readonly of: number
  readonly offenders: readonly Offender[]
}

/** Puts one fault after the other in: a proof that sees nothing of them would be blind. */
export async function syncSelfTest(options: { messages: number }): Promise<SeenFault[]> {
  const fed = await feed(options.messages, null)
  const without = async (fault: string, forget: (file: string) => boolean): Promise<SeenFault> => ({ fault, of: fed.acknowledged.length, offenders: await offendersIn(fed, forget) })
  const history = fileHistory(fed.trace.calls, fed.trace.dataDir)
  const logSyncs = history.syncs.get('relais.db-wal') ?? []
  // As if each had left just before the last sync of the log it waited for had returned.
  const early = fed.acknowledged.map((answered) => ({ ...answered, at: (logSyncs.findLast((sync) => sync.end < answered.at)?.end ?? answered.at) - 0.5 }))
  const normal = await feed(options.messages, path.join(import.meta.dirname, 'trace/synchronous-normal.ts'))
  return [
    await without('no sync of the log', (file) => file === 'relais.db-wal'),
    await without('no sync of spool files', (file) => file.startsWith('spool/tmp/')),
    await without('no sync of spool folders', (file) => /^spool\/[0-9a-f]{2}$/.test(file)),
    await without('no sync of the journal of arrivals', (file) => file.startsWith('arrivals/')),
    { fault: 'acknowledged before the commit was synced', of: early.length, offenders: await offendersIn({ trace: fed.trace, acknowledged: early }) },
    { fault: 'synchronous = NORMAL', of: normal.acknowledged.length, offenders: await offendersIn(normal) },
  ]
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { messages: { type: 'string' }, 'self-test': { type: 'boolean', default: false } } })
  const skipped = ensureStrace()
  if (skipped !== null) console.log(`skipped: ${skipped}`)
  else if (values['self-test']) await tellSelfTest(Number(values.messages ?? 50))
  else await tellProof(Number(values.messages ?? 500))
}

async function tellProof(messages: number): Promise<void> {
  const started = Date.now()
  const { inTurn, atOnce, acknowledged, offenders } = await proveSync({ messages })
  if (offenders[0]) console.log(`${offenders[0].controlId} was acknowledged too early: ${offenders[0].problem}`)
  console.log(
    `sync before acknowledgement: ${acknowledged - offenders.length} of ${acknowledged} acknowledgements rest on synced bytes (${inTurn} in turn, ${atOnce} on ${connections} connections), ${((Date.now() - started) / 1000).toFixed(0)} s`,
  )
  if (offenders.length > 0) process.exitCode = 1
}

async function tellSelfTest(messages: number): Promise<void> {
  const faults = await syncSelfTest({ messages })
  for (const { fault, of, offenders } of faults) console.log(`${fault}: ${offenders.length} of ${of} seen${offenders[0] ? `, ${offenders[0].controlId}: ${offenders[0].problem}` : ''}`)
  const seen = faults.filter(({ offenders }) => offenders.length > 0).length
  console.log(`sync before acknowledgement, self-test: ${seen} of ${faults.length} faults seen`)
  if (seen < faults.length) process.exitCode = 1
}
