import type { Migration } from '../migrate.ts'

export const corrections: Migration = {
  version: 4,
  name: 'corrections',
  sql: `
-- Its source said otherwise of it when it may already have left: it is not sent again without a person.
ALTER TABLE item ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
-- The source's own number of a document: by it a correction finds what it corrects, even under another patient's name.
CREATE INDEX item_by_source_number ON item (source_name, json_extract(hints, '$.documentKey')) WHERE json_extract(hints, '$.documentKey') IS NOT NULL;
-- What the journal tells beside new items (acts of a person, corrections) and this database knows: after a return to an older copy, what
-- is not here is done again, in its order.
CREATE TABLE journaled (
  id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
`,
}
