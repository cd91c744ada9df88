/** CCAM acts of imaging: third letter Q, fourth the technique. */
const imaging = /^..Q[KMHNJL]\d{3}$/

export function isCcamImaging(code: string | null): boolean {
  return code !== null && imaging.test(code)
}
