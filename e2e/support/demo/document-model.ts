import type { DemoPatient } from '../../../resources/demo/patients.ts'
import type { Visibility } from '#shared/terminology/index.ts'
import type { Meaning } from './meanings.ts'

/** A structure that writes documents in the demo: ours, or a fictitious one around it. */
export interface DemoStructure {
  /** Struct_IdNat. */
  readonly id: string
  readonly name: string
  /** TRE_R02. */
  readonly sector: string
  readonly line: string
  readonly postalCode: string
  readonly city: string
  readonly phone: string
  /** OID of its own patient numbers. */
  readonly patientOid: string
  readonly colour: readonly [number, number, number]
  readonly emblem: 'leaf' | 'drop' | 'cross' | 'wave' | 'heart' | 'sun'
  /** Second line of the letterhead. */
  readonly motto: string
}

export interface DemoAuthor {
  /** PS_IdNat. */
  readonly id: string
  readonly family: string
  readonly given: string
  /** Printed before the name: Dr, Mme. */
  readonly title: string
  readonly profession: string
  readonly specialty?: string
  readonly structure: DemoStructure
  readonly label: string
}

export interface PrescriptionLine {
  readonly what: string
  readonly how: string
}

export interface LaboratoryRow {
  readonly name: string
  readonly value: string
  readonly unit: string
  readonly reference: string
  readonly previous?: string
  readonly outside?: 'H' | 'L'
}

/** A table of text. `means`: what each of its rows means, for its entries; without, it has none. */
export interface NarrativeTable {
  readonly title: string
  readonly code: string
  readonly columns: readonly string[]
  readonly rows: ReadonlyArray<readonly string[]>
  readonly means?: readonly Meaning[]
}

/** What a document says, without its looks: drawn as a PDF or written as CDA sections. */
export type DocumentBody =
  | { readonly kind: 'prescription'; readonly heading: string; readonly longTermIllness?: readonly PrescriptionLine[]; readonly lines: readonly PrescriptionLine[]; readonly note?: string }
  | { readonly kind: 'letter'; readonly to: readonly string[]; readonly paragraphs: readonly string[]; readonly copies?: string }
  | { readonly kind: 'report'; readonly heading: string; readonly sections: ReadonlyArray<{ readonly title: string; readonly text: string }> }
  | { readonly kind: 'certificate'; readonly heading: string; readonly paragraphs: readonly string[] }
  | { readonly kind: 'laboratory'; readonly prescriber: string; readonly sampled: string; readonly panels: ReadonlyArray<{ readonly title: string; readonly method?: string; readonly rows: readonly LaboratoryRow[] }>; readonly conclusion?: string }
  | { readonly kind: 'tables'; readonly heading: string; readonly introduction?: string; readonly tables: readonly NarrativeTable[] }

export interface DemoDocument {
  /** Stem of the file's name. */
  readonly name: string
  readonly patient: DemoPatient
  /** `author: 'patient'` = deposited by the patient in Mon espace santé. */
  readonly author: DemoAuthor | 'patient'
  /** Type code of the DMP's list. */
  readonly type: string
  readonly title: string
  /** Local time in Paris, `YYYY-MM-DDThh:mm`. */
  readonly at: string
  readonly body: DocumentBody
  /** CDA with narrative sections rather than a PDF in a CDA of level 1. */
  readonly structured?: boolean
  readonly visibility?: Partial<Visibility>
}
