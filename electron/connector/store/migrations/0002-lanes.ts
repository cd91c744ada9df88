import type { Migration } from '../migrate.ts'

export const lanes: Migration = {
  version: 2,
  name: 'lanes',
  sql: `
-- What a document is a version of: one lane of sends each; the parent goes first.
ALTER TABLE item ADD COLUMN lineage TEXT;
ALTER TABLE item ADD COLUMN parent_unique_id TEXT;
ALTER TABLE item ADD COLUMN document_key TEXT;
ALTER TABLE item ADD COLUMN version INTEGER;
ALTER TABLE item ADD COLUMN set_id TEXT;
-- Held back: by a person, or because it came in numbers or is old.
ALTER TABLE item ADD COLUMN held TEXT CHECK (held IN ('user','burst','old-file'));
-- Who may see it, as a person chose for this document; null = as its source says.
ALTER TABLE item ADD COLUMN visibility TEXT;
-- Times the record's answer about it was unknown: once it was, nothing frozen with it may change.
ALTER TABLE item ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
-- Times in a row the program died while working on it.
ALTER TABLE item ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
-- After a return to an older database: the record is asked before anything of it is sent.
ALTER TABLE item ADD COLUMN ask_first INTEGER NOT NULL DEFAULT 0;
CREATE INDEX item_by_lineage ON item (lineage, state) WHERE lineage IS NOT NULL;
CREATE INDEX item_by_parent ON item (parent_unique_id) WHERE parent_unique_id IS NOT NULL;
CREATE INDEX item_by_document_key ON item (document_key) WHERE document_key IS NOT NULL;
CREATE INDEX item_settled ON item (settled_at) WHERE state = 'deposited';
CREATE INDEX item_stopped ON item (state, reason) WHERE state IN ('waiting','parked');
CREATE INDEX item_tried_again ON item (seq) WHERE state = 'ready' AND attempts > 0;
-- Asked for every document: who was merged, whose number this is whatever its system.
CREATE INDEX patient_merged ON patient (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX patient_identifier_by_value ON patient_identifier (value);
UPDATE item SET lineage = unique_id WHERE unique_id IS NOT NULL;
UPDATE item SET parent_unique_id = json_extract(metadata, '$.replaces') WHERE metadata IS NOT NULL;
-- What the program must remember of itself over a restart: circuits, a pause, a restoration.
CREATE TABLE memory (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
}
