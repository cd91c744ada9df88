/** Whole hours and minutes until a paper sheet's copy is erased, a begun minute counted; nothing is left once it is over. */
export function timeLeft(until: string, now: Date): { hours: number; minutes: number } {
  const minutes = Math.max(0, Math.ceil((Date.parse(until) - now.getTime()) / 60_000))
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}
