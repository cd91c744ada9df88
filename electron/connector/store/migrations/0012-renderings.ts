import type { Migration } from '../migrate.ts'

export const renderings: Migration = {
  version: 12,
  name: 'renderings',
  sql: `
-- By what its document is known when it is rendered again or comes in another wrapping; '' = by nothing but its bytes, NULL = not looked for yet.
ALTER TABLE item ADD COLUMN rendering TEXT;
-- What was set aside as received already is not looked for, however often it comes; what a person set aside is.
CREATE INDEX item_by_rendering ON item (ins, rendering) WHERE rendering > '' AND (state <> 'ignored' OR doubts > 0 OR reason = 'dismissed-by-user');
CREATE INDEX item_unrendered ON item (ins) WHERE ins IS NOT NULL AND rendering IS NULL AND (state <> 'ignored' OR doubts > 0 OR reason = 'dismissed-by-user');
`,
}
