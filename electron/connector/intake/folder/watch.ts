import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { watch as watchForHints, type FSWatcher } from 'chokidar'
import type { ApplyIdentity } from '../hl7/handle-message.ts'
import type { IntakeLedger, IntakeLog } from '../ledger.ts'
import { isPassing } from './file-name.ts'
import { firstLook, shiftLook, type Look } from './look.ts'
import { defaultPace, type FolderState, type WatchPace } from './pace.ts'
import type { SourceProfile } from './profile.ts'
import { createTaker } from './take.ts'

export interface WatchOptions {
  readonly directory: string
  readonly profile: SourceProfile
  readonly ledger: IntakeLedger
  /** Identities of HL7 files go the way of the feed's. */
  readonly applyIdentity: ApplyIdentity
  readonly now: () => number
  readonly log: IntakeLog
  readonly onState: (state: FolderState) => void
  /** A name a secretary recognises; the folder's own by default. */
  readonly name?: string
  readonly pace?: Partial<WatchPace>
  readonly environment?: 'training' | 'production' | undefined
  /** Until when bursts and old files are taken without holding them, milliseconds since the epoch: a person started or freed them. */
  readonly freeUntil?: () => number
  /** False while the disk is low: nothing is taken, everything stays where it is. */
  readonly hasRoom?: () => boolean
}

export interface FolderWatch {
  /** Lists the folder and takes what can be taken, now; resolves when done. */
  rescan(): Promise<void>
  /** Lets the file in hand be stored, then stops. */
  close(): Promise<void>
}

/** Deeper folders are not an export's. */
const maxFolderDepth = 16

/**
 * Watches one export folder, read-only. Its own listings are the truth; chokidar's events only bring the next one forward. A file
 * is taken when it is stable, ends as its format ends and can be read; it counts as taken only when the ledger has it. A
 * folder that is missing is a state, not an error.
 */
