import type { Store } from '../../../electron/connector/store/index.ts'

/** How a disk may be full: nothing at all can be written any more, or only the database cannot grow. */
export type DiskState = 'fine' | 'full' | 'database cannot grow'

export interface FailingStore {
  readonly store: Store
  setDisk(state: DiskState): void
  /** The program died: nothing it still tries is done. */
  die(): void
}

const mostPages = 1_073_741_823

/**
 * A real store on a disk that fails when told to. Spool and journal run to their end within one turn, so that a run can be played again;
 * `readDelay` says how long the next document takes to be read.
 */
export function failingStore(real: Store, readDelay: () => Promise<void>): FailingStore {
  let disk: DiskState = 'fine'
  let isDead = false
  const check = (code: string) => {
    if (isDead) throw new Error('the program is dead')
    if (disk === 'full') throw Object.assign(new Error('database or disk is full'), { code })
  }
  const store: Store = {
    ...real,
    transaction(work) {
      check('SQLITE_FULL')
      return real.transaction(work)
    },
    spool: {
      ...real.spool,
      put(bytes) {
        check('ENOSPC')
        return real.spool.put(bytes)
      },
      async store(bytes) {
        check('ENOSPC')
        return real.spool.put(bytes)
      },
      async read(sha256) {
        await readDelay()
        if (isDead) throw new Error('the program is dead')
        return real.spool.get(sha256)
      },
    },
    arrivals: {
      ...real.arrivals,
      async append(record) {
        check('ENOSPC')
        await real.arrivals.append(record)
      },
    },
  }
  return {
    store,
    setDisk(state) {
      disk = state
      const pages = state === 'database cannot grow' ? (real.db.pragma('page_count', { simple: true }) as number) : mostPages
      real.db.pragma(`max_page_count = ${pages}`)
    },
    die() {
      isDead = true
    },
  }
}
