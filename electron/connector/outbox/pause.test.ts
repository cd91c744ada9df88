import { describe, expect, it } from 'vitest'
import { leftAtStart } from './pause.ts'

const hour = 3_600_000

describe('a pause of an hour', () => {
  it.each([
    ['goes on where it was', 10 * hour, 10.25 * hour, 0.75 * hour],
    ['is over', 10 * hour, 11.5 * hour, 0],
    ['lasts an hour at most when the clock was set back meanwhile', 10 * hour, 2 * hour, hour],
  ])('%s', (_what, from, now, left) => {
    expect(leftAtStart({ until: from + hour, from }, now)).toBe(left)
  })

  it('of an older program, or until somebody resumes, lasts as it says', () => {
    expect(leftAtStart({ until: 3 * hour }, hour)).toBe(2 * hour)
    expect(leftAtStart({ until: null, from: 5 }, hour)).toBe(Number.POSITIVE_INFINITY)
  })
})
