import type { MedicineAlert } from '#shared/contract/index.ts'
import type { CurrentMedicine } from './current-medicines.ts'
import { shownMedicine, type Treatment } from './treatments-in-force.ts'

type Duplicate = Extract<MedicineAlert, { kind: 'duplicate' }>

const authorsOf = ({ sources }: Treatment) => sources.map(({ author }) => author)
const documentsOf = ({ sources }: Treatment) => sources.map(({ document }) => document)
const meet = (some: readonly (string | null)[], others: readonly (string | null)[]) => some.some((one) => one !== null && others.includes(one))

/** One begins before the other ends; what is not known may go on. Compared by the day, to the precision both have. */
function overlap(one: Treatment, other: Treatment): boolean {
  const isAfter = (start: string | null, end: string | null) => start !== null && end !== null && start.slice(0, end.length) > end.slice(0, start.length)
  return !isAfter(one.date, other.end) && !isAfter(other.date, one.end)
}

/**
 * Whether two statements of one substance stand side by side rather than one after the other. Prescribed, handed over and listed are the life of one
 * treatment; so are two lists, two deliveries, and two prescriptions of one professional of which the earlier has no end. What is left: two lines of one
 * document, prescriptions of two professionals, and those of which both ends are known and meet.
 */
function areSideBySide(one: Treatment, other: Treatment): boolean {
  if (one.act !== other.act || !overlap(one, other)) return false
  if (meet(documentsOf(one), documentsOf(other))) return true
  if (one.act !== 'prescribed') return false
  return (one.end !== null && other.end !== null) || !meet(authorsOf(one), authorsOf(other))
}

const someSideBySide = (some: readonly Treatment[], others: readonly Treatment[]) => some.some((one) => others.some((other) => areSideBySide(one, other)))
const shared = (some: Iterable<string>, others: Iterable<string>) => {
  const theirs = new Set(others)
  return [...new Set(some)].filter((one) => theirs.has(one))
}

/** Prescribed twice at once: by two professionals, in two documents. Two lines of one document are the doses of one line more often than not. */
function ofOneMedicine({ key, treatments, atc }: CurrentMedicine): Duplicate[] {
  const [one, other] = treatments.flatMap((one, at) => treatments.slice(at + 1).map((other) => [one, other] as const)).find(([one, other]) => areSideBySide(one, other) && !meet(documentsOf(one), documentsOf(other))) ?? []
  return one && other ? [{ kind: 'duplicate', key: `duplicate ${key}`, closeness: 'sameMedicine', shared: atc[0] ?? one.name, medicines: [shownMedicine([one]), shownMedicine([other])] }] : []
}

function ofTwo(one: CurrentMedicine, other: CurrentMedicine): Duplicate[] {
  const key = `duplicate ${one.key} ${other.key}`
  const medicines = [shownMedicine(one.treatments), shownMedicine(other.treatments)]
  const substances = shared(one.substances.keys(), other.substances.keys())
  const codes = shared(one.atc, other.atc)
  if (substances.length > 0 || codes.length > 0) {
    // Of different composition they are two medicines whatever was done with them; of the same one they may be one, in another dose or under another name.
    const differ = one.substances.size > 0 && other.substances.size > 0 && (substances.length < one.substances.size || substances.length < other.substances.size)
    if (!differ && !someSideBySide(one.treatments, other.treatments)) return []
    return [{ kind: 'duplicate', key, closeness: 'sameSubstance', shared: substances.map((code) => one.substances.get(code)).join(', ') || codes.join(', '), medicines }]
  }
  const classes = shared(one.atc.map((code) => code.slice(0, 5)), other.atc.map((code) => code.slice(0, 5)))
  return classes.length > 0 ? [{ kind: 'duplicate', key, closeness: 'sameClass', shared: classes.join(', '), medicines }] : []
}

/** The same medicine, substance or ATC class (level 4) taken twice at once (clinical.md 4.2), by codes alone. */
export function findDuplicates(medicines: readonly CurrentMedicine[]): Duplicate[] {
  return medicines.flatMap((one, at) => [...ofOneMedicine(one), ...medicines.slice(at + 1).flatMap((other) => ofTwo(one, other))])
}
