import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import path from 'node:path'
import type { Result } from '#shared/contract/index.ts'
import type { PatientLink } from '#shared/text/deep-link.ts'
import { readWhole } from '../folder/read-file.ts'
import type { SourceProfile } from '../folder/profile.ts'
import { readContext } from './read-context.ts'

export interface ContextOptions {
  /** Absolute. */
  readonly file: string
  readonly profile: SourceProfile
  /** The practice software has this patient in front, or one who cannot be opened and why. One call at a time, in order. */
  readonly onPatient: (named: Result<PatientLink>) => Promise<void>
  /** Locked, a link, too large: the system's code or ours; null = it can be read again, or is not there. */
  readonly onProblem: (code: string | null) => void
  /** An exception: a bug, told once each time; the file is still followed. */
  readonly onBug: (error: unknown) => void
  /** Between two looks, milliseconds. */
  readonly lookMs?: number
}

export interface FollowedContext {
  close(): Promise<void>
}

/** A context names one patient; more is something else. */
const maxBytes = 65_536
/** Looks with the same bytes and time after which a file is finished; and after which one that still cannot be read will not be. */
const stableLooks = 2
const patientLooks = 8

/**
 * Follows the file in which the practice software writes who is in front. It counts once it is written after the start: what stood there before may
 * be of yesterday. Written again, even alike, it counts again; removed or empty, it says nothing. The bytes are read at every look, for two patients
 * may be written within the same second, with the same length. Read only, never through a link.
 */
export async function followContext(options: ContextOptions): Promise<FollowedContext> {
  const { file, profile, lookMs = 300 } = options
  let key: string | null = null
  let looks = 0
  let settled = true
  let closed = false
  let timer: NodeJS.Timeout | undefined

  async function look(first: boolean): Promise<void> {
    const stats = await lstat(file).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown')
    if (typeof stats === 'string') return options.onProblem(stats === 'ENOENT' || stats === 'ENOTDIR' ? null : stats)
    if (!stats.isFile()) return options.onProblem('not-a-file')
    if (stats.size > maxBytes) return options.onProblem('file-too-large')
    const read = await readWhole(path.dirname(file), file, stats)
    if (read.kind === 'locked') return options.onProblem(read.code)
    if (read.kind !== 'read') return
    options.onProblem(null)
    const seen = `${stats.mtimeMs} ${createHash('sha256').update(read.value).digest('hex')}`
    if (seen !== key) {
      key = seen
      looks = 0
      settled = first
    }
    looks += 1
    if (settled || looks < stableLooks) return
    const named = readContext(read.value, profile)
    if (!named.ok && looks < patientLooks) return
    settled = true
    if (!named.ok) await options.onPatient(named)
    else if (named.value) await options.onPatient({ ok: true, value: named.value })
  }

  await look(true).catch(options.onBug)
  let running = Promise.resolve()
  const schedule = () => {
    if (closed) return
    timer = setTimeout(() => {
      running = look(false).catch(options.onBug).then(schedule)
    }, lookMs)
  }
  schedule()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}
