import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { RecordDocument, RecordSummary, SummaryLine, SummaryLineInput, SummaryList, SummaryListInput } from '#shared/contract/index.ts'
import type { AnalyteTable } from './clinical/analytes.ts'
import { dayOf } from './clinical/calendar.ts'
import type { SheetFacts } from './emergency-sheet/sheet-facts.ts'
import { readersVersion } from './facts/readers-version.ts'
import type { FactsAnswer } from './facts-desk.ts'
import type { FactsThread } from './facts-thread.ts'
import type { Judged, ToJudge } from './judge-facts.ts'
import type { FactsKeeper } from './keep-facts.ts'
import type { InForce } from './medicines/in-force.ts'
import type { OpenReading, Panel } from './panel.ts'
import { permissionOf } from './reading-stop.ts'
import { isDeclaredStructured, mayHoldFacts } from './record-facts.ts'
import type { Painted } from './readings.ts'
import type { FoldedDocument } from './summary/fold-facts.ts'

/** What the panel says of the documents that were already fetched for whoever looks. */
export interface PanelSummary {
  /**
   * What is painted first. Null = nothing of the record is open to whoever looks, by the same rules as the list. Asks nothing of the record: a document
   * that was not fetched, or not read yet, is counted as unread. At once where it was made before, be it by a former run; where it was made another
   * day, with that day's ages, and today's follow.
   */
  get(): Promise<RecordSummary | null>
  /** All of one list of it, or of one line; null = it is of another patient, or of another reading. */
  list(asked: SummaryListInput): Promise<SummaryList | null>
  line(asked: SummaryLineInput): Promise<SummaryLine | null>
  /** What is to be compared of today, by all the facts behind the summary, and of which reading and facts; null as `get` is, and until the list is in. */
  inForce(): Promise<InForceOfReading | null>
  /** What rules say of all the facts behind this summary; null = it is on screen no more. `rulesName` names the rules asked: another for others. */
  judge(of: OfReading, asked: ToJudge, rulesName: string): Promise<Judged | null>
  /** What an emergency sheet may say of all the facts behind this summary; null = it is on screen no more. `tetanus`: classes of vaccines that hold it. */
  sheetFacts(of: OfReading, tetanus: readonly string[]): Promise<FactsForSheet | null>
  /** Resolves when nothing is being made. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Whose panel something is of. */
export type OfReading = Pick<RecordSummary, 'generation' | 'loadedAt' | 'begun'>

export interface InForceOfReading extends OfReading, InForce {
  readonly loadedAt: string
  /** The same for the same facts of the same day. */
  readonly name: string
}

/** Facts for a sheet, of what number of documents, and how many documents are not shown to everybody. */
export interface FactsForSheet extends SheetFacts {
  readonly documents: RecordSummary['documents']
  readonly hiddenDocuments: number
}

export interface PanelSummaryOptions {
  readonly panel: Pick<Panel, 'openReading' | 'shown' | 'consultation' | 'onChange'>
  readonly thread: FactsThread
  readonly facts: Pick<FactsKeeper, 'want' | 'drop'>
  readonly analytes?: AnalyteTable | null
  /** Version of the program: what another one made is made again. */
  readonly version: string
  /** There is more to tell. */
  readonly onTold: () => void
  readonly onBug: (error: unknown) => void
  readonly now: () => number
  /** Milliseconds left to the windows to paint what is at hand, before more is made of it. */
  readonly afterPaintMs?: number
}

/** What a summary is of: one reading as it is shown, and what was read of its documents. */
interface Looked extends Told {
  readonly open: OpenReading
  readonly day: number
}

/** What a list says of itself, with what was fetched and read of it. */
interface Told {
  /** Documents whose facts it is made of. */
  readonly read: readonly FoldedDocument[]
  /** Documents whose content is kept and was not looked into. */
  readonly due: readonly string[]
  readonly documents: RecordSummary['documents']
  readonly unreadable: RecordSummary['unreadable']
  readonly isBegun: boolean
  /** The same for what makes the same summary, ages and counts of documents apart. */
  readonly madeOf: string
}

/** What folding needs of a document, and no more: it goes to the other thread. */
function foldedDocument({ uniqueId, title, typeCode, classCode, creationTime, serviceStartTime }: RecordDocument): FoldedDocument {
  return { uniqueId, title, typeCode, classCode, creationTime, serviceStartTime }
}

/** Whoever holds a paper sees what is on it: patient, representatives and professionals alike. */
function isShownToAll({ maskedToProfessionals, hiddenFromPatient, hiddenFromRepresentatives }: RecordDocument): boolean {
  return !maskedToProfessionals && !hiddenFromPatient && !hiddenFromRepresentatives
}

/** The record warned that its list may not be whole: it says of nothing that there is none. */
function isIncomplete({ reading }: OpenReading): boolean {
  return reading.warnings !== undefined
}

/** What was made of one set of facts. */
interface Made {
  readonly madeOf: string
  readonly painted: Painted
  readonly inForce: string
}

/** Texts handed over in one go. */
const some = 25
/** With nobody asking, the thread's memory is given back after so long. */
const restAfterMs = 300_000

/** Opens the summary of a panel. */
export function openPanelSummary({ panel, thread, facts, analytes = null, version, onTold, onBug, now, afterPaintMs = 1_000 }: PanelSummaryOptions): PanelSummary {
  /** What was made last, so that what is asked of it is asked of the very same. */
  let made: (Made & { readonly of: OpenReading }) | null = null
  let making: { readonly madeOf: string; readonly day: number; readonly of: OpenReading; readonly done: Promise<Made | null> } | null = null
  let judged: { readonly of: OpenReading; readonly name: string; readonly text: string } | null = null
  /** The readings give the very same objects while nothing was written: one opening asks this many times. */
  let toldLast: { readonly listed: readonly RecordDocument[]; readonly known: ReadonlyMap<string, boolean>; readonly fetched: ReadonlySet<string>; readonly told: Told } | null = null
  /** Whom the last summary was of. */
  let current: OpenReading | null = null
  let closed = false
  let [resting, later]: (NodeJS.Timeout | undefined)[] = []

  /** The same patient on screen, by the same way in, which nothing has closed. */
  function stillStands({ generation, way }: OpenReading): boolean {
    const now = panel.shown(generation).ok ? panel.consultation(way.ins) : null
    return now?.way === way.way && now.stop() === null
  }
  const readAt = ({ reading: { loadedAt } }: OpenReading) => (loadedAt === null ? null : new Date(loadedAt).toISOString())
  const ofReading = (open: OpenReading): OfReading => ({ generation: open.generation, loadedAt: readAt(open), begun: open.begun })
  const isSame = (one: OpenReading, other: OpenReading) => one.generation === other.generation && one.way.way === other.way.way

  panel.onChange(() => {
    if (!current || stillStands(current)) return
    current = made = making = judged = toldLast = null
    clearTimeout(later)
    facts.drop()
    thread.forget()
  })

  function used(): void {
    clearTimeout(resting)
    resting = setTimeout(() => void thread.rest(), restAfterMs).unref()
  }

  function openNow(): OpenReading | null {
    const open = closed ? null : panel.openReading()
    return open && permissionOf('read', open.way.reader, open.reading.standing).allowed ? open : null
  }

  function look(open: OpenReading): Looked {
    const [listed, known, fetched] = [open.reading.documents, open.way.kept.factsRead(), open.way.kept.fetched()]
    const isBegun = open.begun !== null || isIncomplete(open)
    if (toldLast?.listed !== listed || toldLast.known !== known || toldLast.fetched !== fetched || toldLast.told.isBegun !== isBegun) toldLast = { listed, known, fetched, told: tell(listed, known, fetched, isBegun) }
    // A day is what ages are counted in.
    return { open, ...toldLast.told, day: Math.floor(now() / 86_400_000) }
  }

  function tell(listed: readonly RecordDocument[], known: ReadonlyMap<string, boolean>, fetched: ReadonlySet<string>, isBegun: boolean): Told {
    const inForce = listed.filter(({ status }) => status === 'approved')
    // What is declared a wrapped file mostly holds nothing to read: it counts once it was opened, and no record of PDF is for ever half read.
    const structured = inForce.filter((document) => mayHoldFacts(document) && (isDeclaredStructured(document) || fetched.has(document.uniqueId)))
    const read = structured.filter(({ uniqueId }) => known.get(uniqueId) === true).map(foldedDocument)
    const failed = structured.filter(({ uniqueId }) => known.get(uniqueId) === false)
    const documents = { read: read.length, unread: structured.length - read.length - failed.length, failed: failed.length, unstructured: inForce.length - structured.length }
    // The content under a uniqueId never changes. Of no document, what is not read decides what the emptiness means.
    const isNothingRead = read.length === 0 && documents.unread + documents.failed > 0
    return {
      read, documents, isBegun, due: structured.flatMap(({ uniqueId }) => (fetched.has(uniqueId) && !known.has(uniqueId) ? [uniqueId] : [])), unreadable: failed.map(({ uniqueId, title }) => ({ document: uniqueId, title })),
      madeOf: createHash('sha256').update(JSON.stringify([version, readersVersion, isNothingRead, isBegun, read.map((one) => JSON.stringify(one)).sort()])).digest('base64url'),
    }
  }

  /** What is on screen, when it is what is asked about. */
  function lookAt({ generation, loadedAt, begun }: OfReading): Looked | null {
    const open = openNow()
    return open && open.generation === generation && readAt(open) === loadedAt && open.begun === begun ? look(open) : null
  }

  /** What was painted of exactly this, whatever the day. */
  function paintedOf({ open, madeOf }: Looked): Painted | null {
    return made?.madeOf === madeOf && isSame(made.of, open) ? made.painted : open.way.kept.painted(madeOf)
  }

  function inForceOf({ open, madeOf, day }: Looked): string | null {
    return made?.madeOf === madeOf && made.painted.day === day && isSame(made.of, open) ? made.inForce : open.way.kept.inForce(madeOf, day)
  }

  function onPanel({ open, documents, unreadable }: Looked, painted: Painted): RecordSummary {
    return { ...(JSON.parse(painted.text) as RecordSummary), ...ofReading(open), documents, unreadable, ...(isIncomplete(open) && { isIncomplete: true }) }
  }

  /** Has it made, once for all who ask; null = it became nobody's meanwhile. */
  function make(looked: Looked): Promise<Made | null> {
    const { madeOf, day, open } = looked
    if (making?.madeOf === madeOf && making.day === day && isSame(making.of, open)) return making.done
    const done = makeNow(looked).finally(() => {
      if (making?.done === done) making = null
    })
    making = { madeOf, day, of: open, done }
    return done
  }

  /** Facts of documents, some at a time; null = it became nobody's meanwhile. */
  async function textsOf({ open, read }: Pick<Looked, 'open' | 'read'>): Promise<string[] | null> {
    const ids = read.map(({ uniqueId }) => uniqueId)
    const texts: string[] = []
    for (let at = 0; at < ids.length; at += some) {
      texts.push(...open.way.kept.facts(ids.slice(at, at + some)))
      await setImmediate()
      if (!stillStands(open)) return null
    }
    return texts
  }

  /** The answer to what was asked for whoever looks; null = it became nobody's meanwhile: another patient, another way in or a refusal may have come. */
  async function answered(open: OpenReading, asked: ReturnType<FactsThread['list']>): Promise<string | null> {
    used()
    const told = await asked
    if (!stillStands(open) || ('none' in told && told.none === 'ended')) return null
    if (!('answer' in told) || told.answer === null) throw new Error('the summary could not be made')
    return told.answer
  }

  async function makeNow(looked: Looked): Promise<Made | null> {
    const { open, read, documents, unreadable, isBegun, madeOf, day } = looked
    const texts = await textsOf(looked)
    if (texts === null) return null
    const told = await answered(open, thread.summarise(madeOf, texts, { listed: read, analytes, documents, unreadable, isBegun, now: now() }))
    if (told === null) return null
    const [text, inForce] = told.split('\n') as [string, string]
    made = { madeOf, painted: { day, text }, inForce, of: open }
    // A document may have gone meanwhile, and with it what is said of it here.
    const still = openNow()
    if (still && look(still).madeOf === madeOf) open.way.kept.keepPainted(madeOf, made.painted, inForce)
    return made
  }

  /** Today's ages, and the whole for what will be asked of it: once what is at hand is painted. */
  function makeLater({ open, day }: Looked, before: Painted): void {
    clearTimeout(later)
    later = setTimeout(() => {
      if (!stillStands(open)) return
      const looked = look(open)
      make(looked).then((done) => done && before.day !== day && onTold(), onBug)
    }, afterPaintMs).unref()
  }

  /** What is asked of the summary on screen: of the very one that is at hand, made again where the thread has it no more. */
  async function ask<Found>(asked: OfReading, of: (madeOf: string) => ReturnType<FactsThread['list']>): Promise<Found | null> {
    const looked = lookAt(asked)
    if (!looked) return null
    const { open } = looked
    used()
    let told = await of(looked.madeOf)
    if (!('answer' in told) || told.answer === null) {
      if (!stillStands(open) || !(await make(looked))) return null
      told = await of(looked.madeOf)
    }
    return 'answer' in told && told.answer !== null && stillStands(open) ? (JSON.parse(told.answer) as Found) : null
  }

  /** By the facts the thread has at hand, else by all of them anew; never by what is painted. */
  async function judgeNow(looked: Looked, asked: ToJudge): Promise<FactsAnswer> {
    const { open, madeOf } = looked
    used()
    const told = await thread.judge(madeOf, null, asked)
    if (!stillStands(open)) return null
    if ('answer' in told && told.answer !== null) return told.answer
    const texts = await textsOf(looked)
    return texts && answered(open, thread.judge(madeOf, texts, asked))
  }

  return {
    async get() {
      const open = openNow()
      if (!open) return null
      current = open
      const looked = look(open)
      if (looked.due.length > 0) facts.want(open.way, looked.due)
      const before = paintedOf(looked)
      if (before) {
        if (made?.madeOf !== looked.madeOf || before.day !== looked.day) makeLater(looked, before)
        return onPanel(looked, before)
      }
      const done = await make(looked)
      return done && stillStands(open) ? onPanel(looked, done.painted) : null
    },
    list: (asked) => ask(asked, (madeOf) => thread.list(madeOf, asked.list)),
    line: (asked) => ask(asked, (madeOf) => thread.line(madeOf, asked.list, asked.key)),
    async inForce() {
      const open = openNow()
      if (!open) return null
      const looked = look(open)
      const loadedAt = readAt(open)
      if (loadedAt === null) return null
      const text = inForceOf(looked) ?? (await make(looked))?.inForce ?? null
      return text !== null && stillStands(open) ? { ...ofReading(open), loadedAt, name: JSON.stringify([looked.madeOf, looked.day]), ...(JSON.parse(text) as InForce) } : null
    },
    async judge(of, asked, rulesName) {
      const looked = lookAt(of)
      if (!looked) return null
      const { open, madeOf } = looked
      const { documents, patient, isWhole, mayJudge } = asked
      const name = createHash('sha256').update(JSON.stringify([madeOf, rulesName, documents, patient, isWhole, mayJudge, dayOf(asked.now)])).digest('base64url')
      const known = judged?.name === name && isSame(judged.of, open) ? judged.text : open.way.kept.judged(madeOf, name)
      const text = known ?? (await judgeNow(looked, asked))
      if (text === null) return null
      if (known === null) open.way.kept.keepJudged(madeOf, name, text)
      judged = { of: open, name, text }
      return JSON.parse(text) as Judged
    },
    async sheetFacts(of, tetanus) {
      const looked = lookAt(of)
      if (!looked) return null
      const { open } = looked
      const partOf = (documents: readonly RecordDocument[]) => ({ open, ...tell(documents, open.way.kept.factsRead(), open.way.kept.fetched(), isIncomplete(open)) })
      const [shown, hidden] = [partOf(open.reading.documents.filter(isShownToAll)), partOf(open.reading.documents.filter((document) => !isShownToAll(document)))]
      const [texts, hiddenTexts] = [await textsOf(shown), await textsOf(hidden)]
      if (texts === null || hiddenTexts === null) return null
      // Both parts in the order of the list they are folded by.
      const listed = open.reading.documents.map(foldedDocument)
      const told = await answered(open, thread.sheet(texts, hiddenTexts, { listed, analytes, documents: shown.documents, unreadable: [], isBegun: shown.isBegun, tetanus, now: now() }))
      if (told === null) return null
      const hiddenDocuments = open.reading.documents.filter((document) => document.status === 'approved' && !isShownToAll(document)).length
      return { ...(JSON.parse(told) as SheetFacts), documents: shown.documents, hiddenDocuments }
    },
    async settled() {
      while (making) await making.done
    },
    async close() {
      closed = true
      clearTimeout(resting)
      clearTimeout(later)
      const last = making?.done.catch(() => undefined)
      await thread.rest()
      await last
    },
  }
}
