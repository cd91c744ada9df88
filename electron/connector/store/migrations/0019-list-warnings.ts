import type { Migration } from '../migrate.ts'

export const listWarnings: Migration = {
  version: 19,
  name: 'list warnings',
  sql: `
-- What the record warned of beside a list it gave, in its words (a JSON list): the list may not be whole. Null = nothing.
ALTER TABLE record_reading ADD COLUMN warnings TEXT;
`,
}
