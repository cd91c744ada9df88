import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { syncDirectoryLater } from '../store/index.ts'

const traceHead = z.object({ seq: z.number().int(), at: z.number(), hash: z.string(), seal: z.string() })

/** The last line of the trace at some instant, sealed, kept outside the database: what shows that the end was cut off. */
export type TraceHead = z.infer<typeof traceHead>

/** What the file holds, oldest first. */
export interface KeptHeads {
  readonly heads: readonly TraceHead[]
  readonly unreadable: number
}

/** Reads the file of heads of a data folder. A line half-written at a crash is passed over and counted. */
export function readHeads(file: string): KeptHeads {
  const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const heads = lines.flatMap((line) => headOf(line) ?? [])
  return { heads, unreadable: lines.length - heads.length }
}

function headOf(line: string): TraceHead | null {
  try {
    return traceHead.parse(JSON.parse(line))
  } catch {
    return null
  }
}

/** Adds one, on the disk when this resolves. A half-written line before it stays a line of its own. */
export async function keepHead(file: string, head: TraceHead): Promise<void> {
  const isNew = !fs.existsSync(file)
  const handle = await fs.promises.open(file, 'a', 0o600)
  try {
    await handle.appendFile(`\n${JSON.stringify(head)}\n`)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  if (isNew) await syncDirectoryLater(path.dirname(file))
}
