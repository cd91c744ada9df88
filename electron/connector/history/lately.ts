import type { Store } from '../store/index.ts'

/** How long after the last question the answers stay in memory, in milliseconds. */
const latelyForMs = 5_000

/** Asks the store, or gives what it answered to the same question while nothing at all was written to it since: the very same object. */
export type Lately = <Answer>(question: string, of: readonly string[], ask: () => Answer) => Answer

/**
 * Opening a patient asks the same of their list a dozen times in a row. `onForgotten`: nobody asked for a while, and what was answered is let go.
 */
export function openLately({ db }: Pick<Store, 'db'>, onForgotten: () => void): Lately {
  const ownChanges = db.prepare('SELECT total_changes()').pluck()
  const othersChanges = db.prepare('PRAGMA data_version').pluck()
  const answers = new Map<string, { readonly at: string; readonly answer: unknown }>()
  let forgetting: NodeJS.Timeout | undefined
  return (question, of, ask) => {
    // What is not committed may be taken back, and is counted all the same.
    if (db.inTransaction) return ask()
    clearTimeout(forgetting)
    forgetting = setTimeout(() => {
      answers.clear()
      onForgotten()
    }, latelyForMs).unref()
    const at = `${ownChanges.get() as number} ${othersChanges.get() as number}`
    const key = JSON.stringify([question, ...of])
    const known = answers.get(key)
    if (known?.at === at) return known.answer as ReturnType<typeof ask>
    const answer = ask()
    // Of one patient at a time: the others' answers are older than the last thing written, or are of who was on screen before.
    for (const [other, { at: asked }] of answers) if (asked !== at) answers.delete(other)
    answers.set(key, { at, answer })
    return answer
  }
}
