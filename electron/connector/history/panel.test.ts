import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure, modeOf, success, type Party, type RecordDocument, type RecordStanding, type Result } from '#shared/contract/index.ts'
import type { InsId } from '../record/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { entryIdleMs, openPanel, shortLossMs, type Panel, type PanelOptions, type PanelPatient } from './panel.ts'
import { openReadings, type Readings } from './readings.ts'
import type { Reader } from './reading-stop.ts'
import { answeringRecord, colleagueExample, doctorExample, documentExample, elsewhereExample, openStanding, withProfessional } from './record-example.ts'

const oid = '1.2.250.1.213.1.4.10'
function person(value: string, qualified = true): PanelPatient {
  return { ins: { value, oid }, label: { ins: value, insOid: oid, birthName: value, givenName: '', usedName: null, birthDate: null, sex: null }, qualified, patientId: null }
}

let handle: Awaited<ReturnType<typeof temporaryStore>>
beforeEach(async () => {
  handle = await temporaryStore()
})
afterEach(() => handle.remove())

/** Lets everything that is ready to run, run. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

interface Question {
  readonly ins: string
  answer(how: 'well' | 'badly' | 'by throwing'): void
}

/** A panel on a record whose every answer is given by the test, in the order the test likes. */
function panelOn({ asksFirst = false, ...options }: Partial<PanelOptions> & { readonly asksFirst?: boolean } = {}) {
  const questions: Question[] = []
  const asked: string[] = []
  const bugs: unknown[] = []
  const fetched: string[] = []
  function ask<T>(ins: string, value: T): Promise<Result<T>> {
    asked.push(ins)
    return new Promise((resolve, reject) => {
      questions.push({
        ins,
        answer(how) {
          if (how === 'well') resolve(success(value))
          else if (how === 'badly') resolve(failure('record-unreachable', { recordText: ins }))
          else reject(new Error('a bug'))
        },
      })
    })
  }
  let version = 0
  const panel: Panel = openPanel({
    record: answeringRecord({
      standing: ({ value }) => ask<RecordStanding>(value, openStanding),
      find: ({ value }) => ask<RecordDocument[]>(value, [documentExample(`${value}.${(version += 1)}`)]),
      ...(asksFirst && { first: ({ value }: InsId) => ask<RecordDocument[]>(value, [documentExample(`${value}.first`, { formatCode: 'urn:asip:ci-sis:vsm:2013', typeCode: 'SYNTH' })]) }),
      retrieve: (uniqueId) => {
        fetched.push(uniqueId)
        return success(Buffer.from('<a/>'))
      },
    }),
    readings: openReadings(handle.store),
    reader: () => doctorExample,
    wordAgainst: ({ value }) => (value === 'refused' ? 'consultation-refused' : null),
    onBug: (error) => bugs.push(error),
    now: () => 1_000,
    // Without a beginning, but where the test says so.
    listAloneMs: asksFirst ? 0 : 3_600_000,
    ...options,
  })
  const answerAll = async () => {
    for (; questions.length > 0; await turn()) questions.shift()!.answer('well')
  }
  return { panel, questions, asked, bugs, fetched, answerAll }
}

