import type { InstalledBase, KnownInteraction } from '#shared/contract/index.ts'
import type { MedicineCodes } from './medicine-codes.ts'

/** A specialty of the public medicines database (BDPM). */
export interface Product {
  readonly cis: string
  readonly name: string
  /** Active parts: the fraction thérapeutique where the database gives one, else the substance. Empty = it gives no composition. */
  readonly substances: readonly Substance[]
  /** Generic groups it is of: same substance, dose and form. */
  readonly genericGroups: readonly string[]
  /** Known for medicines of major therapeutic interest alone (CIS_MITM). */
  readonly atc: readonly string[]
}

export interface Substance {
  /** Of the public medicines database. */
  readonly code: string
  readonly name: string
}

/** An interaction of the thesaurus, with the keys (`substanceKey`) of the two it is between. */
export interface PairFound extends KnownInteraction {
  readonly keys: readonly [string, string]
}

/** What is installed, looked into: the same question has the same answer, so that what decides by it stays a pure function. */
export interface MedicineDatabase {
  readonly products: InstalledBase
  readonly interactions: InstalledBase
  /** Specialties the codes name, in no order: none that is not in it, several where a document gives numbers of several. */
  productsOf(codes: MedicineCodes): readonly Product[]
  /** Keys under which the thesaurus speaks of a substance: its own name, then its classes. Empty = it does not have that name. */
  protagonistsOf(substance: string): readonly string[]
  /** Interactions both sides of which are among these keys. */
  interactionsAmong(keys: readonly string[]): readonly PairFound[]
}
