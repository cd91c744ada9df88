import type { Migration } from '../migrate.ts'

export const movedFiles: Migration = {
  version: 13,
  name: 'moved files',
  sql: `
-- A file that was moved keeps its size and time: it is found by them, wherever it lies now.
CREATE INDEX taken_file_by_time ON taken_file (mtime_ms, size);
`,
}
