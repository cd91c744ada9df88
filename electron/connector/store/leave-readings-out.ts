import type { Database } from 'better-sqlite3'

/** What was read from the record, and what was made of it, and what was read from paper; the last is filled by the one before it. */
const tables = ['paper_sheet', 'record_summary', 'record_facts', 'record_reading', 'record_look', 'record_passage', 'record_document', 'record_erased']

/**
 * Takes what was read from the record, or from paper, out of a copy: it can be read again, and a copy put back would bring back what a refusal or its age had
 * erased meanwhile. Its pages are overwritten. `copy` may be of any schema.
 */
export function leaveReadingsOut(copy: Database): void {
  copy.pragma('secure_delete = ON')
  const isThere = copy.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`)
  copy.transaction(() => {
    for (const table of tables) if (isThere.get(table)) copy.exec(`DELETE FROM ${table}`)
    if (isThere.get('record_search')) copy.exec(`INSERT INTO record_search (record_search) VALUES ('delete-all')`)
  })()
}