describe('the panel', () => {
  it('shows what is kept at once, then what the record answers', async () => {
    const { panel, answerAll } = panelOn()
    expect(panel.open(person('1'))).toMatchObject({ generation: 1, documents: [], loadedAt: null, refreshing: true })
    await answerAll()
    expect(panel.view()).toMatchObject({ documents: [{ uniqueId: '1.1' }], standing: openStanding, loadedAt: '1970-01-01T00:00:01.000Z', refreshing: false, failure: null })
    panel.close()
    expect(panel.view()).toMatchObject({ patient: null, documents: [], loadedAt: null })
    expect(panel.open(person('1'))).toMatchObject({ documents: [{ uniqueId: '1.1' }], refreshing: true })
    await answerAll()
  })

  it('asks nothing of the record for an identity that is not qualified, and shows nothing of it', async () => {
    const { panel, asked, answerAll } = panelOn()
    panel.open(person('1'))
    await answerAll()
    asked.length = 0
    panel.open(person('1', false))
    expect(await panel.refresh()).toMatchObject({ documents: [], standing: null, refreshing: false, failure: null })
    expect(asked).toEqual([])
  })

  it('never asks the record about a patient who refused, and shows nothing that was kept', async () => {
    let refused = false
    const { panel, asked, answerAll } = panelOn({ wordAgainst: () => (refused ? 'consultation-refused' : null) })
    panel.open(person('1'))
    await answerAll()
    refused = true
    const before = asked.length
    expect(panel.view()).toMatchObject({ documents: [], standing: null, loadedAt: null, failure: { code: 'consultation-refused' } })
    expect(await panel.refresh()).toMatchObject({ documents: [], refreshing: false, failure: { code: 'consultation-refused' } })
    expect(asked).toHaveLength(before)
  })

  it('waits for the reading under way instead of asking twice', async () => {
    const { panel, asked, answerAll } = panelOn()
    panel.open(person('1'))
    const refreshed = [panel.refresh(), panel.refresh()]
    await answerAll()
    expect((await Promise.all(refreshed)).map((view) => view.documents.map(({ uniqueId }) => uniqueId))).toEqual([['1.1'], ['1.1']])
    expect(asked).toEqual(['1', '1'])
    const once = panel.refresh()
    await answerAll()
    expect(await once).toMatchObject({ documents: [{ uniqueId: '1.2' }] })
  })

  it('reads anew after an act: one that was under way began before it', async () => {
    const { panel, questions, asked, answerAll } = panelOn()
    panel.open(person('1'))
    await turn()
    const anew = panel.refreshAnew()
    expect(questions).toHaveLength(1)
    await answerAll()
    expect(await anew).toMatchObject({ documents: [{ uniqueId: '1.2' }], refreshing: false })
    expect(asked).toEqual(['1', '1', '1', '1'])
    const alone = panel.refreshAnew()
    await answerAll()
    expect(await alone).toMatchObject({ documents: [{ uniqueId: '1.3' }] })
  })

  it('ends refreshing when the reading throws, and can be refreshed again', async () => {
    const { panel, questions, bugs, answerAll } = panelOn()
    panel.open(person('1'))
    questions.shift()!.answer('by throwing')
    await panel.settled()
    expect(panel.view()).toMatchObject({ refreshing: false, failure: { code: 'record-answer-invalid' } })
    expect(bugs).toHaveLength(1)
    const refreshed = panel.refresh()
    await answerAll()
    expect(await refreshed).toMatchObject({ failure: null, documents: [{ uniqueId: '1.1' }] })
  })

  it('is settled only when the readings of former patients are over too', async () => {
    const { panel, questions } = panelOn()
    panel.open(person('1'))
    panel.open(person('2'))
    let settled = false
    const settling = (async () => {
      await panel.settled()
      settled = true
    })()
    questions[1]!.answer('badly')
    await turn()
    expect(settled).toBe(false)
    questions[0]!.answer('badly')
    await settling
  })

  it('never shows one patient what was read of another, whatever the order of acts and answers', async () => {
    const people = { one: person('1'), two: person('2'), refused: person('refused'), unsure: person('3', false) }
    const act = fc.oneof(
      { weight: 2, arbitrary: fc.record({ act: fc.constant('open' as const), who: fc.constantFrom(...(Object.keys(people) as (keyof typeof people)[])) }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constant('close' as const) }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constant('refresh' as const) }) },
      { weight: 4, arbitrary: fc.record({ act: fc.constant('answer' as const), which: fc.nat(), how: fc.constantFrom('well' as const, 'well' as const, 'well' as const, 'badly' as const, 'by throwing' as const) }) },
    )
    let wereBegun = 0
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 25 }), async (acts) => {
        const readings = openReadings(handle.store)
        for (const { ins } of Object.values(people)) readings.forget(ins)
        const { panel, questions, asked, answerAll } = panelOn({ asksFirst: true, readings })
        let current: PanelPatient | null = null
        let generation = 0
        let begun = 0
        const named = new Map<number, number>()
        const waiting: Promise<unknown>[] = []
        function check(): void {
          const view = panel.view()
          expect(view.patient?.ins ?? null).toBe(current?.ins.value ?? null)
          const open = panel.openReading()
          for (const { uniqueId } of [...view.documents, ...(open?.reading.documents ?? [])]) expect(uniqueId.split('.')[0]).toBe(current?.ins.value)
          if (view.begun !== null) {
            begun += 1
            // Another for another way in.
            expect(named.get(view.begun) ?? generation).toBe(generation)
            named.set(view.begun, generation)
            expect([view.loadedAt, view.documents, view.refreshing, open?.reading.loadedAt, open?.begun]).toEqual([null, [], true, null, view.begun])
          } else expect(open?.reading.loadedAt ?? null).toBe(view.loadedAt === null ? null : 1_000)
          expect([null, current?.ins.value]).toContain(view.failure?.recordText ?? null)
          if (!current?.qualified) expect(view).toMatchObject({ documents: [], refreshing: false, failure: null, loadedAt: null })
          expect(view.generation).toBe(generation)
          if (view.refreshing) expect(questions.map(({ ins }) => ins)).toContain(current?.ins.value)
        }
        panel.onChange(() => expect([null, current?.ins.value]).toContain(panel.view().patient?.ins ?? null))
        // Asked what it holds, with the record's word that it may be read: what comes after is anybody's guess.
        for (const step of [{ act: 'open', who: 'one' } as const, { act: 'answer', which: 0, how: 'well' } as const, ...acts]) {
          if (step.act === 'open') {
            generation += 1
            current = people[step.who]
            panel.open(current)
          } else if (step.act === 'close') {
            generation += 1
            current = null
            panel.close()
          } else if (step.act === 'refresh') waiting.push(panel.refresh())
          else if (questions.length > 0) questions.splice(step.which % questions.length, 1)[0]!.answer(step.how)
          await turn()
          check()
        }
        await answerAll()
        await Promise.all([...waiting, panel.settled()])
        check()
        expect(panel.view().refreshing).toBe(false)
        expect(asked).not.toContain('refused')
        expect(asked).not.toContain('3')
        expect(panel.view().begun).toBeNull()
        wereBegun += begun
      }),
      { numRuns: 150 },
    )
    // It happened at all.
    expect(wereBegun).toBeGreaterThan(0)
  })

  /** Opens a patient whose beginning is read and whose list is still to come. */
  async function begun(options: Partial<PanelOptions> = {}) {
    const world = panelOn({ asksFirst: true, ...options })
    world.panel.open(person('1'))
    await turn()
    world.questions.shift()!.answer('well')
    await turn()
    const [list, first] = world.questions.splice(0)
    first!.answer('well')
    await turn()
    return { ...world, list: list! }
  }

  it('shows the beginning of a list that is long to come: never as the list, and no longer than it is awaited', async () => {
    const { panel, asked, fetched, list, answerAll } = await begun()
    expect(panel.view()).toMatchObject({ begun: expect.any(Number), loadedAt: null, documents: [], refreshing: true, failure: null })
    expect(panel.openReading()?.reading).toMatchObject({ loadedAt: null, documents: [{ uniqueId: '1.first' }] })
    expect(fetched).toEqual(['1.first'])
    list.answer('badly')
    await panel.settled()
    expect(panel.view()).toMatchObject({ begun: null, loadedAt: null, refreshing: false, failure: { code: 'record-unreachable' } })
    expect([panel.openReading(), openReadings(handle.store).of(doctorExample, person('1').ins).get().documents]).toEqual([null, []])
    void panel.refresh()
    await answerAll()
    await panel.settled()
    expect(panel.view()).toMatchObject({ begun: null, loadedAt: '1970-01-01T00:00:01.000Z', documents: [{ uniqueId: '1.2' }], failure: null })
    // A list that was read before is shown as it is, and asked for alone.
    const before = asked.length
    void panel.refresh()
    await answerAll()
    expect(asked.length - before).toBe(2)
  })

  it('shows nothing of a former beginning until the record let its reader in again', async () => {
    const { panel, list, answerAll } = await begun()
    panel.open(person('1'))
    await turn()
    expect([panel.view().begun, panel.openReading()]).toEqual([null, null])
    list.answer('well')
    await answerAll()
    expect(panel.view()).toMatchObject({ begun: null, documents: [{ uniqueId: '1.2' }] })
  })

  it('keeps nothing of a beginning that was left, and says why the list did not come though it cannot be left', async () => {
    const { panel, list, answerAll } = await begun()
    const kept = () => openReadings(handle.store).of(doctorExample, person('1').ins).get().documents
    expect(kept()).toHaveLength(1)
    panel.close()
    expect(kept()).toEqual([])
    list.answer('badly')
    await answerAll()
    await panel.settled()
    const readings = openReadings(handle.store)
    let isFull = false
    const failing: Pick<Readings, 'of'> = {
      of(by, ins) {
        const one = readings.of(by, ins)
        return { ...one, begin: (...begun) => { if (isFull) throw new Error('the disk is full'); one.begin(...begun) } }
      },
    }
    const full = await begun({ readings: failing })
    isFull = true
    full.list.answer('badly')
    await full.panel.settled()
    expect(full.panel.view()).toMatchObject({ begun: null, refreshing: false, failure: { code: 'record-unreachable' } })
    expect(full.bugs).toHaveLength(1)
  })

  it('waits for a list alone at first, and asks for nothing beside one that is there by then', async () => {
    const { panel, asked, answerAll } = panelOn({ asksFirst: true, listAloneMs: 3_600_000 })
    panel.open(person('1'))
    await answerAll()
    await panel.settled()
    expect(asked).toEqual(['1', '1'])
    expect(panel.view()).toMatchObject({ begun: null, documents: [{ uniqueId: '1.1' }] })
  })

  it('does not hold up what the list holds for a first question without an answer, nor ask for a document twice', async () => {
    const asked: string[] = []
    const give: ((answer: Result<Uint8Array>) => void)[] = []
    const vsm = (id: string) => documentExample(id, { formatCode: 'urn:asip:ci-sis:vsm:2013', typeCode: 'SYNTH' })
    const record = {
      ...answeringRecord({ first: async () => success([vsm('1.1')]), find: async () => (await listIsIn, success([vsm('1.1'), vsm('1.2')])) }),
      retrieve: (_party: Party, _ins: InsId, { uniqueId }: { uniqueId: string }) => {
        asked.push(uniqueId)
        return new Promise<Result<Uint8Array>>((resolve) => give.push(resolve))
      },
    }
    let letIn: () => void = () => undefined
    const listIsIn = new Promise<void>((resolve) => (letIn = resolve))
    const { panel } = panelOn({ record, listAloneMs: 0 })
    panel.open(person('1'))
    while (asked.length === 0) await turn()
    letIn()
    while (asked.length < 2) await turn()
    expect(asked).toEqual(['1.1', '1.2'])
    for (const resolve of give) resolve(success(Buffer.from('<a/>')))
    await panel.settled()
    expect([asked.length, panel.consultation(person('1').ins).kept.fetched()]).toEqual([2, new Set(['1.1', '1.2'])])

    // The first question itself never answers.
    const silent = { ...record, findDocuments: (_party: Party, _ins: InsId, filter?: { typeCodes?: unknown }) => (filter?.typeCodes ? new Promise<never>(() => undefined) : Promise.resolve(success([vsm('2.1')]))), retrieve: async () => success(Buffer.from('<a/>')) }
    const other = panelOn({ record: silent, listAloneMs: 0 })
    other.panel.open(person('2'))
    while (!other.panel.consultation(person('2').ins).kept.fetched().has('2.1')) await turn()
    expect(other.panel.view()).toMatchObject({ begun: null, documents: [{ uniqueId: '2.1' }] })
  })

  it('begins nothing for whoever may list a record and read none of its documents', async () => {
    if (doctorExample.party.kind !== 'professional') throw new Error('a professional')
    const occupational = { ...doctorExample, party: { ...doctorExample.party, professional: { ...doctorExample.party.professional, specialty: 'SM25' } } }
    const { panel, asked, answerAll } = panelOn({ asksFirst: true, reader: () => occupational })
    panel.open(person('1'))
    await answerAll()
    expect(asked).toEqual(['1', '1'])
    expect(panel.view().documents).toHaveLength(1)
  })
})

