import { modeOf, type PanelAccess, type ReasonCode, type RecordStanding } from '#shared/contract/index.ts'
import type { AccessMode } from '#shared/terminology/index.ts'
import { permissionOf, readingStop, type Reader } from './reading-stop.ts'

/** What is known of the patient on screen and of whoever reads. */
export interface OfferSituation {
  readonly reader: Reader
  /** What TD0.2 said; null = not asked yet: nothing is offered before. */
  readonly standing: RecordStanding | null
  /** The patient's own word against reading, as this practice knows it. */
  readonly word: ReasonCode | null
  /** Modes the record can be told of. */
  readonly modes: readonly AccessMode[]
}

/**
 * The other ways of entering and the act on one's own authorisation that would not be refused (dmp-interface.md 1.7, 4.3). Break-glass only where an
 * ordinary reading is stopped; regulation to a regulation centre alone. A refusal kept here closes them too, until a person lifts it.
 */
export function accessOffers({ reader, standing, word, modes }: OfferSituation): Pick<PanelAccess, 'modes' | 'authorise'> {
  const { party } = reader
  // The rights sheet lets a CPE declare an authorisation for a professional (1.7, footnote 1); how the record is told for whom is not public.
  if (party.kind !== 'professional' || modeOf(party) !== 'normal' || standing?.existence !== 'open' || word === 'consultation-refused') return { modes: [], authorise: null }
  const enters = (mode: 'break-glass' | 'regulation') => modes.includes(mode) && readingStop(standing, { ...reader, party: { ...party, mode } }) === null
  const isStopped = word !== null || readingStop(standing, reader) !== null
  return {
    modes: [
      ...(isStopped && enters('break-glass') ? (['break-glass'] as const) : []),
      ...(party.structure.practiceSetting === 'SAMU_SMUR' && enters('regulation') ? (['regulation'] as const) : []),
    ],
    authorise: authorisationAct(standing, reader),
  }
}

function authorisationAct(standing: RecordStanding, reader: Reader): PanelAccess['authorise'] {
  const { authorisation } = standing
  if (authorisation === 'valid') return permissionOf('unauthorise-self', reader, standing).allowed ? 'remove' : null
  // Blocked: never, whatever the patient says here. Unknown (FHIR): where the record does not tell there is nothing to declare with either.
  if (authorisation === 'none' || authorisation === 'expired') return permissionOf('authorise-self', reader, standing).allowed ? 'add' : null
  return null
}
