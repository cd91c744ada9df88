import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { environmentOfInsOid } from '#shared/terminology/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { AccessibleRecord, InsId } from '../port.ts'
import { readOutcome } from './authorisation.ts'
import { ns } from './namespaces.ts'
import { element, elements } from './parse-xml.ts'

type Environment = RecordConfig['environment']

/** TD0.4 body (dmp-interface.md 4.3): `since` is ISO 8601, sent as `DDMMYYYY` like the official sample. */
export function writePatientList(query: { readonly since: string; readonly by: 'last-authorisation' | 'last-document' }): Markup {
  const [year, month, day] = query.since.slice(0, 10).split('-')
  return xml`<patientList xmlns="${ns.patients}"><startDate>${day}${month}${year}</startDate><dateType>${query.by === 'last-document' ? 'LASTDOC' : 'LASTAUTORIZATION'}</dateType></patientList>`
}

/**
 * ISO 8601 of a date as these services may write one: `DDMMYYYY`, `DD/MM/YYYY`, `YYYYMMDD` with or without a time, ISO itself; `null` when
 * it is none of them. Eight digits are never two dates: a year of this century or the last read as a month is no month.
 */
export function isoOfListDate(text: string): string | null {
  const french = /^(\d\d)\/?(\d\d)\/?(\d{4})$/.exec(text)
  const compact = /^(\d{4})-?(\d\d)-?(\d\d)/.exec(text)
  const read = [compact && [compact[1], compact[2], compact[3]], french && [french[3], french[2], french[1]]]
  for (const parts of read) {
    if (!parts) continue
    const iso = parts.join('-')
    const instant = Date.parse(iso)
    if (Number(parts[0]) >= 1850 && !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(iso)) return iso
  }
  return null
}

/** OID of an INS domain by the words the list may use for it. */
function domainOf(type: string, environment: Environment): string | null {
  if (environmentOfInsOid(type) !== undefined) return type
  if (!/^(INS[-_ ])?(NIR|NIA)$/i.test(type)) return null
  if (environment === 'training') return '1.2.250.1.213.1.4.10'
  return /NIA$/i.test(type) ? '1.2.250.1.213.1.4.9' : '1.2.250.1.213.1.4.8'
}

function readIns(line: XmlElement, environment: Environment): InsId | null {
  for (const each of elements(line, './patients:patientIdentifier', ns)) {
    const value = element(each, './patients:nationalId', ns)?.content.trim() ?? ''
    const oid = domainOf(element(each, './patients:nationalIdType', ns)?.content.trim() ?? '', environment)
    if (oid !== null && /^\d[\dAB]{14}$/.test(value) && environmentOfInsOid(oid) === environment) return { value, oid }
  }
  return null
}

/**
 * Reads the TD0.4 answer. A line whose patient cannot be identified in this environment makes the whole answer invalid: a list with a hole
 * is not the list.
 */
export function readPatientList(body: XmlElement, environment: Environment): Result<AccessibleRecord[]> {
  const output = element(body, './patients:patientListResponse/patients:output', ns)
  if (!output) return failure('record-answer-invalid', { detail: 'no patientListResponse' })
  const outcome = readOutcome(output, 'patients')
  if (!outcome.ok) return outcome
  const records: AccessibleRecord[] = []
  for (const line of elements(output, './patients:patientlistData', ns)) {
    const ins = readIns(line, environment)
    if (!ins) return failure('record-answer-invalid', { detail: 'a patient without an INS' })
    const text = (name: string) => element(line, `./patients:${name}`, ns)?.content.trim() || null
    const date = (name: string) => isoOfListDate(text(name) ?? '')
    records.push({
      ins,
      birthName: text('patronymicalName'),
      givenName: text('firstName'),
      usedName: text('lastName'),
      birthDate: date('dateOfBirth'),
      isTreatingDoctor: text('MT') === 'true' || text('MT') === '1',
      lastAccessAt: date('lastAccessDate'),
      lastAddAt: date('lastAddDate'),
    })
  }
  return success(records)
}