describe('who reads', () => {
  function twoReaders(options: Partial<PanelOptions> = {}) {
    let by = doctorExample
    const world = panelOn({ reader: () => by, ...options })
    const become = (next: typeof by) => {
      by = next
      world.panel.readerChanged()
    }
    return { ...world, become }
  }
  const nobody = { ...doctorExample, without: 'sign-in-ended' } as const

  it.each([
    ['another professional', colleagueExample],
    ['the same professional in another structure', elsewhereExample],
  ])('is shown nothing of what another was: %s reads by an act of their own', async (_, other) => {
    const { panel, asked, answerAll, become } = twoReaders()
    panel.open(person('1'))
    await answerAll()
    become(other)
    await panel.settled()
    expect(panel.view()).toMatchObject({ documents: [], standing: null, loadedAt: null, refreshing: false, failure: null })
    expect(asked).toHaveLength(2)
    const refreshed = panel.refresh()
    await answerAll()
    expect(await refreshed).toMatchObject({ documents: [{ uniqueId: '1.2' }] })
    // Nor is the first one shown what they read before, until they ask.
    become(doctorExample)
    expect(panel.view()).toMatchObject({ documents: [], loadedAt: null, refreshing: false })
    void panel.refresh()
    expect(panel.view()).toMatchObject({ documents: [{ uniqueId: '1.1' }], refreshing: true })
    await answerAll()
  })

  it('is nobody once a session ended: nothing is shown, and what the record still answers is dropped', async () => {
    const { panel, questions, answerAll, become } = twoReaders()
    panel.open(person('1'))
    await answerAll()
    void panel.refresh()
    await turn()
    become(nobody)
    expect(panel.view()).toMatchObject({ documents: [], standing: null, loadedAt: null, refreshing: false, failure: { code: 'sign-in-ended' } })
    expect(questions).toHaveLength(1)
    await answerAll()
    expect(panel.view()).toMatchObject({ documents: [], failure: { code: 'sign-in-ended' } })
    become(doctorExample)
    expect(panel.view()).toMatchObject({ documents: [{ uniqueId: '1.1' }], refreshing: true, failure: null })
    await answerAll()
    expect(panel.view()).toMatchObject({ documents: [{ uniqueId: '1.2' }], refreshing: false })
  })

  it('is who asked last: back after somebody else, they are shown it at once, and nobody else is', async () => {
    const { panel, asked, answerAll, become } = twoReaders()
    panel.open(person('1'))
    await answerAll()
    become(colleagueExample)
    void panel.refresh()
    await answerAll()
    const before = asked.length
    become(nobody)
    become(doctorExample)
    await panel.settled()
    expect([asked.length - before, panel.view().documents, panel.view().refreshing]).toEqual([0, [], false])
    become(colleagueExample)
    expect(panel.view().documents).toHaveLength(1)
  })

  it('lost for a moment finds what was read as it was, and asks the record nothing; lost for longer reads again', async () => {
    let at = 1_000
    const { panel, asked, answerAll, become } = twoReaders({ now: () => at })
    panel.open(person('1'))
    await answerAll()
    for (const [away, questions] of [[shortLossMs, 0], [1, 0], [shortLossMs + 1, 2]] as const) {
      asked.length = 0
      become(nobody)
      expect(panel.view()).toMatchObject({ documents: [], loadedAt: null, failure: { code: 'sign-in-ended' } })
      at += away
      become(doctorExample)
      expect(panel.view()).toMatchObject({ documents: [{ uniqueId: '1.1' }], failure: null, refreshing: questions > 0 })
      await answerAll()
      expect(asked).toHaveLength(questions)
    }
  })

  it.each([
    ['while the list was being read', async (panel: Panel, answer: (how: 'well' | 'badly') => Promise<void>) => (void panel.refresh(), await answer('well'))],
    ['after a reading that failed', async (panel: Panel, answer: (how: 'well' | 'badly') => Promise<void>) => (void panel.refresh(), await answer('badly'))],
  ])('lost %s is read for again', async (_, before) => {
    const { panel, questions, asked, answerAll, become } = twoReaders()
    panel.open(person('1'))
    await answerAll()
    await before(panel, async (how) => {
      await turn()
      questions.shift()!.answer(how)
      await turn()
    })
    become(nobody)
    await answerAll()
    asked.length = 0
    become(doctorExample)
    await answerAll()
    expect(asked).toHaveLength(2)
  })

  it('lost for a moment has what is still to be fetched fetched', async () => {
    let reader = doctorExample
    const structured = documentExample('1.1', { formatCode: 'urn:asip:ci-sis:vsm:2013' })
    let isThere = false
    const { panel } = panelOn({
      reader: () => reader,
      record: answeringRecord({ find: async () => success([structured]), retrieve: () => (isThere ? success(Buffer.from('one')) : failure('record-unreachable')) }),
    })
    const become = (next: typeof reader) => {
      reader = next
      panel.readerChanged()
    }
    panel.open(person('1'))
    await panel.settled()
    expect(panel.openReading()?.way.kept.fetched().size).toBe(0)
    isThere = true
    become({ ...doctorExample, without: 'card-removed' })
    become(doctorExample)
    await panel.settled()
    expect(panel.openReading()?.way.kept.fetched()).toEqual(new Set(['1.1']))
  })

  it('tells what was learnt of the patient on screen since, and asks the record nothing for it', async () => {
    const { panel, asked, answerAll } = panelOn()
    const named = (birthName: string, qualified = true): PanelPatient => ({ ...person('1', qualified), label: { ...person('1').label, birthName }, patientId: 'p1' })
    // Unknown here: of who was opened by number alone there is no name.
    panel.open({ ...person('1'), label: { ...person('1').label, birthName: '', givenName: '', birthDate: null, sex: null } })
    await answerAll()
    await panel.settled()
    const { generation, loadedAt } = panel.view()
    const before = asked.length
    panel.renew(() => named('DURAND'))
    expect(panel.view()).toMatchObject({ generation, loadedAt, patient: { birthName: 'DURAND', patientId: 'p1' }, documents: [{ uniqueId: '1.1' }] })
    // An identity that is qualified no more shows nothing of the record; qualified again, it is read by an act.
    panel.renew(() => named('DURAND', false))
    expect(panel.view()).toMatchObject({ generation, patient: { qualified: false }, documents: [], loadedAt: null })
    panel.renew(() => named('DURAND'))
    await panel.told()
    expect(panel.view()).toMatchObject({ patient: { qualified: true }, documents: [{ uniqueId: '1.1' }], refreshing: false })
    expect(asked.length).toBe(before)
    panel.close()
    panel.renew(() => named('DURAND'))
    expect(panel.view().patient).toBeNull()
  })

  it('says why the record lets this reader have no document, to which it was no answer', async () => {
    let read = 0
    const plain = ['1.1', '1.2'].map((id) => documentExample(id, { formatCode: 'urn:asip:ci-sis:vsm:2013' }))
    const fetchAllBy = async (reader: Reader) => {
      const { panel } = panelOn({ reader: () => reader, record: answeringRecord({ find: async () => success(plain), retrieve: () => failure('access-not-granted') }), onRead: () => (read += 1) })
      panel.open(person('1'))
      await panel.settled()
      return panel.fetchAll(panel.view().generation)
    }
    expect(await fetchAllBy(doctorExample)).toEqual(failure('access-not-granted'))
    expect(read).toBe(0)
    // The rights sheet lets them see the list alone.
    expect(await fetchAllBy(withProfessional({ specialty: 'SM25' }))).toEqual(failure('right-not-occupational'))
  })

  it.each<[string, Partial<PanelPatient>]>([
    ['a number that is nobody’s here any more', { patientId: null, label: { ...person('1').label, birthName: '', birthDate: null } }],
    ['a number that is another patient’s', { patientId: 'p2' }],
    ['another name', { label: { ...person('1').label, birthName: 'AUTRE', birthDate: '1980-02-03' } }],
    ['another day of birth', { label: { ...person('1').label, birthName: 'DURAND', birthDate: '1981-02-03' } }],
  ])('has nobody on screen once the feed tells %s, and reads nothing, qualified or not', async (_, change) => {
    for (const qualified of [true, false]) {
      const { panel, asked, answerAll } = panelOn()
      const known: PanelPatient = { ...person('1', qualified), label: { ...person('1').label, birthName: 'DURAND', birthDate: '1980-02-03' }, patientId: 'p1' }
      panel.open(known)
      if (qualified) await answerAll()
      await panel.settled()
      const { generation } = panel.view()
      const before = asked.length
      // Unknown here, whoever opened it would vouch for it: that is no word of the feed's.
      panel.renew(() => ({ ...known, qualified: true, ...change }))
      expect(panel.view()).toMatchObject({ generation: generation + 1, patient: null, documents: [], loadedAt: null })
      await panel.refresh()
      expect(asked.length).toBe(before)
    }
  })

  it('fetches what nobody opened by an act, of the patient on screen alone, and says why the record did not answer', async () => {
    let isThere = false
    const plain = ['1.1', '1.2'].map((id) => documentExample(id))
    const { panel } = panelOn({ record: answeringRecord({ find: async () => success(plain), retrieve: () => (isThere ? success(Buffer.from('one')) : failure('record-unreachable')) }) })
    panel.open(person('1'))
    await panel.settled()
    const { generation } = panel.view()
    expect(await panel.fetchAll(generation - 1)).toEqual(failure('patient-changed'))
    expect(await panel.fetchAll(generation)).toEqual(failure('record-unreachable'))
    expect(panel.openReading()?.way.kept.fetched().size).toBe(0)
    isThere = true
    expect(await panel.fetchAll(generation)).toEqual(success(undefined))
    expect(panel.openReading()?.way.kept.fetched()).toEqual(new Set(['1.1', '1.2']))
    panel.close()
    expect(await panel.fetchAll(generation)).toEqual(failure('patient-changed'))
  })

  it('asks nothing while nobody can, and reads for whoever signs in first', async () => {
    const { panel, asked, answerAll, become } = twoReaders()
    become(nobody)
    expect(panel.open(person('1'))).toMatchObject({ refreshing: false, failure: { code: 'sign-in-ended' } })
    await panel.settled()
    expect(asked).toEqual([])
    become(colleagueExample)
    await answerAll()
    expect(panel.view()).toMatchObject({ documents: [{ uniqueId: '1.1' }] })
  })
})

