import type { Migration } from '../migrate.ts'

export const watchedFolders: Migration = {
  version: 15,
  name: 'watched folders',
  sql: `
-- What a watched folder is known by: two may have one name, and a name changes when another is added. NULL until the folder that made it is watched again.
ALTER TABLE item ADD COLUMN source_id TEXT;
-- Where its file lay: two subfolders may hold one file name.
ALTER TABLE item ADD COLUMN source_path TEXT;
UPDATE item SET source_path = own.path FROM (
  SELECT taken_file.item_seq AS seq, taken_file.path AS path, max(taken_file.taken_at) FROM taken_file JOIN item AS named ON named.seq = taken_file.item_seq
  WHERE substr(taken_file.path, -length(named.source_reference) - 1) IN ('/' || named.source_reference, '\\' || named.source_reference) GROUP BY taken_file.item_seq
) AS own WHERE own.seq = item.seq AND source_kind = 'folder';
CREATE INDEX item_unadopted ON item (seq) WHERE source_kind = 'folder' AND source_id IS NULL AND source_path IS NOT NULL;
DROP INDEX item_by_source_number;
CREATE INDEX item_by_source_number ON item (coalesce(source_id, source_name), json_extract(hints, '$.documentKey')) WHERE json_extract(hints, '$.documentKey') IS NOT NULL;
`,
}
