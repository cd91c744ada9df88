/** A code as a document gives it, with the OID of its system. */
export interface Coded {
  readonly code: string
  readonly system: string
}

/** What the codes of a medicine, or of what an allergy is to, name. Each list without repeats; empty = not given. */
export interface MedicineCodes {
  /** Code identifiant de spécialité: the authorised specialty. */
  readonly cis: readonly string[]
  /** Presentations (boxes): CIP13, CIP7. */
  readonly cip: readonly string[]
  /** Dispensing units of hospitals. */
  readonly ucd: readonly string[]
  /** Virtual medicines of Médicabase. */
  readonly virtual: readonly string[]
  /** WHO classes of any level. */
  readonly atc: readonly string[]
}

/** Systems by OID (cda-reading 6.3): national ones, then those of the reimbursements (CNAM-HR). */
const systems = {
  cis: ['1.2.250.1.213.2.3.1'],
  cip: ['1.2.250.1.213.2.3.2', '1.2.250.1.213.2.3.3', '1.2.250.1.215.200.1.1.1'],
  ucd: ['1.2.250.1.213.2.3.4', '1.2.250.1.215.200.1.1.2'],
  virtual: ['1.2.250.1.213.2.59'],
  atc: ['2.16.840.1.113883.6.73', '1.2.250.1.215.200.1.2.2'],
} as const

const shapes: Readonly<Record<keyof typeof systems, RegExp>> = {
  cis: /^\d{8}$/, cip: /^(3400\d{9}|\d{7})$/, ucd: /^(3400\d{9}|\d{7})$/, virtual: /^MV\d+$/, atc: /^[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$/,
}

/** Sorts codes by what they name. A code of another shape than its system's is none: what is no CIS cannot be found by its number. */
export function readCodes(codes: readonly Coded[]): MedicineCodes {
  const of = (kind: keyof typeof systems) => [...new Set(codes.filter(({ code, system }) => (systems[kind] as readonly string[]).includes(system) && shapes[kind].test(code)).map(({ code }) => code))]
  return { cis: of('cis'), cip: of('cip'), ucd: of('ucd'), virtual: of('virtual'), atc: of('atc') }
}

/** True when a code says which medicine it is, or of which class. */
export function areMedicineCodes({ cis, cip, ucd, virtual, atc }: MedicineCodes): boolean {
  return cis.length + cip.length + ucd.length + virtual.length + atc.length > 0
}
