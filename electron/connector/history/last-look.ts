/** When a reader looked at a patient's list (milliseconds). `seenBefore` null = they had not before, as far as it was kept. */
export interface Look {
  readonly beganAt: number
  readonly seenUntil: number
  readonly seenBefore: number | null
}

/** A patient opened again within this time is still being looked at: what was new in the morning is new until the evening. */
const oneLookMs = 12 * 3_600_000

/** The look of a reader who has the list before them at `at`. A beginning ahead of the clock is one of a clock that was wrong. */
export function lookAgain(look: Look | null, at: number): Look {
  if (look === null) return { beganAt: at, seenUntil: at, seenBefore: null }
  if (at >= look.beganAt && at - look.beganAt < oneLookMs) return { ...look, seenUntil: Math.max(look.seenUntil, at) }
  return { beganAt: at, seenUntil: at, seenBefore: Math.min(look.seenUntil, at) }
}

/** Until when the list was before a reader the time before this one: what came since is new to them. Null = nothing can be told new. */
export function lastLookOf(look: Look | null, at: number): number | null {
  return look === null ? null : lookAgain(look, at).seenBefore
}
