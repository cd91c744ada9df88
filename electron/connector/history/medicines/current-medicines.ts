import { bySharedName } from '../summary/fact-names.ts'
import { areMedicineCodes } from './medicine-codes.ts'
import type { MedicineDatabase, Product } from './medicine-database.ts'
import type { Treatment } from './treatments-in-force.ts'

/** A medicine taken now: its statements, prescribed, handed over and listed, and what is known of it. */
export interface CurrentMedicine {
  readonly key: string
  readonly treatments: readonly [Treatment, ...Treatment[]]
  readonly products: readonly Product[]
  /** Of all its products, by code of the public database; empty = not known. */
  readonly substances: ReadonlyMap<string, string>
  /** ATC codes of level 5, its documents' and its products'. */
  readonly atc: readonly string[]
  readonly hasCode: boolean
}

interface Known {
  readonly treatment: Treatment
  readonly products: readonly Product[]
}

/** What two statements of one medicine share. A generic is the medicine it stands for; a class is not. Without a code, each is by itself. */
function namesOf({ treatment: { key, codes }, products }: Known): string[] {
  const numbers = [...codes.cis.map((code) => `cis ${code}`), ...codes.cip.map((code) => `cip ${code}`), ...codes.ucd.map((code) => `ucd ${code}`), ...codes.virtual]
  const known = products.flatMap(({ cis, genericGroups }) => [`cis ${cis}`, ...genericGroups.map((group) => `group ${group}`)])
  const names = [...new Set([...numbers, ...known])]
  return names.length > 0 ? names : [`statement ${key}`]
}

/** Current statements by the medicine they are of, in the order of the statements. */
export function currentMedicines(treatments: readonly Treatment[], database: MedicineDatabase): CurrentMedicine[] {
  const known = treatments.map((treatment) => ({ treatment, products: database.productsOf(treatment.codes) }))
  return bySharedName(known, namesOf).map((same) => {
    const products = [...new Map(same.flatMap(({ products }) => products.map((product) => [product.cis, product] as const))).values()]
    const statements = same.map(({ treatment }) => treatment) as [Treatment, ...Treatment[]]
    return {
      key: statements.map(({ key }) => key).sort()[0] ?? '',
      treatments: statements,
      products,
      substances: new Map(products.flatMap((product) => product.substances.map(({ code, name }) => [code, name] as const))),
      atc: [...new Set([...statements.flatMap(({ codes }) => codes.atc), ...products.flatMap(({ atc }) => atc)])].filter((code) => code.length === 7),
      hasCode: statements.some(({ codes }) => areMedicineCodes(codes)),
    }
  })
}

/** Whether codes tell what something is made of, or of which class. */
export function isKnown({ substances, atc }: Compared): boolean {
  return substances.size + atc.length > 0
}

/** Whether codes can tell two things apart: both have a composition, or both a class. */
export function areComparable(one: Compared, other: Compared): boolean {
  return (one.substances.size > 0 && other.substances.size > 0) || (one.atc.length > 0 && other.atc.length > 0)
}

type Compared = Pick<CurrentMedicine, 'substances' | 'atc'>
