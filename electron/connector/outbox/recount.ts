import type { Store } from '../store/index.ts'
import { queries } from './queries.ts'

/**
 * Compares the kept counts with the items themselves and mends them; true when they were wrong. The triggers keep them in the very
 * commits that move items: only a hand that went round them can have made them lie.
 */
export function recount({ db, transaction }: Pick<Store, 'db' | 'transaction'>): boolean {
  const kept = JSON.stringify(db.prepare(queries.keptCounts).all())
  const counted = db.prepare(queries.countedAnew).all()
  if (kept === JSON.stringify(counted)) return false
  transaction(() => {
    db.prepare(queries.forgetCounts).run()
    const keep = db.prepare(queries.keepCount)
    for (const line of counted) keep.run(line)
  })
  return true
}
