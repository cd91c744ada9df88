import { setImmediate } from 'node:timers/promises'
import type { ClinicalFact, RecordSummary, Result } from '#shared/contract/index.ts'
import type { InsId } from '../record/index.ts'
import { readFacts } from './facts/read-facts.ts'
import type { AnalyteTable } from './clinical/analytes.ts'
import type { OpenReading, Panel } from './panel.ts'
import { permissionOf } from './reading-stop.ts'
import { mayHoldFacts } from './record-facts.ts'
import { summarise } from './summary/summarise.ts'

/** What the panel says of the documents that were already fetched for whoever looks. */
export interface PanelSummary {
  /**
   * Null = nothing of the record is open to whoever looks, by the same rules as the list. Asks nothing of the record: a document that was not fetched
   * is counted as unread. Other work goes on between two documents.
   */
  get(): Promise<RecordSummary | null>
}

/** The same, with the facts it was made of. */
export interface SummaryOfFacts extends PanelSummary {
  /** Those of the summary given last; null for any other. */
  factsOf(summary: RecordSummary): readonly ClinicalFact[] | null
}

/** Facts read so far by one way into one patient's record: gone with it. */
interface ReadSoFar {
  readonly generation: number
  readonly ins: InsId
  readonly way: string
  readonly facts: Map<string, Result<ClinicalFact[]>>
}

/** Opens the summary of a panel. */
export function openPanelSummary(panel: Pick<Panel, 'openReading' | 'shown' | 'consultation' | 'onChange'>, now: () => number, analytes: AnalyteTable | null = null): SummaryOfFacts {
  let soFar: ReadSoFar | null = null
  let made: { readonly of: string; readonly summary: RecordSummary; readonly facts: readonly ClinicalFact[] } | null = null
  /** The same patient on screen, by the same way in, which nothing has closed. */
  function stillStands({ generation, ins, way }: ReadSoFar): boolean {
    const now = panel.shown(generation).ok ? panel.consultation(ins) : null
    return now?.way === way && now.stop() === null
  }
  panel.onChange(() => {
    if (soFar && !stillStands(soFar)) soFar = made = null
  })

  function readSoFar({ generation, way }: OpenReading): ReadSoFar {
    if (soFar?.generation === generation && soFar.way === way.way) return soFar
    made = null
    return (soFar = { generation, ins: way.ins, way: way.way, facts: new Map() })
  }

  return {
    async get() {
      const open = panel.openReading()
      if (open === null || !permissionOf('read', open.way.reader, open.reading.standing).allowed) return null
      const { reading, way, generation } = open
      const mine = readSoFar(open)
      const { facts } = mine
      const inForce = reading.documents.filter(({ status }) => status === 'approved')
      const structured = inForce.filter(mayHoldFacts)
      const fetched = way.kept.fetched()
      const at = now()
      // A day is what ages are counted in; the content under a uniqueId never changes.
      const of = JSON.stringify([generation, way.way, reading.loadedAt, Math.floor(at / 86_400_000), [...fetched].sort()])
      if (made?.of === of) return made.summary
      for (const { uniqueId } of structured) {
        const bytes = fetched.has(uniqueId) && !facts.has(uniqueId) ? way.kept.content(uniqueId) : null
        if (bytes === null) continue
        facts.set(uniqueId, readFacts(bytes, uniqueId))
        await setImmediate()
      }
      const read = structured.flatMap((document) => {
        const found = facts.get(document.uniqueId)
        return found ? [{ document, found }] : []
      })
      const told = read.flatMap(({ found }) => (found.ok ? found.value : []))
      const failed = read.filter(({ found }) => !found.ok)
      const summary = summarise({
        generation,
        loadedAt: new Date(reading.loadedAt).toISOString(),
        facts: told,
        analytes,
        listed: reading.documents,
        documents: { read: read.length - failed.length, unread: structured.length - read.length, failed: failed.length, unstructured: inForce.length - structured.length },
        unreadable: failed.map(({ document }) => ({ document: document.uniqueId, title: document.title })),
        now: at,
      })
      // Another patient, another way in or a refusal may have come meanwhile.
      if (!stillStands(mine)) return null
      made = { of, summary, facts: told }
      return summary
    },
    factsOf: (summary) => (made?.summary === summary ? made.facts : null),
  }
}
