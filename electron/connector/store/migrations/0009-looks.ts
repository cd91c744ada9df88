import type { Migration } from '../migrate.ts'

export const looks: Migration = {
  version: 9,
  name: 'looks',
  sql: `
-- What was listed before is not new to whoever looks: when it came is not known.
ALTER TABLE record_document ADD COLUMN first_seen INTEGER NOT NULL DEFAULT 0;
-- When a reader looked at a patient: since when they do now, until when the list was before them, and until when it was the time before.
CREATE TABLE record_look (
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  reader TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  seen_until INTEGER NOT NULL,
  seen_before INTEGER,
  PRIMARY KEY (ins, ins_oid, reader)
) STRICT, WITHOUT ROWID;

-- Exams told avoided, by month: a number, of nobody.
CREATE TABLE exam_avoided (
  month TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
}
