import type { Product } from './products.ts'

/** A code, its label, and the OID of its system. */
export interface Code {
  readonly code: string
  readonly label: string
  readonly system: string
}

/** A day, a month or a year: `2022-05`. */
export type Day = string

/** What a row of a table means, as its entry codes it. */
export type Meaning =
  | { readonly kind: 'allergy'; readonly type: Code; readonly agent: Code; readonly reaction: Code; readonly severity: Code; readonly certainty: Code; readonly since: Day; readonly isCritical: boolean }
  | { readonly kind: 'noKnownAllergy' }
  | { readonly kind: 'problem'; readonly problem: Code; readonly since: Day; readonly isOver: boolean }
  | { readonly kind: 'treatment'; readonly product: Product; readonly dose: number; readonly unit: string; readonly every: readonly [count: number, unit: 'h' | 'd' | 'mo'] | null; readonly since: Day }
  | { readonly kind: 'vaccine'; readonly product: Product; readonly date: Day; readonly lot: string; readonly rank: number | null }
  | { readonly kind: 'plannedVaccine'; readonly product: Product; readonly date: Day }

export const systems = {
  cim10: '2.16.840.1.113883.6.3', snomed: '2.16.840.1.113883.6.96', atc: '2.16.840.1.113883.6.73', cis: '1.2.250.1.213.2.3.1', cip: '1.2.250.1.213.2.3.2', edqm: '0.4.0.127.0.16.1.1.2.1',
  actCode: '2.16.840.1.113883.5.4', interpretation: '2.16.840.1.113883.5.83', specimen: '2.16.840.1.113883.18.311', absentOrUnknown: '2.16.840.1.113883.5.1150.1',
  clinicalStatus: '2.16.840.1.113883.4.642.4.1373', certainty: '2.16.840.1.113883.4.642.1.1075', criticality: '2.16.840.1.113883.4.642.4.130',
} as const

const snomed = (code: string, label: string): Code => ({ code, label, system: systems.snomed })
const certainty = (code: string, label: string): Code => ({ code, label, system: systems.certainty })

/** A disease of the CIM-10. */
export const cim10 = (code: string, label: string): Code => ({ code, label, system: systems.cim10 })

export const codes = {
  medicineAllergy: snomed('416098002', 'Allergie médicamenteuse'), foodAllergy: snomed('414285001', 'Allergie alimentaire'), intolerance: snomed('609398007', 'Hypersensibilité non allergique'),
  penicillins: { code: 'J01C', label: 'Pénicillines', system: systems.atc }, cotrimoxazole: { code: 'J01EE01', label: 'Cotrimoxazole', system: systems.atc }, amlodipine: { code: 'C08CA01', label: 'Amlodipine', system: systems.atc },
  peanut: snomed('762952008', 'Arachide'),
  urticaria: snomed('126485001', 'Urticaire'), anaphylaxis: snomed('39579001', 'Anaphylaxie'), rash: snomed('271807003', 'Éruption cutanée'), hypotension: snomed('28651003', 'Hypotension orthostatique'),
  severe: snomed('24484000', 'Sévère'), moderate: snomed('6736007', 'Modéré'),
  confirmed: certainty('confirmed', 'Confirmé'), probable: certainty('provisional', 'Probable'),
  noKnownAllergy: { code: 'no-known-allergies', label: 'Aucune allergie connue', system: systems.absentOrUnknown },
  highCriticality: { code: 'high', label: 'Haut', system: systems.criticality },
} as const satisfies Record<string, Code>
