import type { Migration } from '../migrate.ts'

export const readings: Migration = {
  version: 8,
  name: 'readings',
  sql: `
-- What was read from the record has a spool of its own, from which it is erased: what lies in the other one is read again.
UPDATE record_document SET content_sha256 = NULL;
CREATE INDEX record_document_content ON record_document (content_sha256) WHERE content_sha256 IS NOT NULL;
CREATE INDEX record_reading_viewed ON record_reading (viewed_at);
`,
}