describe('what is shown', () => {
  it('waits for the trace to say so, and stays unshown when it cannot', async () => {
    const told: { resolve: () => void; reject: (error: Error) => void }[] = []
    const { panel, answerAll, bugs } = panelOn({ onShow: () => new Promise<void>((resolve, reject) => told.push({ resolve, reject })) })
    panel.open(person('1'))
    await answerAll()
    expect(panel.view()).toMatchObject({ documents: [], loadedAt: null, refreshing: false })
    told[0]!.resolve()
    await panel.told()
    expect(panel.view()).toMatchObject({ documents: [{ uniqueId: '1.1' }] })
    panel.open(person('1'))
    await answerAll()
    told[1]!.reject(new Error('the disk is full'))
    await expect(panel.told()).rejects.toThrow('the disk is full')
    await turn()
    expect([panel.view().documents, bugs.length]).toEqual([[], 1])
  })

  it('is never what an older question brought after a newer one', async () => {
    const { panel, questions, answerAll } = panelOn()
    panel.open(person('1'))
    await turn()
    questions.shift()!.answer('well')
    await turn()
    const older = questions.shift()!
    panel.open(person('1'))
    await answerAll()
    const { documents } = panel.view()
    older.answer('well')
    await panel.settled()
    expect(documents).toHaveLength(1)
    expect(panel.view().documents).toEqual(documents)
  })

  it('says what stops the reader only while it does', async () => {
    let word: 'consultation-refused' | null = null
    const { panel, answerAll, questions } = panelOn({ wordAgainst: () => word })
    panel.open(person('1'))
    await turn()
    word = 'consultation-refused'
    questions.shift()!.answer('well')
    await panel.settled()
    expect(panel.view().failure?.code).toBe('consultation-refused')
    word = null
    expect(panel.view().failure).toBeNull()
    await answerAll()
  })
})

