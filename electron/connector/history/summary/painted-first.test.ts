import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordSummary, summaryLists, type ClinicalFact, type RecordSummary } from '#shared/contract/index.ts'
import { paintedFirst, paintedLine, paintedList } from './painted-first.ts'
import { summarise } from './summarise.ts'
import { documentsExample, factExample } from './summary-example.ts'

const summaryOf = (facts: readonly ClinicalFact[]) => summarise({ generation: 1, loadedAt: '', facts, listed: documentsExample, documents: { read: 1, unread: 0, failed: 0, unstructured: 0 }, unreadable: [], now: Date.parse('2026-11-21T09:00:00Z') })
const kinds = ['allergy', 'problem', 'treatment', 'labResult', 'vaccine', 'imaging', 'narrative'] as const

const facts = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), label: fc.constantFrom('a', 'b', 'c', 'd'), day: fc.nat(5_000), value: fc.nat(500), long: fc.boolean(), document: fc.constantFrom('letter', 'report', 'synthesis'), absent: fc.nat(9) }).map(({ day, value, long, absent, ...fact }) =>
    factExample({ ...fact, value: long ? `${value} `.repeat(400) : `${value}`, unit: 'g/L', date: new Date(Date.parse('2026-11-20') - day * 86_400_000).toISOString().slice(0, 10), passage: long ? 'y'.repeat(900) : null, status: absent === 0 ? 'noneKnown' : null }),
  ),
  { maxLength: 120 },
)

describe('what is painted first', () => {
  it('is what the contract takes, says how much there is, and begins every list as the whole does', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const whole = summaryOf(all)
        const painted = recordSummary.parse(paintedFirst(whole))
        for (const name of summaryLists) {
          const [first, list] = [painted[name], whole[name]]
          expect([first.lineCount, first.olderCount, first.absenceCount, first.state, first.statedAt]).toEqual([list.lines.length, list.older.length, list.absences.length, list.state, list.statedAt])
          expect(first.lines.map(({ key }) => key)).toEqual(list.lines.slice(0, first.lines.length).map(({ key }) => key))
          expect(first.lines.length).toBeGreaterThanOrEqual(Math.min(9, list.lines.length))
          for (const [at, line] of first.lines.entries()) {
            const { latest } = list.lines[at]!
            if (line.isWhole) expect(line).toEqual(list.lines[at])
            // What a row shows is there, be it cut.
            expect([line.latest.toCheck, line.formerCount, line.latest.sources[0]?.document]).toEqual([latest.sources.some(({ conflict }) => conflict), list.lines[at]!.former.length, latest.sources[0]?.document])
          }
        }
      }),
    )
  })

  it('can be made whole: every list and every line of it is to be had', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const whole = summaryOf(all)
        for (const name of summaryLists) {
          const list = paintedList(whole[name])
          expect([...list.lines, ...list.older].map(({ key }) => paintedLine(whole[name], key))).toEqual([...whole[name].lines, ...whole[name].older])
          expect(list.absences.map(({ key }) => key)).toEqual(whole[name].absences.map(({ key }) => key))
        }
        expect(paintedLine(whole.problems, 'none')).toBeNull()
      }),
    )
  })

  it('is small however much there is', () => {
    const many = (count: number): RecordSummary => summaryOf(Array.from({ length: count }, (_, at) => factExample({ kind: kinds[at % kinds.length]!, label: `x${at % 900}`, value: `${at}`, unit: 'g/L', date: new Date(Date.parse('2026-11-20') - at * 3_600_000).toISOString().slice(0, 10), passage: 'y'.repeat(700) })))
    const size = (summary: RecordSummary) => JSON.stringify(paintedFirst(summary)).length
    expect(size(many(5_000))).toBeLessThan(200_000)
    expect(size(many(5_000))).toBeLessThan(1.5 * size(many(1_000)))
  })
})
