import { segmentOf, valueOf, type Hl7Message } from './message.ts'
import { readInstant } from './patient-identity.ts'

/** What ZFA ("statut DMP" of PAM.fr) says of the patient's will. Its absence is "no new information", never "no opposition". */
export interface FeedConsent {
  /** ZFA-9: informed and not opposed (`INO`), opposed (`IO`), not collected (`NA`); null when the field is empty or unknown. */
  readonly feeding: 'allowed' | 'opposed' | 'not-collected' | null
  readonly feedingAt: string | null
  /** ZFA-11: consents (`IC`), refuses (`INC`), not collected (`NA`). */
  readonly consultation: 'allowed' | 'refused' | 'not-collected' | null
  readonly consultationAt: string | null
}

const feedingCodes: Readonly<Record<string, FeedConsent['feeding']>> = { INO: 'allowed', IO: 'opposed', NA: 'not-collected' }
const consultationCodes: Readonly<Record<string, FeedConsent['consultation']>> = { IC: 'allowed', INC: 'refused', NA: 'not-collected' }

/** Reads ZFA; null when the message has none. Dates are those of the collection (ZFA-10, ZFA-12): the latest wins, not the last arrived. */
export function readConsent(message: Hl7Message): FeedConsent | null {
  const zfa = segmentOf(message, 'ZFA')
  if (!zfa) return null
  return {
    feeding: feedingCodes[valueOf(message, zfa, 9).toUpperCase()] ?? null,
    feedingAt: readInstant(valueOf(message, zfa, 10)),
    consultation: consultationCodes[valueOf(message, zfa, 11).toUpperCase()] ?? null,
    consultationAt: readInstant(valueOf(message, zfa, 12)),
  }
}
