import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { openIdentityApplier } from './apply-identity.ts'
import { defaultPace, loadProfiles, watchFolder, type FolderState, type IntakeLedger, type IntakeLog, type SourceProfile } from './intake/index.ts'
import type { ConsentRegister } from './consent/index.ts'
import { openFeed } from './open-feed.ts'
import type { IdentityClaim, PatientRegistry } from './patients/index.ts'
import type { StatusView } from '#shared/contract/index.ts'

/** The doors documents come in by. */
export interface Intake {
  readonly hl7: { readonly host: string; readonly port: number } | null
  sources(): StatusView['sources']
  /** Lists every folder again, now. */
  lookAgain(): Promise<void>
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
  /** Until when bursts and old files are taken without holding them. */
  readonly freeUntil: () => number
  /** False while the disk is low: files stay where they are, messages are answered AR. */
  readonly hasRoom: () => boolean
  readonly now: () => number
  readonly log: (event: string, fields?: Readonly<Record<string, string | number | boolean | null>>) => void
}

/** Without end mark, a file is believed finished after this long: a cut PDF must be told, not awaited for ever. */
const patienceMs = 15_000

/** Opens every door: the watched folders, each with its profile, and the HL7 port. */
export async function startIntake(options: IntakeOptions): Promise<Intake> {
  const { ledger, environment, now } = options
  const log: IntakeLog = {
    info: (fields, event) => options.log(event, fields),
    warn: (fields, event) => options.log(event, fields),
  }
  const applyIdentity = openIdentityApplier(options)

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
        freeUntil: options.freeUntil,
        hasRoom: options.hasRoom,
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
  const feed = options.hl7Port === null ? null : await openFeed(options.hl7Port, { ledger, applyIdentity, newControlId, now, log, environment, hasRoom: options.hasRoom }, options.onChange)

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
    async lookAgain() {
      await Promise.all(watches.map((watch) => watch.rescan()))
    },
    async close() {
      await feed?.close()
      await Promise.all(watches.map((watch) => watch.close()))
    },
  }
}
