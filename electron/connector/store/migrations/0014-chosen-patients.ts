import type { Migration } from '../migrate.ts'

export const chosenPatients: Migration = {
  version: 14,
  name: 'chosen patients',
  sql: `
-- JSON: the number of the patient a person chose, by which an older database finds them, and whether against what the source says. NULL = an older program's choice.
ALTER TABLE item ADD COLUMN chosen_as TEXT;
-- What a file held last before it held this: asked of documents whose patient is in doubt.
CREATE INDEX taken_file_by_item ON taken_file (item_seq);
`,
}
