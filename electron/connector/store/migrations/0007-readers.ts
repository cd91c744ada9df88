import type { Migration } from '../migrate.ts'

export const readers: Migration = {
  version: 7,
  name: 'readers',
  sql: `
-- Who was shown what is kept was not written down: it is nobody's now, and is read again by whoever opens the patient.
DROP TABLE record_document;
DROP TABLE record_reading;
CREATE TABLE record_reading (
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  reader TEXT NOT NULL,
  standing TEXT NOT NULL,
  loaded_at INTEGER,
  viewed_at INTEGER NOT NULL,
  PRIMARY KEY (ins, ins_oid, reader)
) STRICT, WITHOUT ROWID;
CREATE TABLE record_document (
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  reader TEXT NOT NULL,
  unique_id TEXT NOT NULL,
  view TEXT NOT NULL,
  content_sha256 TEXT,
  PRIMARY KEY (ins, ins_oid, reader, unique_id)
) STRICT, WITHOUT ROWID;
ALTER TABLE emergency_access ADD COLUMN structure TEXT;
CREATE INDEX emergency_access_under_way ON emergency_access (begun_at) WHERE ended_at IS NULL;
`,
}
