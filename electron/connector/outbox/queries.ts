import { inRecordEvent } from './in-record.ts'

/** Every statement of the outbox. The query-plan test runs them all through EXPLAIN and fails on a full scan of a table that grows. */
const columns = `seq, id, state, reason, reason_detail, waiting_for, source_kind, source_name, source_reference, source_id, source_path, content_sha256, content_size,
  hints, patient_id, chosen_patient_id, chosen_as, chosen_type, chosen_author, chosen_place, patient, ins, type_code, title, unique_id, submission_set_id, submitted_at, metadata, party, document_sha256, lot_sha256,
  entry_uuid, received_at, settled_at, next_attempt_at, attempts, absent_looks, first_absent_at, sent_at,
  lineage, parent_unique_id, document_key, version, set_id, held, visibility, doubts, crashes, ask_first, corrected, rendering, waiting_acts`

/**
 * Free to go: nothing of its lineage is in flight or in doubt, and what it replaces is not on its way by itself. What waits for a
 * person or for a document it replaces itself, is parked or was set aside holds nothing: the record is then asked for the parent, and the item says that it waits for it.
 */
const laneIsFree = `NOT EXISTS (SELECT 1 FROM item AS other INDEXED BY item_by_lineage WHERE other.lineage = item.lineage AND other.seq <> item.seq
    AND (other.state IN ('sending','uncertain') OR (other.unique_id = item.parent_unique_id
      AND (other.state IN ('received','ready') OR (other.state = 'waiting' AND other.waiting_for <> 'parent' AND other.next_attempt_at IS NOT NULL)))))`
/** It may go, or the record may have it: neither what it refused without a doubt, nor what was deleted there. */
const versionsThatCount = `FROM item INDEXED BY item_by_document_key WHERE document_key = @key AND unique_id IS NOT NULL AND state <> 'ignored'
    AND (state <> 'parked' OR (attempts > 0 AND (doubts > 0 OR ask_first = 1)))
    AND NOT EXISTS (SELECT 1 FROM item_trace INDEXED BY item_trace_by_item WHERE item_seq = item.seq AND event = '${inRecordEvent}' AND detail = 'delete')`
/** It has a claim to what it holds, or a person wanted it not to go. */
const isClaimed = `(state <> 'ignored' OR doubts > 0 OR reason = 'dismissed-by-user')`
const due = '(next_attempt_at IS NULL OR next_attempt_at <= @now)'

/** The program did not die on it, or those it died on are asked for too. */
const innocent = '(crashes = 0 OR @suspects = 1)'

