import type { InsId } from './port.ts'

/** A patient's number as an entry of an answer gives it; `oid` empty when it does not say whose numbering it is. */
export interface ToldNumber {
  readonly value: string
  readonly oid: string
}

/**
 * Whom an entry of an answer names, by the numbers it gives of its patient: `another` than the patient asked for, or `nobody`. In another domain than the
 * one asked for, it is the same patient under a former or local identifier (an INS-C, a NIA): the record keeps entries as they came (EX_3.1-1055).
 */
export function namedPatient(told: readonly ToldNumber[], ins: InsId): 'asked' | 'another' | 'nobody' {
  // A number without its domain tells somebody only where it is the one asked for.
  const numbers = told.filter(({ value, oid }) => value !== '' && (oid !== '' || value === ins.value))
  if (numbers.length === 0) return 'nobody'
  return numbers.some(({ value, oid }) => oid === ins.oid && value !== ins.value) ? 'another' : 'asked'
}
