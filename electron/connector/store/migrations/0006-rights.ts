import type { Migration } from '../migrate.ts'

export const rights: Migration = {
  version: 6,
  name: 'rights',
  sql: `
-- What professionals were told of reading the record: which text, and when each confirmed it.
CREATE TABLE information_confirmed (
  professional TEXT PRIMARY KEY,
  text_version INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Each entry other than the normal one. The words of whoever entered stay here: the trace names the line and the class of the reason.
CREATE TABLE emergency_access (
  id TEXT PRIMARY KEY,
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  professional TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('break-glass','regulation')),
  reason TEXT,
  words TEXT,
  begun_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX emergency_access_by_patient ON emergency_access (ins, ins_oid, begun_at);
`,
}