export async function watchFolder(options: WatchOptions): Promise<FolderWatch> {
  const { ledger, now, log, onState } = options
  const root = path.resolve(options.directory)
  const name = options.name ?? path.basename(root)
  const pace: WatchPace = { ...defaultPace, ...options.pace }
  const looks = new Map<string, Look>()
  const hinted = new Set<string>()
  let unreachableSince: number | null = null
  let lastState = ''
  let skipped = 0
  let listed = false
  let lastRecheck = Number.NEGATIVE_INFINITY
  let recheckCost = 0
  let listCost = 0
  let lastList = Number.NEGATIVE_INFINITY
  let lastPass = Number.NEGATIVE_INFINITY
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let hints: FSWatcher | null = null

  const absolute = (relative: string) => path.join(root, ...relative.split('/'))
  /** Listing a large folder costs: it is spaced so that it stays under half a percent of a processor, up to half a minute. */
  const listEvery = () => Math.max(pace.rescanMs, Math.min(listCost * 200, 30_000))
  const taker = createTaker({ ...options, root, name, pace, looks, stopped: () => closed, lookAgain, lookAt: look })

  async function list(everything: boolean): Promise<void> {
    const started = performance.now()
    const found = new Set<string>()
    const recheck = everything || now() - lastRecheck >= Math.max(pace.recheckMs, recheckCost * 200)
    let passed = 0
    const unread: string[] = []
    const enter = async (folder: string, depth: number): Promise<void> => {
      const entries = await readdir(folder === '' ? root : absolute(folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
        if (folder === '') throw error
        unread.push(folder)
        log.warn({ error: error.code ?? 'unknown' }, 'a subfolder of the export folder cannot be listed')
        return []
      })
      for (const entry of entries) {
        if (isPassing(entry.name)) {
          passed += 1
          continue
        }
        const relative = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isDirectory()) {
          if (depth < maxFolderDepth) await enter(relative, depth + 1)
          continue
        }
        found.add(relative)
        const known = looks.get(relative)
        if (!known?.settled || recheck || hinted.has(relative) || isWrittenOften(known)) await look(relative)
      }
    }
    await enter('', 0)
    hinted.clear()
    skipped = passed
    const missing = [...looks].filter(([relative]) => !found.has(relative) && !unread.some((folder) => relative.startsWith(`${folder}/`)))
    for (const [relative] of missing) looks.delete(relative)
    const waiting = missing.some(([, known]) => !known.settled) ? [...looks.values()].filter((known) => !known.settled) : []
    const byInode = Map.groupBy(waiting, ({ inode }) => inode)
    for (const [, known] of missing) {
      if (known.settled) continue
      const isSame = ({ size, mtimeMs }: Look) => size === known.size && mtimeMs === known.mtimeMs
      taker.vanished(known, known.inode === 0 ? undefined : byInode.get(known.inode)?.find(isSame))
    }
    listCost = performance.now() - started
    if (recheck) {
      recheckCost = listCost
      lastRecheck = now()
    }
    lastList = now()
    listed = true
  }

  /** A name that is used for one document after another may be written over at any time, and events are not everywhere. */
  const isWrittenOften = (known: Look) => known.isOverwritten || known.formers.length > 0 || (!known.fromStart && now() - known.firstSeen < pace.freshMs)

  /** One look at one file: what changed since the last one. */
  async function look(relative: string): Promise<void> {
    const stats = await lstat(absolute(relative)).catch(() => null)
    // A name whose bytes are not text cannot be opened by it: it is reported, never passed over in silence.
    if (!stats && relative.includes('\uFFFD')) return lookAtUnnameable(relative)
    if (!stats || stats.isDirectory()) return
    const known = looks.get(relative)
    if (known && known.size === stats.size && known.mtimeMs === stats.mtimeMs) {
      known.looks += 1
      const wasLinked = known.hardLink
      known.hardLink = stats.nlink > 1
      // Refused for its other name, which is gone.
      if (wasLinked && !known.hardLink && known.settled && known.final && known.kind !== 'hl7') {
        known.settled = known.final = false
        known.since = now()
      }
      return
    }
    const fresh = firstLook(relative, stats, known, { at: now(), fromStart: !listed })
    fresh.settled = await ledger.isTaken(taker.identityOf(fresh))
    if (known && !known.settled) taker.overwritten(known, fresh)
    looks.set(relative, fresh)
  }

  /** The clock was set back: what was noted by it is as long ago as it was. */
  function setBack(ms: number): void {
    lastRecheck -= ms
    lastList -= ms
    for (const known of looks.values()) shiftLook(known, -ms)
  }

  async function lookAtUnnameable(relative: string): Promise<void> {
    if (looks.has(relative)) return
    const nameless = firstLook(relative, { size: 0, mtimeMs: 0, nlink: 1, ino: 0, isFile: () => true }, undefined, { at: now(), fromStart: !listed })
    nameless.settled = await ledger.isTaken(taker.identityOf(nameless))
    looks.set(relative, nameless)
  }

  async function pass(everything: boolean): Promise<void> {
    if (now() < lastPass) setBack(lastPass - now())
    lastPass = now()
    const due = everything || !listed || hinted.size > 0 || now() - lastList >= listEvery()
    try {
      if (due) await list(everything)
      else for (const known of looks.values()) if (!known.settled) await look(known.path)
      unreachableSince = null
    } catch (error) {
      unreachableSince ??= now()
      say({ state: 'unreachable', since: unreachableSince, problem: (error as NodeJS.ErrnoException).code ?? 'unknown' })
      return
    }
    await taker.advance()
    sayWatching()
    if (looks.size > pace.hintFiles && hints) {
      await hints.close()
      hints = null
    }
  }

  /** While a backlog is taken: a folder that is out of reach is said so by the next pass. */
  async function lookAgain(): Promise<void> {
    await list(false).catch((error: NodeJS.ErrnoException) => log.warn({ error: error.code ?? 'unknown' }, 'the export folder cannot be listed'))
    sayWatching()
  }

  function sayWatching(): void {
    const pending = [...looks.values()].filter((known) => !known.settled).length + taker.untold()
    say({ state: 'watching', pending, skipped, lastTakenAt: taker.lastTakenAt() })
  }

  function say(state: FolderState): void {
    const text = JSON.stringify(state)
    if (text === lastState) return
    lastState = text
    onState(state)
  }

  function run(everything: boolean): Promise<void> {
    running = running
      .then(() => (closed ? undefined : pass(everything)))
      .catch((error: unknown) => {
        const problem = error instanceof Error ? error.name : 'unknown'
        log.warn({ error: problem }, 'the export folder could not be looked at')
        unreachableSince ??= now()
        say({ state: 'unreachable', since: unreachableSince, problem })
      })
      .then(() => schedule())
    return running
  }

  function schedule(): void {
    clearTimeout(timer)
    if (closed) return
    const pending = unreachableSince === null && (taker.untold() > 0 || [...looks.values()].some((known) => !known.settled))
    timer = setTimeout(() => void run(false), pending ? Math.min(pace.stabilityMs, pace.rescanMs) : listEvery())
  }

  function startHints(): void {
    hints = watchForHints(root, { ignoreInitial: true, followSymlinks: false, depth: maxFolderDepth, ignored: (file) => file !== root && isPassing(path.basename(file)) })
    let soon: NodeJS.Timeout | undefined
    hints.on('all', (_event, file) => {
      hinted.add(path.relative(root, file).split(path.sep).join('/'))
      soon ??= setTimeout(() => {
        soon = undefined
        if (!closed) void run(false)
      }, Math.min(100, pace.stabilityMs))
    })
    // What came between the first listing and now was told by none.
    hints.once('ready', () => {
      lastList = Number.NEGATIVE_INFINITY
      if (!closed) void run(false)
    })
    hints.on('error', () => log.info({}, 'events of the export folder are not available, it is listed at intervals'))
  }

  await run(true)
  if (looks.size <= pace.hintFiles) startHints()
  return {
    rescan: () => run(true),
    async close() {
      closed = true
      clearTimeout(timer)
      await hints?.close()
      await running
      clearTimeout(timer)
    },
  }
}

