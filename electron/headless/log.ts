import fs from 'node:fs'
import path from 'node:path'
import { pino, destination } from 'pino'

/** The program's log: one file a day, fields by allow-list, never a patient's data nor a document's words. */
export interface Log {
  readonly write: (event: string, fields?: Readonly<Record<string, string | number | boolean | null>>) => void
  /** An exception that should not have been: its name and place, not its message, which may quote a document. */
  readonly bug: (error: unknown) => void
  close(): void
}

const allowed = new Set(['event', 'state', 'reason', 'kind', 'count', 'ms', 'item', 'port', 'type', 'answer', 'documents', 'again', 'from', 'to', 'size', 'error', 'where', 'address', 'tries', 'limit', 'charset', 'announced', 'found', 'damage'])
const kept = 14

/** Opens today's file and removes those older than two weeks. */
export function openLog(folder: string): Log {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of fs.readdirSync(folder).filter((file) => /^relais-\d{4}-\d{2}-\d{2}\.log$/.test(file)).sort().slice(0, -kept)) fs.rmSync(path.join(folder, name))
  const out = destination({ dest: path.join(folder, `relais-${new Date().toISOString().slice(0, 10)}.log`), sync: true, mode: 0o600 })
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, out)
  return {
    write(event, fields = {}) {
      logger.info({ event, ...Object.fromEntries(Object.entries(fields).filter(([name]) => allowed.has(name))) })
    },
    bug(error) {
      const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => line.trim().startsWith('at ')).slice(0, 4).map((line) => line.trim()) : []
      logger.error({ event: 'bug', error: error instanceof Error ? error.name : typeof error, where: frames })
    },
    close() {
      out.flushSync()
    },
  }
}
