import { interactionLevel, type InteractionLevel, type MedicineAlert } from '#shared/contract/index.ts'
import type { CurrentMedicine } from './current-medicines.ts'
import type { MedicineDatabase, PairFound } from './medicine-database.ts'
import { shownMedicine } from './treatments-in-force.ts'

type InteractionAlert = Extract<MedicineAlert, { kind: 'interaction' }>

const rankOf = (level: InteractionLevel) => interactionLevel.options.indexOf(level)
/** The worst of several levels. */
export const worst = (levels: readonly InteractionLevel[]): InteractionLevel => interactionLevel.options.find((level) => levels.includes(level)) ?? 'consider'

/** A substance of a medicine with the keys under which the thesaurus speaks of it. */
interface Looked {
  readonly code: string
  readonly name: string
  readonly keys: readonly string[]
}

/** What the thesaurus has of one medicine. */
export interface LookedUp {
  readonly medicine: CurrentMedicine
  readonly substances: readonly Looked[]
  /** Substances whose names it does not have. */
  readonly unmatched: readonly string[]
}

/** Looks the substances of each medicine up. */
export function lookUp(medicines: readonly CurrentMedicine[], database: MedicineDatabase): LookedUp[] {
  return medicines.map((medicine) => {
    const substances = [...medicine.substances].map(([code, name]) => ({ code, name, keys: database.protagonistsOf(name) }))
    return { medicine, substances, unmatched: substances.filter(({ keys }) => keys.length === 0).map(({ name }) => name) }
  })
}

/** Pairs of substances of two medicines that an interaction of the thesaurus is between, whichever it names first. One substance does not interact with itself. */
function between(one: LookedUp, other: LookedUp, { keys: [first, second] }: PairFound): boolean {
  return one.substances.some((mine) => other.substances.some((theirs) => mine.code !== theirs.code
    && ((mine.keys.includes(first) && theirs.keys.includes(second)) || (mine.keys.includes(second) && theirs.keys.includes(first)))))
}

/** Interactions of the installed thesaurus between two current medicines: one alert a pair, its worst first. */
export function findInteractions(looked: readonly LookedUp[], database: MedicineDatabase): InteractionAlert[] {
  const keys = [...new Set(looked.flatMap(({ substances }) => substances.flatMap((substance) => substance.keys)))]
  const known = keys.length > 0 ? database.interactionsAmong(keys) : []
  return looked.flatMap((one, at) => looked.slice(at + 1).flatMap((other): InteractionAlert[] => {
    const found = known.filter((pair) => between(one, other, pair)).toSorted((first, second) => rankOf(worst(first.levels)) - rankOf(worst(second.levels)))
    if (found.length === 0) return []
    const interactions = found.map(({ levels, between, text, mechanism }) => ({ levels, between, text, mechanism }))
    return [{ kind: 'interaction', key: `interaction ${one.medicine.key} ${other.medicine.key}`, level: worst(interactions.flatMap(({ levels }) => levels)), interactions, medicines: [shownMedicine(one.medicine.treatments), shownMedicine(other.medicine.treatments)] }]
  }))
}
