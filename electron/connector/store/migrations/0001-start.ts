import type { Migration } from '../migrate.ts'

export const start: Migration = {
  version: 1,
  name: 'start',
  sql: `
CREATE TABLE item (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('received','ready','sending','uncertain','waiting','parked','deposited','ignored')),
  reason TEXT,
  reason_detail TEXT,
  waiting_for TEXT CHECK (waiting_for IN ('session','network','parent','patient','until')),
  source_kind TEXT NOT NULL CHECK (source_kind IN ('folder','hl7','by-hand')),
  source_name TEXT NOT NULL,
  source_reference TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  content_size INTEGER NOT NULL,
  hints TEXT NOT NULL,
  patient_id TEXT,
  chosen_patient_id TEXT,
  patient TEXT,
  ins TEXT,
  type_code TEXT,
  title TEXT,
  search TEXT NOT NULL DEFAULT '',
  unique_id TEXT,
  submission_set_id TEXT,
  submitted_at INTEGER,
  metadata TEXT,
  party TEXT,
  document_sha256 TEXT,
  lot_sha256 TEXT,
  entry_uuid TEXT,
  received_at INTEGER NOT NULL,
  settled_at INTEGER,
  next_attempt_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  absent_looks INTEGER NOT NULL DEFAULT 0,
  first_absent_at INTEGER,
  sent_at INTEGER,
  CHECK (state <> 'sending' OR (unique_id IS NOT NULL AND document_sha256 IS NOT NULL AND lot_sha256 IS NOT NULL)),
  CHECK (state NOT IN ('parked','ignored','waiting') OR reason IS NOT NULL)
) STRICT;
CREATE INDEX item_by_state ON item (state, seq);
CREATE INDEX item_due ON item (next_attempt_at) WHERE state IN ('ready','uncertain','waiting');
CREATE INDEX item_by_reason ON item (reason, state);
CREATE INDEX item_by_unique_id ON item (unique_id) WHERE unique_id IS NOT NULL;
CREATE UNIQUE INDEX item_live_unique_id ON item (unique_id) WHERE unique_id IS NOT NULL AND state IN ('ready','sending','uncertain','deposited');
CREATE INDEX item_by_ins ON item (ins, state) WHERE ins IS NOT NULL;

CREATE TABLE item_trace (
  item_seq INTEGER NOT NULL REFERENCES item (seq),
  at INTEGER NOT NULL,
  from_state TEXT,
  to_state TEXT NOT NULL,
  event TEXT NOT NULL,
  reason TEXT,
  detail TEXT
) STRICT;
CREATE INDEX item_trace_by_item ON item_trace (item_seq);

CREATE TABLE content (
  key TEXT PRIMARY KEY,
  item_seq INTEGER NOT NULL REFERENCES item (seq),
  first_at INTEGER NOT NULL,
  seen_again INTEGER NOT NULL DEFAULT 0,
  last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE taken_file (
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  item_seq INTEGER REFERENCES item (seq),
  taken_at INTEGER NOT NULL,
  PRIMARY KEY (path, size, mtime_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  source_name TEXT NOT NULL,
  sending_application TEXT NOT NULL,
  sending_facility TEXT NOT NULL,
  control_id TEXT NOT NULL,
  message_type TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  raw_sha256 TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  resent INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX message_identity ON message (sending_application, sending_facility, control_id, payload_hash);

CREATE TABLE patient (
  id TEXT PRIMARY KEY,
  ins TEXT,
  ins_oid TEXT,
  birth_name TEXT,
  given_name TEXT,
  given_names TEXT,
  used_name TEXT,
  used_given_name TEXT,
  birth_date TEXT,
  sex TEXT,
  birth_place TEXT,
  birth_place_name TEXT,
  qualified INTEGER NOT NULL DEFAULT 0,
  status TEXT,
  search_key TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL,
  merged_into TEXT,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX patient_by_ins ON patient (ins, ins_oid) WHERE ins IS NOT NULL;
CREATE INDEX patient_by_search_key ON patient (search_key);

CREATE TABLE patient_identifier (
  patient_id TEXT NOT NULL REFERENCES patient (id),
  system TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (system, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_identifier_by_patient ON patient_identifier (patient_id);

CREATE TABLE consent (
  patient_id TEXT NOT NULL REFERENCES patient (id),
  kind TEXT NOT NULL CHECK (kind IN ('deposit','consultation')),
  choice TEXT NOT NULL,
  decided_at TEXT,
  source TEXT NOT NULL,
  PRIMARY KEY (patient_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_reading (
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  standing TEXT,
  loaded_at INTEGER,
  viewed_at INTEGER NOT NULL,
  PRIMARY KEY (ins, ins_oid)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_document (
  ins TEXT NOT NULL,
  ins_oid TEXT NOT NULL,
  unique_id TEXT NOT NULL,
  view TEXT NOT NULL,
  content_sha256 TEXT,
  PRIMARY KEY (ins, ins_oid, unique_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_event (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  event TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
`,
}
