import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { defaultPace, loadProfiles, watchFolder, type ApplyIdentity, type FeedConsent, type FolderState, type IntakeLedger, type IntakeLog, type SourceProfile } from './intake/index.ts'
import type { ConsentRegister } from './consent/index.ts'
import { openFeed } from './open-feed.ts'
import { blockingStatusOf, type IdentityClaim, type PatientRegistry } from './patients/index.ts'
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
  readonly onIdentity: (claim: IdentityClaim) => void
  readonly onChange: () => void
  readonly now: () => number
  readonly log: (event: string, fields?: Readonly<Record<string, string | number | boolean | null>>) => void
}

/** Without end mark, a file is believed finished after this long: a cut PDF must be told, not awaited for ever. */
const patienceMs = 15_000

/** Opens every door: the watched folders, each with its profile, and the HL7 port. */
export async function startIntake(options: IntakeOptions): Promise<Intake> {
  const { ledger, registry, consent, environment, now } = options
  const log: IntakeLog = {
    info: (fields, event) => options.log(event, fields),
    warn: (fields, event) => options.log(event, fields),
  }
  const applyIdentity: ApplyIdentity = ({ identity, statuses, changedAt }, told, message) => {
    const { qualified, ...traits } = identity
    const claim: IdentityClaim = { ...traits, origin: 'message' }
    const learnt = registry.upsert(
      claim,
      { kind: 'identity-feed', name: message.sourceName, at: changedAt === null ? now() : Math.min(Date.parse(changedAt), now()), qualified: qualified === true, status: blockingStatusOf(statuses) },
    )
    if (!learnt.ok) {
      options.log('identity not applied', { reason: learnt.failure.code })
      // A refusal must not depend on finding the one patient: it holds for everybody this could be, until a person has looked.
      if (told) for (const patient of registry.candidatesFor(claim)) learnConsent(consent, patient.id, refusalsOf(told), message.sourceName)
      return learnt.failure.code
    }
    if (told) learnConsent(consent, learnt.value, told, message.sourceName)
    options.onIdentity(claim)
    return null
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
  const feed = options.hl7Port === null ? null : await openFeed(options.hl7Port, { ledger, applyIdentity, newControlId, now, log, environment }, options.onChange)

  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return {
    hl7: feed ? { host: feed.host, port: feed.port() } : null,
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
      ...(feed ? [{ kind: 'hl7' as const, name: String(feed.port()), address: `${feed.host}:${feed.port()}`, ok: feed.problem() === null, problem: feed.problem(), lastAt: iso(feed.lastAt()) }] : []),
    ],
    async close() {
      await feed?.close()
      await Promise.all(watches.map((watch) => watch.close()))
    },
  }
}

/** What of the patient's word is a refusal; the rest is left out. */
function refusalsOf(told: FeedConsent): FeedConsent {
  return { ...told, feeding: told.feeding === 'opposed' ? 'opposed' : null, consultation: told.consultation === 'refused' ? 'refused' : null }
}

/** ZFA: the patient's word on deposit and consultation, each with its own date. */
function learnConsent(consent: ConsentRegister, patientId: string, told: FeedConsent, source: string): void {
  const choices = { allowed: 'agreed', opposed: 'opposed', refused: 'opposed', 'not-collected': 'not-collected' } as const
  if (told.feeding) consent.learn(patientId, 'deposit', { choice: choices[told.feeding], decidedAt: told.feedingAt, source })
  if (told.consultation) consent.learn(patientId, 'consultation', { choice: choices[told.consultation], decidedAt: told.consultationAt, source })
}
