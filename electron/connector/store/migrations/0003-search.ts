import type { Migration } from '../migrate.ts'

export const search: Migration = {
  version: 3,
  name: 'search',
  sql: `
-- All that a list is narrowed by, in the order it is shown: a usual word is looked for here, never in the wide rows.
DROP INDEX item_by_state;
CREATE INDEX item_by_state ON item (state, seq, reason, search);
-- What stops is counted below.
DROP INDEX item_stopped;

-- Every three letters in a row, and the items that have them: a rare word is found at once, wherever it stands. Which letters follow which
-- is not kept: what is found here is compared with the item's own text.
CREATE VIRTUAL TABLE item_search USING fts5(search, content = '', contentless_delete = 1, detail = 'none', tokenize = 'trigram case_sensitive 1');
INSERT INTO item_search (rowid, search) SELECT seq, search FROM item INDEXED BY item_by_state;

-- How many stand where, kept by the commit that moves them. No reason is ''.
CREATE TABLE item_count (
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (state, reason)
) STRICT, WITHOUT ROWID;
INSERT INTO item_count SELECT state, coalesce(reason, ''), count(*) FROM item INDEXED BY item_by_reason GROUP BY reason, state;

CREATE TRIGGER item_received AFTER INSERT ON item BEGIN
  INSERT INTO item_search (rowid, search) VALUES (new.seq, new.search);
  INSERT INTO item_count VALUES (new.state, coalesce(new.reason, ''), 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER item_moved AFTER UPDATE OF state, reason ON item WHEN old.state <> new.state OR old.reason IS NOT new.reason BEGIN
  UPDATE item_count SET count = count - 1 WHERE state = old.state AND reason = coalesce(old.reason, '');
  INSERT INTO item_count VALUES (new.state, coalesce(new.reason, ''), 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER item_renamed AFTER UPDATE OF search ON item WHEN old.search <> new.search BEGIN
  UPDATE item_search SET search = new.search WHERE rowid = new.seq;
END;
CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
  DELETE FROM item_search WHERE rowid = old.seq;
  UPDATE item_count SET count = count - 1 WHERE state = old.state AND reason = coalesce(old.reason, '');
END;
`,
}
