/** Full jitter: a random wait between zero and a ceiling that doubles at each try, at most 30 minutes. Milliseconds. */
export function backoff(attempts: number, random: number): number {
  const ceiling = Math.min(30 * 60_000, 5_000 * 2 ** Math.min(Math.max(attempts - 1, 0), 20))
  return Math.round(random * ceiling)
}

/**
 * When to ask the record again about an uncertain item, and when its absence is believed.
 * The registry may take `visibilityMs` to show what it stored: the item is sent again only after two looks that far apart
 * both found nothing.
 */
export function afterAbsentLook(looks: { count: number; firstAt: number | null; sentAt: number | null }, now: number, visibilityMs: number): { settled: true } | { settled: false; nextAt: number } {
  const firstAt = looks.firstAt ?? now
  const since = Math.min(now - firstAt, now - (looks.sentAt ?? firstAt))
  if (looks.count >= 2 && since >= visibilityMs) return { settled: true }
  const next = Math.max(firstAt, looks.sentAt ?? firstAt) + visibilityMs
  return { settled: false, nextAt: next > now ? Math.min(next, now + 60_000) : now + 1_000 }
}
