import type { Migration } from '../migrate.ts'

export const chosenTypes: Migration = {
  version: 18,
  name: 'chosen types',
  sql: `
-- The type a person chose for a document whose source names none the record takes. NULL = nobody chose.
ALTER TABLE item ADD COLUMN chosen_type TEXT;
`,
}
