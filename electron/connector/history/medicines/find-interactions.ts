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

/** A substance does not interact with itself: whether two medicines meet in these keys by two of theirs. */
function meetIn(one: LookedUp, other: LookedUp, first: string, second: string): boolean {
  return one.substances.some((mine) => mine.keys.includes(first) && other.substances.some((theirs) => theirs.code !== mine.code && theirs.keys.includes(second)))
}

/** Every medicine by the keys under which the thesaurus speaks of it. */
function byKey(looked: readonly LookedUp[]): ReadonlyMap<string, readonly LookedUp[]> {
  const found = new Map<string, LookedUp[]>()
  for (const one of looked) {
    for (const key of new Set(one.substances.flatMap(({ keys }) => keys))) found.set(key, [...(found.get(key) ?? []), one])
  }
  return found
}

/** Interactions of the installed thesaurus between two current medicines, whichever it names first: one alert a pair, its worst first. */
export function findInteractions(looked: readonly LookedUp[], database: MedicineDatabase): InteractionAlert[] {
  const medicines = byKey(looked)
  const known = medicines.size > 0 ? database.interactionsAmong([...medicines.keys()]) : []
  const places = new Map(looked.map((one, at) => [one, at]))
  const found = new Map<string, { one: LookedUp; other: LookedUp; pairs: Set<PairFound> }>()
  for (const pair of known) {
    const [first, second] = pair.keys
    for (const one of medicines.get(first) ?? []) {
      for (const other of medicines.get(second) ?? []) {
        if (one === other || !meetIn(one, other, first, second)) continue
        const [before, after] = (places.get(one) ?? 0) < (places.get(other) ?? 0) ? [one, other] : [other, one]
        const key = `interaction ${before.medicine.key} ${after.medicine.key}`
        const here = found.get(key) ?? { one: before, other: after, pairs: new Set() }
        found.set(key, here)
        here.pairs.add(pair)
      }
    }
  }
  return [...found].map(([key, { one, other, pairs }]): InteractionAlert => {
    const interactions = [...pairs].map(({ levels, between, text, mechanism }) => ({ levels, between, text, mechanism })).sort((first, second) => rankOf(worst(first.levels)) - rankOf(worst(second.levels)))
    return { kind: 'interaction', key, level: worst(interactions.flatMap(({ levels }) => levels)), interactions, medicines: [shownMedicine(one.medicine.treatments), shownMedicine(other.medicine.treatments)] }
  })
}
