import { closeSync, openSync, readSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { syncFolder } from './synced-file.ts'

/** Where a line stands in the journal. */
export interface LinePlace {
  readonly offset: number
  readonly length: number
}

/** A file of JSON lines that only grows. A line counts once it is whole and synced. */
export interface Journal {
  /** Appends and syncs; calls made together share one sync. */
  append(value: unknown): Promise<LinePlace>
  read(place: LinePlace): unknown
  close(): Promise<void>
}

const chunkSize = 1 << 20

/** Reads whole lines from the start, a piece at a time; gives the offset after the last one that holds. */
async function replay(handle: FileHandle, onLine: (value: unknown, place: LinePlace) => void): Promise<number> {
  let rest = Buffer.alloc(0)
  let restOffset = 0
  let position = 0
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(chunkSize), 0, chunkSize, position)
    if (bytesRead === 0) return restOffset
    position += bytesRead
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const place = { offset: restOffset, length: end }
      let value: unknown
      try {
        value = JSON.parse(rest.toString('utf8', 0, end))
      } catch {
        value = undefined
      }
      if (value !== undefined) onLine(value, place)
      rest = rest.subarray(end + 1)
      restOffset += end + 1
    }
  }
}

/**
 * Opens the journal, telling each whole line to `onLine` in order. What a kill left half-written at the end is cut off, so
 * that the next line starts on its own.
 */
export async function openJournal(file: string, onLine: (value: unknown, place: LinePlace) => void): Promise<Journal> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, 'a+', 0o600)
  let size = await replay(handle, onLine)
  await handle.truncate(size)
  await handle.sync()
  await syncFolder(path.dirname(file))
  const reader = openSync(file, 'r')

  let waiting: { line: Buffer; done: (place: LinePlace) => void; failed: (error: unknown) => void }[] = []
  let isFlushing = false
  let flushed = Promise.resolve()
  let broken: unknown = null

  async function flush(): Promise<void> {
    isFlushing = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        if (broken !== null) throw broken
        const bytes = Buffer.concat(batch.map((one) => one.line))
        let written = 0
        while (written < bytes.length) written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten
        await handle.datasync()
      } catch (error) {
        // A full disk may have left half a line: cut it, so that later lines are readable.
        broken = await handle.truncate(size).then(() => null, (again: unknown) => again)
        for (const one of batch) one.failed(error)
        continue
      }
      for (const one of batch) {
        one.done({ offset: size, length: one.line.length - 1 })
        size += one.line.length
      }
    }
    // In the same turn as the last look at the queue: whoever comes next starts a flush of its own.
    isFlushing = false
  }

  return {
    append: (value) =>
      new Promise((done, failed) => {
        waiting.push({ line: Buffer.from(`${JSON.stringify(value)}\n`, 'utf8'), done, failed })
        if (!isFlushing) flushed = flush()
      }),
    read({ offset, length }) {
      const bytes = Buffer.alloc(length)
      let got = 0
      while (got < length) {
        const count = readSync(reader, bytes, got, length - got, offset + got)
        if (count === 0) throw new Error(`journal ends before ${offset + length}`)
        got += count
      }
      return JSON.parse(bytes.toString('utf8')) as unknown
    },
    async close() {
      await flushed
      closeSync(reader)
      await handle.close()
    },
  }
}
