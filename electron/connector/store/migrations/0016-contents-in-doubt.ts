import type { Migration } from '../migrate.ts'

export const contentsInDoubt: Migration = {
  version: 16,
  name: 'contents in doubt',
  sql: `
-- What a folder gave for nobody, or beside a used name, is known by its bytes wherever they come again.
CREATE INDEX item_in_doubt ON item (content_sha256, source_reference) WHERE source_kind = 'folder'
  AND (json_extract(hints, '$.identity') IS NULL OR json_extract(hints, '$.identity.unconfirmed') = 1) AND json_extract(hints, '$.refusal.code') IS NOT 'already-received';
`,
}
