/**
 * Whether `later` may be `earlier` written further: the same bytes as far as those went, where `earlier` was not just room reserved in advance (zeros).
 * Another document differs well before its end.
 */
export function continues(later: Buffer, earlier: Buffer): boolean {
  if (later.length < earlier.length) return false
  if (earlier.equals(later.subarray(0, earlier.length))) return true
  return earlier.every((byte, at) => byte === 0 || byte === later[at])
}
