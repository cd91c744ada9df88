/**
 * Key of a NIR or NIA from its first 13 characters (97 − N mod 97, two digits); 2A counts as 19 and 2B as 18.
 * Null when the 13 characters have not the shape of one. Months and first digit are left free: unknown birth months and
 * pending numbers are legitimate (dmp-interface.md 6.2).
 */
export function insKey(first13: string): string | null {
  if (!/^\d{5}(\d\d|2[AB])\d{6}$/.test(first13)) return null
  const digits = first13.replace(/^(\d{5})2A/, '$119').replace(/^(\d{5})2B/, '$118')
  return String(97n - (BigInt(digits) % 97n)).padStart(2, '0')
}

/** Takes the blanks a person or a scanner leaves out of a number. */
export function compactIns(value: string): string {
  return value.replace(/[\s\u00a0.-]/g, '').toUpperCase()
}
