import type { Store } from '../../store/index.ts'

/** How many exams were told avoided in each month. Of whom and of what is kept nowhere. */
export interface AvoidedExams {
  /** One more, or one less, in the month of this instant; never below none. */
  count(change: 1 | -1, at: number): void
  /** The newest twelve months that have any, newest first. */
  byMonth(): { month: string; count: number }[]
}

/** Opens the count in the store. Synchronous. */
export function openAvoidedExams({ db }: Pick<Store, 'db'>): AvoidedExams {
  const change = db.prepare<{ month: string; change: number }>(
    'INSERT INTO exam_avoided VALUES (@month, max(@change, 0)) ON CONFLICT (month) DO UPDATE SET count = max(count + @change, 0)',
  )
  const newest = db.prepare<[], { month: string; count: number }>('SELECT month, count FROM exam_avoided WHERE count > 0 ORDER BY month DESC LIMIT 12')
  return {
    count: (by, at) => void change.run({ month: new Date(at).toISOString().slice(0, 7), change: by }),
    byMonth: () => newest.all(),
  }
}
