import type { Database } from 'better-sqlite3'
import { isDamage } from './encrypted-database.ts'

/**
 * Reads every page that holds something; null when all is well, else the first thing found wrong. Each page carries a seal made with
 * the key, so that a changed byte shows. `thorough` also compares each index with its table.
 */
export function damageIn(db: Database, { thorough }: { thorough: boolean }): string | null {
  try {
    const found = db.pragma(thorough ? 'integrity_check(1)' : 'quick_check(1)', { simple: true }) as string
    return found === 'ok' ? null : found.replaceAll('\n', ' ')
  } catch (error) {
    if (isDamage(error)) return (error as Error).message
    throw error
  }
}
