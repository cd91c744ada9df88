import { createHash } from 'node:crypto'
import { failure, success, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { packLot, unpackLot } from '../../../electron/connector/record/dmp/lot-container.ts'
import type { DepositedDocument, NationalRecord } from '../../../electron/connector/record/index.ts'
import type { Random } from '../random.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What becomes of one deposit. */
export const sendFates = ['answer lost', 'answer garbled', 'fault, stored', 'fault, not stored', 'request lost', 'busy', 'refused', 'author refused', 'card out', 'untrusted'] as const
export type SendFate = (typeof sendFates)[number] | 'taken'
/** What becomes of one question. */
export const questionFates = ['answer lost', 'request lost', 'busy', 'refused'] as const
export type QuestionFate = (typeof questionFates)[number] | 'answered'

/** How a record may behave towards a repeated submission set; the connector has to be right under both. */
export type RepeatMode = 'accepts' | 'refuses'

/** One document as the record keeps it. */
export interface Registration {
  readonly uniqueId: string
  readonly setId: string
  readonly sha256: string
  readonly sha1: string
  readonly entryUuid: string
  readonly replaces: string | null
  readonly at: number
  readonly visibleAt: number
}

/** One deposit that left the connector, as an onlooker on the wire sees it. */
export interface Attempt {
  readonly uniqueId: string
  readonly setId: string
  readonly sha256: string
  readonly lotSha256: string
  readonly ins: string
  readonly confidentiality: readonly string[]
  readonly replaces: string | null
  /** Which life of the connector sent it. */
  readonly life: number
  readonly at: number
  outcome: 'under way' | 'accepted' | 'refused' | 'not sent' | 'unknown'
  endedAt: number | null
}

/** One question "is it there?", at the moment the record looked. */
export interface Look {
  readonly uniqueId: string
  readonly at: number
  readonly found: boolean
  readonly life: number
}

/** Who calls: nothing of a connector that died leaves, and no answer reaches it. */
export interface Caller {
  readonly life: number
  isAlive(): boolean
  /** What its clock shows. */
  wall(): number
}

/** The lot as this record "signs" it: everything is readable, and no two signatures are alike. */
interface Lot {
  readonly uniqueId: string
  readonly setId: string
  readonly confidentiality: readonly string[]
  readonly replaces: string | null
  readonly replacesEntryUuid: string | null
  readonly signature: number
}

interface Line {
  readonly life: number
  /** True when what is on its way still arrives although nobody waits for the answer. */
  arrivesLate: boolean
  cutAt: number | null
  end(answer: { readonly ok: false; readonly failure: ReturnType<typeof failure>['failure'] } | null): void
}

export interface AdversarialRecord {
  readonly registrations: ReadonlyMap<string, readonly Registration[]>
  readonly attempts: readonly Attempt[]
  readonly looks: readonly Look[]
  connect(caller: Caller): NationalRecord
  /** Called as each deposit leaves the connector, before anything becomes of it. */
  onAttempt: (attempt: Attempt) => void
  setNetwork(isUp: boolean): void
  /** Longest way of a request or an answer, in milliseconds. */
  setLatency(ms: number): void
  busyFor(ms: number): void
  /** What becomes of the next deposits and questions, in order; those after go well. */
  addFates(sends: readonly SendFate[], questions: readonly QuestionFate[]): void
  /** The registry changes the entryUUID of a document, as a masking does; false when it is not there. */
  moveEntry(uniqueId: string): boolean
  /** The connector died with calls under way. */
  cutLife(life: number): void
  /** Everything that can go well goes well from now on. */
  calm(): void
}

/** Within this the record shows what it stored: what the connector was told. */
export const visibilityMs = 120_000
const clientPatienceMs = 60_000
const unreachableMs = 20
/** A token of another time is refused beyond this. */
const tokenToleranceMs = 5 * 60_000

/** Opens a record that does everything a real one may do to a document, and remembers all of it. */
export function openAdversarialRecord({ time, random, mode, tellsHash }: { time: VirtualTime; random: Random; mode: RepeatMode; tellsHash: boolean }): AdversarialRecord {
  const registrations = new Map<string, Registration[]>()
  const attempts: Attempt[] = []
  const looks: Look[] = []
  const lines = new Set<Line>()
  let sendFatesToCome: SendFate[] = []
  let questionFatesToCome: QuestionFate[] = []
  let isUp = true
  let latencyMs = 40
  let busyUntil = 0
  let signatures = 0
  let moves = 0
  const trip = () => random.between(1, latencyMs)
  const current = (uniqueId: string) => registrations.get(uniqueId)?.at(-1) ?? null

  /** One request and its answer. `handle` runs when the request reaches the record, and says nothing when the answer is lost. */
  function exchange<T>(caller: Caller, reaches: boolean, handle: (cutAt: number | null) => Result<T> | null, onEnd: (answer: Result<T> | null, isHeard: boolean) => void): Promise<Result<T>> {
    return new Promise((resolve) => {
      let isOver = false
      const line: Line = {
        life: caller.life,
        arrivesLate: false,
        cutAt: null,
        end(answer) {
          if (isOver) return
          line.cutAt = time.now()
          finish(answer, false)
        },
      }
      const finish = (answer: Result<T> | null, isHeard: boolean) => {
        if (isOver) return
        isOver = true
        lines.delete(line)
        onEnd(answer, isHeard)
        if (answer && caller.isAlive()) resolve(answer)
      }
      lines.add(line)
      time.after(trip(), () => {
        if (!reaches || (isOver && !line.arrivesLate)) return
        const answer = handle(line.cutAt)
        if (answer) time.after(trip(), () => finish(answer, true))
      })
      time.after(clientPatienceMs, () => line.end(failure('record-no-answer')))
    })
  }

  /** The network is not there: nothing leaves. */
  function unreachable(caller: Caller): Promise<Result<never>> {
    return new Promise((resolve) => {
      time.after(unreachableMs, () => {
        if (caller.isAlive()) resolve(failure('record-unreachable'))
      })
    })
  }

  const busyAnswer = (caller: Caller) => failure('record-busy', { retryAt: caller.wall() + Math.max(1_000, busyUntil - time.now()) })

  /** A deposit has reached the record whole. */
  function receive(lot: Lot, document: Uint8Array, fate: SendFate, caller: Caller, cutAt: number | null, stampedAt: number): Result<{ entryUuid: string | null; warnings: string[] }> | null {
    if (fate === 'busy' || busyUntil > time.now()) return busyAnswer(caller)
    if (fate === 'refused') return failure('record-closed', { recordText: 'DMP fermé' })
    if (fate === 'author refused') return failure('record-author-refused')
    if (fate === 'card out') return failure('certificate-refused')
    if (fate === 'fault, not stored') return failure('record-fault')
    if (Math.abs(stampedAt - time.now()) > tokenToleranceMs) return failure('record-request-refused')
    const known = registrations.get(lot.uniqueId) ?? []
    if (known.length > 0 && mode === 'refuses') return failure('record-fault', { recordText: 'XDSDuplicateUniqueIdInRegistry' })
    if (lot.replacesEntryUuid !== null) {
      const parent = lot.replaces === null ? null : current(lot.replaces)
      const isReplaced = [...registrations.values()].flat().some((other) => other.replaces === lot.replaces)
      if (parent?.entryUuid !== lot.replacesEntryUuid || isReplaced) return failure('record-replace-refused')
    }
    const visibleAt = Math.min(time.now() + random.between(0, visibilityMs), (cutAt ?? Number.POSITIVE_INFINITY) + visibilityMs)
    const hashOf = (name: string) => createHash(name).update(document).digest('hex')
    registrations.set(lot.uniqueId, [
      ...known,
      { uniqueId: lot.uniqueId, setId: lot.setId, sha256: hashOf('sha256'), sha1: hashOf('sha1'), entryUuid: `urn:uuid:${lot.uniqueId}`, replaces: lot.replaces, at: time.now(), visibleAt },
    ])
    if (fate === 'answer lost') return null
    if (fate === 'answer garbled') return failure('record-answer-invalid')
    if (fate === 'fault, stored') return failure('record-fault')
    return success({ entryUuid: null, warnings: [] })
  }

  function outcomeOf(answer: Result<unknown> | null): Attempt['outcome'] {
    if (answer === null) return 'unknown'
    if (answer.ok) return 'accepted'
    if (answer.failure.class === 'uncertain') return 'unknown'
    return answer.failure.class === 'transient' ? 'not sent' : 'refused'
  }

  function viewOf(registration: Registration): RecordDocument {
    const bare: Pick<RecordDocument, 'uniqueId' | 'entryUuid' | 'hash'> = { uniqueId: registration.uniqueId, entryUuid: registration.entryUuid, hash: tellsHash ? registration.sha1 : null }
    return bare as RecordDocument
  }

  function cut(which: (line: Line) => boolean, answer: Parameters<Line['end']>[0]): void {
    for (const line of [...lines].filter(which)) {
      line.arrivesLate = random.chance(0.5)
      line.end(answer)
    }
  }

  const record: AdversarialRecord = {
    registrations,
    attempts,
    looks,
    onAttempt: () => undefined,
    connect(caller) {
      let offset: number | null = null
      const noteTime = () => {
        offset = caller.wall() - time.now()
      }
      const never = new Promise<never>(() => undefined)
      return {
        name: 'adversarial',
        environment: 'training',
        modes: ['normal'],
        transactions: { documents: 'ITI-18', sets: 'ITI-18', retrieval: 'ITI-43', change: 'ITI-57', deposit: () => 'ITI-41' },
        standing: async () => failure('record-unreachable'),
        prepare: (deposit) =>
          new Promise((resolve) => {
            if (!caller.isAlive()) return
            const [{ metadata, replacesEntryUuid }] = deposit.documents as [DepositedDocument]
            const lot: Lot = {
              uniqueId: metadata.uniqueId,
              setId: deposit.submissionSetId,
              confidentiality: metadata.confidentiality.map(({ code }) => code),
              replaces: metadata.replaces,
              replacesEntryUuid,
              signature: (signatures += 1),
            }
            time.after(trip(), () => {
              if (caller.isAlive()) resolve(success(packLot({ documents: [{ sha256: '', mediaType: 'text/xml', part: '' }], patientId: '', signaturePart: '', body: Buffer.from(JSON.stringify(lot)), signature: Buffer.alloc(0) })))
            })
          }),
        send(_party, ins, bytes, documents) {
          const [document] = documents as [Uint8Array]
          if (!caller.isAlive()) return never
          if (!isUp) return unreachable(caller)
          const fate = sendFatesToCome.shift() ?? 'taken'
          // The token says when the call was made, by the caller's clock of that moment.
          const stampedAt = caller.wall()
          if (fate === 'untrusted') return Promise.resolve(failure('record-server-untrusted'))
          const lot = JSON.parse(Buffer.from(unpackLot(bytes)!.body).toString()) as Lot
          const digest = (what: Uint8Array) => createHash('sha256').update(what).digest('hex')
          const attempt: Attempt = {
            uniqueId: lot.uniqueId, setId: lot.setId, sha256: digest(document), lotSha256: digest(bytes), ins: ins.value, confidentiality: lot.confidentiality,
            replaces: lot.replaces, life: caller.life, at: time.now(), outcome: 'under way', endedAt: null,
          }
          record.onAttempt(attempt)
          attempts.push(attempt)
          return exchange(caller, fate !== 'request lost', (cutAt) => receive(lot, document, fate, caller, cutAt, stampedAt), (answer, isHeard) => {
            if (isHeard) noteTime()
            attempt.outcome = outcomeOf(answer)
            attempt.endedAt = time.now()
          })
        },
        findDocuments: async () => failure('reading-needs-professional'),
        findByUniqueId(_party, _ins, uniqueId) {
          if (!caller.isAlive()) return never
          if (!isUp) return unreachable(caller)
          const fate = questionFatesToCome.shift() ?? 'answered'
          return exchange<RecordDocument | null>(
            caller,
            fate !== 'request lost',
            () => {
              if (fate === 'busy' || busyUntil > time.now()) return busyAnswer(caller)
              if (fate === 'refused') return failure('record-request-refused')
              const there = current(uniqueId)
              const seen = there !== null && there.visibleAt <= time.now()
              if (fate === 'answer lost') return null
              looks.push({ uniqueId, at: time.now(), found: seen, life: caller.life })
              return success(seen ? viewOf(there) : null)
            },
            (_answer, isHeard) => {
              if (isHeard) noteTime()
            },
          )
        },
        retrieve: async () => failure('document-not-found'),
        findSubmissionSets: async () => failure('reading-needs-professional'),
        findAssociations: async () => failure('reading-needs-professional'),
        findDocumentsWithAssociations: async () => failure('reading-needs-professional'),
        authorise: async () => failure('reading-needs-professional'),
        accessibleRecords: async () => success([]),
        changeMetadata: async () => failure('document-not-found'),
        clockOffsetMs: () => offset,
        probe() {
          if (!caller.isAlive()) return never
          if (!isUp) return unreachable(caller)
          return exchange<void>(caller, true, () => (busyUntil > time.now() ? busyAnswer(caller) : success(undefined)), (_answer, isHeard) => {
            if (isHeard) noteTime()
          })
        },
        async dropConnections() {
          cut((line) => line.life === caller.life, failure('record-no-answer'))
        },
        close: async () => undefined,
      }
    },
    setNetwork(up) {
      isUp = up
      if (!up) cut(() => true, failure('record-no-answer'))
    },
    setLatency(ms) {
      latencyMs = ms
    },
    busyFor(ms) {
      busyUntil = time.now() + ms
    },
    addFates(sends, questions) {
      sendFatesToCome.push(...sends)
      questionFatesToCome.push(...questions)
    },
    moveEntry(uniqueId) {
      const there = current(uniqueId)
      if (!there) return false
      moves += 1
      registrations.set(uniqueId, [...registrations.get(uniqueId)!.slice(0, -1), { ...there, entryUuid: `urn:uuid:${uniqueId}:${moves}` }])
      return true
    },
    cutLife: (life) => cut((line) => line.life === life, null),
    calm() {
      isUp = true
      latencyMs = 40
      busyUntil = 0
      sendFatesToCome = []
      questionFatesToCome = []
    },
  }
  return record
}
