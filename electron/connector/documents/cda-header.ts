import type { HeaderFault } from '#shared/contract/index.ts'

/** An HL7 instance identifier as written; `extension` null when only an OID (or UUID) is given. */
export interface CdaId {
  readonly root: string
  readonly extension: string | null
}

/** A coded value as written; nothing is repaired. */
export interface CdaCode {
  readonly code: string
  readonly system: string | null
  readonly label: string | null
}

/** A person's name as written: never swapped, never split. */
export interface CdaName {
  readonly family: string | null
  readonly given: string | null
}

export interface CdaOrganisation {
  readonly id: CdaId | null
  readonly name: string | null
}

/** The patient a document names, with every trait it gives. */
export interface CdaPatient {
  readonly ids: readonly CdaId[]
  readonly birthName: string | null
  /** First birth given name (`given[@qualifier='BR']`). */
  readonly givenName: string | null
  /** All birth given names as one string. */
  readonly givenNames: string | null
  readonly usedName: string | null
  readonly usedGivenName: string | null
  /** As written: `YYYYMMDD`, perhaps with a time or shorter. */
  readonly birthTime: string | null
  readonly sex: 'M' | 'F' | 'U' | null
  /** INSEE (COG) code. */
  readonly birthPlace: string | null
  readonly birthPlaceName: string | null
}

/** Author or legal authenticator. */
export interface CdaParty {
  readonly kind: 'professional' | 'device' | 'patient'
  readonly id: CdaId | null
  readonly name: CdaName
  readonly speciality: CdaCode | null
  readonly role: string | null
  readonly organisation: CdaOrganisation | null
}

/** One documented act (`documentationOf/serviceEvent`). Times as written. */
export interface CdaAct {
  readonly code: CdaCode | null
  readonly start: string | null
  readonly stop: string | null
  readonly practiceSetting: CdaCode | null
}

/** Everything Relais reads in the header of a CDA R2 document, as written. */
export interface CdaHeader {
  readonly selfPresenting: boolean
  readonly id: CdaId | null
  readonly templateIds: readonly string[]
  readonly code: CdaCode | null
  readonly title: string | null
  readonly effectiveTime: string | null
  readonly confidentiality: string | null
  readonly language: string | null
  readonly setId: CdaId | null
  readonly versionNumber: number | null
  readonly patients: readonly CdaPatient[]
  readonly authors: readonly CdaParty[]
  readonly legalAuthenticator: CdaParty | null
  readonly custodian: CdaOrganisation | null
  readonly acts: readonly CdaAct[]
  readonly facilityType: CdaCode | null
  /** Documents this one is linked to, with the kind of link (`RPLC`...). */
  readonly relations: readonly { readonly kind: string; readonly id: CdaId }[]
  /** Numbers of the orders it answers (`inFulfillmentOf/order/id`). */
  readonly orders: readonly CdaId[]
  /** The document this one replaces (`RPLC`), as `idText` writes it; null when it replaces none. */
  readonly replaces: string | null
  /** Media type of an unstructured body; null when the body is structured. */
  readonly bodyMediaType: string | null
  /** By what the header breaks the national profile; judged before a deposit, of no concern to a reader. */
  readonly faults: readonly HeaderFault[]
}

/** An identifier as one string: the root, or `root^extension`. */
export function idText(id: CdaId): string {
  return id.extension === null ? id.root : `${id.root}^${id.extension}`
}
