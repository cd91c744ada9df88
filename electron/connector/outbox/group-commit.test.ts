import { afterEach, beforeEach, expect, it } from 'vitest'
import { openGroupCommit } from './group-commit.ts'
import { temporaryStore } from './test-store.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
beforeEach(async () => {
  handle = await temporaryStore()
  handle.store.db.exec('CREATE TABLE note (text TEXT NOT NULL) STRICT')
})
afterEach(() => handle.remove())

const write = (text: string | null) => () => handle.store.db.prepare('INSERT INTO note VALUES (?)').run(text).changes
const written = () => handle.store.db.prepare('SELECT text FROM note ORDER BY rowid').pluck().all()

it('commits together what is asked together, and undoes alone what throws', async () => {
  const commit = openGroupCommit(handle.store)
  let transactions = 0
  const outcomes = await Promise.allSettled([commit(write('a')), commit(write(null)), commit(write('c'))])
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(written()).toEqual(['a', 'c'])
  const counting = openGroupCommit({
    ...handle.store,
    transaction(work) {
      transactions += handle.store.db.inTransaction ? 0 : 1
      return handle.store.transaction(work)
    },
  })
  await Promise.all([counting(write('d')), counting(write('e'))])
  expect(transactions).toBe(1)
})

it('fails all of them when the commit itself cannot be written', async () => {
  const commit = openGroupCommit({
    ...handle.store,
    transaction(work) {
      const outermost = !handle.store.db.inTransaction
      const value = handle.store.transaction(() => {
        const done = work()
        if (outermost) throw new Error('database or disk is full')
        return done
      })
      return value
    },
  })
  const outcomes = await Promise.allSettled([commit(write('a')), commit(write('b'))])
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
  expect(written()).toEqual([])
})
