import type { SummaryListName } from '#shared/contract/index.ts'
import { openBoundedThread, type ThreadBounds, type Told } from '../documents/index.ts'
import type { FactsAnswer, FactsQuestion, ToPutOnSheet, ToSummarise } from './facts-desk.ts'
import type { ToJudge } from './judge-facts.ts'

/** Reads facts and makes summaries of them on a thread of its own; the whole of the last summary stays there, for what is asked of it. Answers are JSON. */
export interface FactsThread {
  /** Facts of a document; null = it cannot be read, or not within the bounds. */
  read(bytes: Uint8Array, document: string): Promise<Told<FactsAnswer>>
  /** In two lines, what the panel paints first and what is in force of all of it (`InForce`). `madeOf` names it for what is asked later. */
  summarise(madeOf: string, facts: readonly string[], read: ToSummarise): Promise<Told<FactsAnswer>>
  /** The rest of a list of the summary of this name; null = it is there no more, or has no such list. */
  list(madeOf: string, name: SummaryListName): Promise<Told<FactsAnswer>>
  /** All of one of its lines; null = it is there no more, or has no such line. */
  line(madeOf: string, name: SummaryListName, key: string): Promise<Told<FactsAnswer>>
  /** What rules say (`Judged`) of all the facts of this name, else of those given; null = it has them no more and none were given. */
  judge(madeOf: string, facts: readonly string[] | null, asked: ToJudge): Promise<Told<FactsAnswer>>
  /** What an emergency sheet may say (`SheetFacts`) of these facts, beside those of documents not shown to everybody; what is at hand stays. */
  sheet(facts: readonly string[], hidden: readonly string[], read: ToPutOnSheet): Promise<Told<FactsAnswer>>
  /** Nobody looks at the patient in its memory any more. */
  forget(): void
  /** Ends what is under way and gives the thread's memory back, with the patient in it. */
  rest(): Promise<void>
}

const usualBounds: ThreadBounds = { time: 20_000, memory: 300_000_000 }

export function openFactsThread(bounds: ThreadBounds = usualBounds): FactsThread {
  // The built program keeps its workers beside it, under the same name.
  const entry = import.meta.url.endsWith('.ts') ? './facts-worker.ts' : './facts-worker.js'
  const thread = openBoundedThread<FactsQuestion, FactsAnswer>(new URL(entry, import.meta.url), bounds)
  let underWay = 0
  let isUsed = false
  async function ask(question: FactsQuestion): Promise<Told<FactsAnswer>> {
    isUsed = true
    underWay += 1
    try {
      return await thread.ask(question)
    } finally {
      underWay -= 1
    }
  }
  async function rest(): Promise<void> {
    isUsed = false
    await thread.rest()
  }
  return {
    ...questionsTo(ask),
    read: (bytes, document) => ask({ kind: 'read', bytes: Uint8Array.from(bytes), document }),
    forget() {
      // A thread that is idle is left to the next patient, who need not wait for another to start.
      if (underWay > 0) void rest()
      // Where no thread can be had, there is none that remembers anybody.
      else if (isUsed) ask({ kind: 'forget' }).catch(() => undefined)
    },
    rest,
  }
}

/** What may be asked of whoever answers for the desk. */
export function questionsTo(ask: (question: FactsQuestion) => Promise<Told<FactsAnswer>>): Omit<FactsThread, 'forget' | 'rest'> {
  return {
    read: (bytes, document) => ask({ kind: 'read', bytes, document }),
    summarise: (madeOf, facts, read) => ask({ kind: 'summarise', madeOf, facts, read }),
    list: (madeOf, name) => ask({ kind: 'list', madeOf, name }),
    line: (madeOf, name, key) => ask({ kind: 'line', madeOf, name, key }),
    judge: (madeOf, facts, asked) => ask({ kind: 'judge', madeOf, facts, asked }),
    sheet: (facts, hidden, read) => ask({ kind: 'sheet', facts, hidden, read }),
  }
}
