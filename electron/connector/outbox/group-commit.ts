import type { Store } from '../store/index.ts'

/** Runs one piece of work in a commit; resolves when that commit is synced. */
export type Commit = <T>(work: () => T) => Promise<T>

interface Waiting {
  readonly run: () => void
  readonly settle: () => void
  readonly fail: (error: unknown) => void
}

/**
 * Commits asked for in the same turn of the event loop share one synced transaction, each in a savepoint of its own: what throws is
 * undone alone. A commit that cannot be written fails all of them, and nothing of them is there.
 */
export function openGroupCommit(store: Store): Commit {
  let waiting: Waiting[] = []

  function flush(): void {
    const group = waiting
    waiting = []
    try {
      store.transaction(() => {
        for (const one of group) one.run()
      })
    } catch (error) {
      for (const one of group) one.fail(error)
      return
    }
    for (const one of group) one.settle()
  }

  return (work) =>
    new Promise((resolve, reject) => {
      let settle: () => void = () => undefined
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({
        run() {
          try {
            const value = store.transaction(work)
            settle = () => resolve(value)
          } catch (error) {
            // A full or broken disk ends the whole commit: SQLite may have rolled it back already.
            if (!store.db.inTransaction) throw error
            settle = () => reject(error)
          }
        },
        settle: () => settle(),
        fail: (error) => reject(error),
      })
    })
}
