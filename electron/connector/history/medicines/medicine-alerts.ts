import type { MedicineAlert, MedicineCheck, UncheckedMedicine } from '#shared/contract/index.ts'
import type { AllergyInForce } from './allergies-in-force.ts'
import { areComparable, currentMedicines, isKnown, type CurrentMedicine } from './current-medicines.ts'
import { findAllergies } from './find-allergies.ts'
import { findDuplicates } from './find-duplicates.ts'
import { findInteractions, lookUp, type LookedUp } from './find-interactions.ts'
import type { MedicineDatabase } from './medicine-database.ts'
import type { TreatmentsInForce } from './treatments-in-force.ts'

/** What a check compares. */
export interface ToCheck {
  readonly treatments: TreatmentsInForce
  readonly allergies: readonly AllergyInForce[]
  readonly database: MedicineDatabase
}

/** Where an alert stands; the smaller goes first. */
function rankOf(alert: MedicineAlert): number {
  switch (alert.kind) {
    case 'allergy':
      return { sameSubstance: 0, declaredClass: 2, sameClass: 4, relatedClass: 4 }[alert.closeness]
    case 'interaction':
      return { contraindicated: 1, discouraged: 3, precaution: 6, consider: 7 }[alert.level]
    case 'duplicate':
      return { sameMedicine: 5, sameSubstance: 5, sameClass: 8 }[alert.closeness]
  }
}

const isGrave = (alert: MedicineAlert) => alert.kind === 'allergy' && alert.allergy.grave
const isOnItsWay = ({ medicines }: MedicineAlert) => medicines.some(({ sources }) => sources.some(({ onItsWay }) => onItsWay))
const first = (is: boolean) => (is ? 0 : 1)

function inOrder(one: MedicineAlert, other: MedicineAlert): number {
  return rankOf(one) - rankOf(other) || first(isGrave(one)) - first(isGrave(other)) || first(isOnItsWay(one)) - first(isOnItsWay(other)) || (one.key < other.key ? -1 : 1)
}

/** Why nothing, or not all, is known of a medicine's composition. */
function whyUnknown({ hasCode, products, atc }: CurrentMedicine, database: MedicineDatabase): UncheckedMedicine['why'] {
  if (!hasCode) return 'noCode'
  if (products.length > 0) return 'noComposition'
  if (atc.length > 0) return 'classOnly'
  return database.products.state === 'installed' ? 'unknownCode' : 'noBase'
}

/**
 * Compares current treatments with one another (duplicates, interactions) and with the allergies in force, by codes alone. What could not be compared is
 * counted and named: the answer never says that there is nothing. An interaction that nothing is installed for is no medicine's own lack, and is told once.
 */
export function medicineAlerts({ treatments, allergies, database }: ToCheck): Pick<MedicineCheck, 'products' | 'interactions' | 'alerts' | 'medicines' | 'allergies'> {
  const medicines = currentMedicines(treatments.current, database)
  const looked = lookUp(medicines, database)
  const { alerts, uncompared, uncomparedMedicines } = findAllergies(allergies, medicines, database)
  const isInstalled = database.interactions.state === 'installed'

  /** Of two that cannot be compared, the one without a composition is the one to complete. */
  const isCompared = (one: CurrentMedicine) => one.substances.size > 0 || (one.atc.length > 0 && medicines.every((other) => other.substances.size === 0 || areComparable(one, other)))
  const isAnalysed = ({ medicine, unmatched }: LookedUp) => isInstalled && medicine.substances.size > 0 && unmatched.length === 0

  function uncheckedOf(one: LookedUp): UncheckedMedicine[] {
    const { medicine, unmatched } = one
    const missing: UncheckedMedicine['missing'] = [
      ...(isCompared(medicine) ? [] : ['duplicates' as const]),
      ...(allergies.length > 0 && (!isKnown(medicine) || uncomparedMedicines.has(medicine)) ? ['allergies' as const] : []),
      ...(isInstalled && !isAnalysed(one) ? ['interactions' as const] : []),
    ]
    if (missing.length === 0) return []
    const [treatment] = medicine.treatments
    const why = medicine.substances.size > 0 ? 'notInThesaurus' : whyUnknown(medicine, database)
    return [{ name: treatment.name, why, unmatched: isInstalled ? [...unmatched] : [], missing, sources: medicine.treatments.flatMap(({ sources }) => sources) }]
  }

  return {
    products: database.products,
    interactions: database.interactions,
    alerts: [...findInteractions(looked, database), ...alerts, ...findDuplicates(medicines)].sort(inOrder),
    medicines: {
      current: medicines.length,
      compared: medicines.filter(isCompared).length,
      analysed: looked.filter(isAnalysed).length,
      past: treatments.past,
      unchecked: looked.flatMap(uncheckedOf),
    },
    allergies: {
      inForce: allergies.length,
      compared: allergies.length - uncompared.size,
      unchecked: [...uncompared].map(({ name, sources }) => ({ name, sources: [...sources] })),
    },
  }
}
