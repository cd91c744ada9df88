import fs from 'node:fs'
import path from 'node:path'
import type { Ledger } from './ledger.ts'

/** What the program is working on, as a note that outlives its own crash. */
export interface AtWork {
  /** Items noted when the program died; none after a clean stop. */
  readonly suspects: readonly number[]
  begin(seq: number): void
  end(seq: number): void
  close(): void
}

const noteLength = 512

/**
 * Opens the note of a data folder. It is written before each piece of work that could crash the program (parsing, signing) and never
 * synced: it must survive a crash of the process, not a power cut, and so costs next to nothing. A note that cannot be written or
 * read accuses nobody.
 */
export function openAtWork(directory: string): AtWork {
  const file = path.join(directory, 'at-work')
  const suspects = readNote(file)
  const current = new Set<number>()
  const descriptor = fs.openSync(file, 'w', 0o600)
  const write = () => {
    try {
      fs.writeSync(descriptor, [...current].join(' ').slice(0, noteLength).padEnd(noteLength), 0)
    } catch {
      // A full disk: the work goes on without its note.
    }
  }
  return {
    suspects,
    begin(seq) {
      current.add(seq)
      write()
    },
    end(seq) {
      current.delete(seq)
      write()
    },
    close() {
      fs.closeSync(descriptor)
      fs.rmSync(file, { force: true })
    },
  }
}

function readNote(file: string): number[] {
  try {
    return fs
      .readFileSync(file, 'utf8')
      .split(' ')
      .filter((word) => /^\d+$/.test(word))
      .map(Number)
  } catch {
    return []
  }
}

/** Counts a crash on each suspect of the former run; the second in a row parks it. The rest is tried again, alone. */
export async function settleSuspects(ledger: Ledger, { suspects }: Pick<AtWork, 'suspects'>): Promise<void> {
  for (const seq of suspects) {
    const found = await ledger.countCrash(seq)
    if (found && found.crashes >= 2) await ledger.apply(found.row, { type: 'park', reason: 'crashed-twice' })
  }
}
