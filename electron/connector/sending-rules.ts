import type { DocumentMetadata, ItemVisibility, PatientLabel, ReasonCode } from '#shared/contract/index.ts'
import { secretConnectionStop } from './consent/index.ts'
import { checkDeposit } from './documents/index.ts'
import { frozenOf, visibilityOf, type ItemRow } from './outbox/index.ts'
import { claimOfPatient, mismatch } from './patients/index.ts'
import { opposed, type Preparation } from './prepare-item.ts'

/**
 * The last word before the bytes go: a correction that came while it was in doubt, an opposition told meanwhile, an identity marked as not
 * to be used, a visibility that is not the one frozen, a practice file that no longer says what it said.
 */
export function stopBeforeSending(row: ItemRow, rooms: Pick<Preparation, 'registry' | 'consent' | 'practice' | 'environment' | 'secretConnection' | 'now'>): ReasonCode | null {
  // Its source said otherwise while nobody knew whether it had left: it had not, and a person says which word counts.
  if (row.corrected === 1) return 'announced-otherwise'
  const { metadata, party } = frozenOf(row)
  const { birthName, givenName, birthDate } = metadata.sourcePatientInfo
  const born = /^(\d{4})(\d{2})(\d{2})/.exec(birthDate)
  const claim = { origin: 'document' as const, ins: metadata.ins.value, insOid: metadata.ins.oid, birthName, givenName, ...(born ? { birthDate: `${born[1]}-${born[2]}-${born[3]}` } : {}) }
  if (opposed(claim, rooms)) return 'patient-opposed'
  // The practice may have corrected the patient since the document was frozen: it is gated anew rather than sent to the old number.
  const patient = row.patient_id === null ? null : rooms.registry.get(row.patient_id)
  if (patient && mismatch(claim, claimOfPatient(patient)).length > 0) return 'traits-differ'
  if (rooms.registry.byIns(metadata.ins.value, metadata.ins.oid).some((other) => other.status !== null)) return 'ins-not-qualified'
  const visibility = visibilityOf(row)
  if (!showsLess(metadata, visibility)) return 'visibility-changed'
  // Said to be secret or no longer since it was frozen: what the VIHF would say is not what is asked.
  if ((visibility.secretConnection ?? false) !== (party.secret ?? false)) return 'visibility-changed'
  const unsecret = secretConnectionStop({ visibility, birthDate, isOffered: rooms.secretConnection === true, now: rooms.now() })
  if (unsecret) return unsecret
  const fit = checkDeposit(metadata, { party, practice: rooms.practice, environment: rooms.environment, prepared: null })
  return fit.ok ? null : fit.failure.code
}

/** Whether the opposition that parked an item stands, for whom it names; of an item that names nobody it does. */
export function isStillOpposed(row: Pick<ItemRow, 'patient'>, rooms: Pick<Preparation, 'registry' | 'consent'>): boolean {
  const label = row.patient === null ? null : (JSON.parse(row.patient) as PatientLabel)
  if (!label?.ins) return true
  const { ins, insOid, birthName, birthDate } = label
  return opposed({ origin: 'document', ins, ...(insOid !== null && { insOid }), birthName, ...(birthDate !== null && { birthDate }) }, rooms)
}

/** True when the frozen metadata hide the document from everybody it is to be hidden from. */
function showsLess(metadata: DocumentMetadata, wanted: ItemVisibility): boolean {
  const codes = new Set(metadata.confidentiality.map((confidentiality) => confidentiality.code))
  const hidden = (flag: boolean, code: string) => !flag || codes.has(code)
  return hidden(wanted.masked, 'MASQUE_PS') && hidden(wanted.hiddenFromPatient, 'INVISIBLE_PATIENT') && hidden(wanted.hiddenFromRepresentatives, 'INVISIBLE_REPRESENTANTS_LEGAUX')
}

/** Whether a person's retry prepares it anew: what was never sent, for the practice file, a profile or the patient may have changed. */
export function isRebuilt(row: Pick<ItemRow, 'attempts' | 'doubts' | 'reason'>): boolean {
  return row.attempts === 0 || (row.doubts === 0 && rebuiltUndoubted.has(row.reason)) || rebuiltAfter.has(row.reason)
}

/**
 * After these nothing is in the record when no answer was ever lost. Set aside, an item left its id to the same document come again; signed with one card
 * and tried, it would wait for that very card, though whoever is there now may send it: a secretary on leave holds nothing up. So with an author whom the
 * practice file did not list.
 */
const rebuiltUndoubted: ReadonlySet<ReasonCode | null> = new Set<ReasonCode>(['dismissed-by-user', 'card-of-another', 'card-of-another-structure', 'author-not-ours'])

/** After these the record certainly holds nothing: the item may be built anew, under the same ids. */
const rebuiltAfter: ReadonlySet<ReasonCode | null> = new Set<ReasonCode>([
  'traits-differ',
  'ins-not-qualified',
  'patient-opposed',
  'record-author-refused',
  'record-metadata-refused',
  'visibility-changed',
  'secret-connection',
  'secret-not-minor',
  'secret-not-hidden',
  'situation-changed',
  'structure-refused',
  'speciality-missing',
  'record-replace-refused',
])
