import type { Migration } from '../migrate.ts'

export const paperSheets: Migration = {
  version: 11,
  name: 'paper-sheets',
  sql: `
-- Emergency sheets read from paper, until the record of their patient is read and for 48 hours at most. Of this installation, of no reader; never part of
-- what was read from the record.
CREATE TABLE paper_sheet (
  id TEXT PRIMARY KEY,
  -- As it was scanned.
  code TEXT NOT NULL UNIQUE,
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  read_at INTEGER NOT NULL,
  -- Milliseconds left at counted_at: counted down, so that a clock set back prolongs nothing.
  left_ms INTEGER NOT NULL CHECK (left_ms BETWEEN 0 AND 172800000),
  counted_at INTEGER NOT NULL
) STRICT;
`,
}
