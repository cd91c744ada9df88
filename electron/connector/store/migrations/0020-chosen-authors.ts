import type { Migration } from '../migrate.ts'

export const chosenAuthors: Migration = {
  version: 20,
  name: 'chosen authors',
  sql: `
-- The professional of the practice (PS_IdNat) a person chose for a document whose source says no author. NULL = nobody chose.
ALTER TABLE item ADD COLUMN chosen_author TEXT;
`,
}
