import fs from 'node:fs'
import path from 'node:path'

/** Counts what a training record has registered, without asking anything of it or of the program. */
export interface DepositCounter {
  /** Lots registered so far: one line of the record's journal each. */
  count(): number
  /** Waits until that many are registered; throws when none comes for a minute. */
  until(count: number): Promise<void>
}

const patienceMs = 60_000

/** Follows the journal of a training record's folder. */
export function countDeposits(sandboxFolder: string): DepositCounter {
  const file = path.join(sandboxFolder, 'registry/journal.jsonl')
  const piece = Buffer.alloc(1 << 20)
  let offset = 0
  let lines = 0

  function count(): number {
    const descriptor = fs.openSync(file, 'r')
    try {
      for (let read = fs.readSync(descriptor, piece, 0, piece.length, offset); read > 0; read = fs.readSync(descriptor, piece, 0, piece.length, offset)) {
        offset += read
        for (let at = piece.indexOf(10); at >= 0 && at < read; at = piece.indexOf(10, at + 1)) lines += 1
      }
    } finally {
      fs.closeSync(descriptor)
    }
    return lines
  }

  return {
    count,
    async until(wanted) {
      let last = count()
      let movedAt = performance.now()
      while (last < wanted) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        const now = count()
        if (now !== last) movedAt = performance.now()
        else if (performance.now() - movedAt > patienceMs) throw new Error(`the record has ${now} of ${wanted} documents and gets no more`)
        last = now
      }
    },
  }
}
