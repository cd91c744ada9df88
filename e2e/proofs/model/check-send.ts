import { createHash } from 'node:crypto'
import type { ItemRow } from '../../../electron/connector/outbox/index.ts'
import { visibilityMs, type Attempt } from './adversarial-record.ts'
import { type Expected, isMasked, usualType } from './expected.ts'
import { patients } from './made-documents.ts'
import type { World } from './world.ts'

/** May the record have the same content for another patient, neither sent on the word of a person? */
function isWithAnother(row: ItemRow, attempt: Attempt, world: World, { freed }: Expected): boolean {
  if (freed.has(row.id)) return false
  const alike = world.database().prepare('SELECT id, unique_id FROM item WHERE content_sha256 = ? AND unique_id IS NOT NULL AND seq <> ?').all(row.content_sha256, row.seq) as Pick<ItemRow, 'id' | 'unique_id'>[]
  const ids = new Set(alike.filter(({ id }) => !freed.has(id)).map(({ unique_id: uniqueId }) => uniqueId))
  return world.record.attempts.some(({ uniqueId, ins, outcome }) => ids.has(uniqueId) && ins !== attempt.ins && outcome !== 'refused' && outcome !== 'not sent')
}

/** Is it of a type that its source said of it, or a person? Of what was chosen before an older database was returned to, nobody knows any more. */
function isOfTypeSaid({ id, type_code: type, content_sha256: sha256 }: ItemRow, { given, chosenTypes, causes }: Expected): boolean {
  const chosen = chosenTypes.get(id)
  if (chosen === undefined && causes.has('returned')) return true
  const said = given.filter((one) => !one.isUntyped && createHash('sha256').update(one.document.bytes).digest('hex') === sha256)
  return said.some(({ document, typeCode }) => document.kind === 'cda' || (typeCode ?? usualType) === type) || (chosen ?? []).some((typeCode) => typeCode === type)
}

/** Says what is wrong with a deposit at the instant it leaves the connector. */
export function faultsOfSend(attempt: Attempt, world: World, expected: Expected): string[] {
  const { record, time } = world
  const faults: string[] = []
  const about = (what: string) => faults.push(`deposit of ${attempt.uniqueId}: ${what}`)
  const row = world.database().prepare(`SELECT * FROM item WHERE unique_id = ? AND state = 'sending'`).get(attempt.uniqueId) as ItemRow | undefined
  if (!row) about('no item is being sent')
  const stopped = row && expected.stopped.get(row.id)
  if (stopped) about(`${row.id} was ${stopped} by a person`)
  if (expected.opposed.has(patients.findIndex(({ ins }) => ins === attempt.ins))) about('its patient opposes')
  if (row && isMasked(expected, row.id) && !attempt.confidentiality.includes('MASQUE_PS')) about(`${row.id} should go masked`)
  const mayGoTo = row && expected.patientsOf.get(row.id)
  if (mayGoTo && ![...mayGoTo].some((patient) => patients[patient]!.ins === attempt.ins)) about(`${row.id} is announced for another patient`)
  const sendsBefore = row && expected.superseded.get(row.id)
  if (sendsBefore !== undefined && row!.attempts > sendsBefore) about(`${row!.id} was announced otherwise, and nobody said to send it all the same`)
  if (row && isWithAnother(row, attempt, world, expected)) about(`${row.id} is the same content as what went to another patient, and nobody said to send it to both`)
  if (row && !isOfTypeSaid(row, expected)) about(`${row.id} goes as ${row.type_code}, which nobody said`)
  if (attempt.replaces !== null && !record.registrations.has(attempt.replaces)) about(`it replaces ${attempt.replaces}, which is not there`)
  if (record.registrations.has(attempt.uniqueId)) about('the record has it already')

  const given = expected.given.find(({ document }) => document.uniqueId === attempt.uniqueId)
  if (given && createHash('sha256').update(given.document.bytes).digest('hex') !== attempt.sha256) about('not the bytes of the practice software')
  const former = record.attempts.filter(({ uniqueId }) => uniqueId === attempt.uniqueId)
  if (former.some(({ setId }) => setId !== attempt.setId)) about('another submission set')
  // What the record refused, after two looks had settled the doubt, may be prepared anew by a person.
  const sinceRefused = former.slice(former.findLastIndex(({ outcome }) => outcome === 'refused') + 1)
  // A return to an older database forgets bytes, never ids: it is asked about, and then frozen anew.
  for (const doubt of sinceRefused.filter(({ outcome, life }) => outcome === 'unknown' && life >= expected.returnedInLife)) {
    if (doubt.sha256 !== attempt.sha256 || doubt.lotSha256 !== attempt.lotSha256) about('other bytes than those the record may have')
  }
  const last = former.at(-1)
  if (last?.outcome === 'accepted') about('sent again although it was accepted')
  if (last?.outcome === 'under way') about('sent twice at once')
  if (last?.outcome === 'unknown') {
    // Looks count together within one life alone; what they settled is written, and a later life may act on it.
    const absent = Map.groupBy(
      record.looks.filter(({ uniqueId, found, at }) => uniqueId === attempt.uniqueId && !found && at >= last.endedAt!),
      ({ life }) => life,
    )
    const twice = [...absent.values()].filter((looks) => looks.length >= 2)
    const latest = Math.max(...twice.map((looks) => looks.at(-1)!.at))
    if (twice.length === 0) about('sent again after a doubt without two looks')
    else if (latest - last.endedAt! < visibilityMs) about(`sent again although the record was last asked ${latest - last.endedAt!} ms after the doubt, at ${time.now() - last.endedAt!} ms`)
  }
  return faults
}
