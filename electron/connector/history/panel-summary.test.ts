import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { failure, success, type RecordDocument } from '#shared/contract/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { deskInPlace } from './desk-example.ts'
import { openFactsDesk, type FactsAnswer, type FactsQuestion } from './facts-desk.ts'
import { questionsTo, type FactsThread } from './facts-thread.ts'
import { openFactsKeeper } from './keep-facts.ts'
import { openPanelSummary } from './panel-summary.ts'
import { openPanel, type PanelPatient } from './panel.ts'
import { openReadings } from './readings.ts'
import type { Reader } from './reading-stop.ts'
import { answeringRecord, colleagueExample, doctorExample, documentExample, insExample, openStanding } from './record-example.ts'

const patient: PanelPatient = { ins: insExample, label: { ins: insExample.value, insOid: insExample.oid, birthName: 'UN', givenName: 'Ada', usedName: null, birthDate: null, sex: null }, qualified: true, patientId: null }
const structured = { formatCode: 'urn:asip:ci-sis:vsm:2013' }
const listed: RecordDocument[] = [documentExample('1.1', structured), documentExample('1.2', structured), documentExample('1.3', structured), documentExample('1.4', { mimeType: 'application/pdf' })]

/** A document that says one thing of the patient, in words, and what they are allergic to. */
const saying = (words: string, allergy: string | null = null) => Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody><component><section><code code="10161-8"/>
  <title>Risques</title><text>${words}</text></section></component>${allergy === null ? '' : `<component><section><code code="48765-2"/><title>Allergies</title><text>${allergy}</text></section></component>`}</structuredBody></component></ClinicalDocument>`)

let handle: Awaited<ReturnType<typeof temporaryStore>>
beforeEach(async () => {
  handle = await temporaryStore()
})
afterEach(() => handle.remove())

const onBug = (error: unknown) => {
  throw error
}

async function opened() {
  const world: { reader: Reader; refused: boolean; asked: number; at: number; listed: RecordDocument[]; told: number } = { reader: doctorExample, refused: false, asked: 0, at: Date.parse('2026-11-21T09:00:00Z'), listed, told: 0 }
  const readings = openReadings(handle.store)
  const panel = openPanel({
    record: answeringRecord({
      standing: async () => success(openStanding),
      find: async () => {
        world.asked += 1
        return success(world.listed)
      },
      // Nothing can be fetched by itself: the tests keep what they want kept.
      retrieve: () => failure('document-not-found'),
    }),
    readings,
    reader: () => world.reader,
    wordAgainst: () => (world.refused ? 'consultation-refused' : null),
    onBug,
    now: () => world.at,
  })
  const desk = deskInPlace()
  const facts = openFactsKeeper({ thread: desk.thread, onRead: () => (world.told += 1), onBug })
  const open = (version = '1') => openPanelSummary({ panel, thread: desk.thread, facts, version, onTold: () => (world.told += 1), onBug, now: () => world.at, afterPaintMs: 0 })
  const summary = open()
  panel.open(patient)
  await panel.settled()
  const kept = readings.of(doctorExample, insExample)
  /** Keeps a content, and has it read. */
  const keep = async (uniqueId: string, bytes: Buffer) => {
    kept.keepContent(uniqueId, bytes)
    facts.want(panel.consultation(insExample), [uniqueId])
    await facts.settled()
  }
  return { world, panel, summary, kept, keep, facts, readings, desk, open }
}

it('reads what was fetched and only that, counting the rest for what it is', async () => {
  const { world, summary, keep } = await opened()
  expect((await summary.get())?.documents).toEqual({ read: 0, unread: 3, failed: 0, unstructured: 1 })
  expect((await summary.get())?.allergies.state).toBe('notLoaded')
  await keep('1.1', saying('Amiante'))
  await keep('1.2', Buffer.from('<a'))
  const read = await summary.get()
  expect(read?.documents).toEqual({ read: 1, unread: 1, failed: 1, unstructured: 1 })
  expect(read?.unreadable).toEqual([{ document: '1.2', title: 'Ordonnance' }])
  expect(read?.others.lines.map(({ latest }) => [latest.value, latest.sources[0]?.document])).toEqual([['Amiante', '1.1']])
  expect(read?.allergies.state).toBe('notRecorded')
  expect(read).toMatchObject({ generation: 1, loadedAt: '2026-11-21T09:00:00.000Z' })
  expect(world.asked).toBe(1)
})

it('waits for nothing of a document declared a wrapped file, and reads it once it is opened', async () => {
  const { world, panel, summary, keep } = await opened()
  world.listed = [listed[0]!, documentExample('1.6', { formatCode: 'urn:ihe:iti:xds-sd:pdf:2008' })]
  await panel.refresh()
  await keep('1.1', saying('Amiante'))
  expect((await summary.get())?.documents).toEqual({ read: 1, unread: 0, failed: 0, unstructured: 1 })
  await keep('1.6', saying('Tabac'))
  expect((await summary.get())?.documents).toEqual({ read: 2, unread: 0, failed: 0, unstructured: 0 })
})

it('says of the beginning of a list what its documents say, and of what they do not that it is not loaded; nothing is compared by it alone', async () => {
  let listIn: (documents: RecordDocument[]) => void = () => undefined
  const list = new Promise<RecordDocument[]>((resolve) => (listIn = resolve))
  const panel = openPanel({
    record: answeringRecord({ first: async () => success([listed[0]!]), find: async () => success(await list), retrieve: (uniqueId) => success(saying(`Amiante ${uniqueId}`)) }),
    readings: openReadings(handle.store), reader: () => doctorExample, wordAgainst: () => null, onBug, now: () => 5,
    onFetched: (way, uniqueId) => facts.want(way, [uniqueId]), listAloneMs: 0,
  })
  const { thread } = deskInPlace()
  const facts = openFactsKeeper({ thread, onRead: () => undefined, onBug })
  const summary = openPanelSummary({ panel, thread, facts, version: '1', onTold: () => undefined, onBug, now: () => 5, afterPaintMs: 0 })
  panel.open(patient)
  await vi.waitFor(async () => expect((await summary.get())?.documents.read).toBe(1))
  const begun = await summary.get()
  expect(begun).toMatchObject({ generation: 1, loadedAt: null, begun: panel.view().begun, documents: { read: 1, unread: 0 }, allergies: { state: 'notLoaded' }, treatments: { state: 'notLoaded' } })
  expect(begun?.others.lines.map(({ latest }) => latest.value)).toEqual(['Amiante 1.1'])
  expect(await summary.list({ generation: 1, loadedAt: null, begun: begun!.begun, list: 'others' })).toMatchObject({ lineCount: 1 })
  expect(await summary.inForce()).toBeNull()
  listIn([listed[0]!, listed[3]!])
  await panel.settled()
  await facts.settled()
  expect(await summary.get()).toMatchObject({ loadedAt: new Date(5).toISOString(), documents: { read: 1, unread: 0 }, allergies: { state: 'notRecorded' } })
  expect(await summary.list({ generation: 1, loadedAt: null, begun: begun!.begun, list: 'others' })).toBeNull()
  expect(await summary.inForce()).not.toBeNull()
  await summary.close()
})

it('says of nothing that it is not recorded where the record warned that its list may not be whole', async () => {
  const { panel, summary, keep, kept } = await opened()
  await keep('1.1', saying('Amiante'))
  const whole = await summary.get()
  expect(whole).toMatchObject({ allergies: { state: 'notRecorded' } })
  expect(whole).not.toHaveProperty('isIncomplete')
  const { documents, standing } = kept.get()
  kept.keep({ documents, standing: standing!, loadedAt: 9, warnings: ['XDSTooManyResults: liste tronquée'] })
  expect(panel.view().warnings).toEqual(['XDSTooManyResults: liste tronquée'])
  const cut = await summary.get()
  expect(cut).toMatchObject({ isIncomplete: true, allergies: { state: 'notLoaded' } })
})

it('puts on a sheet nothing of a document that is not shown to everybody, and tells whoever prints which lists it speaks of', async () => {
  const { world, panel, summary, keep } = await opened()
  for (const flag of ['maskedToProfessionals', 'hiddenFromPatient', 'hiddenFromRepresentatives'] as const) {
    world.listed = [documentExample('1.1', structured), documentExample('1.2', { ...structured, [flag]: true })]
    await panel.refresh()
    await keep('1.1', saying('Amiante', 'Pollens'))
    await keep('1.2', saying('Tabac', 'Pénicilline'))
    const shown = await summary.get()
    const sheet = await summary.sheetFacts(shown!, [])
    expect(sheet?.lists.allergies.facts.flatMap(({ values }) => values.map(({ value }) => value))).toEqual(['Pollens'])
    expect(JSON.stringify(sheet)).not.toMatch(/Pénicilline|Tabac/)
    expect(sheet).toMatchObject({ documents: { read: 1, unread: 0, failed: 0, unstructured: 0 }, hiddenDocuments: 1, keptBack: ['allergies'] })
    // The panel of whoever may see it has both.
    expect(shown?.allergies.lineCount).toBe(2)
  }
})

it('makes no sheet of another reading than the one on screen', async () => {
  const { world, panel, summary } = await opened()
  const shown = (await summary.get())!
  expect(await summary.sheetFacts({ ...shown, generation: 2 }, [])).toBeNull()
  world.at += 60_000
  await panel.refresh()
  expect(await summary.sheetFacts(shown, [])).toBeNull()
})

it('makes nothing again until something changes: a document read, the program, another day; the list read again changes its date', async () => {
  const { world, panel, summary, keep, desk, open } = await opened()
  const made = () => desk.asked.filter((kind) => kind === 'summarise').length
  const first = await summary.get()
  expect([await summary.get(), made()]).toEqual([first, 1])
  await keep('1.1', saying('Amiante'))
  expect(await summary.get()).not.toEqual(first)
  expect(made()).toBe(2)
  world.at += 60_000
  await panel.refresh()
  expect(await summary.get()).toMatchObject({ loadedAt: '2026-11-21T09:01:00.000Z', documents: { read: 1 } })
  expect(made()).toBe(2)
  // One more on the list says nothing yet.
  world.listed = [...listed, documentExample('1.5', structured)]
  await panel.refresh()
  expect([(await summary.get())?.documents.unread, made()]).toEqual([3, 2])
  await open('2').get()
  expect(made()).toBe(3)
})

it('gives at once what a former run made; of another day too, and then that day’s', async () => {
  const { world, summary, keep, desk, open, panel } = await opened()
  await keep('1.1', saying('Amiante'))
  const before = await summary.get()
  await summary.close()
  panel.open(patient)
  await panel.settled()
  const next = open()
  desk.hold = new Promise(() => undefined)
  expect(await next.get()).toEqual({ ...before, generation: 2 })
  world.at += 400 * 86_400_000
  desk.hold = Promise.resolve()
  const told = world.told
  expect((await next.get())?.since).toBe('2021-11-21')
  await expect.poll(() => world.told).toBe(told + 1)
  expect((await next.get())?.since).toBe('2022-12-26')
})

it('reads anew what was fetched and never looked into, beside the program’s work, and tells', async () => {
  const { world, summary, kept, facts, desk } = await opened()
  for (const id of ['1.1', '1.2', '1.3']) kept.keepContent(id, saying('Amiante'))
  expect((await summary.get())?.documents).toMatchObject({ read: 0, unread: 3 })
  await facts.settled()
  expect(world.told).toBeGreaterThan(0)
  expect((await summary.get())?.documents).toMatchObject({ read: 3, unread: 0 })
  await summary.get()
  await facts.settled()
  expect(desk.asked.filter((kind) => kind === 'read')).toHaveLength(3)
})

it('gives the rest of a list and all of a line, of the summary on screen alone, and makes it again where the thread has it no more', async () => {
  const { panel, summary, keep, desk } = await opened()
  const long = 'Amiante, '.repeat(300)
  await keep('1.1', saying(long))
  const shown = await summary.get()
  const [line] = shown!.others.lines
  expect([line?.isWhole, line!.latest.value!.length < long.length]).toEqual([false, true])
  const of = { generation: shown!.generation, loadedAt: shown!.loadedAt, begun: null, list: 'others' as const }
  expect((await summary.line({ ...of, key: line!.key }))?.latest.value).toBe(long.trim())
  expect((await summary.list(of))?.lines.map(({ key }) => key)).toEqual([line!.key])
  desk.thread.forget()
  expect((await summary.list(of))?.lineCount).toBe(1)
  expect([await summary.list({ ...of, generation: 9 }), await summary.list({ ...of, begun: 1 }), await summary.list({ ...of, loadedAt: '2026-01-01T00:00:00.000Z' }), await summary.line({ ...of, key: 'other' })]).toEqual([null, null, null, null])
  panel.close()
  expect(await summary.list(of)).toBeNull()
})

it('says nothing to whom the list shows nothing: nobody on screen, another reader, a refusal, a session over', async () => {
  const { world, panel, summary, keep } = await opened()
  await keep('1.1', saying('Amiante'))
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
  const { world, panel, summary, keep, desk } = await opened()
  await keep('1.1', saying('Amiante'))
  const held = Promise.withResolvers<void>()
  desk.hold = held.promise
  const underWay = summary.get()
  world.refused = true
  held.resolve()
  expect(await underWay).toBeNull()
  world.refused = false
  const again = summary.get()
  panel.close()
  expect(await again).toBeNull()
})

it('keeps nothing of a patient who could not be read', async () => {
  const panel = openPanel({ record: answeringRecord({ standing: async () => failure('record-unreachable') }), readings: openReadings(handle.store), reader: () => doctorExample, wordAgainst: () => null, onBug: () => {}, now: () => 1 })
  panel.open(patient)
  await panel.settled()
  const { thread } = deskInPlace()
  expect(await openPanelSummary({ panel, thread, facts: { want: () => undefined, drop: () => undefined }, version: '1', onTold: () => undefined, onBug, now: () => 1 }).get()).toBeNull()
})

/** What may come between a question and its answer, with how often: mostly, things go on. */
const steps = { 'open A': 3, 'open B': 2, close: 1, refresh: 2, 'other reader': 1, refuse: 1, allow: 3, fetch: 2, 'list less': 1, 'list all': 2, ask: 8, answer: 12, turn: 16 } as const
type Step = keyof typeof steps
const anyStep = fc.oneof(...(Object.entries(steps) as [Step, number][]).map(([step, weight]) => ({ arbitrary: fc.constant(step), weight })))

it('never tells of another patient, another reader or a document off the list, whatever comes between the question and its answer', async () => {
  let [run, painted, compares] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 20, maxLength: 80 }), async (all) => {
      run += 1
      const world = { reader: doctorExample, refused: false, at: Date.parse('2026-11-21T09:00:00Z'), less: false }
      const readings = openReadings(handle.store)
      const person = (value: string): PanelPatient => ({ ...patient, ins: { ...insExample, value }, label: { ...patient.label, ins: value } })
      const people = { A: person(`A${run}`), B: person(`B${run}`) }
      const idsOf = (ins: string, reader: Reader) => [1, 2, 3].map((number) => `${ins}.${reader === doctorExample ? 1 : 2}.${number}`)
      const record = answeringRecord({
        standing: async () => success(openStanding),
        find: async ({ value }) => success(idsOf(value, world.reader).slice(0, world.less ? 1 : 3).map((uniqueId) => documentExample(uniqueId, structured))),
        retrieve: (uniqueId) => (uniqueId.endsWith('3') ? failure('document-not-found') : success(saying(uniqueId, uniqueId))),
      })
      const waiting: (() => void)[] = []
      const answer = openFactsDesk()
      const ask = (question: FactsQuestion) => {
        const crossed = structuredClone(question)
        return new Promise<{ answer: FactsAnswer }>((resolve) => waiting.push(() => resolve({ answer: answer(crossed) })))
      }
      const thread: FactsThread = { ...questionsTo(ask), forget: () => void ask({ kind: 'forget' }), rest: async () => undefined }
      const facts = openFactsKeeper({ thread, onRead: () => undefined, onBug })
      const panel = openPanel({ record, readings, reader: () => world.reader, wordAgainst: () => (world.refused ? 'consultation-refused' : null), onFetched: (way, uniqueId) => facts.want(way, [uniqueId]), onBug, now: () => (world.at += 1) })
      const summary = openPanelSummary({ panel, thread, facts, version: '1', onTold: () => undefined, onBug, now: () => world.at, afterPaintMs: 0 })
      let onScreen: PanelPatient | null = null
      const shown = new Map<number, string>()
      const asked: Promise<void>[] = []
      const turn = () => new Promise((resolve) => setImmediate(resolve))
      /** As the page does: of the patient it says, and painted over no panel but its own. */
      const check = async () => {
        const told = await summary.get()
        if (!told) return
        const documents = told.others.lines.flatMap(({ latest }) => latest.sources.map(({ document }) => document))
        expect(told.others.lines.map(({ latest }) => latest.value)).toEqual(documents)
        for (const document of documents) expect(document.split('.')[0]).toBe(shown.get(told.generation))
        const view = panel.view()
        if (told.generation !== view.generation || told.loadedAt !== view.loadedAt) return
        if (documents.length > 0) painted += 1
        for (const document of documents) expect(view.documents.map(({ uniqueId }) => uniqueId)).toContain(document)
      }
      const compare = async () => {
        const compared = await summary.inForce()
        const documents = compared?.allergies.flatMap(({ sources }) => sources.map(({ document }) => document)) ?? []
        if (documents.length > 0) compares += 1
        for (const document of documents) expect(document.split('.')[0]).toBe(shown.get(compared!.generation))
      }
      const open = (name: 'A' | 'B') => {
        onScreen = people[name]
        shown.set(panel.open(onScreen).generation, onScreen.ins.value)
      }
      const act: Record<Step, () => unknown> = {
        'open A': () => open('A'),
        'open B': () => open('B'),
        close: () => ((onScreen = null), panel.close()),
        refresh: () => void panel.refresh(),
        'other reader': () => ((world.reader = world.reader === doctorExample ? colleagueExample : doctorExample), panel.readerChanged()),
        refuse: () => ((world.refused = true), onScreen && readings.forget(onScreen.ins)),
        allow: () => (world.refused = false),
        fetch() {
          if (!onScreen || world.refused) return
          const id = idsOf(onScreen.ins.value, world.reader)[2]!
          panel.consultation(onScreen.ins).kept.keepContent(id, saying(id, id))
        },
        'list less': () => (world.less = true),
        'list all': () => (world.less = false),
        ask: () => asked.push(check(), compare()),
        answer: () => waiting.shift()?.(),
        turn,
      }
      for (const step of all) {
        await act[step]()
        await Promise.resolve()
      }
      const done = Promise.all(asked)
      let isDone = false
      void done.finally(() => (isDone = true)).catch(() => undefined)
      while (!isDone) {
        waiting.shift()?.()
        await turn()
      }
      await done
      panel.close()
      const closing = Promise.all([facts.close(), summary.close(), panel.settled()])
      let isClosed = false
      void closing.then(() => (isClosed = true))
      while (!isClosed) {
        waiting.shift()?.()
        await turn()
      }
    }),
    { numRuns: 150 },
  )
  // Not vacuously.
  expect(painted).toBeGreaterThan(20)
  expect(compares).toBeGreaterThan(20)
})
