import type { Migration } from '../migrate.ts'

export const readings: Migration = {
  version: 8,
  name: 'readings',
  sql: `
-- What was read from the record has a spool of its own, from which it is erased: what lies in the other one is read again.
ALTER TABLE record_document RENAME TO record_document_before;
CREATE TABLE record_document (
  -- Never given twice: what is still to be erased of a former document is never taken for that of another.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  reader TEXT NOT NULL,
  unique_id TEXT NOT NULL,
  view TEXT NOT NULL,
  content_sha256 TEXT,
  -- 1: the title is still to be made searchable. 1 for the content too, and one more each time it was begun: 3 = given up, 0 = done or nothing to do.
  title_due INTEGER NOT NULL DEFAULT 1,
  text_due INTEGER NOT NULL DEFAULT 0,
  UNIQUE (ins, ins_oid, reader, unique_id)
) STRICT;
INSERT INTO record_document (ins, ins_oid, reader, unique_id, view) SELECT ins, ins_oid, reader, unique_id, view FROM record_document_before;
DROP TABLE record_document_before;
CREATE INDEX record_document_content ON record_document (content_sha256) WHERE content_sha256 IS NOT NULL;
CREATE INDEX record_document_title_due ON record_document (id) WHERE title_due = 1;
CREATE INDEX record_document_text_due ON record_document (id) WHERE text_due IN (1, 2);
CREATE INDEX record_reading_viewed ON record_reading (viewed_at);

-- What is searched of a document: its title, and pieces of its text.
CREATE TABLE record_passage (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL,
  kind TEXT NOT NULL,
  attachment INTEGER,
  page INTEGER,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX record_passage_of ON record_passage (document, kind);
-- Words alone: the passage has the text. The reader and patient are a word too, so that a common one is looked for among theirs only.
CREATE VIRTUAL TABLE record_search USING fts5(reading, text, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');
-- It would tidy up whenever it likes, for as long as it takes: the program asks for that in small pieces.
INSERT INTO record_search (record_search, rank) VALUES ('automerge', 0);
INSERT INTO record_search (record_search, rank) VALUES ('crisismerge', 64);

-- A document goes at once; taking its words out takes long, and is done piece by piece.
CREATE TABLE record_erased (document INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER record_document_gone AFTER DELETE ON record_document BEGIN
  INSERT INTO record_erased VALUES (old.id);
END;
`,
}
