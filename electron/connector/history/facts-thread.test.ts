import { afterEach, describe, expect, it } from 'vitest'
import { recordSummary, type ClinicalFact } from '#shared/contract/index.ts'
import { readFacts } from './facts/read-facts.ts'
import { openFactsThread, type FactsThread } from './facts-thread.ts'
import { documentsExample, factExample } from './summary/summary-example.ts'

let thread: FactsThread
afterEach(() => thread.rest())

const document = (words: string) => Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section><code code="10161-8"/>
  <title>Risques</title><text>${words}</text></section></component></structuredBody></component></ClinicalDocument>`)
const read = { listed: documentsExample, documents: { read: 1, unread: 0, failed: 0, unstructured: 0 }, unreadable: [], now: Date.parse('2026-11-21T09:00:00Z') }
const problems = (count: number): ClinicalFact[] => Array.from({ length: count }, (_, at) => factExample({ label: `Problème ${at}`, passage: 'x'.repeat(2_000) }))

describe('the thread of facts', () => {
  it('reads what the readers read, nothing of what cannot be read, and leaves the bytes to whoever gave them', async () => {
    thread = openFactsThread()
    const bytes = document('Amiante')
    const facts = readFacts(bytes, '1.1')
    expect(await thread.read(bytes, '1.1')).toEqual({ answer: JSON.stringify(facts.ok && facts.value) })
    expect(await thread.read(Buffer.from('<a'), '1.2')).toEqual({ answer: null })
    expect(bytes).toEqual(document('Amiante'))
  })

  it('makes a summary that the contract takes, and has the whole of it at hand until it is to forget it', async () => {
    thread = openFactsThread()
    const told = await thread.summarise('one', [JSON.stringify(problems(40))], read)
    const painted = recordSummary.parse({ ...JSON.parse('answer' in told ? (told.answer?.split('\n')[0] ?? '') : ''), generation: 1 })
    expect([painted.problems.lineCount, painted.problems.lines.length, painted.problems.lines[0]?.isWhole]).toEqual([40, 9, false])
    const list = await thread.list('one', 'problems')
    expect(JSON.parse('answer' in list ? (list.answer ?? '') : '')).toMatchObject({ lines: { length: 40 } })
    const line = await thread.line('one', 'problems', painted.problems.lines[0]!.key)
    expect(JSON.parse('answer' in line ? (line.answer ?? '') : '')).toMatchObject({ isWhole: true, latest: { sources: [{ passage: 'x'.repeat(2_000) }] } })
    expect(await thread.list('another', 'problems')).toEqual({ answer: null })
    thread.forget()
    expect(await thread.list('one', 'problems')).toEqual({ answer: null })
  })

  it('gives up what costs too much time or memory, and answers the next', async () => {
    thread = openFactsThread({ time: 20_000, memory: 40_000_000 })
    expect(await thread.summarise('one', Array.from({ length: 40 }, () => JSON.stringify(problems(400))), read)).toEqual({ none: 'gave-up' })
    await thread.rest()
    thread = openFactsThread({ time: 1, memory: 300_000_000 })
    expect(await thread.read(document('Amiante'), '1.1')).toEqual({ none: 'gave-up' })
  })

  it('tells what was ended from what it gave up', async () => {
    thread = openFactsThread()
    const [underWay, waiting] = [thread.read(document('Amiante'), '1.1'), thread.read(document('Amiante'), '1.2')]
    await thread.rest()
    expect(await Promise.all([underWay, waiting])).toEqual([{ none: 'ended' }, { none: 'ended' }])
    expect(await thread.read(document('Amiante'), '1.1')).toMatchObject({ answer: expect.stringContaining('Amiante') })
  })
})
