import type { Migration } from '../migrate.ts'

export const chosenPlaces: Migration = {
  version: 21,
  name: 'chosen places',
  sql: `
-- The structure (Struct_IdNat) where the author of a document wrote it, as a person chose where its source names none. NULL = nobody chose.
ALTER TABLE item ADD COLUMN chosen_place TEXT;
`,
}
