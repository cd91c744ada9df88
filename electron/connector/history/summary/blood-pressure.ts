import type { SummaryEntry, SummaryLine } from '#shared/contract/index.ts'
import { curveOf } from './curve-of.ts'
import { folded } from './fact-names.ts'
import { minuteOf } from './fold-facts.ts'
import { flagOrder } from './out-of-range.ts'

/** Systolic and diastolic pressure (LOINC, JDV_SignesVitaux_CISIS). */
const [systolic, diastolic] = ['8480-6', '8462-4']

const entriesOf = ({ latest, beside, former }: SummaryLine) => [latest, ...beside, ...former]
/** What was measured where: an arm, lying down, standing. */
const placeOf = ({ label }: SummaryEntry) => /\s*\([^()]*\)$/.exec(label)?.[0] ?? ''

/** Two numbers of one moment and one document, neither doubted. */
function arePair(high: SummaryEntry, low: SummaryEntry): boolean {
  const plain = [high, low].every(({ number, denied, disagrees, otherValues, date }) => number !== null && number.sign === null && !denied && !disagrees && otherValues.length === 0 && (date?.length ?? 0) >= 10)
  return plain && minuteOf(high.date) === minuteOf(low.date) && high.unit === low.unit && high.sources.some(({ document }) => low.sources.some((other) => other.document === document))
}

function joined(high: SummaryEntry, low: SummaryEntry): SummaryEntry {
  const both = (said: (entry: SummaryEntry) => string | null) => [high, low].flatMap((entry) => said(entry) ?? [])
  return {
    ...high, key: `${high.key}/${low.key}`, label: `Pression artérielle${placeOf(high)}`, value: `${high.value}/${low.value}`,
    interpretation: both(({ interpretation }) => interpretation).join(', ') || null, referenceRange: both(({ referenceRange }) => referenceRange).join(' / ') || null,
    outOfRange: flagOrder.find((flag) => high.outOfRange === flag || low.outOfRange === flag) ?? null, toCheck: high.toCheck || low.toCheck, sources: [...high.sources, ...low.sources],
  }
}

function lineOf(entries: readonly SummaryEntry[], name: string): SummaryLine[] {
  const [latest, ...former] = entries
  return latest ? [{ key: latest.key, name, latest, beside: [], former, formerCount: former.length, curve: curveOf(entries), isWhole: true }] : []
}

/**
 * Systolic and diastolic of one moment in one line, as they are said: "PA 130/80". What has no other half, or may not be its half, stays a line of
 * its own. `codeOf` gives the LOINC code of a line by its key; it is told that of the lines made.
 */
export function withBloodPressure(lines: readonly SummaryLine[], codeOf: Map<string, string | null>): SummaryLine[] {
  let all = [...lines]
  for (const high of lines.filter(({ key }) => codeOf.get(key) === systolic)) {
    const low = all.find(({ key, latest }) => codeOf.get(key) === diastolic && folded(placeOf(latest)) === folded(placeOf(high.latest)))
    if (!low) continue
    const free = new Set(entriesOf(low))
    const pairs: [SummaryEntry, SummaryEntry][] = []
    const alone: SummaryEntry[] = []
    for (const entry of entriesOf(high)) {
      const halves = [...free].filter((other) => arePair(entry, other))
      const [half] = halves
      // Two readings of one minute: which goes with which is not told.
      if (half && halves.length === 1 && entriesOf(high).filter((other) => arePair(other, half)).length === 1) {
        free.delete(half)
        pairs.push([entry, half])
      } else alone.push(entry)
    }
    if (pairs.length === 0) continue
    const made = lineOf(pairs.map(([one, other]) => joined(one, other)), `PA${placeOf(high.latest)}`)
    const left = [...lineOf(alone, high.name), ...lineOf([...free], low.name)]
    for (const line of made) codeOf.set(line.key, systolic)
    for (const line of left) codeOf.set(line.key, codeOf.get(line.key) ?? (alone.includes(line.latest) ? systolic : diastolic))
    all = [...all.filter((line) => line !== high && line !== low), ...made, ...left]
  }
  return all
}
