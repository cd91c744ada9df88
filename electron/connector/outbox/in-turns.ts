/**
 * Takes from several lists in turns, one from each, until `limit`; what `keyOf` finds already taken is passed over. So a backlog and
 * what has just come share the way.
 */
export function inTurns<T>(lists: readonly (readonly T[])[], limit: number, keyOf: (one: T) => unknown): T[] {
  const taken: T[] = []
  const keys = new Set<unknown>()
  const longest = Math.max(0, ...lists.map((list) => list.length))
  for (let index = 0; index < longest; index += 1) {
    for (const list of lists) {
      const one = list[index]
      if (one === undefined || keys.has(keyOf(one))) continue
      if (taken.length === limit) return taken
      keys.add(keyOf(one))
      taken.push(one)
    }
  }
  return taken
}
