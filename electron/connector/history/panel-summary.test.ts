import { afterEach, beforeEach, expect, it } from 'vitest'
import { failure, success, type RecordDocument } from '#shared/contract/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { openPanelSummary } from './panel-summary.ts'
import { openPanel, type PanelPatient } from './panel.ts'
import { openReadings } from './readings.ts'
import type { Reader } from './reading-stop.ts'
import { answeringRecord, colleagueExample, doctorExample, documentExample, insExample, openStanding } from './record-example.ts'

const patient: PanelPatient = { ins: insExample, label: { ins: insExample.value, insOid: insExample.oid, birthName: 'UN', givenName: 'Ada', usedName: null, birthDate: null, sex: null }, qualified: true, patientId: null }
const structured = { formatCode: 'urn:asip:ci-sis:vsm:2013' }
const listed: RecordDocument[] = [documentExample('1.1', structured), documentExample('1.2', structured), documentExample('1.3', structured), documentExample('1.4', { mimeType: 'application/pdf' })]

/** A document that says one thing of the patient, in words. */
const saying = (words: string) => Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section><code code="10161-8"/>
  <title>Risques</title><text>${words}</text></section></component></structuredBody></component></ClinicalDocument>`)

let handle: Awaited<ReturnType<typeof temporaryStore>>
beforeEach(async () => {
  handle = await temporaryStore()
})
afterEach(() => handle.remove())

async function opened() {
  const world: { reader: Reader; refused: boolean; asked: number; at: number } = { reader: doctorExample, refused: false, asked: 0, at: Date.parse('2026-11-21T09:00:00Z') }
  const readings = openReadings(handle.store)
  const panel = openPanel({
    record: answeringRecord({
      standing: async () => success(openStanding),
      find: async () => {
        world.asked += 1
        return success(listed)
      },
      // Nothing can be fetched by itself: the tests keep what they want kept.
      retrieve: () => failure('document-not-found'),
    }),
    readings,
    reader: () => world.reader,
    wordAgainst: () => (world.refused ? 'consultation-refused' : null),
    onBug: (error) => {
      throw error
    },
    now: () => world.at,
  })
  const summary = openPanelSummary(panel, () => world.at)
  panel.open(patient)
  await panel.settled()
  return { world, panel, summary, kept: readings.of(doctorExample, insExample) }
}

it('reads what was fetched and only that, counting the rest for what it is', async () => {
  const { world, summary, kept } = await opened()
  expect((await summary.get())?.documents).toEqual({ read: 0, unread: 3, failed: 0, unstructured: 1 })
  expect((await summary.get())?.allergies.state).toBe('notLoaded')
  kept.keepContent('1.1', saying('Amiante'))
  kept.keepContent('1.2', Buffer.from('<a'))
  const read = await summary.get()
  expect(read?.documents).toEqual({ read: 1, unread: 1, failed: 1, unstructured: 1 })
  expect(read?.unreadable).toEqual([{ document: '1.2', title: 'Ordonnance' }])
  expect(read?.others.lines.map(({ latest }) => [latest.value, latest.sources[0]?.document])).toEqual([['Amiante', '1.1']])
  expect(read?.allergies.state).toBe('notRecorded')
  expect(read).toMatchObject({ generation: 1, loadedAt: '2026-11-21T09:00:00.000Z' })
  expect(world.asked).toBe(1)
})

it('gives the very same until something changes: a document fetched, the list read again, another day', async () => {
  const { world, panel, summary, kept } = await opened()
  const first = await summary.get()
  expect(await summary.get()).toBe(first)
  kept.keepContent('1.1', saying('Amiante'))
  const second = await summary.get()
  expect(second).not.toBe(first)
  world.at += 60_000
  await panel.refresh()
  const third = await summary.get()
  expect(third?.loadedAt).toBe('2026-11-21T09:01:00.000Z')
  expect(third?.documents.read).toBe(1)
  world.at += 86_400_000
  expect(await summary.get()).not.toBe(third)
})

it('says nothing to whom the list shows nothing: nobody on screen, another reader, a refusal, a session over', async () => {
  const { world, panel, summary, kept } = await opened()
  kept.keepContent('1.1', saying('Amiante'))
  world.refused = true
  expect(await summary.get()).toBeNull()
  world.refused = false
  expect((await summary.get())?.documents.read).toBe(1)
  world.reader = colleagueExample
  expect(await summary.get()).toBeNull()
  world.reader = { ...doctorExample, without: 'sign-in-expired' }
  expect(await summary.get()).toBeNull()
  world.reader = doctorExample
  panel.close()
  expect(await summary.get()).toBeNull()
})

it('drops an answer that was under way when the patient was closed or the reading refused', async () => {
  const { world, panel, summary, kept } = await opened()
  for (const id of ['1.1', '1.3']) kept.keepContent(id, saying('Amiante'))
  const underWay = summary.get()
  world.refused = true
  expect(await underWay).toBeNull()
  world.refused = false
  kept.keepContent('1.2', saying('Amiante'))
  const again = summary.get()
  panel.close()
  expect(await again).toBeNull()
})

it('keeps nothing of a patient who could not be read', async () => {
  const panel = openPanel({ record: answeringRecord({ standing: async () => failure('record-unreachable') }), readings: openReadings(handle.store), reader: () => doctorExample, wordAgainst: () => null, onBug: () => {}, now: () => 1 })
  panel.open(patient)
  await panel.settled()
  expect(await openPanelSummary(panel, () => 1).get()).toBeNull()
})
