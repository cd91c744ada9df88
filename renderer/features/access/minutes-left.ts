/** Minutes before its end in which an entry's end is counted down. */
const counted = 5

/** Minutes until an entry ends by itself, begun ones counted whole, when few are left; null otherwise. */
export function minutesLeft(until: string | null, now: Date): number | null {
  if (until === null) return null
  const left = Math.max(1, Math.ceil((Date.parse(until) - now.getTime()) / 60_000))
  return left <= counted ? left : null
}
