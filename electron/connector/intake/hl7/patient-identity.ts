import type { DocumentHints } from '../../documents/index.ts'
import { blockingStatusOf } from '../../patients/index.ts'
import { componentOf, rawField, repetitionsOf, valueOf, type Hl7Message, type Segment } from './message.ts'

type Identity = NonNullable<DocumentHints['identity']>

/** What a message says of a patient (PID), for the local patients. */
export interface FeedIdentity {
  readonly identity: Identity
  /** PID-32 as received, in capitals: `VALI`, `PROV`... and the attributes `HOMA`, `FICT`, `DOUT`. */
  readonly statuses: readonly string[]
  /** When the sender last changed it: PID-33, else EVN-2, else MSH-7. ISO 8601; null when none can be read. An older one never undoes a newer one. */
  readonly changedAt: string | null
  /** The event that carried it, `A08` for instance. */
  readonly event: string
}

const insOids = new Set(['1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9', '1.2.250.1.213.1.4.10', '1.2.250.1.213.1.4.11'])
const insTypes = new Set(['INS', 'INS-NIR', 'INS-NIA'])

/** Reads PID as the French profile fills it (hl7-feed section 3). Fields that are absent stay absent. */
export function readIdentity(message: Hl7Message, pid: Segment): Identity {
  const at = (repetition: string, component: number, subcomponent?: number) => componentOf(message, repetition, component, subcomponent)
  const identifiers = repetitionsOf(message, pid, 3)
  const insFound = identifiers.filter((id) => insOids.has(at(id, 4, 2)) || insTypes.has(at(id, 5).toUpperCase()))
  const insValues = new Set(insFound.map((id) => at(id, 1)))
  const ins = insValues.size === 1 ? insFound[0] : undefined
  const local = identifiers.find((id) => at(id, 5).toUpperCase() === 'PI')

  const names = repetitionsOf(message, pid, 5)
  const birth = names.find((name) => at(name, 7).toUpperCase() === 'L') ?? names.find((name) => at(name, 7) === '')
  const used = names.find((name) => at(name, 7).toUpperCase() === 'D')
  const birthPlace = repetitionsOf(message, pid, 11).find((address) => at(address, 7).toUpperCase() === 'BDL')

  const identity: Identity = withoutEmpty({
    ins: ins && at(ins, 1).replaceAll(/\s/g, '').toUpperCase(),
    insOid: ins && at(ins, 4, 2),
    birthName: birth && at(birth, 1, 1),
    givenName: birth && at(birth, 2),
    givenNames: birth && (at(birth, 3) || at(birth, 2)),
    usedName: used && at(used, 1, 1),
    usedGivenName: used && at(used, 2),
    birthDate: readDay(valueOf(message, pid, 7)),
    sex: readSex(valueOf(message, pid, 8)),
    birthPlace: birthPlace && at(birthPlace, 9),
    localId: local && at(local, 1),
    localIdOid: local && at(local, 4, 3).toUpperCase() === 'ISO' ? at(local, 4, 2) : undefined,
  })
  return { ...identity, qualified: isQualified(identity, statusesOf(message, pid)), origin: 'message' }
}

/** PID-32 repetitions in capitals. */
export function statusesOf(message: Hl7Message, pid: Segment): string[] {
  return repetitionsOf(message, pid, 32).map((status) => componentOf(message, status, 1).toUpperCase())
}

/** "INS qualifiée": validated, with an INS, its authority, the five traits, and no attribute of doubt. VALI alone is not enough. */
function isQualified(identity: Identity, statuses: readonly string[]): boolean {
  const { ins, insOid, birthName, givenName, birthDate, sex, birthPlace } = identity
  const complete = [ins, insOid, birthName, givenName, birthDate, birthPlace].every(Boolean) && (sex === 'M' || sex === 'F')
  return complete && statuses.includes('VALI') && blockingStatusOf(statuses) === null
}

/** The identity of a message with its status and date, for the local patients. */
export function readFeedIdentity(message: Hl7Message, pid: Segment, event: string): FeedIdentity {
  const evn = message.segments.find((segment) => segment.name === 'EVN')
  const msh = message.segments[0]
  const changedAt = readInstant(valueOf(message, pid, 33)) ?? readInstant(valueOf(message, evn, 2)) ?? readInstant(rawField(msh, 7))
  return { identity: readIdentity(message, pid), statuses: statusesOf(message, pid), changedAt, event }
}

function withoutEmpty(identity: { [K in keyof Identity]: Identity[K] | '' }): Identity {
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== undefined && value !== '')) as Identity
}

/** HL7 date to `YYYY-MM-DD`. A day or month `00` (incomplete birth dates exist) is kept: the gate decides. */
function readDay(text: string): string | undefined {
  const found = /^(\d{4})(\d{2})(\d{2})/.exec(text)
  if (!found) return undefined
  const [, year, month, day] = found
  return Number(month) <= 12 && Number(day) <= 31 ? `${year}-${month}-${day}` : undefined
}

function readSex(text: string): 'M' | 'F' | 'U' | undefined {
  const sex = text.toUpperCase()
  if (sex === 'M' || sex === 'F') return sex
  return sex === '' ? undefined : 'U'
}

/** HL7 timestamp to ISO 8601, its offset kept when it has one. */
export function readInstant(text: string): string | null {
  const found = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:\.\d+)?([+-]\d{4})?$/.exec(text)
  if (!found) return null
  const [, year, month, day, hour, minute, second, offset] = found
  const date = `${year}-${month}-${day}`
  if (Number.isNaN(Date.parse(date))) return null
  if (hour === undefined) return date
  return `${date}T${hour}:${minute}:${second ?? '00'}${offset ? `${offset.slice(0, 3)}:${offset.slice(3)}` : ''}`
}
