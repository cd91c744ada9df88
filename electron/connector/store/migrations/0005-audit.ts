import type { Migration } from '../migrate.ts'

export const audit: Migration = {
  version: 5,
  name: 'audit',
  sql: `
-- Keyed hash of the line's hash. Lines written before have none: the first sealed line seals them all.
ALTER TABLE audit_event ADD COLUMN seal TEXT;
CREATE INDEX audit_event_by_patient ON audit_event (json_extract(event, '$.patientReference'), seq);
-- The key of seals and references: the store's as it was when the trace began. It stays when the store's key changes.
CREATE TABLE trace_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key TEXT NOT NULL
) STRICT;
-- Lines are added, never changed, whatever the program does.
CREATE TRIGGER audit_event_kept BEFORE UPDATE ON audit_event BEGIN SELECT raise(ABORT, 'a line of the trace is never changed'); END;
CREATE TRIGGER audit_event_stays BEFORE DELETE ON audit_event BEGIN SELECT raise(ABORT, 'a line of the trace is never removed'); END;
`,
}
