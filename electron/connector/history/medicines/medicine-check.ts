import { setImmediate } from 'node:timers/promises'
import type { ClinicalFact, MedicineCheck } from '#shared/contract/index.ts'
import type { InsId } from '../../record/index.ts'
import { readFacts } from '../facts/read-facts.ts'
import type { InForceOfReading, PanelSummary } from '../panel-summary.ts'
import type { Panel } from '../panel.ts'
import { summarise } from '../summary/summarise.ts'
import type { FoldedDocument } from '../summary/fold-facts.ts'
import { inForceOf, type InForce } from './in-force.ts'
import { medicineAlerts } from './medicine-alerts.ts'
import type { MedicineDatabase } from './medicine-database.ts'
import { medicinesStamp, openMedicineDatabase } from './open-medicine-database.ts'

/** A prescription of the practice's own that is on its way to the record, or has just arrived there. */
export interface OwnPrescription {
  /** Its uniqueId once it has one, else its item. */
  readonly id: string
  /** Of its bytes. */
  readonly sha256: string
  readonly title: string
  /** Milliseconds. */
  readonly at: number
}

/** What the panel says of the medicines of the patient on screen. */
export interface MedicineChecker {
  /** Null = nothing of the record is open to whoever looks, by the same rules as the summary. Asks the record nothing. */
  get(): Promise<MedicineCheck | null>
}

interface CheckerOptions {
  readonly panel: Pick<Panel, 'openReading' | 'onChange'>
  readonly summary: Pick<PanelSummary, 'inForce'>
  readonly dataFolder: string
  /** Newest first. */
  readonly prescriptionsOf: (ins: InsId) => Promise<readonly OwnPrescription[]>
  readonly contentOf: (sha256: string) => Promise<Uint8Array>
  readonly now: () => number
}

/** Nothing that can be read is installed: what a check falls back on when a base turns out to be damaged. */
const unreadable: MedicineDatabase = { products: { state: 'unreadable' }, interactions: { state: 'unreadable' }, productsOf: () => [], protagonistsOf: () => [], interactionsAmong: () => [] }

/** Opens the check of medicines of a panel. */
export function openMedicineChecker({ panel, summary, dataFolder, prescriptionsOf, contentOf, now }: CheckerOptions): MedicineChecker {
  /** By content; of the patient on screen alone, and gone with them. */
  let prescribed = new Map<string, readonly ClinicalFact[]>()
  let made: { readonly stamp: string; readonly check: MedicineCheck } | null = null
  panel.onChange(() => {
    if (panel.openReading() !== null) return
    prescribed = new Map()
    made = null
  })

  async function medicinesOf({ id, sha256 }: OwnPrescription): Promise<readonly ClinicalFact[]> {
    let facts = prescribed.get(sha256)
    if (facts === undefined) {
      const read = readFacts(await contentOf(sha256), id)
      facts = read.ok ? read.value.filter(({ kind }) => kind === 'treatment') : []
      prescribed.set(sha256, facts)
      await setImmediate()
    }
    return facts
  }

  async function compare(inForce: InForce): Promise<ReturnType<typeof medicineAlerts>> {
    const asked = (database: MedicineDatabase) => medicineAlerts({ ...inForce, database })
    const database = await openMedicineDatabase(dataFolder, now())
    try {
      return asked(database)
    } catch (error) {
      if (!String((error as { code?: unknown }).code).startsWith('SQLITE_')) throw error
      return asked(unreadable)
    } finally {
      database.close()
    }
  }

  return {
    async get() {
      const open = panel.openReading()
      const told = await summary.inForce()
      if (open === null || told === null || told.generation !== open.generation) return null
      const shown = open.way.kept.fetched()
      const own = (await prescriptionsOf(open.way.ins)).filter(({ id }) => !shown.has(id))
      const stamp = JSON.stringify([told.generation, told.loadedAt, told.name, medicinesStamp(dataFolder), own.map(({ id, sha256 }) => [id, sha256])])
      if (made?.stamp === stamp) return made.check
      const facts: ClinicalFact[] = []
      let read = 0
      for (const one of own) {
        const found = await medicinesOf(one)
        if (found.length > 0) read += 1
        facts.push(...found.map((fact) => ({ ...fact, document: one.id })))
      }
      const compared = await compare(withOwn(told, facts, own, now()))
      const check: MedicineCheck = { generation: told.generation, loadedAt: told.loadedAt, ...compared, prescriptions: { read, unread: own.length - read } }
      // Another patient, another way in or a refusal may have come meanwhile.
      const still = panel.openReading()
      if (still?.generation !== open.generation || still.way.way !== open.way.way) return null
      made = { stamp, check }
      return check
    },
  }
}

/** What is in force by the record, and by prescriptions on their way: those are told as a summary tells them, and say nothing of allergies. */
function withOwn(told: InForceOfReading, facts: readonly ClinicalFact[], own: readonly OwnPrescription[], now: number): InForce {
  if (facts.length === 0) return told
  const listed = own.map(({ id, title, at }): FoldedDocument => ({ uniqueId: id, title, typeCode: '57833-6', classCode: '42', creationTime: new Date(at).toISOString(), serviceStartTime: null }))
  const summary = summarise({ generation: told.generation, loadedAt: told.loadedAt, facts, listed, documents: { read: own.length, unread: 0, failed: 0, unstructured: 0 }, unreadable: [], now })
  const { current, past } = inForceOf(summary, new Set(own.map(({ id }) => id)), now).treatments
  return { treatments: { current: [...told.treatments.current, ...current], past: told.treatments.past + past }, allergies: told.allergies }
}
