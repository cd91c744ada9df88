import { afterEach, beforeEach, expect, it } from 'vitest'
import { success } from '#shared/contract/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { openPanel, type PanelPatient } from './panel.ts'
import { openReadings, type Readings } from './readings.ts'
import type { Reader } from './reading-stop.ts'
import { answeringRecord, colleagueExample, doctorExample, documentExample, elsewhereExample, insExample, openStanding } from './record-example.ts'

const day = 86_400_000
const start = Date.parse('2026-11-01T09:00:00Z')
const patient: PanelPatient = { ins: insExample, label: { ins: insExample.value, insOid: insExample.oid, birthName: 'UN', givenName: 'Ada', usedName: null, birthDate: null, sex: null }, qualified: true, patientId: null }

let handle: Awaited<ReturnType<typeof temporaryStore>>
let readings: Readings
const world: { at: number; listed: string[]; reader: Reader } = { at: start, listed: ['1'], reader: doctorExample }
beforeEach(async () => {
  handle = await temporaryStore()
  readings = openReadings(handle.store)
  Object.assign(world, { at: start, listed: ['1'], reader: doctorExample })
})
afterEach(() => handle.remove())

function panelNow() {
  return openPanel({
    record: answeringRecord({ standing: async () => success(openStanding), find: async () => success(world.listed.map((id) => documentExample(id))) }),
    readings,
    reader: () => world.reader,
    wordAgainst: () => null,
    onBug: (error) => {
      throw error
    },
    now: () => world.at,
  })
}

/** Opens the patient at a time, with these documents in the record, and says what is new. */
async function look(at: number, listed: string[], panel = panelNow()) {
  world.at = at
  world.listed = listed
  panel.open(patient)
  await panel.settled()
  const { news } = panel.view()
  return [news.since, [...news.documents].sort()]
}

it('tells nothing new the first time, then what came since, all day long, and no more the next time', async () => {
  expect(await look(start, ['1'])).toEqual([null, []])
  expect(await look(start + 10 * day, ['1', '2', '3'])).toEqual(['2026-11-01T09:00:00.000Z', ['2', '3']])
  expect(await look(start + 10 * day + 3_600_000, ['1', '2', '3', '4'])).toEqual(['2026-11-01T09:00:00.000Z', ['2', '3', '4']])
  expect(await look(start + 12 * day, ['1', '2', '3', '4'])).toEqual(['2026-11-11T10:00:00.000Z', []])
})

it('is kept over a restart', async () => {
  await look(start, ['1'])
  readings = openReadings(await handle.reopen())
  expect(await look(start + day, ['1', '2'])).toEqual(['2026-11-01T09:00:00.000Z', ['2']])
})

it('is of one reader: a colleague, or the same one elsewhere, has not looked', async () => {
  await look(start, ['1'])
  for (const reader of [colleagueExample, elsewhereExample]) {
    world.reader = reader
    expect(await look(start + day, ['1', '2'])).toEqual([null, []])
  }
  world.reader = doctorExample
  expect((await look(start + 2 * day, ['1', '2']))[1]).toEqual(['2'])
})

it('does not count an emergency entry', async () => {
  await look(start, ['1'])
  const panel = panelNow()
  world.at = start + day
  panel.open(patient)
  await panel.settled()
  world.at = start + 5 * day
  world.listed = ['1', '2']
  await panel.enter({ id: 'one', mode: 'break-glass', reason: 'unconscious', reader: doctorExample, since: world.at })
  expect(panel.view().news).toEqual({ since: null, documents: [] })
  panel.leave()
  panel.close()
  expect(await look(start + 6 * day, ['1', '2'])).toEqual(['2026-11-02T09:00:00.000Z', ['2']])
})

it('does not count a list that came after the patient was closed', async () => {
  await look(start, ['1'])
  readings.of(doctorExample, insExample).keep({ documents: [documentExample('1'), documentExample('2')], standing: openStanding, loadedAt: start + 3_600_000 })
  expect(await look(start + day, ['1', '2'])).toEqual(['2026-11-01T09:00:00.000Z', ['2']])
})

it('is erased with the readings: by a refusal, and once nobody looked for so long', async () => {
  await look(start, ['1'])
  readings.forget(insExample)
  expect(await look(start + day, ['1', '2'])).toEqual([null, []])
  expect(await readings.erase(start + 40 * day, 30 * day, new AbortController().signal)).toBe(true)
  expect(await look(start + 41 * day, ['1', '2'])).toEqual([null, []])
  expect(handle.store.db.prepare('SELECT count(*) FROM record_look').pluck().get()).toBe(1)
})

it('says nothing of a list that was never read', () => {
  const kept = readings.of(doctorExample, insExample)
  kept.see(start)
  expect(handle.store.db.prepare('SELECT count(*) FROM record_look').pluck().get()).toBe(0)
  expect(kept.news(start)).toEqual({ since: null, documents: [] })
})
