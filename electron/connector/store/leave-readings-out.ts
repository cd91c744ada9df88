import type { Database } from 'better-sqlite3'

/** What was read from the record, each table before the one it hangs on. */
const readings = ['record_document', 'record_reading']

/**
 * Takes what was read from the record out of a copy: it can be read again, and a copy put back would bring back what a refusal or its age had
 * erased meanwhile. Its pages are overwritten. `copy` may be of any schema.
 */
export function leaveReadingsOut(copy: Database): void {
  copy.pragma('secure_delete = ON')
  const isThere = copy.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`)
  copy.transaction(() => {
    for (const table of readings) if (isThere.get(table)) copy.exec(`DELETE FROM ${table}`)
  })()
}
