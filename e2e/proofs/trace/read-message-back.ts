import { createHash } from 'node:crypto'
import path from 'node:path'
import { openRandom } from '../random.ts'
import type { Acknowledgement, SentMessage } from './acknowledgements.ts'
import { actionOf } from './file-actions.ts'
import { openImageFolder } from './image-folder.ts'
import { momentsOf } from './moments.ts'
import type { Rooms } from './rooms.ts'
import type { ServedTrace } from './serve-traced.ts'
import { SimulatedDisk } from './simulated-disk.ts'

/**
 * For each acknowledgement, what is missing of its message on a disk whose power goes the moment before it leaves and that keeps nothing
 * but what was synced; null when the real store reads all of it back. Nothing another message had synced can hide a missing sync.
 */
export async function readMessagesBack(trace: ServedTrace, acknowledged: readonly (Acknowledgement & SentMessage)[], rooms: Rooms, forget: (file: string) => boolean = () => false): Promise<Map<string, string | null>> {
  const disk = new SimulatedDisk(trace.dataDir)
  const folder = openImageFolder()
  const found = new Map<string, string | null>()
  const left = [...acknowledged].sort((a, b) => a.at - b.at)
  try {
    for (const { at, call, phase } of momentsOf(trace.calls)) {
      while (left.length > 0 && left[0]!.at <= at) {
        const message = left.shift()!
        const own = new Set(message.contents.map(({ sha256 }) => sha256))
        const files = disk.image({ sector: 4096, keeps: 'nothing', random: openRandom(0) })
        // The documents of the others weigh most and say nothing of this one.
        const laid = folder.lay(files.filter((file) => !file.path.startsWith('spool') || own.has(path.basename(file.path))))
        found.set(message.controlId, await missingOf(message, laid, rooms))
      }
      const action = actionOf(call, trace.dataDir)
      if (!(action?.kind === 'sync' && forget(action.path))) disk[phase](call)
    }
    return found
  } finally {
    folder.remove()
  }
}

async function missingOf({ controlId, contents }: SentMessage, directory: string, rooms: Rooms): Promise<string | null> {
  const key = rooms.store.readOrMakeKeyFile(directory)
  if (!key.ok) return `on the disk, the key: ${key.failure.code}`
  const opened = await rooms.store.openStore({ directory, key: key.value, role: 'image', now: 1 })
  if (!opened.ok) return `on the disk, the store does not open: ${opened.failure.code}`
  const { db, spool, arrivals } = opened.value
  try {
    const [document, message] = contents.map(({ sha256 }) => sha256)
    if (!db.prepare('SELECT 1 FROM message WHERE control_id = ? AND raw_sha256 = ?').get(controlId, message)) return 'the message is not in the database on the disk'
    if (!db.prepare('SELECT 1 FROM item WHERE content_sha256 = ?').get(document)) return 'the document is not in the database on the disk'
    if (![...arrivals.readSince()].some((record) => JSON.stringify(record).includes(`"${document}"`))) return 'the document is not in the journal of arrivals on the disk'
    for (const { what, sha256 } of contents) {
      const bytes = await spool.read(sha256).catch(() => null)
      if (!bytes || createHash('sha256').update(bytes).digest('hex') !== sha256) return `${what} cannot be read back from the disk`
    }
    return null
  } finally {
    opened.value.close()
  }
}
