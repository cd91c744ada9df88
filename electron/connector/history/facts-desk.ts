import type { ClinicalFact, RecordSummary, SummaryListName } from '#shared/contract/index.ts'
import { sheetFactsOf, type ReadForSheet } from './emergency-sheet/sheet-facts.ts'
import { forgetWords } from './facts/elements.ts'
import { readFacts } from './facts/read-facts.ts'
import { judge, type ToJudge } from './judge-facts.ts'
import { inForceOf } from './medicines/in-force.ts'
import { paintedFirst, paintedLine, paintedList } from './summary/painted-first.ts'
import { summarise, type Read } from './summary/summarise.ts'

/** What a summary is made of, but for the facts themselves and the panel it is painted on. */
export type ToSummarise = Omit<Read, 'facts' | 'generation' | 'loadedAt'>

/** The same for an emergency sheet. */
export type ToPutOnSheet = Omit<ReadForSheet, 'facts' | 'hidden'>

export type FactsQuestion =
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly document: string }
  | { readonly kind: 'summarise'; readonly madeOf: string; readonly facts: readonly string[]; readonly read: ToSummarise }
  | { readonly kind: 'list'; readonly madeOf: string; readonly name: SummaryListName }
  | { readonly kind: 'line'; readonly madeOf: string; readonly name: SummaryListName; readonly key: string }
  | { readonly kind: 'judge'; readonly madeOf: string; readonly facts: readonly string[] | null; readonly asked: ToJudge }
  | { readonly kind: 'sheet'; readonly facts: readonly string[]; readonly hidden: readonly string[]; readonly read: ToPutOnSheet }
  | { readonly kind: 'forget' }

/** JSON, of a summary two lines of it: a text crosses to the other thread, and into the store, as it is. */
export type FactsAnswer = string | null

/** Whose panel it is painted on is written on it there. */
const nobodys = { generation: 0, loadedAt: '' }

function factsOf(texts: readonly string[]): ClinicalFact[] {
  return texts.flatMap((text) => JSON.parse(text) as ClinicalFact[])
}

/** Answers what is asked of the thread; the last summary made stays at hand, whole, with its facts: what is compared or judged is never what is painted. */
export function openFactsDesk(): (question: FactsQuestion) => FactsAnswer {
  let last: { readonly madeOf: string; readonly facts: readonly ClinicalFact[]; readonly summary: RecordSummary } | null = null
  const lastOf = (madeOf: string) => (last?.madeOf === madeOf ? last : null)

  return (question) => {
    switch (question.kind) {
      case 'read': {
        const facts = readFacts(question.bytes, question.document)
        return facts.ok ? JSON.stringify(facts.value) : null
      }
      case 'summarise': {
        // Two patients at once would be more than the thread may hold.
        last = null
        const facts = factsOf(question.facts)
        const summary = summarise({ ...question.read, ...nobodys, facts })
        last = { madeOf: question.madeOf, facts, summary }
        return `${JSON.stringify(paintedFirst(summary))}\n${JSON.stringify(inForceOf(summary, new Set(), question.read.now))}`
      }
      case 'list': {
        const list = lastOf(question.madeOf)?.summary[question.name]
        return list ? JSON.stringify(paintedList(list)) : null
      }
      case 'line': {
        const list = lastOf(question.madeOf)?.summary[question.name]
        const line = list && paintedLine(list, question.key)
        return line ? JSON.stringify(line) : null
      }
      case 'judge': {
        const facts = lastOf(question.madeOf)?.facts ?? (question.facts && factsOf(question.facts))
        return facts ? JSON.stringify(judge(facts, question.asked)) : null
      }
      case 'sheet':
        return JSON.stringify(sheetFactsOf({ ...question.read, facts: factsOf(question.facts), hidden: factsOf(question.hidden) }))
      case 'forget':
        last = null
        forgetWords()
        return null
    }
  }
}
