import type { MedicineSource, RecordSummary } from '#shared/contract/index.ts'
import { readCodes, type MedicineCodes } from './medicine-codes.ts'
import { entriesOf, sourcesOf } from './treatments-in-force.ts'

/** An allergy or intolerance a document declares and none ends. */
export interface AllergyInForce {
  readonly key: string
  readonly name: string
  readonly reactions: string | null
  readonly grave: boolean
  readonly date: string | null
  readonly codes: MedicineCodes
  readonly sources: readonly MedicineSource[]
}

/**
 * Allergies to be compared with treatments. One told inactive is not, unless documents, or the code and the signed text, differ on that; a foreseeable
 * effect of a medicine is none. One told in words is in force and has no code (clinical.md 4.4), but for a sentence that there is none: what is said of
 * another under its name may tell a second one.
 */
export function allergiesInForce({ allergies }: Pick<RecordSummary, 'allergies'>, onTheirWay: ReadonlySet<string>): AllergyInForce[] {
  return entriesOf(allergies).flatMap((entry) => {
    if (entry.absence !== null || entry.denied || entry.adverseEffect) return []
    const isDoubtful = entry.discordant || entry.sources.some(({ conflict }) => conflict?.field === 'status' || conflict?.field === 'negation')
    if ((entry.status === 'inactive' || entry.status === 'resolved') && !isDoubtful) return []
    const codes = readCodes(entry.sources.flatMap((source) => source.codes ?? []))
    return [{ key: entry.key, name: entry.label, reactions: entry.kind === 'allergy' ? entry.value : null, grave: entry.grave, date: entry.date, codes, sources: sourcesOf(entry, onTheirWay) }]
  })
}