export const queries = {
  insertItem: `INSERT INTO item (id, state, reason, reason_detail, source_kind, source_name, source_reference, source_id, source_path, content_sha256, content_size, hints, search, received_at, settled_at, held, ask_first)
    VALUES (@id, @state, @reason, @reasonDetail, @sourceKind, @sourceName, @sourceReference, @sourceId, @sourcePath, @sha256, @size, @hints, @search, @now, @settledAt, @held, @askFirst)`,
  insertTrace: 'INSERT INTO item_trace VALUES (@seq, @at, @from, @to, @event, @reason, @detail)',
  contentByKey: 'SELECT item_seq FROM content WHERE key = ?',
  noteContent: `INSERT INTO content (key, item_seq, first_at, last_at) VALUES (@key, @seq, @now, @now)
    ON CONFLICT (key) DO UPDATE SET seen_again = seen_again + 1, last_at = excluded.last_at`,
  forgetContent: 'DELETE FROM content WHERE key = @key AND item_seq = @seq',
  itemOfFile: 'SELECT item_seq FROM taken_file WHERE path = @path AND size = @size AND mtime_ms = @mtimeMs',
  saidOf: 'SELECT content_sha256 FROM taken_file JOIN item ON item.seq = item_seq WHERE path = @path AND size = @size AND mtime_ms = @mtimeMs',
  lastOfFiles: `SELECT ${columns} FROM item WHERE seq = (SELECT max(other.item_seq) FROM taken_file AS mine INDEXED BY taken_file_by_item CROSS JOIN taken_file AS other ON other.path = mine.path
    WHERE mine.item_seq = @seq AND other.item_seq < @seq)`,
  writtenAt: 'SELECT min(mtime_ms) FROM taken_file INDEXED BY taken_file_by_item WHERE item_seq = @seq',
  heldOther: 'SELECT 1 FROM taken_file CROSS JOIN item ON item.seq = item_seq WHERE path = @path AND content_sha256 <> @sha256 LIMIT 1',
  isRewritten: 'SELECT 1 FROM taken_file WHERE path = @path AND NOT (size = @size AND mtime_ms = @mtimeMs) LIMIT 1',
  takenElsewhere: `SELECT path, id FROM taken_file INDEXED BY taken_file_by_time CROSS JOIN item ON item.seq = item_seq
    WHERE mtime_ms = @mtimeMs AND size = @size AND path <> @path AND content_sha256 = @sha256 ORDER BY seq LIMIT 20`,
  wasInDoubt: `SELECT 1 FROM item INDEXED BY item_in_doubt WHERE content_sha256 = @sha256 AND (@reference IS NULL OR source_reference = @reference) AND source_kind = 'folder'
    AND (json_extract(hints, '$.identity') IS NULL OR json_extract(hints, '$.identity.unconfirmed') = 1) AND json_extract(hints, '$.refusal.code') IS NOT 'already-received' LIMIT 1`,
  lastOfPath: 'SELECT item_seq FROM taken_file WHERE path = @path ORDER BY taken_at DESC, item_seq DESC LIMIT 1',
  itemsOfPath: `SELECT item.seq FROM (SELECT item_seq, taken_at FROM taken_file WHERE path = @path ORDER BY taken_at DESC, item_seq DESC LIMIT 200) AS own
    CROSS JOIN item ON item.seq = own.item_seq WHERE content_sha256 = @sha256 ORDER BY own.taken_at DESC, item.seq DESC`,
  itemOfSourceNumber: `SELECT seq FROM item INDEXED BY item_by_source_number WHERE coalesce(source_id, source_name) = @source AND json_extract(hints, '$.documentKey') = @documentKey AND content_sha256 = @sha256
    AND source_kind = @kind AND state <> 'ignored' ORDER BY seq DESC LIMIT 1`,
  takenFile: 'SELECT 1 FROM taken_file WHERE path = @path AND size = @size AND mtime_ms = @mtimeMs',
  insertTakenFile: 'INSERT INTO taken_file VALUES (@path, @size, @mtimeMs, @seq, @now) ON CONFLICT DO NOTHING',
  messageSame: 'SELECT seq FROM message WHERE sending_application = @sendingApplication AND sending_facility = @sendingFacility AND control_id = @controlId AND payload_hash = @payloadHash',
  messageNumber: 'SELECT seq FROM message WHERE sending_application = @sendingApplication AND sending_facility = @sendingFacility AND control_id = @controlId LIMIT 1',
  insertMessage: `INSERT INTO message (source_name, sending_application, sending_facility, control_id, message_type, payload_hash, raw_sha256, received_at)
    VALUES (@sourceName, @sendingApplication, @sendingFacility, @controlId, @messageType, @payloadHash, @rawSha256, @now)`,
  messageResent: 'UPDATE message SET resent = resent + 1 WHERE seq = ?',
  itemById: `SELECT ${columns} FROM item WHERE id = ?`,
  positionOf: 'SELECT state, reason, hints, document_sha256, waiting_acts FROM item WHERE seq = ?',
  itemBySeq: `SELECT ${columns} FROM item WHERE seq = ?`,
  nextInState: `SELECT seq FROM item WHERE state = @state AND seq > @after ORDER BY seq LIMIT @limit`,
  // Oldest first, newest first, and those tried before: taken in turns, so that neither a backlog nor a new report waits for the other.
  readyOldest: `SELECT seq, lineage FROM item INDEXED BY item_by_state WHERE state = 'ready' AND ${due} AND ${innocent} AND ${laneIsFree} ORDER BY seq LIMIT @limit`,
  readyNewest: `SELECT seq, lineage FROM item INDEXED BY item_by_state WHERE state = 'ready' AND ${due} AND ${innocent} AND ${laneIsFree} ORDER BY seq DESC LIMIT @limit`,
  readyTriedBefore: `SELECT seq, lineage FROM item INDEXED BY item_tried_again WHERE state = 'ready' AND attempts > 0 AND ${due} AND ${innocent} AND ${laneIsFree} ORDER BY seq LIMIT @limit`,
  dueUncertain: `SELECT seq FROM item INDEXED BY item_by_state WHERE state = 'uncertain' AND ${due} ORDER BY seq LIMIT @limit`,
  dueWaiting: `SELECT seq FROM item INDEXED BY item_by_state WHERE state = 'waiting' AND next_attempt_at IS NOT NULL AND next_attempt_at <= @now ORDER BY seq LIMIT @limit`,
  nextDueAt: `SELECT MIN(next_attempt_at) FROM item INDEXED BY item_due WHERE state IN ('ready','uncertain','waiting') AND next_attempt_at > @after`,
  byStateAndReason: `SELECT ${columns} FROM item INDEXED BY item_by_reason WHERE reason = @reason AND state IN ('waiting','parked') ORDER BY seq`,
  besideOf: `SELECT ${columns} FROM item INDEXED BY item_by_reason WHERE reason = @reason AND state = 'parked' AND reason_detail = @id ORDER BY seq DESC LIMIT 1`,
  forgottenOf: `SELECT ${columns} FROM item INDEXED BY item_by_reason WHERE reason = 'forgotten-document' AND state = 'parked' AND content_sha256 = ?`,
  superseded: `SELECT ${columns} FROM item INDEXED BY item_by_reason WHERE reason = 'version-superseded' AND state = 'parked' AND ins = ? ORDER BY seq`,
  waitingForPatient: `SELECT ${columns} FROM item INDEXED BY item_by_state WHERE state = 'waiting' AND waiting_for = 'patient' ORDER BY seq`,
  childrenWaiting: `SELECT ${columns} FROM item INDEXED BY item_by_parent WHERE parent_unique_id = ? AND (state = 'waiting' AND waiting_for = 'parent' OR state = 'parked' AND reason = 'parent-missing')`,
  // Frozen, and nothing of them ever left.
  laterVersions: `SELECT ${columns} FROM item INDEXED BY item_by_parent WHERE parent_unique_id = @uniqueId AND document_key = @documentKey AND attempts = 0 AND document_sha256 IS NOT NULL
    AND (state IN ('ready','waiting') OR state = 'parked' AND reason = 'parent-missing') ORDER BY seq`,
  isAwaited: `SELECT 1 FROM item INDEXED BY item_by_parent WHERE parent_unique_id = ? AND state <> 'ignored' LIMIT 1`,
  keptCounts: 'SELECT state, reason, count FROM item_count WHERE count <> 0 ORDER BY state, reason',
  countedAnew: `SELECT state, coalesce(reason, '') AS reason, count(*) AS count FROM item INDEXED BY item_by_reason GROUP BY item.reason, item.state ORDER BY 1, 2`,
  forgetCounts: 'DELETE FROM item_count',
  keepCount: 'INSERT INTO item_count VALUES (@state, @reason, @count)',
  oldestInState: 'SELECT received_at FROM item INDEXED BY item_by_state WHERE state = ? ORDER BY seq LIMIT 1',
  lastSettled: `SELECT MAX(settled_at) FROM item INDEXED BY item_settled WHERE state = 'deposited'`,
  unfinishedOf: `SELECT state, reason FROM item WHERE ins = ? AND state IN ('received','ready','sending','uncertain','waiting','parked')`,
  byContentAndIns: `SELECT ${columns} FROM item INDEXED BY item_by_ins WHERE ins = @ins AND content_sha256 = @sha256 AND unique_id IS NOT NULL AND (state <> 'ignored' OR doubts > 0) ORDER BY seq`,
  ofRendering: `SELECT ${columns} FROM item INDEXED BY item_by_rendering WHERE ins = @ins AND rendering IN (SELECT value FROM json_each(@renderings)) AND rendering > '' AND ${isClaimed}`,
  ofNobodysRendering: `SELECT ${columns} FROM item INDEXED BY item_by_reason WHERE reason = 'forgotten-document' AND state = 'parked' AND ins IS NULL AND rendering IN (SELECT value FROM json_each(@renderings))`,
  unrendered: `SELECT seq, content_sha256 FROM item INDEXED BY item_unrendered WHERE ins = ? AND rendering IS NULL AND ${isClaimed} ORDER BY seq`,
  unrenderedOfNobody: `SELECT seq, content_sha256 FROM item INDEXED BY item_by_reason WHERE reason = 'forgotten-document' AND state = 'parked' AND ins IS NULL AND rendering IS NULL ORDER BY seq`,
  setRendering: 'UPDATE item SET rendering = @rendering WHERE seq = @seq',
  ofPatientAndType: `SELECT ${columns} FROM item INDEXED BY item_by_ins WHERE ins = @ins AND state IN ('received','ready','sending','uncertain','waiting','parked','deposited') AND type_code = @typeCode
    AND (state <> 'deposited' OR settled_at >= @since) ORDER BY seq DESC`,
  hasDeposited: `SELECT 1 FROM item INDEXED BY item_by_ins WHERE ins = @ins AND state = 'deposited' AND ((settled_at >= @from AND settled_at < @until) OR (sent_at >= @from AND sent_at < @until)) LIMIT 1`,
  ofTypes: `SELECT id, type_code, title, content_sha256 FROM item INDEXED BY item_by_ins WHERE ins = @ins AND state <> 'ignored' AND type_code IN (SELECT value FROM json_each(@typeCodes))
    AND (received_at >= @since OR state <> 'deposited') ORDER BY seq`,
  byUniqueId: `SELECT seq, id, state, content_sha256, document_sha256, lineage FROM item WHERE unique_id = ? AND (state <> 'ignored' OR doubts > 0)`,
  ofDocumentKey: `SELECT ${columns} ${versionsThatCount} AND seq <> @seq ORDER BY version DESC, seq DESC LIMIT 1`,
  versionBefore: `SELECT ${columns} ${versionsThatCount} AND seq < @seq ORDER BY seq DESC LIMIT 1`,
  versionAfter: `SELECT ${columns} ${versionsThatCount} AND seq > @seq ORDER BY seq LIMIT 1`,
  replacesInTurn: `WITH RECURSIVE replaced (unique_id) AS (
      SELECT @uniqueId UNION SELECT item.parent_unique_id FROM replaced JOIN item INDEXED BY item_by_unique_id ON item.unique_id = replaced.unique_id
      WHERE item.parent_unique_id IS NOT NULL AND item.state <> 'ignored')
    SELECT 1 FROM replaced WHERE unique_id = @replaced LIMIT 1`,
  traceOf: 'SELECT at, from_state, to_state, event, reason, detail FROM item_trace WHERE item_seq = ? ORDER BY rowid',
  recentItems: `SELECT received_at, source_kind, source_name, source_id, state FROM item WHERE seq > (SELECT coalesce(max(seq), 0) FROM item) - @limit`,
  applyMove: `UPDATE item SET state = @to, reason = @reason, reason_detail = @detail, waiting_for = @waitingFor, settled_at = @settledAt, next_attempt_at = @nextAttemptAt
    WHERE seq = @seq AND state = @from`,
  freezeIdentity: `UPDATE item SET patient_id = @patientId, patient = @patient, ins = @ins, type_code = @typeCode, title = @title, search = @search, rendering = coalesce(@rendering, rendering) WHERE seq = @seq AND state NOT IN ('sending','uncertain','deposited')`,
  freezeDocument: `UPDATE item SET unique_id = @uniqueId, submission_set_id = @submissionSetId, submitted_at = @submittedAt, metadata = @metadata, party = @party, document_sha256 = @documentSha256, lot_sha256 = NULL,
    lineage = @lineage, parent_unique_id = @parent, document_key = @documentKey, version = @version, set_id = @setId, crashes = 0 WHERE seq = @seq AND state = 'ready'`,
  unfreeze: `UPDATE item SET document_sha256 = NULL, lot_sha256 = NULL WHERE seq = @seq AND state = 'received'`,
  freezeLot: `UPDATE item SET lot_sha256 = @lotSha256 WHERE seq = @seq AND lot_sha256 IS NULL AND state = 'ready' AND document_sha256 = @documentSha256`,
  forgetLot: `UPDATE item SET lot_sha256 = NULL WHERE seq = @seq AND state IN ('ready','waiting') AND doubts = 0`,
  countAttempt: 'UPDATE item SET attempts = attempts + 1, sent_at = @now, absent_looks = 0, first_absent_at = NULL, crashes = 0 WHERE seq = @seq',
  countDoubt: 'UPDATE item SET doubts = doubts + 1 WHERE seq = @seq',
  countCrash: 'UPDATE item SET crashes = crashes + 1 WHERE seq = @seq',
  countAbsentLook: 'UPDATE item SET absent_looks = absent_looks + 1, first_absent_at = coalesce(first_absent_at, @now) WHERE seq = @seq',
  // What was set aside too: a person may have taken it back and sent it since.
  askFirst: `UPDATE item SET ask_first = 1 WHERE state IN ('received','ready','sending','uncertain','waiting','parked','ignored')`,
  askFirstOf: 'UPDATE item SET ask_first = 1 WHERE seq = @seq',
  askedAlready: 'UPDATE item SET ask_first = 0 WHERE seq = @seq',
  setEntryUuid: 'UPDATE item SET entry_uuid = @entryUuid WHERE seq = @seq',
  noteInRecord: `UPDATE item SET visibility = @visibility WHERE unique_id = @uniqueId AND state = 'deposited' RETURNING seq`,
  setHints: 'UPDATE item SET hints = @hints, source_kind = @sourceKind, source_name = @sourceName, source_reference = @sourceReference, source_id = @sourceId, source_path = @sourcePath WHERE seq = @seq',
  unadopted: `SELECT seq, source_name, source_path FROM item INDEXED BY item_unadopted WHERE source_kind = 'folder' AND source_id IS NULL AND source_path IS NOT NULL`,
  // A version is found by its key; the key of an older program began with the name of its folder.
  adopt: `UPDATE item SET source_id = @id, document_key = CASE WHEN substr(document_key, 1, length(source_name) + 6) = 'file ' || source_name || ' '
    THEN 'file ' || @id || substr(document_key, length(source_name) + 6) ELSE document_key END WHERE seq = @seq AND source_id IS NULL`,
  joinLineage: 'UPDATE item SET lineage = @to WHERE lineage = @from',
  /** Another patient, another document: nothing of the former one's ids and labels stays. */
  forgetIdentity: `UPDATE item SET chosen_patient_id = NULL, chosen_as = NULL, unique_id = NULL, submission_set_id = NULL, submitted_at = NULL, metadata = NULL, party = NULL, lineage = NULL, parent_unique_id = NULL,
    document_key = NULL, version = NULL, set_id = NULL, patient_id = NULL, patient = NULL, ins = NULL WHERE seq = @seq AND state = 'received'`,
  setWaitingActs: 'UPDATE item SET waiting_acts = @acts WHERE seq = @seq',
  setCorrected: 'UPDATE item SET corrected = @corrected WHERE seq = @seq',
  setHeld: 'UPDATE item SET held = @held WHERE seq = @seq AND attempts = 0',
  setVisibility: `UPDATE item SET visibility = @visibility WHERE seq = @seq AND attempts = 0`,
  bringForward: `UPDATE item SET next_attempt_at = @now WHERE state IN ('ready','uncertain','waiting') AND next_attempt_at > @latest`,
  networkIsBack: `UPDATE item SET next_attempt_at = @now WHERE state IN ('ready','uncertain','waiting') AND next_attempt_at > @now AND waiting_for = 'network'`,
  chooseAuthor: 'UPDATE item SET chosen_author = @authorId, chosen_place = @structureId WHERE seq = @seq',
  chooseType: 'UPDATE item SET chosen_type = @typeCode WHERE seq = @seq',
  choosePatient: 'UPDATE item SET chosen_patient_id = @patientId, chosen_as = @as WHERE seq = @seq',
  isJournaled: 'SELECT 1 FROM journaled WHERE id = ?',
  noteJournaled: 'INSERT INTO journaled VALUES (?) ON CONFLICT DO NOTHING',
  remember: 'INSERT INTO memory VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  recall: 'SELECT value FROM memory WHERE name = ?',
  forget: 'DELETE FROM memory WHERE name = ?',
} as const

