import { insOids, isInsOid } from '#shared/terminology/index.ts'
import { readCdaPatients, type CdaPatient } from '../documents/index.ts'
import { areOnePersons, compactIns, insKey, type Traits } from '../patients/index.ts'
import type { InsId } from '../record/index.ts'

/** What is known here of the patient whose record is read. */
export interface KnownPatient {
  /** Of a qualified identity; null = none is vouched for here. */
  readonly traits: Traits | null
  /** Whose another INS is, as far as is known here: of what was merged into this patient, or somebody else's. */
  readonly holderOf: (ins: string) => 'same' | 'another' | 'unknown'
}

/** `under-another-number`: theirs by what is known here of them, though it gives another INS than the one asked for. */
export type WhoseDocument = 'theirs' | 'under-another-number' | 'of-another'

/**
 * Of whom a document of a record is, by the INS it gives of its patient itself. One that gives none (a local number, an INS-C, a file that is no CDA) is of the
 * patient in whose record it is: the record's word. So is one that gives the INS asked for, whatever stands beside it. One that gives others alone is theirs
 * where that number was a former one of theirs, or where one of the two is a NIA, birth name, first given name and birth date are theirs and no other
 * trait differs, unless the number is somebody else's here: a NIA becomes a NIR, and a document keeps what it was written with; two NIR are two people's. Anything else is another patient's.
 */
export function whoseDocument(bytes: Uint8Array, ins: InsId, known: KnownPatient | null): WhoseDocument {
  const read = readCdaPatients(bytes)
  const patients = read.ok ? read.value : []
  const numbers = patients.flatMap(({ ids }) => ids.map(({ root, extension }) => ({ oid: root, value: compactIns(extension ?? '') }))).filter(({ oid, value }) => isInsOid(oid) && value !== '')
  if (numbers.length === 0 || numbers.some(({ value }) => isNumber(value, ins.value))) return 'theirs'
  const holders = numbers.map(({ value }) => known?.holderOf(withKey(value)) ?? 'unknown')
  if (holders.includes('same')) return 'under-another-number'
  if (holders.includes('another') || !known?.traits) return 'of-another'
  if (![ins, ...numbers].some(isNia)) return 'of-another'
  const { traits } = known
  return patients.some((patient) => areTheirs(traitsOf(patient), traits)) ? 'under-another-number' : 'of-another'
}

/** The same number; some write it without its key, or a wrong one. */
function isNumber(given: string, ins: string): boolean {
  return given === ins || (given.length >= 13 && given.slice(0, 13) === ins.slice(0, 13))
}

function withKey(number: string): string {
  return number.length === 13 ? `${number}${insKey(number) ?? ''}` : number
}

/** A waiting number, given until the NIR is known. */
const isNia = ({ oid, value }: InsId) => oid === insOids.nia || /^[78]/.test(value)

function areTheirs(given: Traits, known: Traits): boolean {
  // A sex that is not determined is not given, nor a place that is no code.
  const told = ({ sex, birthPlace, ...traits }: Traits) => ({ ...traits, sex: sex === 'U' ? undefined : sex, birthPlace: /^[0-9AB]{5}$/.test(birthPlace?.trim() ?? '') ? birthPlace : undefined })
  return areOnePersons(told(given), told(known))
}

function traitsOf({ birthName, givenName, givenNames, birthTime, sex, birthPlace }: CdaPatient): Traits {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(birthTime ?? '') ?? []
  return {
    birthName: birthName ?? undefined,
    givenName: givenName ?? givenNames?.trim().split(/\s+/)[0],
    birthDate: year === undefined ? undefined : `${year}-${month}-${day}`,
    sex: sex ?? undefined,
    birthPlace: birthPlace ?? undefined,
  }
}
