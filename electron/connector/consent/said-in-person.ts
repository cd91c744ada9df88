import type { ConsentDecision } from './consent.ts'
import { instantOf } from './lapsed.ts'

/** Where an answer comes from that a person took down in front of the panel. */
export const panelSource = 'panel'

/**
 * An answer the patient gives now. One known here that claims to be of a later day comes from a clock ahead of ours: this one takes its date, for
 * what a person says after reading it must count.
 */
export function saidInPerson(choice: 'agreed' | 'opposed', known: ConsentDecision | null, now: number): ConsentDecision {
  const today = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')
  return { choice, decidedAt: known?.decidedAt && (instantOf(known.decidedAt) ?? 0) > now ? known.decidedAt : today, source: panelSource }
}
