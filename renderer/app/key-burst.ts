/** Between two keys of one burst at most, in milliseconds; a scanner's come faster, even through a slow remote session. */
export const togetherMs = 300
/** Between two keys of a burst on average, in milliseconds: no hand types so fast. */
const scannerMs = 50
/** How the datamatrix of an INS, the code of an emergency sheet, and an INS begin: that is no word a person types to find a line by. */
const begun = /^\s*(?:IS01|RELAIS:|[1-478]\s*\d\s*\d\s*\d)/i
/** So many keys together are a scan however slow its way here; fewer are told by their speed, from so many on. */
const [certain, fewest] = [15, 4]

/** Keys that came together. Instants are in milliseconds. */
export interface KeyBurst {
  readonly text: string
  readonly firstAt: number
  readonly lastAt: number
  /** When the end of a scan came: some scanners send two. */
  readonly endedAt: number
}

export const noBurst: KeyBurst = { text: '', firstAt: 0, lastAt: Number.NEGATIVE_INFINITY, endedAt: Number.NEGATIVE_INFINITY }

/** Whether keys that came together are a scanner's, as far as they tell yet. */
export function isScan({ text, firstAt, lastAt }: KeyBurst): boolean {
  return text.length >= certain || begun.test(text) || (text.length >= fewest && lastAt - firstAt <= (text.length - 1) * scannerMs)
}

/** The whole of a scan that nothing ends, once no more comes; null where too little came. */
export const settledScan = ({ text }: KeyBurst) => (text.length >= certain ? text : null)

/** What one more key makes of a burst; what it must not do where it stands; the whole scan that it ends, else null. */
export interface KeyTaken {
  readonly burst: KeyBurst
  readonly isSwallowed: boolean
  readonly scan: string | null
}

/** Takes a key pressed outside every field (its name as the browser gives it). A scan presses nothing, ended by Enter or Tab or not at all. */
export function takeKey(burst: KeyBurst, key: string, at: number): KeyTaken {
  const isFollowing = at - burst.lastAt <= togetherMs
  if (key === 'Enter' || key === 'Tab') {
    if (isFollowing && isScan(burst)) return { burst: { ...noBurst, endedAt: at }, isSwallowed: true, scan: burst.text }
    return { burst: { ...noBurst, endedAt: burst.endedAt }, isSwallowed: at - burst.endedAt <= togetherMs, scan: null }
  }
  if (key.length !== 1) return { burst, isSwallowed: false, scan: null }
  const next = isFollowing ? { ...burst, text: burst.text + key, lastAt: at } : { ...burst, text: key, firstAt: at, lastAt: at }
  return { burst: next, isSwallowed: isScan(next), scan: null }
}
