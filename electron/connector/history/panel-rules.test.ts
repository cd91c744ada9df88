import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { success } from '#shared/contract/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { loadClinicalRules } from './clinical/load-clinical-rules.ts'
import { deskInPlace } from './desk-example.ts'
import { openAvoidedExams } from './exams/avoided-exams.ts'
import { openFactsKeeper } from './keep-facts.ts'
import { openPanelRules, type OutgoingDocument } from './panel-rules.ts'
import { openPanelSummary, type PanelSummary } from './panel-summary.ts'
import { openPanel, type PanelPatient } from './panel.ts'
import { openReadings } from './readings.ts'
import { answeringRecord, doctorExample, documentExample, insExample, openStanding } from './record-example.ts'

const rules = await loadClinicalRules(path.join(import.meta.dirname, '../../../resources/clinical'), null)
const patient: PanelPatient = { ins: insExample, label: { ins: insExample.value, insOid: insExample.oid, birthName: 'UN', givenName: 'Ada', usedName: null, birthDate: '1960-05-05', sex: 'F' }, qualified: true, patientId: null }
const report = documentExample('1.1', { formatCode: 'urn:ihe:lab:xd-lab:2008', typeCode: '11502-2', title: 'Biologie' })
const section = (...entries: readonly string[]) => Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><component><structuredBody><component><section>
  <templateId root="1.2.250.1.213.1.1.2.70"/><code code="18719-5" codeSystem="2.16.840.1.113883.6.1"/><title>Biochimie</title><text>x</text>${entries.map((entry) => `<entry>${entry}</entry>`).join('')}</section></component></structuredBody></component></ClinicalDocument>`)
const resultOf = (code: string, name: string, at = '20261110', interpretation = 'N') => `<observation classCode="OBS" moodCode="EVN"><code code="${code}" codeSystem="2.16.840.1.113883.6.1" displayName="${name}"/><statusCode code="completed"/><effectiveTime value="${at}"/>
  <value xsi:type="PQ" value="2.1" unit="m[IU]/L"/><interpretationCode code="${interpretation}"/></observation>`
const observed = section(resultOf('3016-3', 'TSH'))
const prescribed = section('<observation classCode="OBS" moodCode="INT"><code code="3016-3" codeSystem="2.16.840.1.113883.6.1" displayName="TSH"/></observation>')

let handle: Awaited<ReturnType<typeof temporaryStore>>
beforeEach(async () => {
  handle = await temporaryStore()
})
afterEach(() => handle.remove())

async function opened(content = observed) {
  const world: { outgoing: OutgoingDocument[]; read: number; at: number; bugs: unknown[] } = { outgoing: [], read: 0, at: Date.parse('2026-11-21T09:00:00Z'), bugs: [] }
  const onBug = (error: unknown) => {
    throw error
  }
  const desk = deskInPlace()
  const facts = openFactsKeeper({ thread: desk.thread, onRead: () => undefined, onBug })
  const panel = openPanel({
    record: answeringRecord({ standing: async () => success(openStanding), find: async () => success([report]), retrieve: () => success(content) }),
    readings: openReadings(handle.store), reader: () => doctorExample, wordAgainst: () => null, onFetched: (way, uniqueId) => facts.want(way, [uniqueId]), onBug, now: () => world.at,
  })
  const avoided = openAvoidedExams(handle.store)
  const open = () => openPanelSummary({ panel, thread: desk.thread, facts, analytes: rules.analytes, version: '1', onTold: () => undefined, onBug, now: () => world.at })
  const summary = open()
  const rule = (summary: PanelSummary) => openPanelRules({ panel, summary, rules, mayJudge: true, outgoing: async () => world.outgoing, avoided, onBug: (error) => world.bugs.push(error), now: () => world.at })
  const made = rule(summary)
  panel.open(patient)
  await panel.settled()
  await facts.settled()
  let items = 0
  const goes = (typeCode: string, bytes: Buffer): OutgoingDocument => ({ item: `item ${(items += 1)}`, typeCode, title: 'Ordonnance', bytes: () => {
    world.read += 1
    return bytes
  } })
  return { world, panel, desk, summary, made, avoided, goes, again: () => rule(open()) }
}

it('tells the exam already done, and that a prescription on its way names it; its document is read once', async () => {
  const { world, made, goes } = await opened()
  expect((await made.get())?.exams).toMatchObject({ done: [{ rule: 'tsh', verdict: 'redundant', withinDays: 28, days: 11, asked: null }], requests: [] })
  world.outgoing = [goes('PRESC-BIO', prescribed), goes('57833-6', prescribed)]
  for (const _ of [1, 2]) expect((await made.get())?.exams).toMatchObject({ done: [{ rule: 'tsh', asked: 'named' }], requests: [{ category: 'biology', codes: ['3016-3'] }] })
  expect(world.read).toBe(1)
})

it('does not guess what a PDF prescribes, nor fails where its bytes cannot be had', async () => {
  const { world, made, goes } = await opened()
  world.outgoing = [goes('PRESC-BIO', Buffer.from('%PDF-1.7'))]
  expect((await made.get())?.exams).toMatchObject({ done: [{ asked: 'category' }], requests: [{ codes: null }] })
  world.outgoing = [{ ...goes('PRESC-BIO', prescribed), item: 'lost', bytes: () => {
    throw new Error('lost')
  } }]
  expect((await made.get())?.exams.requests).toMatchObject([{ item: 'lost', codes: null }])
  expect(world.bugs).toHaveLength(1)
})

it('counts an exam avoided once, in its month, takes it back from there, and keeps nothing of whom', async () => {
  const { world, made, avoided } = await opened()
  const tell = (change: Partial<Parameters<typeof made.tellAvoided>[0]> = {}) => made.tellAvoided({ generation: 1, rule: 'tsh', date: '2026-11-10', avoided: true, ...change })
  expect(tell()).toMatchObject({ ok: false, failure: { code: 'not-found' } })
  await made.get()
  for (const _ of [1, 2]) expect(tell()).toEqual(success(undefined))
  expect(avoided.byMonth()).toEqual([{ month: '2026-11', count: 1 }])
  expect((await made.get())?.exams.done[0]?.avoided).toBe(true)
  expect(tell({ rule: 'hba1c' })).toMatchObject({ ok: false, failure: { code: 'not-found' } })
  expect(tell({ generation: 2 })).toMatchObject({ ok: false, failure: { code: 'patient-changed' } })
  world.at = Date.parse('2026-12-01T09:00:00Z')
  tell({ avoided: false })
  expect(avoided.byMonth()).toEqual([])
  expect(handle.store.db.prepare('SELECT * FROM exam_avoided').all()).toEqual([{ month: '2026-11', count: 0 }])
})

it('says nothing of a patient that was closed meanwhile', async () => {
  const { world, panel, made, goes } = await opened()
  world.outgoing = [goes('PRESC-BIO', prescribed)]
  const underWay = made.get()
  panel.close()
  expect(await underWay).toBeNull()
})

it('judges by every fact, be the exam beyond what the lists show first; at hand, of a former run, and where the thread has it no more', async () => {
  // Forty results out of range go before it; the section's text is the forty-second line.
  const { world, made, summary, desk, again } = await opened(section(...Array.from({ length: 40 }, (_, at) => resultOf(`9${at}000-1`, `Dosage ${at}`, '20261111', 'HH')), resultOf('3016-3', 'TSH')))
  const painted = await summary.get()
  expect([painted?.results.lineCount, painted?.results.lines.some(({ name }) => name === 'TSH')]).toEqual([42, false])
  const told = { done: [{ rule: 'tsh', verdict: 'redundant' }] }
  expect((await made.get())?.exams).toMatchObject(told)
  const judged = () => desk.asked.filter((kind) => kind === 'judge').length
  const before = judged()
  await summary.close()
  expect((await again().get())?.exams).toMatchObject(told)
  expect(judged()).toBe(before)
  // Another day asks anew: of what the store has, for this thread has nothing at hand.
  desk.thread.forget()
  world.at += 400 * 86_400_000
  const next = await again().get()
  expect(next?.exams.done.some(({ rule, verdict }) => rule === 'tsh' && verdict === 'redundant')).toBe(false)
  expect(judged()).toBeGreaterThan(before)
})
