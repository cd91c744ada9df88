import type { Store } from '../store/index.ts'

/** How long after the last question the answers stay in memory, in milliseconds. */
const latelyForMs = 5_000

type Row = string | readonly [string, number]

/**
 * Asks the store for rows and says what they say. The very same object is given while nothing at all was written since, and while what was written left
 * these rows as they were: what is made of it holds too.
 */
export type Lately = <Of extends Row, Answer>(question: string, of: readonly string[], ask: () => readonly Of[], say: (rows: readonly Of[]) => Answer) => Answer

/**
 * Opening a patient asks the same of their list a dozen times in a row, and writes that they were looked at in between. `onForgotten`: nobody asked for a
 * while, and what was answered is let go.
 */
export function openLately({ db }: Pick<Store, 'db'>, onForgotten: () => void): Lately {
  const ownChanges = db.prepare('SELECT total_changes()').pluck()
  const othersChanges = db.prepare('PRAGMA data_version').pluck()
  const answers = new Map<string, { readonly of: string; readonly at: string; readonly rows: readonly Row[]; readonly answer: unknown }>()
  let forgetting: NodeJS.Timeout | undefined
  return (question, of, ask, say) => {
    // What is not committed may be taken back, and is counted all the same.
    if (db.inTransaction) return say(ask())
    clearTimeout(forgetting)
    forgetting = setTimeout(() => {
      answers.clear()
      onForgotten()
    }, latelyForMs).unref()
    const at = `${ownChanges.get() as number} ${othersChanges.get() as number}`
    const ofKey = JSON.stringify(of)
    const key = `${question} ${ofKey}`
    const known = answers.get(key)
    if (known?.at === at) return known.answer as ReturnType<typeof say>
    const rows = ask()
    const answer = known && isSame(known.rows, rows) ? (known.answer as ReturnType<typeof say>) : say(rows)
    // Of one patient at a time: the others' are of who was on screen before.
    for (const [other, { of: ofOther }] of answers) if (ofOther !== ofKey) answers.delete(other)
    answers.set(key, { of: ofKey, at, rows, answer })
    return answer
  }
}

function isSame(before: readonly Row[], rows: readonly Row[]): boolean {
  return before.length === rows.length && rows.every((row, at) => isSameRow(before[at]!, row))
}

function isSameRow(before: Row, row: Row): boolean {
  return typeof row === 'string' || typeof before === 'string' ? before === row : before[0] === row[0] && before[1] === row[1]
}