describe('another entry', () => {
  const glass = { id: 'e1', mode: 'break-glass', reason: 'unconscious', reader: doctorExample, since: 5 } as const
  const modeFor = (panel: Panel, { ins }: PanelPatient) => modeOf(panel.consultation(ins).reader.party)
  const keptOf = (readings: Readings) => readings.of(doctorExample, person('1').ins).get()

  /** A record whose patient authorised nobody; it tells by which mode each question came. */
  function emergency(change: Partial<PanelOptions> = {}) {
    const asked: string[] = []
    const left: string[] = []
    let word: 'consultation-refused' | 'consent-to-renew' | null = null
    const closed: RecordStanding = { ...openStanding, authorisation: 'none' }
    const readings = openReadings(handle.store)
    const record = answeringRecord({ standing: async () => success(closed), find: async ({ value }) => success([documentExample(`${value}.1`)]) })
    const noting = <Work extends keyof Pick<typeof record, 'standing' | 'findDocuments'>>(name: Work): (typeof record)[Work] =>
      ((party: Party, ...rest: [InsId]) => {
        asked.push(`${name} ${party.kind === 'professional' ? (party.mode ?? 'normal') : 'structure'}`)
        return record[name](party, ...rest)
      }) as (typeof record)[Work]
    const { panel } = panelOn({
      record: { ...record, modes: ['normal', 'break-glass'], standing: noting('standing'), findDocuments: noting('findDocuments') },
      readings,
      wordAgainst: () => word,
      onLeft: ({ ins }, { id }) => left.push(`${ins.value} ${id}`),
      ...change,
    })
    return { panel, asked, left, readings, say: (next: typeof word) => (word = next) }
  }

  /** The same, each question for how the record stands answered by the test. */
  function slowEmergency() {
    const readings = openReadings(handle.store)
    const questions: { answer(how: 'well'): void }[] = []
    const standing = () => new Promise<Result<RecordStanding>>((resolve) => questions.push({ answer: () => resolve(success({ ...openStanding, authorisation: 'none' })) }))
    const record = { ...answeringRecord({ standing, find: async ({ value }) => success([documentExample(`${value}.1`)]) }), modes: ['normal', 'break-glass'] as const }
    return { panel: panelOn({ record, readings }).panel, questions, readings }
  }

  it('reads by its mode from then on, says so while it lasts, and ends with what it brought in forgotten', async () => {
    const { panel, asked, left, readings } = emergency()
    panel.open(person('1'))
    await panel.settled()
    expect(panel.view()).toMatchObject({ documents: [], failure: { code: 'access-not-granted' }, access: { mode: 'normal', modes: ['break-glass'], authorise: 'add' } })
    expect(await panel.enter(glass)).toMatchObject({ documents: [{ uniqueId: '1.1' }], failure: null, access: { mode: 'break-glass', reason: 'unconscious', since: '1970-01-01T00:00:00.005Z', modes: [], authorise: null } })
    expect(asked).toEqual(['standing normal', 'standing break-glass', 'findDocuments break-glass'])
    expect([modeFor(panel, person('1')), modeFor(panel, person('2'))]).toEqual(['break-glass', 'normal'])
    expect(keptOf(readings)).toMatchObject({ documents: [], loadedAt: null })
    panel.leave()
    expect(panel.view()).toMatchObject({ documents: [], loadedAt: null, failure: { code: 'access-not-granted' }, access: { mode: 'normal' } })
    expect(keptOf(readings)).toMatchObject({ documents: [], loadedAt: null })
    expect([left, modeFor(panel, person('1')), asked.length]).toEqual([['1 e1'], 'normal', 3])
  })

  it.each([
    ['another patient', (panel: Panel) => void panel.open(person('2'))],
    ['the same patient again', (panel: Panel) => void panel.open(person('1'))],
    ['nobody', (panel: Panel) => panel.close()],
  ])('ends when %s is opened', async (_, open) => {
    const { panel, left, readings, asked } = emergency()
    panel.open(person('1'))
    await panel.enter(glass)
    open(panel)
    await panel.settled()
    expect([left, panel.view().access.mode, modeFor(panel, person('1'))]).toEqual([['1 e1'], 'normal', 'normal'])
    expect(keptOf(readings).documents).toEqual([])
    expect(panel.view().documents).toEqual([])
    expect(asked.slice(3)).toEqual(panel.view().patient ? ['standing normal'] : [])
  })

  it('ends by itself when its reader looked at nothing for an hour, on a clock that slept too, and says so', async () => {
    let at = 1_000
    const { panel, asked, left } = emergency({ now: () => at })
    panel.open(person('1'))
    await panel.settled()
    await panel.enter(glass)
    const way = panel.consultation(person('1').ins)
    expect(panel.view().access.until).toBe(new Date(at + entryIdleMs).toISOString())
    at += entryIdleMs - 1
    way.kept.look(at)
    at += entryIdleMs - 1
    expect(panel.view()).toMatchObject({ access: { mode: 'break-glass', until: new Date(at + 1).toISOString() } })
    panel.stay()
    at += entryIdleMs - 1
    expect(way.stop()).toBeNull()
    asked.length = 0
    at += 1
    expect(panel.consultation(person('1').ins).entry).toBeNull()
    expect(way.stop()).toBe('access-changed')
    expect(panel.view()).toMatchObject({ documents: [], loadedAt: null, failure: { code: 'entry-expired' }, access: { mode: 'normal', since: null, until: null } })
    expect([left, asked]).toEqual([['1 e1'], []])
    // It brought nothing in that is kept, and the next reading is an ordinary one.
    expect(await panel.refresh()).toMatchObject({ documents: [], failure: { code: 'access-not-granted' } })
  })

  it('ends by its own timer when the clock was set back', async () => {
    let at = 10_000_000
    const { panel, left } = emergency({ now: () => at, entryIdleMs: 40 })
    panel.open(person('1'))
    await panel.settled()
    await panel.enter(glass)
    at = 1_000
    const told = new Promise<void>((resolve) => void panel.onChange(() => left.length > 0 && resolve()))
    await told
    expect(panel.view()).toMatchObject({ documents: [], failure: { code: 'entry-expired' }, access: { mode: 'normal' } })
    expect(left).toEqual(['1 e1'])
  })

  it('tells windows at most each minute that it lasts longer', async () => {
    let at = 1_000
    let told = 0
    const { panel } = emergency({ now: () => at })
    panel.open(person('1'))
    await panel.settled()
    await panel.enter(glass)
    panel.onChange(() => (told += 1))
    const { kept } = panel.consultation(person('1').ins)
    for (const step of [1, 59_998, 1, 59_999, 1]) kept.look((at += step))
    expect(told).toBe(2)
  })

  it('stands above a consent not asked in time, never above a refusal', async () => {
    const { panel, say, asked } = emergency()
    say('consent-to-renew')
    panel.open(person('1'))
    await panel.settled()
    expect([panel.view().failure?.code, panel.view().access.modes, asked]).toEqual(['consent-to-renew', ['break-glass'], ['standing normal']])
    expect(await panel.enter(glass)).toMatchObject({ documents: [{ uniqueId: '1.1' }], failure: null })
    say('consultation-refused')
    expect(panel.view()).toMatchObject({ documents: [], standing: null, failure: { code: 'consultation-refused' } })
  })

  it('is one reader’s: it ends with their session and with their change of structure', async () => {
    let by = doctorExample
    const { panel, left } = emergency({ reader: () => by })
    panel.open(person('1'))
    expect(await panel.enter(glass)).toMatchObject({ documents: [{ uniqueId: '1.1' }] })
    const during = panel.consultation(person('1').ins)
    by = elsewhereExample
    // Even before anybody tells the panel.
    expect(during.stop()).toBe('access-changed')
    panel.readerChanged()
    expect([left, panel.view().access.mode, panel.view().documents]).toEqual([['1 e1'], 'normal', []])
  })

  it('gives its documents to no question that began before or after it, and is no stop to its own', async () => {
    const { panel } = emergency()
    panel.open(person('1'))
    const before = panel.consultation(person('1').ins)
    await panel.enter(glass)
    const during = panel.consultation(person('1').ins)
    expect([before.stop(), during.stop(), during.kept.get().documents.length, before.kept.get().documents.length]).toEqual(['access-changed', null, 1, 0])
    panel.leave()
    expect([before.stop(), during.stop(), panel.consultation(person('1').ins).kept.get().documents]).toEqual([null, 'access-changed', []])
    expect(new Set([before.way, during.way]).size).toBe(2)
  })

  it('ends for whoever opens another patient even when its end cannot be written', async () => {
    const { panel } = emergency({
      onLeft: () => {
        throw new Error('the disk is full')
      },
    })
    panel.open(person('1'))
    await panel.enter(glass)
    expect(panel.open(person('2'))).toMatchObject({ patient: { ins: '2' }, access: { mode: 'normal' } })
    await panel.settled()
  })

  it('is given to nobody else, even before the panel is told who reads', async () => {
    let by = doctorExample
    const { panel } = emergency({ reader: () => by })
    panel.open(person('1'))
    await panel.enter(glass)
    by = colleagueExample
    expect(panel.view().documents).toEqual([])
    expect(panel.consultation(person('1').ins)).toMatchObject({ entry: null, reader: colleagueExample })
  })

  it('keeps nothing the record answers after it was left, and does not wait for it', async () => {
    const { panel, questions, readings } = slowEmergency()
    panel.open(person('1'))
    questions.shift()!.answer('well')
    await panel.settled()
    void panel.enter(glass)
    await turn()
    panel.leave()
    expect(panel.view()).toMatchObject({ documents: [], refreshing: false, access: { mode: 'normal' } })
    while (questions.length > 0) {
      questions.shift()!.answer('well')
      await turn()
    }
    await panel.settled()
    expect([panel.view().documents, keptOf(readings)]).toEqual([[], { documents: [], standing: { ...openStanding, authorisation: 'none' }, loadedAt: null }])
  })

  it('is for the patient it was asked for', () => {
    const { panel } = emergency()
    const { generation } = panel.open(person('1'))
    expect(panel.shown(generation)).toMatchObject({ ok: true, value: { ins: { value: '1' } } })
    panel.open(person('2'))
    expect(panel.shown(generation)).toMatchObject({ ok: false, failure: { code: 'patient-changed' } })
    panel.open(person('3', false))
    expect(panel.shown(3)).toMatchObject({ ok: false, failure: { code: 'patient-changed' } })
  })
})
