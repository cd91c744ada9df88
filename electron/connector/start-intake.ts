import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { openIdentityApplier } from './apply-identity.ts'
import { defaultPace, followContext, identifyFolder, loadProfiles, nameFolders, watchFolder, type FolderState, type IntakeLedger, type IntakeLog, type SourceProfile, type WatchedFolder } from './intake/index.ts'
import type { ConsentRegister } from './consent/index.ts'
import type { Ledger } from './outbox/index.ts'
import { openFeed } from './open-feed.ts'
import type { IdentityClaim, PatientRegistry } from './patients/index.ts'
import type { Result, StatusView } from '#shared/contract/index.ts'
import type { PatientLink } from '#shared/text/deep-link.ts'

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
  /** Where the practice software writes which patient it has in front; null = nowhere. */
  readonly contextFile: string | null
  /** It has this one, or one who cannot be named; the answer says whether they could be shown. */
  readonly onContext: (named: Result<PatientLink>) => Promise<Result<unknown>>
  /** An exception, which is a bug. */
  readonly onBug: (error: unknown) => void
  /** Folders of source profiles: the product's, then the practice's own, which win. */
  readonly profileFolders: readonly string[]
  readonly maxFileBytes: number
  readonly ledger: Pick<Ledger, keyof IntakeLedger | 'adopt' | 'recall' | 'remember'>
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

/** What the program remembers of the folders it watched. */
const rememberedFolders = 'watched folders'

/** Which folder each watched path is; what an older program took from it and knew by its name alone becomes its own. */
async function openFolders(watch: readonly string[], { ledger, log }: Pick<IntakeOptions, 'ledger' | 'log'>): Promise<ReadonlyMap<string, WatchedFolder>> {
  let known = ((await ledger.recall(rememberedFolders)) as WatchedFolder[] | null) ?? []
  const folders = new Map<string, WatchedFolder>()
  for (const directory of watch) {
    const given = path.resolve(directory)
    const folder = identifyFolder(known, given, await realpath(given).catch(() => null))
    known = [...known.filter(({ id }) => id !== folder.id), folder]
    folders.set(directory, folder)
  }
  await ledger.remember(rememberedFolders, known)
  // Of two that lie in each other the inner one first.
  for (const { id, given, real } of [...folders.values()].toSorted((one, other) => other.given.length - one.given.length)) {
    const roots = [given, ...(real === null ? [] : [real])]
    const names = roots.flatMap((root) => [path.basename(root), path.join(path.basename(path.dirname(root)), path.basename(root))])
    const documents = await ledger.adopt({ id, roots, names })
    if (documents > 0) log('documents of a watched folder known by its name', { documents })
  }
  return folders
}

/** The ledger as this folder sees it: everything it hands over says that it comes from there. */
function ledgerOf({ id }: WatchedFolder, ledger: IntakeOptions['ledger']): IntakeLedger {
  return {
    ...ledger,
    receive: (arrivals, message) => ledger.receive(arrivals.map((arrival) => ({ ...arrival, source: { ...arrival.source, id } })), message),
    recentFromFolder: (_name, since) => ledger.recentFromFolder(id, since),
  }
}

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

  const names = nameFolders(options.watch)
  const own = await openFolders(options.watch, options)
  const folders = new Map<string, FolderState>()
  const watches = await Promise.all(
    options.watch.map((directory) => {
      const profile: SourceProfile = profiles.get(path.basename(directory)) ?? standard
      return watchFolder({
        directory,
        profile,
        name: names.get(directory)!,
        ledger: ledgerOf(own.get(directory)!, ledger),
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
  const context: { problem: string | null; lastAt: number | null } = { problem: null, lastAt: null }
  let unreadable: string | null = null
  let unshown: string | null = null
  const contextSays = (problem: string | null) => {
    if (problem === context.problem) return
    context.problem = problem
    if (problem !== null) options.log('context file not followed', { reason: problem })
    options.onChange()
  }
  const followed =
    options.contextFile === null
      ? null
      : await followContext({
          file: options.contextFile,
          profile: profiles.get(path.parse(options.contextFile).name) ?? standard,
          async onPatient(named) {
            const shown = await options.onContext(named)
            context.lastAt = now()
            unshown = shown.ok ? null : shown.failure.code
            contextSays(unreadable ?? unshown)
          },
          onProblem(code) {
            unreadable = code
            contextSays(unreadable ?? unshown)
          },
          onBug: options.onBug,
        })
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
          name: names.get(directory)!,
          address: directory,
          ok: state?.state !== 'unreachable',
          problem: state?.state === 'unreachable' ? state.problem : null,
          lastAt: state?.state === 'watching' ? iso(state.lastTakenAt) : null,
        }
      }),
      ...(feed ? [{ kind: 'hl7' as const, name: String(feed.port()), address: `${feed.host}:${feed.port()}`, ok: feed.problem() === null, problem: feed.problem(), lastAt: iso(feed.lastAt()) }] : []),
      ...(options.contextFile === null ? [] : [{ kind: 'context' as const, name: path.basename(options.contextFile), address: options.contextFile, ok: context.problem === null, problem: context.problem, lastAt: iso(context.lastAt) }]),
    ],
    async lookAgain() {
      await Promise.all(watches.map((watch) => watch.rescan()))
    },
    async close() {
      await followed?.close()
      await feed?.close()
      await Promise.all(watches.map((watch) => watch.close()))
    },
  }
}
