import type { ClinicalFact, RecordSummary, SummaryListName } from '#shared/contract/index.ts'
import { readFacts } from './facts/read-facts.ts'
import { paintedFirst, paintedLine, paintedList } from './summary/painted-first.ts'
import { summarise, type Read } from './summary/summarise.ts'

/** What a summary is made of, but for the facts themselves and the panel it is painted on. */
export type ToSummarise = Omit<Read, 'facts' | 'generation' | 'loadedAt'>

export type FactsQuestion =
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly document: string }
  | { readonly kind: 'summarise'; readonly madeOf: string; readonly facts: readonly string[]; readonly read: ToSummarise }
  | { readonly kind: 'list'; readonly madeOf: string; readonly name: SummaryListName }
  | { readonly kind: 'line'; readonly madeOf: string; readonly name: SummaryListName; readonly key: string }
  | { readonly kind: 'forget' }

/** JSON: a text crosses to the other thread, and into the store, as it is. */
export type FactsAnswer = string | null

/** Whose panel it is painted on is written on it there. */
const nobodys = { generation: 0, loadedAt: '' }

/** Answers what is asked of the thread; the last summary made stays at hand. */
export function openFactsDesk(): (question: FactsQuestion) => FactsAnswer {
  let last: { readonly madeOf: string; readonly summary: RecordSummary } | null = null
  const summaryOf = (madeOf: string) => (last?.madeOf === madeOf ? last.summary : null)

  return (question) => {
    switch (question.kind) {
      case 'read': {
        const facts = readFacts(question.bytes, question.document)
        return facts.ok ? JSON.stringify(facts.value) : null
      }
      case 'summarise': {
        const facts = question.facts.flatMap((text) => JSON.parse(text) as ClinicalFact[])
        const summary = summarise({ ...question.read, ...nobodys, facts })
        last = { madeOf: question.madeOf, summary }
        return JSON.stringify(paintedFirst(summary))
      }
      case 'list': {
        const list = summaryOf(question.madeOf)?.[question.name]
        return list ? JSON.stringify(paintedList(list)) : null
      }
      case 'line': {
        const list = summaryOf(question.madeOf)?.[question.name]
        const line = list && paintedLine(list, question.key)
        return line ? JSON.stringify(line) : null
      }
      case 'forget':
        last = null
        return null
    }
  }
}
