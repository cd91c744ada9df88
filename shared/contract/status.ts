import { z } from 'zod'
import { examsAvoided } from './exams.ts'
import { itemCounts } from './items.ts'
import { reasonCode } from './reasons.ts'

/** What the whole program is doing: one fold for the tray and every window header. The highest state wins, ux.md 3.1. */
export const globalState = z.enum(['locked', 'setup', 'offline', 'needs-user', 'error', 'paused', 'sending', 'idle'])
export type GlobalState = z.infer<typeof globalState>

export const statusView = z.object({
  version: z.string(),
  schemaVersion: z.number().int(),
  state: globalState,
  /** True while the record is the training one: every window is framed so. */
  training: z.boolean(),
  counts: itemCounts,
  /** Documents ever received: always the sum of `counts`. */
  total: z.number().int(),
  /** Age in seconds of the oldest item that is neither deposited, ignored nor parked; null when there is none. */
  oldestSeconds: z.number().nullable(),
  /** Items a person has to look at, by reason. */
  needsUser: z.array(z.object({ reason: reasonCode, count: z.number().int() })),
  circuit: z.object({ state: z.enum(['closed', 'open', 'half-open']), reason: reasonCode.nullable(), retryAt: z.string().nullable() }),
  /** Room on the disk of the data folder. `low`: nothing more is taken in; `full`: only what is under way is finished. */
  storage: z.object({ state: z.enum(['ok', 'low', 'full']), freeBytes: z.number() }),
  /** Seconds this computer is ahead of the record's clock; null before the first exchange. */
  clockOffsetSeconds: z.number().nullable(),
  /** Set when the database was found damaged at start and a backup took its place. ISO 8601. */
  restoredAt: z.string().nullable(),
  paused: z.object({ until: z.string().nullable() }).nullable(),
  /** Progress of the current run of sends; null when nothing is going out. */
  progress: z.object({ done: z.number().int(), total: z.number().int() }).nullable(),
  sources: z.array(
    z.object({ kind: z.enum(['folder', 'hl7']), name: z.string(), address: z.string(), ok: z.boolean(), problem: z.string().nullable(), lastAt: z.string().nullable() }),
  ),
  record: z.object({ name: z.string(), url: z.string(), ok: z.boolean().nullable() }),
  lastExchangeAt: z.string().nullable(),
  practiceName: z.string(),
  /** Newest month first; months without any are not there. */
  examsAvoided,
  /** Files of the practice's own clinical rules that are not valid, with where; the product's hold in their place. */
  rulesRefused: z.array(z.string()),
})
export type StatusView = z.infer<typeof statusView>
