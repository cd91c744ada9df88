import type { MedicineAlert } from '#shared/contract/index.ts'
import type { AllergyInForce } from './allergies-in-force.ts'
import { areComparable, isKnown, type CurrentMedicine } from './current-medicines.ts'
import type { MedicineDatabase } from './medicine-database.ts'
import { shownMedicine } from './treatments-in-force.ts'

type AllergyAlert = Extract<MedicineAlert, { kind: 'allergy' }>

/**
 * Families with a known cross-reaction beyond an ATC class of level 4 (clinical.md 4.4): penicillins among themselves (ESCMID); NSAIDs that are not
 * coxibs, with salicylates. Nothing follows from a penicillin for a cephalosporin, nor from a sulfonamide antibiotic for other sulfonamides.
 */
const families: readonly { readonly name: string; readonly holds: RegExp }[] = [
  { name: 'J01C', holds: /^J01C/ },
  { name: 'M01A, N02BA', holds: /^(M01A[A-G]|N02BA|B01AC06)/ },
]

/** What an allergy is to, as far as its codes tell. */
interface Agent {
  readonly allergy: AllergyInForce
  readonly substances: ReadonlyMap<string, string>
  readonly numbers: readonly string[]
  /** Of any level. */
  readonly atc: readonly string[]
}

function agentOf(allergy: AllergyInForce, database: MedicineDatabase): Agent {
  const products = database.productsOf(allergy.codes)
  const { cis, cip, ucd, virtual, atc } = allergy.codes
  return {
    allergy,
    substances: new Map(products.flatMap((product) => product.substances.map(({ code, name }) => [code, name] as const))),
    numbers: [...cis, ...cip, ...ucd, ...virtual],
    atc: [...new Set([...atc, ...products.flatMap((product) => product.atc)])],
  }
}

/** How close a medicine is to what an allergy is to; null = no closer than codes tell. */
function closenessOf(agent: Agent, medicine: CurrentMedicine): Pick<AllergyAlert, 'closeness' | 'shared'> | null {
  const numbers = medicine.treatments.flatMap(({ codes: { cis, cip, ucd, virtual } }) => [...cis, ...cip, ...ucd, ...virtual])
  if (agent.numbers.some((number) => numbers.includes(number))) return { closeness: 'sameSubstance', shared: agent.allergy.name }
  const substances = [...agent.substances].flatMap(([code, name]) => (medicine.substances.has(code) ? [name] : []))
  if (substances.length > 0) return { closeness: 'sameSubstance', shared: substances.join(', ') }
  const same = agent.atc.find((code) => medicine.atc.includes(code))
  if (same !== undefined) return { closeness: 'sameSubstance', shared: same }
  // A whole anatomical group (one letter) is no class of medicines.
  const declared = agent.atc.find((code) => code.length > 1 && code.length < 7 && medicine.atc.some((one) => one.startsWith(code)))
  if (declared !== undefined) return { closeness: 'declaredClass', shared: declared }
  const level4 = agent.atc.find((code) => code.length === 7 && medicine.atc.some((one) => one.startsWith(code.slice(0, 5))))
  if (level4 !== undefined) return { closeness: 'sameClass', shared: level4.slice(0, 5) }
  const family = families.find(({ holds }) => agent.atc.some((code) => holds.test(code)) && medicine.atc.some((code) => holds.test(code)))
  return family ? { closeness: 'relatedClass', shared: family.name } : null
}

/** What comparing found, and what could not be compared. */
export interface ComparedAllergies {
  readonly alerts: AllergyAlert[]
  /** Without a code, or with codes that cannot be compared with those of every medicine that has some. */
  readonly uncompared: ReadonlySet<AllergyInForce>
  /** Without a composition, where an allergy has no class to compare theirs with. */
  readonly uncomparedMedicines: ReadonlySet<CurrentMedicine>
}

/** Declared allergies and the current medicines they may be to, to be verified (clinical.md 4.4). */
export function findAllergies(allergies: readonly AllergyInForce[], medicines: readonly CurrentMedicine[], database: MedicineDatabase): ComparedAllergies {
  const alerts: AllergyAlert[] = []
  const uncompared = new Set<AllergyInForce>()
  const uncomparedMedicines = new Set<CurrentMedicine>()
  for (const agent of allergies.map((allergy) => agentOf(allergy, database))) {
    const { key, name, reactions, grave, date, sources } = agent.allergy
    const isTold = isKnown(agent)
    if (!isTold) uncompared.add(agent.allergy)
    for (const medicine of medicines) {
      const found = closenessOf(agent, medicine)
      if (found) alerts.push({ kind: 'allergy', key: `allergy ${key} ${medicine.key}`, ...found, allergy: { name, reactions, grave, date, sources: [...sources] }, medicines: [shownMedicine(medicine.treatments)] })
      else if (isTold && isKnown(medicine) && !areComparable(agent, medicine)) {
        uncompared.add(agent.allergy)
        if (medicine.substances.size === 0) uncomparedMedicines.add(medicine)
      }
    }
  }
  return { alerts, uncompared, uncomparedMedicines }
}
