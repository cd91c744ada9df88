import type { Migration } from '../migrate.ts'

export const waitingActs: Migration = {
  version: 17,
  name: 'waiting acts',
  sql: `
-- What a person had decided of an item before the database was lost, where the copy has it in doubt: done when the record has said what it has.
ALTER TABLE item ADD COLUMN waiting_acts TEXT;
`,
}
