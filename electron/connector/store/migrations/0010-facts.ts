import type { Migration } from '../migrate.ts'

export const facts: Migration = {
  version: 10,
  name: 'facts',
  sql: `
-- What was read out of the content of a document: as long as that content is its content, and no longer.
CREATE TABLE record_facts (
  -- Of record_document.
  document INTEGER PRIMARY KEY,
  -- Version of the readers that made them: others read anew.
  readers INTEGER NOT NULL,
  -- Times these readers began and did not end; at 2 the content is let be.
  begun INTEGER NOT NULL DEFAULT 0,
  -- JSON; NULL = the content cannot be read, or is being read.
  facts TEXT
) STRICT;

-- What the panel paints first of them, what is compared of all of them, and what exactly both were made of. Gone as soon as one of the documents goes or
-- says something else.
CREATE TABLE record_summary (
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  reader TEXT NOT NULL,
  made_of TEXT NOT NULL,
  -- Days since the epoch: ages are counted from it.
  day INTEGER NOT NULL,
  painted TEXT NOT NULL,
  -- Medicines and allergies in force that day.
  in_force TEXT NOT NULL,
  -- What rules said of all of them, and of what exactly they were asked.
  judged_of TEXT,
  judged TEXT,
  PRIMARY KEY (ins, ins_oid, reader)
) STRICT;

CREATE TRIGGER record_facts_with_document AFTER DELETE ON record_document BEGIN
  DELETE FROM record_facts WHERE document = old.id;
  DELETE FROM record_summary WHERE ins = old.ins AND ins_oid = old.ins_oid AND reader = old.reader;
END;
CREATE TRIGGER record_facts_with_content AFTER UPDATE OF content_sha256 ON record_document WHEN old.content_sha256 IS NOT NULL AND old.content_sha256 IS NOT new.content_sha256 BEGIN
  DELETE FROM record_facts WHERE document = old.id;
  DELETE FROM record_summary WHERE ins = old.ins AND ins_oid = old.ins_oid AND reader = old.reader;
END;
CREATE TRIGGER record_facts_with_reading AFTER DELETE ON record_reading BEGIN
  DELETE FROM record_summary WHERE ins = old.ins AND ins_oid = old.ins_oid AND reader = old.reader;
END;
`,
}
