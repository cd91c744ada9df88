import type { Coded } from '#shared/contract/document-metadata.ts'
import { codeSystems } from './code-systems.ts'

/** The confidentiality every deposited document carries first. */
export const normalConfidentiality: Coded = { code: 'N', system: codeSystems.confidentiality, label: 'Normal' }

/** Visibility codes of the record (TRE_A07); they live in the metadata, never in the CDA. */
export const visibilityCodes = {
  masked: { code: 'MASQUE_PS', system: codeSystems.visibility, label: 'Masqué aux professionnels de santé' },
  hiddenFromPatient: { code: 'INVISIBLE_PATIENT', system: codeSystems.visibility, label: 'Non visible par le patient' },
  hiddenFromRepresentatives: {
    code: 'INVISIBLE_REPRESENTANTS_LEGAUX',
    system: codeSystems.visibility,
    label: 'Non visible par les représentants légaux du patient',
  },
} as const satisfies Record<string, Coded>

/** Who must not see a document in the record. */
export interface Visibility {
  readonly masked: boolean
  readonly hiddenFromPatient: boolean
  readonly hiddenFromRepresentatives: boolean
}

export const visibleToAll: Visibility = { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false }

/** Confidentiality codes of a document entry: `N` first, then what the author asked for (dmp-interface.md 2.5). */
export function confidentialityCodes(visibility: Visibility): Coded[] {
  return [
    normalConfidentiality,
    ...(visibility.masked ? [visibilityCodes.masked] : []),
    ...(visibility.hiddenFromPatient ? [visibilityCodes.hiddenFromPatient] : []),
    ...(visibility.hiddenFromRepresentatives ? [visibilityCodes.hiddenFromRepresentatives] : []),
  ]
}
