import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { defaultPace, loadProfiles, startMllpReceiver, createMessageHandler, watchFolder, type ApplyIdentity, type FeedConsent, type FolderState, type IntakeLedger, type IntakeLog, type SourceProfile } from './intake/index.ts'
import type { ConsentRegister } from './consent/index.ts'
import type { PatientRegistry } from './patients/index.ts'
import type { StatusView } from '#shared/contract/index.ts'

/** The doors documents come in by. */
export interface Intake {
  readonly hl7: { readonly host: string; readonly port: number } | null
  sources(): StatusView['sources']
  close(): Promise<void>
}

export interface IntakeOptions {
  readonly watch: readonly string[]
  readonly hl7Port: number | null
  /** Folders of source profiles: the product's, then the practice's own, which win. */
  readonly profileFolders: readonly string[]
  readonly maxFileBytes: number
  readonly ledger: IntakeLedger
  readonly registry: PatientRegistry
  readonly consent: ConsentRegister
  readonly environment: 'training' | 'production'
  readonly onIdentity: () => void
  readonly onChange: () => void
  readonly now: () => number
  readonly log: (event: string, fields?: Readonly<Record<string, string | number | boolean | null>>) => void
}

/** Without end mark, a file is believed finished after this long: a cut PDF must be told, not awaited for ever. */
const patienceMs = 15_000
/** Attributes of an identity (HL7 0445 in France) that forbid its use, as the registry names them. */
const attributes: Readonly<Record<string, string>> = { HOMA: 'homonym', DOUT: 'doubtful', FICT: 'fictitious' }

/** Opens every door: the watched folders, each with its profile, and the HL7 port. */
export async function startIntake(options: IntakeOptions): Promise<Intake> {
  const { ledger, registry, consent, environment, now } = options
  const log: IntakeLog = {
    info: (fields, event) => options.log(event, fields),
    warn: (fields, event) => options.log(event, fields),
  }
  const applyIdentity: ApplyIdentity = ({ identity, statuses, changedAt }, told, message) => {
    const { qualified, ...traits } = identity
    const status = statuses.map((code) => attributes[code]).find((name) => name !== undefined) ?? null
    const learnt = registry.upsert(
      { ...traits, origin: 'message' },
      { kind: 'identity-feed', name: message.sourceName, at: changedAt === null ? now() : Date.parse(changedAt), qualified: qualified === true, status },
    )
    if (!learnt.ok) {
      options.log('identity not applied', { reason: learnt.failure.code })
      return
    }
    if (told) learnConsent(consent, learnt.value, told, message.sourceName)
    options.onIdentity()
  }

  const { profiles, problems } = await loadProfiles(options.profileFolders)
  for (const problem of problems) options.log('source profile unreadable', { reason: problem.failure.code, kind: path.basename(problem.file) })
  const standard = profiles.get('default')
  if (!standard) throw new Error('The default source profile is missing')

  const folders = new Map<string, FolderState>()
  const watches = await Promise.all(
    options.watch.map((directory) => {
      const name = path.basename(directory)
      const profile: SourceProfile = profiles.get(name) ?? standard
      return watchFolder({
        directory,
        profile,
        name,
        ledger,
        applyIdentity,
        environment,
        now,
        log,
        pace: { ...defaultPace, patienceMs, maxFileBytes: options.maxFileBytes },
        onState(state) {
          const before = folders.get(directory)
          folders.set(directory, state)
          if (before?.state !== state.state) options.onChange()
        },
      })
    }),
  )
  const newControlId = () => randomUUID().replaceAll('-', '').slice(0, 20)
  const receiver =
    options.hl7Port === null
      ? null
      : await startMllpReceiver({ port: options.hl7Port, handler: createMessageHandler({ ledger, applyIdentity, newControlId, now, log, environment }), now, newControlId, log })

  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return {
    hl7: receiver ? { host: receiver.host, port: receiver.port } : null,
    sources: () => [
      ...options.watch.map((directory) => {
        const state = folders.get(directory)
        return {
          kind: 'folder' as const,
          name: path.basename(directory),
          address: directory,
          ok: state?.state !== 'unreachable',
          problem: state?.state === 'unreachable' ? state.problem : null,
          lastAt: state?.state === 'watching' ? iso(state.lastTakenAt) : null,
        }
      }),
      ...(receiver ? [{ kind: 'hl7' as const, name: String(receiver.port), address: `${receiver.host}:${receiver.port}`, ok: true, problem: null, lastAt: iso(receiver.lastAt()) }] : []),
    ],
    async close() {
      await receiver?.close()
      await Promise.all(watches.map((watch) => watch.close()))
    },
  }
}

/** ZFA: the patient's word on deposit and consultation, each with its own date. */
function learnConsent(consent: ConsentRegister, patientId: string, told: FeedConsent, source: string): void {
  const choices = { allowed: 'agreed', opposed: 'opposed', refused: 'opposed', 'not-collected': 'not-collected' } as const
  if (told.feeding) consent.learn(patientId, 'deposit', { choice: choices[told.feeding], decidedAt: told.feedingAt, source })
  if (told.consultation) consent.learn(patientId, 'consultation', { choice: choices[told.consultation], decidedAt: told.consultationAt, source })
}