/** Every content an item or a message names; whole tables are read, after a return to an older database alone. */
export const namedContents = `SELECT content_sha256 FROM item UNION SELECT document_sha256 FROM item WHERE document_sha256 IS NOT NULL
  UNION SELECT lot_sha256 FROM item WHERE lot_sha256 IS NOT NULL UNION SELECT raw_sha256 FROM message`

const like = ` AND search LIKE ? ESCAPE '\\'`

/**
 * The statements of a list, newest first, which give `seq` alone. `words`: how many LIKE patterns come after the other parameters;
 * `reasons`: whether a JSON array of reasons comes before them.
 */
export const listQueries = {
  /** Before which `seq`, how many. */
  page: 'SELECT seq FROM item WHERE seq < ? ORDER BY seq DESC LIMIT ?',
  /** Reason, state, before which `seq`, how many. */
  pageOfReason: 'SELECT seq FROM item INDEXED BY item_by_reason WHERE reason = ? AND state = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
  /** An FTS5 expression, how many. */
  candidates: 'SELECT rowid FROM item_search WHERE item_search MATCH ? LIMIT ?',
  /** A JSON array of `seq`, state. */
  among: (words: number, reasons: boolean) =>
    `SELECT item.seq FROM json_each(?) AS candidate CROSS JOIN item INDEXED BY item_by_state ON item.seq = candidate.value WHERE item.state = ?${narrowed(words, reasons)}`,
  /** State. */
  count: (words: number, reasons: boolean) => `SELECT count(*) FROM item INDEXED BY item_by_state WHERE state = ?${narrowed(words, reasons)}`,
  /** State, before which `seq`; how many comes last. */
  pageOfState: (words: number, reasons: boolean) => `SELECT seq FROM item INDEXED BY item_by_state WHERE state = ? AND seq < ?${narrowed(words, reasons)} ORDER BY seq DESC LIMIT ?`,
} as const

function narrowed(words: number, reasons: boolean): string {
  return `${reasons ? ' AND reason IN (SELECT value FROM json_each(?))' : ''}${like.repeat(words)}`
}
