import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DocumentMetadata, ItemState, Party, ReasonCode, WaitingFor } from '#shared/contract/index.ts'
import { inRecordOf } from './in-record.ts'
import { authorIdOf, visibilityOf, type Frozen, type ItemRow } from './item.ts'
import type { Arrival, IncomingMessage, Ledger, VersionOf } from './ledger.ts'
import type { OutboxEvent } from './transition.ts'

/** One engine on ground of its own. */
export interface OpenedLedger {
  readonly ledger: Ledger
  /** What the engine takes for the time; the suite sets it. */
  readonly clock: { now: number }
  readonly spool: { get(sha256: string): Buffer }
  /** As after a restart of the program. */
  reopen(): Promise<Ledger>
  /** As after a database was destroyed and its journal was not; null for an engine without a journal. */
  readonly forget: (() => Promise<Ledger>) | null
  /** Copies the database as it is now; what it gives opens that copy in its place, beside the journal of then. Null as above. */
  readonly copy: (() => Promise<() => Promise<Ledger>>) | null
  close(): void | Promise<void>
}

/** Whom an engine under the contract is told the name of. */
export const knownProfessional = { id: '899900000012', name: 'GENERIQUE Alix' }

const ins = '284069999999968'
const label = { ins, insOid: '1.2.250.1.213.1.4.10', birthName: 'ESSAÏ', givenName: 'CAMILLE', usedName: null, birthDate: '1984-06-12', sex: 'F' as const }
const masked = { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false }
const file = { path: '/export/a.pdf', size: 3, mtimeMs: 12.5 }
const sidecar = { path: '/export/a.json', size: 1, mtimeMs: 1 }
const message: IncomingMessage = { sourceName: 'LABO', sendingApplication: 'SIL', sendingFacility: 'LABO', controlId: '015', messageType: 'ORU^R01', bytes: Buffer.from('MSH|1'), payloadHash: 'aa' }
const start = 1_000

const arrival = (text: string, more: Partial<Arrival> = {}): Arrival => ({
  source: { kind: 'folder', name: 'Export', reference: `${text}.xml` },
  bytes: Buffer.from(text),
  fileName: `${text}.xml`,
  hints: {},
  ...more,
})

interface FrozenAs {
  readonly uniqueId?: string
  readonly replaces?: string
  readonly versionOf?: VersionOf
  readonly confidentiality?: string
  readonly typeCode?: string
}

/** What any engine behind the queue port must do. Everything goes through the port: an engine is known by its answers alone. */
export function ledgerContract(name: string, open: () => Promise<OpenedLedger>): void {
  describe(`the ledger contract, ${name}`, () => {
    let opened: OpenedLedger
    let ledger: Ledger
    let clock: { now: number }
    beforeEach(async () => {
      opened = await open()
      ledger = opened.ledger
      clock = opened.clock
      clock.now = start
    })
    afterEach(() => opened.close())

    const current = async ({ id }: { readonly id: string }): Promise<ItemRow> => (await ledger.byId(id))!
    const received = async (text: string, more: Partial<Arrival> = {}): Promise<ItemRow> => current((await ledger.receive([arrival(text, more)])).items[0]!)
    const apply = async (row: ItemRow, event: OutboxEvent, nextAttemptAt: number | null = null): Promise<ItemRow> => {
      expect(await ledger.apply(await current(row), event, { nextAttemptAt })).toBe(true)
      return current(row)
    }
    const frozenOf = (row: ItemRow, { uniqueId = `1.2.3.${row.seq}`, replaces, confidentiality = 'N', typeCode = '57833-6' }: FrozenAs): Frozen => ({
      uniqueId,
      submissionSetId: `${uniqueId}.9`,
      submittedAt: clock.now,
      metadata: { uniqueId, title: 'Ordonnance', typeCode: { code: typeCode }, ins: { value: ins, oid: label.insOid }, confidentiality: [{ code: confidentiality }], replaces: replaces ?? null } as unknown as DocumentMetadata,
      party: { kind: 'structure', structure: { id: '1750000001' } } as unknown as Party,
      documentSha256: row.content_sha256,
    })
    const freeze = (row: ItemRow, as: FrozenAs = {}, learnPatient: () => string | null = () => null): Promise<boolean> =>
      ledger.freeze(row, { learnPatient, patient: label, frozen: frozenOf(row, as), versionOf: as.versionOf ?? null })
    const asVersion = (version: number): FrozenAs => ({ versionOf: { documentKey: 'k', version, setId: 's' } })
    const ready = async (text: string, as: FrozenAs = {}): Promise<ItemRow> => {
      const row = await received(text)
      expect(await freeze(row, as)).toBe(true)
      return current(row)
    }
    const sending = async (text: string, as: FrozenAs = {}): Promise<ItemRow> => (await ledger.startSending(await ready(text, as), `lot of ${text}`, () => null))!
    const uncertain = async (text: string, as: FrozenAs = {}): Promise<ItemRow> => apply(await sending(text, as), { type: 'answer-lost', reason: 'record-no-answer' })
    const waiting = async (text: string, what: WaitingFor, reason: ReasonCode, at: number | null = null): Promise<ItemRow> => apply(await received(text), { type: 'wait', for: what, reason }, at)
    const parked = async (text: string, reason: ReasonCode = 'pdf-truncated'): Promise<ItemRow> => apply(await received(text), { type: 'park', reason })
    const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map((row) => row.id)
    const sum = async (): Promise<number> => Object.values(await ledger.counts()).reduce((total, count) => total + count, 0)

    /** An item brought to each state, each by the way an item comes there. */
    const broughtTo: Record<ItemState, (text: string) => Promise<ItemRow>> = {
      received,
      ready,
      sending,
      uncertain,
      waiting: (text) => waiting(text, 'patient', 'patient-to-confirm'),
      parked,
      deposited: async (text) => apply(await sending(text), { type: 'accepted' }),
      ignored: async (text) => apply(await received(text), { type: 'dismissed' }),
    }
    const states = Object.keys(broughtTo) as ItemState[]

    describe('what comes in', () => {
      it('is kept as it came, with its bytes, over a restart', async () => {
        const row = await received('one', { hints: { identity: { ins: '1' } } })
        expect(row).toMatchObject({ state: 'received', source_kind: 'folder', source_name: 'Export', source_reference: 'one.xml', content_size: 3, received_at: start, attempts: 0, settled_at: null })
        expect(JSON.parse(row.hints)).toEqual({ identity: { ins: '1' }, fileName: 'one.xml' })
        ledger = await opened.reopen()
        expect(await current(row)).toEqual(row)
        expect(opened.spool.get(row.content_sha256).toString()).toBe('one')
      })

      it.each(states)('is answered "already received" when the first is %s', async (state) => {
        const first = await broughtTo[state]('one')
        const { items } = await ledger.receive([arrival('one', { fileName: 'copy.xml' })])
        expect(items[0]!.outcome).toBe('duplicate')
        expect(await current(items[0]!)).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: first.id, settled_at: start })
        expect(await current(first)).toEqual(first)
      })

      it('is a duplicate within one call too', async () => {
        const { items } = await ledger.receive([arrival('one'), arrival('one')])
        expect(items.map(({ outcome }) => outcome)).toEqual(['stored', 'duplicate'])
      })

      it.each([
        { what: 'the same leaflet for two patients', first: { identity: { ins: '1' } }, second: { identity: { ins: '2' } } },
        { what: 'what its message refused, announced rightly', first: { refusal: { code: 'hl7-not-for-dmp' } }, second: {} },
      ])('is two documents: $what', async ({ first, second }) => {
        await received('one', { hints: first })
        expect((await ledger.receive([arrival('one', { hints: second })])).items[0]!.outcome).toBe('stored')
      })

      it.each([
        { where: 'waits for its patient', stop: () => waiting('one', 'patient', 'ins-not-qualified') },
        { where: 'is parked before any send', stop: () => parked('one') },
      ])('is looked at again when it $where and is announced otherwise', async ({ stop }) => {
        const first = await stop()
        expect((await ledger.receive([arrival('one', { hints: { title: 'Corrigé' } })])).items).toEqual([{ id: first.id, outcome: 'stored' }])
        const again = await current(first)
        expect(again).toMatchObject({ state: 'received', reason: null })
        expect(JSON.parse(again.hints)).toMatchObject({ title: 'Corrigé' })
        expect(await sum()).toBe(1)
      })

      it('is prepared anew when it comes again after its bytes were lost, but for what may have left', async () => {
        const lost = await apply(await received('one', { file }), { type: 'park', reason: 'content-damaged' })
        expect((await ledger.receive([arrival('one', { file })])).items).toEqual([{ id: lost.id, outcome: 'stored' }])
        expect(await current(lost)).toMatchObject({ state: 'received', reason: null })
        const doubted = await apply(await uncertain('two'), { type: 'give-up', reason: 'content-damaged' })
        expect((await received('two')).reason).toBe('already-received')
        expect((await current(doubted)).state).toBe('parked')
      })

      it('is not announced otherwise by another file name', async () => {
        const first = await parked('one')
        await received('one', { fileName: 'other.xml' })
        expect(await current(first)).toEqual(first)
      })

      it.each(['received', 'ready', 'waiting', 'parked'] as const)('takes what its source says now while the first is %s and nothing of it left', async (state) => {
        const first = await broughtTo[state]('one')
        const corrected = { typeCode: '11502-2', visibility: masked }
        expect((await ledger.receive([arrival('one', { hints: corrected, file })])).items).toEqual([{ id: first.id, outcome: 'stored' }])
        const now = await current(first)
        expect(now).toMatchObject({ state: 'received', document_sha256: null })
        expect(JSON.parse(now.hints)).toMatchObject(corrected)
        expect((await ledger.trace(first)).at(-1)).toMatchObject({ to: 'received', event: 'changed', detail: expect.stringContaining('announced otherwise') as string })
        expect([await sum(), await ledger.isTaken(file)]).toEqual([1, true])
        expect(await ledger.startSending(first, 'lot of what was said before', () => null)).toBeNull()
      })

      it.each(['sending', 'uncertain', 'deposited'] as const)('tells a person when it is asked to be hidden while the first is %s', async (state) => {
        const first = await broughtTo[state]('one')
        const { items } = await ledger.receive([arrival('one', { hints: { visibility: masked } })])
        expect(await current(items[0]!)).toMatchObject({ state: 'parked', reason: 'visibility-changed', reason_detail: first.id })
        expect(await current(first)).toEqual({ ...first, corrected: state === 'deposited' ? 0 : 1 })
      })

      it('tells a person when a copy under another name asks for other readers than the first', async () => {
        const first = await ready('one')
        const copy = await received('one', { source: { kind: 'folder', name: 'Export', reference: 'copy.xml' }, hints: { visibility: masked } })
        expect(copy).toMatchObject({ state: 'parked', reason: 'visibility-changed', reason_detail: first.id })
        expect(await current(first)).toEqual(first)
      })

      it.each([
        { hold: 'user', reason: 'held-by-user' },
        { hold: 'burst', reason: 'burst-held' },
        { hold: 'old-file', reason: 'old-file-held' },
      ] as const)('takes the correction of what is held ($hold), which stays held', async ({ hold, reason }) => {
        const first = await received('one', hold === 'user' ? {} : { hold })
        const held = hold === 'user' ? (await ledger.hold(first), await current(first)) : await apply(first, { type: 'wait', for: 'until', reason })
        expect((await ledger.receive([arrival('one', { hints: { title: 'Corrigé' } })])).items).toEqual([{ id: held.id, outcome: 'stored' }])
        const now = await current(held)
        expect(now).toMatchObject({ state: 'received', held: hold })
        expect(JSON.parse(now.hints)).toMatchObject({ title: 'Corrigé' })
        expect((await ledger.trace(held)).at(-1)).toMatchObject({ from: 'waiting', detail: 'received again, announced otherwise' })
        // The walk stops it again, on what is now said of it.
        expect(await ledger.apply(held, { type: 'wait', for: 'until', reason })).toBe(false)
        expect(await apply(now, { type: 'wait', for: 'until', reason })).toMatchObject({ state: 'waiting', reason, held: hold })
      })

      it.each(['received', 'ready', 'waiting'] as const)('goes to the patient its source names now under the same number, never to the former one (%s)', async (state) => {
        const of = (ins: string) => ({ documentKey: '7', identity: { ins } })
        const first = await received('one', { file, hints: of('1') })
        if (state === 'ready') await freeze(first)
        if (state === 'waiting') await ledger.hold(first)
        expect((await ledger.receive([arrival('one', { file, alongside: [sidecar], hints: of('2') })])).items).toEqual([{ id: first.id, outcome: 'stored' }])
        expect(await current(first)).toMatchObject({ state: 'received', unique_id: null, submission_set_id: null, patient_id: null, ins: null, lineage: null, metadata: null, corrected: 0 })
        expect((await ledger.trace(first)).at(-1)!.detail).toBe('received again, announced otherwise: patient')
        // Said once more: known. Under the former name: a document of its own again, unless it is the same number.
        expect((await received('one', { hints: of('2') })).reason).toBe('already-received')
        expect((await received('one', { hints: { identity: { ins: '1' } } })).state).toBe('received')
        expect((await ledger.receive([arrival('one', { file, hints: of('1') })])).items[0]!.id).toBe(first.id)
      })

      describe.each([
        { where: 'untouched', now: file, numbers: [undefined, undefined] },
        { where: 'untouched, under another number', now: file, numbers: ['7', '8'] },
        { where: 'written again as it was', now: { ...file, mtimeMs: file.mtimeMs + 1 }, numbers: [undefined, undefined] },
        { where: 'written again as it was, numbered since', now: { ...file, mtimeMs: file.mtimeMs + 1 }, numbers: [undefined, '7'] },
      ])('a file $where', ({ now, numbers }) => {
        const of = (ins: string, documentKey: string | undefined) => ({ identity: { ins, ...(ins === '2' && { birthName: 'MODELE' }) }, ...(ins === '2' && { title: 'Suivante' }), ...(documentKey === undefined ? {} : { documentKey }) })
        it.each(['received', 'ready', 'held', 'waiting for its patient', 'parked'] as const)('whose sidecar names another patient is a person\'s to settle: neither goes by itself (%s)', async (state) => {
          const first = await received('one', { file, hints: of('1', numbers[0]) })
          if (state === 'ready') await freeze(first)
          if (state === 'held') await ledger.hold(first)
          if (state === 'waiting for its patient') await apply(first, { type: 'wait', for: 'patient', reason: 'patient-unknown' })
          if (state === 'parked') await apply(first, { type: 'park', reason: 'patient-opposed' })
          const before = await current(first)
          const word = await received('one', { file: now, alongside: [sidecar], hints: of('2', numbers[1]) })
          expect(word).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id, ins: '2', title: 'Suivante' })
          expect(JSON.parse(word.patient!)).toMatchObject({ ins: '2', birthName: 'MODELE' })
          expect(await current(first)).toEqual({ ...before, corrected: 1 })
          expect((await received('one', { file: now, hints: of('2', numbers[1]) })).reason).toBe('already-received')
          expect((await received('one', { file: now, hints: of('1', numbers[0]) })).reason).toBe('already-received')
          expect([(await current(word)).state, (await current(first)).corrected]).toEqual(['parked', 1])
        })
      })

      it.each([file, { ...file, mtimeMs: file.mtimeMs + 1 }])('what a person set aside is not given to another patient by a sidecar either', async (now) => {
        const first = await received('one', { file, hints: { identity: { ins: '1' } } })
        await ledger.dismiss(first, null)
        const word = await received('one', { file: now, alongside: [sidecar], hints: { identity: { ins: '2' } } })
        expect(word).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id })
        expect((await received('one', { file: { ...file, mtimeMs: 99 }, hints: { identity: { ins: '1' } } })).reason).toBe('already-received')
        expect(await received('one', { file: { ...file, mtimeMs: 100 }, hints: { identity: { ins: '3' } } })).toMatchObject({ state: 'parked', reason_detail: first.id })
      })

      it('takes no number of another document for a file nobody wrote since', async () => {
        const first = await received('one', { file, hints: { documentKey: '7', identity: { ins: '1' } } })
        expect((await received('one', { file, alongside: [sidecar], hints: { documentKey: '8', title: 'Suivant', identity: { ins: '1' } } })).reason).toBe('already-received')
        expect(await current(first)).toEqual(first)
      })

      it('takes a file written again under another number for another patient as a document of its own', async () => {
        await received('one', { file, hints: { documentKey: '7', identity: { ins: '1' } } })
        expect((await received('one', { file: { ...file, mtimeMs: file.mtimeMs + 1 }, hints: { documentKey: '8', identity: { ins: '2' } } })).state).toBe('received')
      })

      it('tells with which document a sidecar was first taken, and what its name held before', async () => {
        const { content_sha256: sha256 } = await received('one', { file, alongside: [sidecar] })
        const other = await received('two', { file: { ...file, mtimeMs: 50 }, alongside: [sidecar] })
        const alone = { ...sidecar, mtimeMs: 51 }
        expect(await Promise.all([sidecar, file, alone].map((one) => ledger.saidOf(one)))).toEqual([sha256, sha256, null])
        expect(await Promise.all([sha256, other.content_sha256].map((content) => ledger.heldOther(file.path, content)))).toEqual([true, true])
        expect(await Promise.all([sha256, other.content_sha256].map((content) => ledger.heldOther(sidecar.path, content)))).toEqual([false, true])
        expect(await ledger.heldOther('/export/b.pdf', sha256)).toBe(false)
        expect(await Promise.all([file, sidecar, alone].map((one) => ledger.isRewritten(one)))).toEqual([true, false, true])
      })

      it('shows each patient for whom a file written again is announced', async () => {
        const first = await received('one', { file, hints: { identity: { ins: '1' } } })
        const words = []
        for (const ins of ['2', '3', '2', '4']) words.push(await received('one', { file: { ...file, mtimeMs: 20 + words.length }, hints: { identity: { ins } } }))
        expect(words.map(({ state, reason, ins }) => [state, reason, ins])).toEqual([['parked', 'announced-otherwise', '2'], ['parked', 'announced-otherwise', '3'], ['ignored', 'already-received', null], ['parked', 'announced-otherwise', '4']])
        expect(words[0]!.reason_detail).toBe(first.id)
      })

      it('gives what came for nobody to no patient named with a file written again, numbered or not', async () => {
        for (const [text, hints] of [['one', { identity: { ins: '2' } }], ['two', { documentKey: '7', identity: { ins: '3' } }]] as const) {
          const its = { ...file, path: `/export/${text}.pdf` }
          const first = await apply(await received(text, { file: its }), { type: 'wait', for: 'patient', reason: 'patient-unknown' })
          expect(await received(text, { file: { ...its, mtimeMs: 30 }, hints })).toMatchObject({ state: 'received', reason: null })
          expect(await current(first)).toEqual(first)
          expect((await ledger.receive([arrival(text, { file: its, alongside: [sidecar], hints: { identity: { ins: '1' } } })])).items[0]!.id).toBe(first.id)
        }
      })

      it('knows by its bytes what a folder gave for nobody or unconfirmed, whatever became of it', async () => {
        const nobodys = await received('one', { file })
        await received('two', { file: { ...file, path: '/export/two.pdf' }, hints: { identity: { ins: '1', unconfirmed: true } } })
        const sure = await received('three', { file: { ...file, path: '/export/three.pdf' }, hints: { identity: { ins: '1' } } })
        const moved = await received('four', { file: { ...file, path: '/export/four.pdf' }, hints: { refusal: { code: 'already-received', outcome: 'ignored' } } })
        const message = await received('five', { source: { kind: 'hl7', name: 'LAB', reference: '1' } })
        await ledger.dismiss(nobodys, null)
        const two = (await ledger.list({ limit: 10, cursor: null })).rows.find((item) => item.hints.includes('unconfirmed'))!
        expect(await Promise.all([nobodys, two, sure, moved, message].map((item) => ledger.wasInDoubt(item.content_sha256)))).toEqual([true, true, false, false, false])
        expect(await Promise.all([nobodys.source_reference, 'other.csv'].map((reference) => ledger.wasInDoubt(nobodys.content_sha256, reference)))).toEqual([true, false])
      })

      it('finds where a file that was moved had been taken', async () => {
        const first = await received('one', { file })
        await received('two', { file: { ...file, path: '/export/c.pdf' } })
        const moved = { ...file, path: '/export/archive/a.pdf' }
        expect(await ledger.takenElsewhere(moved, first.content_sha256)).toEqual([{ path: file.path, id: first.id }])
        expect(await Promise.all([file, { ...moved, mtimeMs: 99 }, { ...moved, size: 4 }].map((one) => ledger.takenElsewhere(one, first.content_sha256)))).toEqual([[], [], []])
      })

      it('takes the newest word for what a name used again was said of, until a person chose or it may have left', async () => {
        const of = (ins: string, more = {}) => ({ identity: { ins, unconfirmed: true, ...more } })
        const waits = async (row: ItemRow) => apply(row, { type: 'wait', for: 'patient', reason: 'patient-to-confirm' })
        const first = await waits(await received('one', { file, hints: of('1') }))
        expect((await ledger.receive([arrival('one', { file, alongside: [sidecar], hints: of('2') })])).items).toEqual([{ id: first.id, outcome: 'stored' }])
        expect(JSON.parse((await current(first)).hints)).toMatchObject(of('2'))
        const again = await waits(await current(first))
        // Under a name of its own the same word says more.
        expect((await ledger.receive([arrival('one', { file, hints: { identity: { ins: '2' } } })])).items).toEqual([{ id: first.id, outcome: 'stored' }])
        expect((await ledger.receive([arrival('one', { file, hints: of('2') })])).items[0]!.outcome).toBe('duplicate')
        expect((await current(again)).state).toBe('received')
        // Written again, the same leaflet may be another patient's.
        const leaflet = { ...file, path: '/export/l.pdf' }
        const given = await waits(await received('leaflet', { file: leaflet, hints: of('1') }))
        expect((await received('leaflet', { file: { ...leaflet, mtimeMs: 77 }, hints: of('2') })).id).not.toBe(given.id)
        const second = await waits(await received('two', { file: { ...file, path: '/export/b.pdf' }, hints: of('1') }))
        expect(await ledger.choosePatient(second, 'p1')).toBe(true)
        expect(await received('two', { file: { ...file, path: '/export/b.pdf' }, hints: of('2') })).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: second.id })
      })

      it('tells what its files were last taken for', async () => {
        const first = await received('one', { file, alongside: [sidecar] })
        const second = await received('two', { file: { ...file, mtimeMs: 99 } })
        const third = await received('three', { file: { ...file, path: '/export/c.pdf' }, alongside: [{ ...sidecar, mtimeMs: 98 }] })
        expect(await Promise.all([first, second, third].map(async (row) => (await ledger.lastOfFiles(row))?.id ?? null))).toEqual([null, first.id, first.id])
      })

      it('tells when the first of its files was written, and when it came where it has none', async () => {
        const [filed, unfiled] = [await received('one', { file, alongside: [sidecar] }), await received('two')]
        const [first, second] = [Math.min(file.mtimeMs, sidecar.mtimeMs), Math.max(file.mtimeMs, sidecar.mtimeMs)]
        expect([await ledger.writtenAt(filed), await ledger.writtenAt(unfiled), first < second]).toEqual([first, unfiled.received_at, true])
      })

      it('concludes nothing from what stands under a name used again: the same content in another file is asked itself', async () => {
        const of = (ins: string, more = {}) => ({ identity: { ins, unconfirmed: true, ...more } })
        const first = await received('leaflet', { file, hints: { identity: { ins: '1' } } })
        // What its name held last, said of the same, is that written again.
        expect((await ledger.receive([arrival('leaflet', { file: { ...file, mtimeMs: 98 }, hints: of('1') })])).items[0]!.outcome).toBe('duplicate')
        await received('another', { file: { ...file, mtimeMs: 50 }, hints: of('2') })
        const again = await received('leaflet', { file: { ...file, mtimeMs: 99 }, hints: of('1') })
        expect([again.id === first.id, again.state, await sum()]).toEqual([false, 'received', 4])
        // Its own file is asked once; under a name of its own the same word is the same document.
        expect((await ledger.receive([arrival('leaflet', { file: { ...file, mtimeMs: 99 }, alongside: [sidecar], hints: of('1') })])).items[0]!.outcome).toBe('duplicate')
        await ledger.apply(again, { type: 'ignore', reason: 'already-received' }, { detail: first.id })
        expect((await ledger.receive([arrival('leaflet', { file: { ...file, mtimeMs: 99 }, alongside: [{ ...sidecar, mtimeMs: 100 }], hints: of('1') })])).items[0]!.outcome).toBe('duplicate')
        expect((await ledger.receive([arrival('leaflet', { file: { ...file, path: '/export/new.pdf' }, hints: { identity: { ins: '1' } } })])).items[0]!.outcome).toBe('duplicate')
      })

      it('lets nothing go as it was once its source says something of it that cannot be read, until it speaks plainly', async () => {
        const first = await received('one', { file, hints: { identity: { ins: '1' } } })
        const refused = { refusal: { code: 'sidecar-two-patients', outcome: 'parked' as const } }
        await received('two', { file: { ...file, path: '/export/b.pdf' }, hints: refused })
        expect((await current(first)).corrected).toBe(0)
        await received('one', { file, alongside: [sidecar], hints: refused })
        expect(await current(first)).toMatchObject({ state: 'received', corrected: 1 })
        await ledger.receive([arrival('one', { file, hints: { identity: { ins: '1' }, title: 'Lisible' } })])
        expect(await current(first)).toMatchObject({ state: 'received', corrected: 0 })
        await received('one', { file: { ...file, mtimeMs: 99 }, hints: { identity: { ins: '2' } } })
        await ledger.receive([arrival('one', { file, hints: { identity: { ins: '1' }, title: 'Encore' } })])
        expect((await current(first)).corrected).toBe(1)
      })

      it('decides nothing on what its source said before', async () => {
        const first = await received('one', { file, hints: { title: 'Avant' } })
        await ledger.receive([arrival('one', { file, hints: { title: 'Corrigé' } })])
        expect((await current(first)).state).toBe('received')
        expect(await ledger.apply(first, { type: 'ignore', reason: 'file-empty' })).toBe(false)
        expect((await current(first)).state).toBe('received')
      })

      it('forgets the patient a person chose for what its source said before', async () => {
        const first = await waiting('one', 'patient', 'patient-to-confirm')
        expect(await ledger.choosePatient(first, 'LEA', { ins: '1', insOid: '1.2', against: true })).toBe(true)
        const corrected = await current((await ledger.receive([arrival('one', { file, hints: { documentKey: '7', identity: { ins: '1' } } })])).items[0]!)
        expect(await ledger.choosePatient(await apply(corrected, { type: 'wait', for: 'patient', reason: 'patient-to-confirm' }), 'LEA')).toBe(true)
        const { items } = await ledger.receive([arrival('one', { file, hints: { documentKey: '7', identity: { ins: '2' } } })])
        const now = await current(items[0]!)
        expect([now.id, now.chosen_patient_id, now.chosen_as]).toEqual([corrected.id, null, null])
      })

      it('takes the same word again for nothing new once a person said the type, another type for a correction, and one that comes too late beside it', async () => {
        const first = await received('one', { file, hints: { documentKey: '7' } })
        expect(await ledger.chooseType(await apply(first, { type: 'park', reason: 'type-unknown' }), '11488-4')).toBe(true)
        const say = async (number: number, typeCode?: string) => (await ledger.receive([arrival('one', { file, alongside: [{ ...sidecar, mtimeMs: number }], hints: { documentKey: '7', title: String(number), ...(typeCode && { typeCode }) } })])).items[0]!
        expect(await say(1)).toEqual({ id: first.id, outcome: 'stored' })
        expect(await current(first)).toMatchObject({ state: 'received', chosen_type: '11488-4' })
        expect((await ledger.trace(first)).at(-1)?.detail).toBe('received again, announced otherwise')
        expect(await say(2, '57833-6')).toEqual({ id: first.id, outcome: 'stored' })
        expect((await ledger.trace(first)).at(-1)?.detail).toBe('received again, announced otherwise: type')
        expect(await say(3)).toEqual({ id: first.id, outcome: 'stored' })
        // Their word counts again.
        expect((await ledger.trace(first)).at(-1)?.detail).toBe('received again, announced otherwise: type')
        expect(await freeze(await current(first))).toBe(true)
        await apply((await ledger.startSending(await current(first), 'lot', () => null))!, { type: 'accepted' })
        expect(await current(await say(4))).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: first.id })
        const late = await say(5, '57833-6')
        expect(await current(late)).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id })
      })

      it('keeps the author a person chose over what its source says again, and takes one said since for nothing a patient would notice', async () => {
        const first = await received('one', { file, hints: { documentKey: '7' } })
        expect(await ledger.chooseAuthor(await apply(first, { type: 'park', reason: 'author-missing' }), knownProfessional.id)).toBe(true)
        const say = async (number: number, authorId?: string) => (await ledger.receive([arrival('one', { file, alongside: [{ ...sidecar, mtimeMs: number }], hints: { documentKey: '7', title: String(number), ...(authorId && { authorId }) } })])).items[0]!
        expect(await say(1)).toEqual({ id: first.id, outcome: 'stored' })
        expect(await current(first)).toMatchObject({ state: 'received', chosen_author: knownProfessional.id })
        expect(authorIdOf(await current(first))).toBe(knownProfessional.id)
        expect(await say(2, '899900000013')).toEqual({ id: first.id, outcome: 'stored' })
        expect(authorIdOf(await current(first))).toBe('899900000013')
        expect((await ledger.trace(first)).at(-1)?.detail).toBe('received again, announced otherwise: author')
        expect(await freeze(await current(first))).toBe(true)
        await apply((await ledger.startSending(await current(first), 'lot', () => null))!, { type: 'accepted' })
        expect(await current(await say(3, '899900000014'))).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: first.id })
        expect(await current(first)).toMatchObject({ state: 'deposited', chosen_author: knownProfessional.id })
      })

      it('knows by a choice made against what its source said that a word which agrees with it is no other patient', async () => {
        const choose = async (row: ItemRow) => ledger.choosePatient(await apply(row, { type: 'wait', for: 'patient', reason: 'text-names-another' }), 'LEA', { ins: '2', insOid: '1.2', against: true })
        const first = await received('one', { file, hints: { identity: { ins: '1' } } })
        await choose(first)
        expect((await ledger.receive([arrival('one', { file, alongside: [sidecar], hints: { identity: { ins: '2' } } })])).items).toEqual([{ id: first.id, outcome: 'stored' }])
        expect(JSON.parse((await current(first)).hints)).toMatchObject({ identity: { ins: '2' } })
        const second = await received('two', { file: { ...file, path: '/export/b.pdf' }, hints: { identity: { ins: '1' } } })
        await choose(second)
        expect(await received('two', { file: { ...file, path: '/export/b.pdf' }, hints: { identity: { ins: '3' } } })).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: second.id })
      })

      it('written again under its name with a wish to hide, in doubt as what stands there is, is hidden while it has not left', async () => {
        const of = (mtimeMs: number, more: object) => ({ file: { ...file, mtimeMs }, hints: { identity: { ins, unconfirmed: true }, ...more } })
        const first = await received('one', { file, hints: { identity: { ins } } })
        await freeze(first)
        const hidden = { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false }
        expect((await ledger.receive([arrival('one', of(2, { visibility: hidden }))])).items).toEqual([{ id: first.id, outcome: 'stored' }])
        expect(await current(first)).toMatchObject({ state: 'received' })
        expect(JSON.parse((await current(first)).hints)).toMatchObject({ visibility: hidden, identity: { unconfirmed: true } })
        // Of what its name held before the last, nothing is known by it.
        await received('two', of(3, {}))
        expect((await ledger.receive([arrival('one', of(4, { visibility: hidden }))])).items[0]!.id).not.toBe(first.id)
      })

      it('waits once for its patient, however often it is written again', async () => {
        const first = await apply(await received('one', { file, hints: { identity: { ins } } }), { type: 'wait', for: 'patient', reason: 'patient-unknown' })
        for (let night = 2; night < 5; night += 1) await ledger.receive([arrival('one', { file: { ...file, mtimeMs: night }, hints: { identity: { ins, unconfirmed: true } } })])
        expect((await ledger.list({ limit: 10, cursor: null })).rows.filter(({ state }) => state !== 'ignored').map(({ id }) => id)).toEqual([first.id])
      })

      it('stays whose it is when another file of its name, in another subfolder or another folder, has its number for another patient', async () => {
        const of = (ins: string, path: string, id = 'x') => ({ source: { kind: 'folder', name: 'Export', reference: 'export.pdf', id }, file: { ...file, path }, hints: { documentKey: '1', identity: { ins } } }) as const
        for (const state of ['received', 'ready', 'held', 'parked'] as const) {
          const first = await received(state, of('1', '/export/DrA/export.pdf'))
          if (state === 'ready') await freeze(first)
          if (state === 'held') await ledger.hold(first)
          if (state === 'parked') await apply(first, { type: 'park', reason: 'patient-opposed' })
          const before = await current(first)
          expect(await received(state, of('2', '/export/DrB/export.pdf'))).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id, ins: '2', source_path: '/export/DrB/export.pdf' })
          expect(await current(first)).toEqual({ ...before, corrected: 1 })
          // Counted by another source, a number is another document's.
          expect(await received(state, of('3', '/other/export.pdf', 'y'))).toMatchObject({ state: 'received', source_id: 'y' })
          expect(await current(first)).toEqual({ ...before, corrected: 1 })
          // The file itself may say otherwise.
          expect((await ledger.receive([arrival(state, of('4', '/export/DrA/export.pdf'))])).items[0]!.id).toBe(first.id)
        }
      })

      it('is corrected by its folder whatever that is called now, and by no other folder of its name', async () => {
        const of = (name: string, id: string, title: string, typeCode = '57833-6') => ({ source: { kind: 'folder', name, reference: 'one.xml', id }, hints: { title, typeCode } }) as const
        const first = await received('one', of('export', 'x', 'A'))
        expect(await received('one', of('export', 'y', 'B'))).toMatchObject({ state: 'ignored', reason: 'already-received' })
        expect(JSON.parse((await current(first)).hints)).toMatchObject({ title: 'A' })
        expect((await ledger.receive([arrival('one', of('weda/export', 'x', 'C'))])).items[0]!.id).toBe(first.id)
        expect(await current(first)).toMatchObject({ source_name: 'weda/export', source_id: 'x' })
      })

      it('counts a burst by folder, not by name', async () => {
        for (const [text, id] of [['one', 'x'], ['two', 'x'], ['three', 'y']] as const) await received(text, { source: { kind: 'folder', name: 'export', reference: text, id } })
        expect([await ledger.recentFromFolder('x', start), await ledger.recentFromFolder('y', start), await ledger.recentFromFolder('export', start)]).toEqual([2, 1, 0])
      })

      it('of an older program becomes the folder’s that made it, with its place among its versions; no other’s', async () => {
        const old = (text: string, path: string, name = 'export') => received(text, { source: { kind: 'folder', name, reference: path.split(/[\\\\/]/).at(-1)! }, file: { ...file, path } })
        const first = await old('one', '/weda/export/d7.pdf')
        await freeze(first, { versionOf: { documentKey: `file export ${ins} 7`, version: 1, setId: 's' } })
        const inside = await old('two', '/weda/export/sub/d8.pdf', 'sub')
        const beside = await old('three', '/weda/export2/d9.pdf')
        const windows = await old('four', 'D:\\weda\\export\\d1.pdf')
        const hl7 = await received('five', { source: { kind: 'hl7', name: 'export', reference: '1' } })
        expect(await ledger.adopt({ id: 'medi', roots: ['/medi/export'], names: ['export', 'medi/export'] })).toBe(0)
        const folder = { id: 'weda', roots: ['/weda/export', 'D:\\weda\\export'], names: ['export', 'weda/export'] }
        expect(await ledger.adopt(folder)).toBe(2)
        expect(await ledger.adopt(folder)).toBe(0)
        expect(await current(first)).toMatchObject({ source_id: 'weda', document_key: `file weda ${ins} 7`, version: 1 })
        expect(await current(windows)).toMatchObject({ source_id: 'weda', document_key: null })
        for (const other of [inside, beside, hl7]) expect((await current(other)).source_id).toBeNull()
        expect((await ledger.arrivedAround(`file weda ${ins} 7`, 99)).before!.id).toBe(first.id)
        // Its source corrects it by its number, from another file too.
        const { items } = await ledger.receive([arrival('four', { source: { kind: 'folder', name: 'weda/export', reference: 'd1.pdf', id: 'weda' }, file: { ...file, path: 'D:\\weda\\export\\d1.pdf' }, hints: { title: 'Corrigé' } })])
        expect(items[0]!.id).toBe(windows.id)
      })

      it('goes to another patient under the same number in the same file alone: some software counts anew for each patient', async () => {
        const first = await received('one', { hints: { documentKey: '7', identity: { ins: '1' } } })
        expect((await received('one', { hints: { documentKey: '8', identity: { ins: '2' } } })).state).toBe('received')
        expect(await received('one', { source: { kind: 'folder', name: 'Export', reference: 'b.pdf' }, file, hints: { documentKey: '7', identity: { ins: '3' } } })).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id })
        expect((await received('one', { file, hints: { documentKey: '7', identity: { ins: '3' } } })).id).toBe(first.id)
      })

      it.each(['sending', 'uncertain', 'deposited'] as const)('tells a person when it is announced for another patient too late (%s), and sends neither by itself', async (state) => {
        const first = await received('one', { file, hints: { identity: { ins: '1' } } })
        await freeze(first)
        await ledger.startSending(await current(first), 'lot', () => null)
        if (state === 'uncertain') await apply(first, { type: 'answer-lost', reason: 'record-no-answer' })
        if (state === 'deposited') await apply(first, { type: 'accepted' })
        const late = await received('one', { file, hints: { identity: { ins: '2' } } })
        expect(late).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id })
        expect((await current(first)).corrected).toBe(state === 'deposited' ? 0 : 1)
        expect((await received('one', { file, hints: { identity: { ins: '2' } } })).reason).toBe('already-received')
        // The next words stand where that one stood: nothing of it is sent without a person, whatever is said and whoever it names.
        for (const hints of [{ identity: { ins: '3' } }, { identity: { ins: '3' }, title: 'Corrigé' }, { identity: { ins: '2' } }, { identity: { ins: '2' }, typeCode: '11502-2' }]) {
          expect((await ledger.receive([arrival('one', { file, hints })])).items).toEqual([{ id: late.id, outcome: 'beside' }])
          const now = await current(late)
          expect(now).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id })
          expect(JSON.parse(now.hints)).toMatchObject(hints)
        }
        expect((await received('one', { file, hints: { identity: { ins: '1' } } })).reason).toBe('already-received')
        expect((await current(late)).state).toBe('parked')
        await ledger.dismiss(late, null)
        expect((await received('one', { file, hints: { identity: { ins: '4' } } }))).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id })
      })

      it('sends nothing by itself of what is announced for another patient too late under the same number', async () => {
        const keyed = (ins: string) => ({ documentKey: '7', identity: { ins } })
        const first = await received('one', { file, hints: keyed('1') })
        await freeze(first)
        await ledger.startSending(await current(first), 'lot', () => null)
        await apply(first, { type: 'accepted' })
        for (const ins of ['2', '3', '2', '1', '4']) await ledger.receive([arrival('one', { fileName: `${ins}.pdf`, hints: keyed(ins) })])
        const { rows } = await ledger.list({ limit: 9, cursor: null })
        expect(rows.map(({ state }) => state).toSorted()).toEqual(['deposited', 'ignored', 'parked'])
      })

      it('still knows a patient by what stands beside a word that a person freed and that named another since', async () => {
        const keyed = (ins: string, more = {}) => ({ documentKey: '7', identity: { ins }, ...more })
        const first = await received('one', { file, hints: keyed('1') })
        await freeze(first)
        await ledger.startSending(await current(first), 'lot', () => null)
        await apply(first, { type: 'accepted' })
        const freed = await received('one', { file, hints: keyed('2') })
        expect(await ledger.retryAll([freed], () => true)).toBe(1)
        await freeze(await current(freed))
        await ledger.startSending(await current(freed), 'lot', () => null)
        const beside = await received('one', { file, hints: keyed('2', { visibility: masked }) })
        expect(beside).toMatchObject({ state: 'parked', reason_detail: freed.id })
        await apply(await current(freed), { type: 'not-sent', reason: 'record-unreachable', for: 'network' })
        expect((await ledger.receive([arrival('one', { file, hints: keyed('3') })])).items[0]!.id).toBe(freed.id)
        const copy = { source: { kind: 'folder', name: 'Export', reference: 'copy.xml' }, hints: { identity: { ins: '2' } } } as const
        expect(await received('one', copy)).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: freed.id })
        expect((await current(beside)).state).toBe('parked')
      })

      it('tells a person when another type comes too late, by a message', async () => {
        const hl7 = (reference: string, typeCode: string) => arrival('one', { source: { kind: 'hl7', name: 'LABO', reference }, hints: { typeCode } })
        const first = await current((await ledger.receive([hl7('1', '11502-2')])).items[0]!)
        await freeze(first)
        await ledger.startSending(await current(first), 'lot', () => null)
        expect(await current((await ledger.receive([hl7('2', '57833-6')])).items[0]!)).toMatchObject({ state: 'parked', reason: 'announced-otherwise', reason_detail: first.id })
      })

      it('asks nobody about a copy that says less, or the same in other letters', async () => {
        const first = await received('one', { hints: { identity: { birthName: 'ESSAI', givenName: 'Zoé' }, typeCode: '11502-2' }, source: { kind: 'hl7', name: 'LABO', reference: '1' } })
        await freeze(first)
        await ledger.startSending(await current(first), 'lot', () => null)
        const copies = [{}, { identity: { birthName: 'Essai', givenName: 'ZOE', birthDate: '1984-06-12' } }]
        for (const hints of copies) expect((await received('one', { hints, source: { kind: 'hl7', name: 'LABO', reference: '2' } })).reason).toBe('already-received')
      })

      it('is freed by a person who saw that its source had said otherwise', async () => {
        const first = await uncertain('one')
        await received('one', { hints: { typeCode: '11502-2', visibility: masked } })
        const stopped = await apply(await apply(first, { type: 'absent', settled: true }), { type: 'park', reason: 'announced-otherwise' })
        expect(stopped.corrected).toBe(1)
        expect(await ledger.retryAll([stopped], () => false)).toBe(1)
        expect(await current(first)).toMatchObject({ state: 'ready', corrected: 0 })
      })

      it('is looked at anew when it was set aside as received already and is said otherwise now', async () => {
        const row = await received('again')
        await apply(row, { type: 'ignore', reason: 'already-received' })
        expect((await ledger.receive([arrival('again')])).items).toMatchObject([{ outcome: 'duplicate' }])
        for (const hints of [{ visibility: masked }, { typeCode: '11488-4' }]) expect((await ledger.receive([arrival('again', { hints })])).items).toMatchObject([{ outcome: 'stored' }])
        expect((await ledger.receive([arrival('again')])).items).toMatchObject([{ outcome: 'duplicate' }])
        expect(await ledger.counts()).toMatchObject({ received: 2, ignored: 3 })
      })

      it('asks nobody about the visibility of what was set aside', async () => {
        await broughtTo.ignored('one')
        expect(await received('one', { hints: { visibility: masked } })).toMatchObject({ state: 'ignored', reason: 'already-received' })
      })

      it('takes its files in the same commit, each version by itself', async () => {
        expect(await ledger.isTaken(file)).toBe(false)
        await received('one', { file, alongside: [sidecar] })
        expect(await Promise.all([file, sidecar, { ...file, size: 4 }, { ...file, mtimeMs: 13 }].map((one) => ledger.isTaken(one)))).toEqual([true, true, false, false])
      })

      it('takes the file of a duplicate and of a correction', async () => {
        await parked('one')
        await received('one', { file })
        await received('one', { file: sidecar, hints: { title: 'Corrigé' } })
        expect(await Promise.all([file, sidecar].map((one) => ledger.isTaken(one)))).toEqual([true, true])
      })

      it('tells a message resent from a number used again', async () => {
        expect((await ledger.receive([arrival('a')], message)).message).toBe('stored')
        expect(await ledger.receive([arrival('a')], message)).toEqual({ items: [], message: 'duplicate' })
        expect((await ledger.receive([arrival('b')], { ...message, payloadHash: 'bb' })).message).toBe('number-reused')
        expect((await ledger.receive([], { ...message, sendingFacility: 'AUTRE' })).message).toBe('stored')
        expect(await sum()).toBe(2)
      })

      it('is recorded in the order the calls were made, whatever the sizes', async () => {
        const sizes = [600_000, 1, 90_000, 2]
        const answers = await Promise.all(sizes.map((size) => ledger.receive([arrival(`${size}`, { bytes: Buffer.alloc(size, 'x') })])))
        expect((await ledger.inState('received', 0, 9)).map((row) => row.id)).toEqual(answers.map(({ items }) => items[0]!.id))
      })

      it('counts the new documents of one folder', async () => {
        await received('early')
        clock.now = 2_000
        for (const text of ['a', 'b', 'b']) await received(text)
        await received('c', { source: { kind: 'folder', name: 'Autre', reference: 'c' } })
        expect(await ledger.recentFromFolder('Export', 2_000)).toBe(2)
      })

      it('is told to those who listen, until they no longer do', async () => {
        const told: boolean[] = []
        const stop = ledger.onChange(({ received: hasNew }) => told.push(hasNew))
        const row = await received('one')
        await apply(row, { type: 'park', reason: 'pdf-truncated' })
        expect(await ledger.apply(row, { type: 'prepared' })).toBe(false)
        stop()
        await received('two')
        expect(told).toEqual([true, false])
      })
    })

    describe('moves', () => {
      it('happen once: who read the item before is told no', async () => {
        const row = await received('one')
        expect(await ledger.apply(row, { type: 'park', reason: 'pdf-truncated' })).toBe(true)
        expect(await ledger.apply(row, { type: 'ignore', reason: 'hl7-not-for-dmp' })).toBe(false)
        expect(await current(row)).toMatchObject({ state: 'parked', reason: 'pdf-truncated', settled_at: start })
      })

      it('count for nothing when a person freed it while it was being prepared', async () => {
        const row = await received('one', { hold: 'burst' })
        expect(await ledger.retryAll([row], () => true)).toBe(1)
        expect(await ledger.apply(row, { type: 'wait', for: 'until', reason: 'burst-held' })).toBe(false)
        expect(await current(row)).toMatchObject({ state: 'received', held: null })
        expect(await ledger.apply(await current(row), { type: 'park', reason: 'pdf-truncated' })).toBe(true)
      })

      it('carry their detail, their time and what goes with them, in one commit', async () => {
        const row = await received('one')
        let isDone = false
        await ledger.apply(row, { type: 'wait', for: 'until', reason: 'record-busy' }, { detail: 'why', nextAttemptAt: 7_000, also: () => (isDone = true) })
        expect(isDone).toBe(true)
        expect(await current(row)).toMatchObject({ state: 'waiting', waiting_for: 'until', reason: 'record-busy', reason_detail: 'why', next_attempt_at: 7_000 })
      })

      it('are undone whole when what goes with them fails', async () => {
        const row = await received('one')
        const fail = () => {
          throw new Error('not now')
        }
        await expect(ledger.apply(row, { type: 'park', reason: 'pdf-truncated' }, { also: fail })).rejects.toThrow('not now')
        expect(await current(row)).toEqual(row)
        expect(await ledger.trace(row)).toHaveLength(1)
      })

      it('count those of many that moved', async () => {
        const [one, two] = [await received('one'), await parked('two')]
        expect(await ledger.applyAll([one, two].map((row) => ({ row, event: { type: 'ignore', reason: 'hl7-not-for-dmp' } as const })))).toBe(1)
      })

      it('are not made by a remark, which the trace tells where the item is', async () => {
        const row = await parked('one')
        await ledger.remark(row, 'text-unread')
        expect(await current(row)).toEqual(row)
        expect((await ledger.trace(row)).at(-1)).toMatchObject({ from: 'parked', to: 'parked', event: 'remark', reason: 'text-unread', detail: null })
      })

      it('leave a trace in order', async () => {
        const row = await apply(await apply(await uncertain('one'), { type: 'absent', settled: false }), { type: 'found' })
        const trace = await ledger.trace(row)
        expect(trace.map(({ from, to, event }) => [from, to, event])).toEqual([
          [null, 'received', 'received'],
          ['received', 'ready', 'prepared'],
          ['ready', 'sending', 'send'],
          ['sending', 'uncertain', 'answer-lost'],
          ['uncertain', 'uncertain', 'absent'],
          ['uncertain', 'deposited', 'found'],
        ])
        expect(trace[0]!.at).toBe(new Date(start).toISOString())
      })
    })

    describe('freezing', () => {
      it('keeps ids, bytes and patient, learnt in the same commit', async () => {
        const row = await received('one')
        expect(await freeze(row, { versionOf: { documentKey: 'k', version: 2, setId: 's' } }, () => 'p1')).toBe(true)
        expect(await current(row)).toMatchObject({
          state: 'ready', patient_id: 'p1', ins, type_code: '57833-6', title: 'Ordonnance', unique_id: '1.2.3.1', submission_set_id: '1.2.3.1.9', submitted_at: start,
          document_sha256: row.content_sha256, lineage: '1.2.3.1', parent_unique_id: null, document_key: 'k', version: 2, set_id: 's', lot_sha256: null,
        })
      })

      it.each([
        { what: 'it was set aside', meanwhile: (row: ItemRow) => ledger.dismiss(row, null) },
        { what: 'it was hidden', meanwhile: (row: ItemRow) => ledger.setVisibility(row, masked) },
        { what: 'it was held', meanwhile: (row: ItemRow) => ledger.hold(row) },
        {
          what: 'it was announced otherwise',
          meanwhile: async (row: ItemRow) => {
            await apply(row, { type: 'park', reason: 'pdf-truncated' })
            await received('one', { hints: { title: 'Corrigé' } })
          },
        },
        {
          what: 'a person said whose it is',
          meanwhile: async (row: ItemRow) => ledger.choosePatient(await apply(row, { type: 'wait', for: 'patient', reason: 'patient-to-confirm' }), 'p1'),
        },
      ])('does not happen, and nobody is learnt, when $what meanwhile', async ({ meanwhile }) => {
        const row = await received('one')
        await meanwhile(row)
        let isLearnt = false
        expect(await freeze(row, {}, () => ((isLearnt = true), 'p1'))).toBe(false)
        expect(isLearnt).toBe(false)
        expect(await current(row)).toMatchObject({ unique_id: null, document_sha256: null, patient_id: null })
      })

      it('never makes two live items of one uniqueId', async () => {
        const one = await ready('one')
        const two = await received('two')
        await expect(freeze(two, { uniqueId: one.unique_id! })).rejects.toThrow()
        expect(await current(two)).toEqual(two)
        expect(ids(await ledger.othersWithUniqueId(one.unique_id!, two.seq))).toEqual([one.id])
        expect(await ledger.othersWithUniqueId(one.unique_id!, one.seq)).toEqual([])
      })

      it('is asked about before it goes again when the record may have it, whoever frees it', async () => {
        const row = await apply(await uncertain('doubtful'), { type: 'give-up', reason: 'record-never-confirms' })
        expect(await ledger.retryAll([row], () => false)).toBe(1)
        expect(await current(row)).toMatchObject({ state: 'ready', ask_first: 1 })
        const refused = await apply(await sending('refused'), { type: 'refused', reason: 'record-metadata-refused' })
        expect(await ledger.retryAll([refused], () => false)).toBe(1)
        expect(await current(refused)).toMatchObject({ state: 'ready', ask_first: 0 })
      })

      it('frees what waits for it, and what was parked because it did not come', async () => {
        const parent = await ready('parent')
        const [waits, parked] = [await ready('waits', { replaces: parent.unique_id! }), await ready('parked', { replaces: parent.unique_id! })]
        await apply(waits, { type: 'wait', for: 'parent', reason: 'parent-missing' })
        await apply(parked, { type: 'park', reason: 'parent-missing' })
        expect(ids(await ledger.childrenWaiting(parent.unique_id!)).toSorted()).toEqual([waits.id, parked.id].toSorted())
      })

      it('sends back to be prepared anew what was a later version of it, once it is frozen under another type', async () => {
        const own = { documentKey: 'k', setId: 's' }
        const first = await ready('first', asVersion(1))
        const later = async (text: string, documentKey = 'k') => ready(text, { replaces: first.unique_id!, versionOf: { ...own, documentKey, version: 2 } })
        const free = await later('free')
        const waits = await apply(await later('waits'), { type: 'wait', for: 'parent', reason: 'parent-missing' })
        const missed = await apply(await later('missed'), { type: 'park', reason: 'parent-missing' })
        // By an id it names itself, whatever the type; of another cause; gone.
        const named = await later('named', 'other')
        const opposed = await apply(await later('opposed'), { type: 'park', reason: 'patient-opposed' })
        const tried = await apply((await ledger.startSending(await later('tried'), 'lot', () => null))!, { type: 'not-sent', reason: 'record-unreachable', for: 'network' })
        const refreeze = async (typeCode: string) => {
          await apply(first, { type: 'changed' })
          expect(await freeze(await current(first), { ...asVersion(1), typeCode })).toBe(true)
        }
        await refreeze('57833-6')
        for (const row of [free, waits, missed, named, opposed, tried]) expect(await current(row)).toEqual(row)
        await refreeze('11488-4')
        for (const row of [free, waits, missed]) {
          expect(await current(row)).toMatchObject({ state: 'received', document_sha256: null })
          expect((await ledger.trace(row)).at(-1)).toMatchObject({ to: 'received', event: 'changed', detail: 'what it replaced is of another type now' })
        }
        for (const row of [named, opposed, tried]) expect(await current(row)).toEqual(row)
      })

      it('is known for what it holds and whose it is, under whatever id', async () => {
        const one = await ready('one')
        const again = await received('one, as another source names its patient')
        const same = { seq: again.seq, content_sha256: one.content_sha256 }
        expect(ids(await ledger.othersOfContent(same, one.ins!))).toEqual([one.id])
        expect([await ledger.othersOfContent(one, one.ins!), await ledger.othersOfContent(same, 'another'), await ledger.othersOfContent(again, one.ins!)]).toEqual([[], [], []])
        await ledger.dismiss(one, null)
        expect(await ledger.othersOfContent(same, one.ins!)).toEqual([])
      })

      it('is known by its rendering for its patient, while it has a claim or a person wanted it not to go', async () => {
        const row = await received('one')
        await ledger.recognise(row, { ins, rendering: 'pdf a' })
        const one = await current(row)
        const again = { seq: 99 }
        expect(one.rendering).toBe('pdf a')
        expect(ids(await ledger.othersOfRendering(again, ins, ['cda a', 'pdf a']))).toEqual([one.id])
        expect([await ledger.othersOfRendering(one, ins, ['pdf a']), await ledger.othersOfRendering(again, 'another', ['pdf a']), await ledger.othersOfRendering(again, ins, ['pdf b', ''])]).toEqual([[], [], []])
        await apply(one, { type: 'ignore', reason: 'already-received' })
        expect(await ledger.othersOfRendering(again, ins, ['pdf a'])).toEqual([])
        const [parkedOne, aside] = [await parked('parked'), await received('aside')]
        await ledger.recognise(aside, { ins, rendering: 'pdf a' })
        await ledger.noteRenderings([{ seq: parkedOne.seq, rendering: 'cda a' }])
        await ledger.recognise(parkedOne, { ins })
        await ledger.dismiss(await current(aside), null)
        ledger = await opened.reopen()
        expect(ids(await ledger.othersOfRendering(again, ins, ['cda a', 'pdf a']))).toEqual([parkedOne.id, aside.id])
      })

      it('keeps its rendering when it is frozen, and when nothing is said of it', async () => {
        const row = await received('one')
        expect(await ledger.freeze(row, { learnPatient: () => null, patient: label, frozen: frozenOf(row, {}), versionOf: null, rendering: 'pdf a' })).toBe(true)
        await ledger.recognise(await current(row), { title: 'Ordonnance' })
        expect((await current(row)).rendering).toBe('pdf a')
        const none = await received('none')
        await ledger.recognise(none, { ins, rendering: null })
        expect((await current(none)).rendering).toBe('')
        expect(await ledger.othersOfRendering(row, ins, [''])).toEqual([])
      })

      it('says of which documents of a patient no rendering was looked for yet', async () => {
        const [unknown, found, none, other, settled] = [await ready('unknown'), await ready('found'), await ready('none'), await received('of another'), await received('settled')]
        await ledger.recognise(other, { ins: '269054958815780' })
        await ledger.recognise(settled, { ins })
        await apply(settled, { type: 'ignore', reason: 'already-received' })
        await ledger.noteRenderings([{ seq: found.seq, rendering: 'pdf a' }, { seq: none.seq, rendering: null }])
        expect((await ledger.unrendered(ins)).map(({ seq, content_sha256: sha256 }) => [seq, sha256])).toEqual([[unknown.seq, unknown.content_sha256]])
      })

      it('is known by its rendering when it was forgotten and nobody knows whose it is', async () => {
        const { items } = await ledger.receive([{ ...arrival('forgotten'), forgotten: true }])
        const { id } = items[0]!
        const forgotten = await current({ id })
        expect((await ledger.unrendered(ins)).map(({ seq }) => seq)).toEqual([forgotten.seq])
        await ledger.noteRenderings([{ seq: forgotten.seq, rendering: 'pdf a' }])
        expect([await ledger.unrendered(ins), ids(await ledger.othersOfRendering({ seq: 99 }, ins, ['pdf a']))]).toEqual([[], [id]])
      })

      it('keeps its id while the record may have it, set aside or not', async () => {
        const [never, doubtful] = [await ready('never'), await uncertain('doubtful')]
        await ledger.dismiss(never, null)
        await ledger.dismiss(await apply(doubtful, { type: 'absent', settled: true }), null)
        expect([await ledger.othersWithUniqueId(never.unique_id!, 99), ids(await ledger.othersWithUniqueId(doubtful.unique_id!, 99))]).toEqual([[], [doubtful.id]])
      })

      it('is undone by what prepares it anew: ids stay, bytes and lot do not', async () => {
        const row = await ready('one')
        await ledger.setVisibility(row, masked)
        expect(await current(row)).toMatchObject({ state: 'received', unique_id: row.unique_id, document_sha256: null, lot_sha256: null })
      })

      it('puts what replaces another in its lineage', async () => {
        const parent = await ready('one')
        const child = await ready('two', { replaces: parent.unique_id! })
        const grandchild = await ready('three', { replaces: child.unique_id! })
        expect(grandchild).toMatchObject({ lineage: parent.unique_id, parent_unique_id: child.unique_id })
        expect(await ready('four', { replaces: '9.9' })).toMatchObject({ lineage: '9.9' })
      })

      it('is one lineage when the newest version came first', async () => {
        const third = await ready('three', { uniqueId: '1.2.3.33', replaces: '1.2.3.22' })
        const second = await ready('two', { uniqueId: '1.2.3.22', replaces: '1.2.3.11' })
        const first = await ready('one', { uniqueId: '1.2.3.11' })
        expect(await Promise.all([third, second, first].map(async (row) => (await current(row)).lineage))).toEqual(['1.2.3.11', '1.2.3.11', '1.2.3.11'])
      })

      it('leaves what is recognised as it is once it may be in the record', async () => {
        const row = await received('one')
        await ledger.recognise(row, { title: 'Lettre', ins })
        expect(await current(row)).toMatchObject({ title: 'Lettre', ins, state: 'received' })
        const sent = await sending('two')
        await ledger.recognise(sent, { title: 'Lettre' })
        expect((await current(sent)).title).toBe('Ordonnance')
      })
    })

    describe('sending', () => {
      it('keeps the lot and counts before anything leaves, once', async () => {
        const row = await ready('one')
        clock.now = 2_000
        expect(await ledger.startSending(row, 'lot', () => null)).toMatchObject({ state: 'sending', lot_sha256: 'lot', attempts: 1, sent_at: 2_000 })
        expect(await ledger.startSending(row, 'lot', () => null)).toBeNull()
        expect((await current(row)).attempts).toBe(1)
      })

      it('is stopped by the guard, which sees the item as it is', async () => {
        const row = await ready('one')
        let seen: ItemRow | null = null
        expect(await ledger.startSending(row, 'lot', (asked) => ((seen = asked), 'patient-opposed'))).toBeNull()
        expect(seen).toEqual(row)
        expect(await current(row)).toMatchObject({ state: 'parked', reason: 'patient-opposed', attempts: 0, lot_sha256: null })
      })

      it('does not begin with a lot signed for what was asked before', async () => {
        const row = await ready('one')
        await ledger.setVisibility(row, masked)
        expect(await freeze(await current(row), { confidentiality: 'MASQUE_PS' })).toBe(true)
        expect(await ledger.startSending(row, 'old lot', () => null)).toBeNull()
        expect(await ledger.startSending(await current(row), 'lot', () => null)).toMatchObject({ lot_sha256: 'lot' })
      })

      it.each(['received', 'waiting', 'parked', 'uncertain', 'deposited', 'ignored'] as const)('does not begin with an item that is %s', async (state) => {
        const row = await broughtTo[state]('one')
        expect(await ledger.startSending(row, 'lot', () => null)).toBeNull()
        expect(await ledger.apply(row, { type: 'send' })).toBe(false)
        expect(await current(row)).toEqual(row)
      })

      it('keeps the lot the record may have, and gives up one it surely has not', async () => {
        const doubted = await apply(await uncertain('one'), { type: 'absent', settled: true })
        await ledger.forgetLot(doubted)
        expect(await ledger.startSending(doubted, 'other', () => null)).toMatchObject({ lot_sha256: 'lot of one', attempts: 2 })
        const sent = await apply(await sending('two'), { type: 'not-sent', reason: 'record-busy', for: 'network' })
        await ledger.forgetLot(sent)
        expect(await ledger.startSending(await apply(sent, { type: 'retry', rebuild: false }), 'other', () => null)).toMatchObject({ lot_sha256: 'other' })
      })

      it('settles once, for good', async () => {
        const row = await sending('one')
        clock.now = 5_000
        const done = await apply(row, { type: 'accepted' })
        ledger.setEntryUuid(done, 'urn:uuid:1')
        expect(await current(row)).toMatchObject({ state: 'deposited', settled_at: 5_000, entry_uuid: 'urn:uuid:1' })
        expect(await ledger.lastDepositedAt()).toBe(5_000)
        expect(await ledger.dismiss(done, null)).toBe(false)
        expect(await ledger.retryAll([done], () => true)).toBe(0)
      })

      it('keeps what became of it in the record, and moves nothing for it', async () => {
        const row = await sending('one')
        const uniqueId = row.unique_id!
        expect(await ledger.noteInRecord(uniqueId, 'mask', masked)).toBe(false)
        const done = await apply(row, { type: 'accepted' })
        expect(await ledger.noteInRecord('1.2.3.4', 'mask', masked)).toBe(false)
        expect(await ledger.noteInRecord(uniqueId, 'mask', masked)).toBe(true)
        expect(await ledger.noteInRecord(uniqueId, 'archive', masked)).toBe(true)
        expect([(await current(row)).state, visibilityOf(await current(row))]).toEqual(['deposited', masked])
        expect((await ledger.trace(done)).slice(-2)).toMatchObject([{ from: 'deposited', to: 'deposited', event: 'in-record', detail: 'mask' }, { event: 'in-record', detail: 'archive' }])
        expect(inRecordOf(await ledger.trace(done))).toBe('archived')
        await ledger.noteInRecord(uniqueId, 'restore', masked)
        expect(inRecordOf(await ledger.trace(done))).toBeNull()
        await ledger.noteInRecord(uniqueId, 'delete', masked)
        expect(inRecordOf(await ledger.trace(done))).toBe('deleted')
      })
    })

    describe('doubt', () => {
      it('is counted each time it begins, not while it lasts', async () => {
        const row = await apply(await uncertain('one'), { type: 'still-unknown', reason: 'record-busy' })
        expect(row.doubts).toBe(1)
        const again = (await ledger.startSending(await apply(row, { type: 'absent', settled: true }), 'lot', () => null))!
        expect(await apply(again, { type: 'restarted' })).toMatchObject({ state: 'uncertain', doubts: 2 })
      })

      it('counts the looks that found nothing, from the first, anew with each send', async () => {
        const row = await uncertain('one')
        for (const at of [2_000, 3_000]) {
          clock.now = at
          await ledger.countAbsentLook(row)
        }
        expect(await current(row)).toMatchObject({ absent_looks: 2, first_absent_at: 2_000 })
        expect(await ledger.startSending(await apply(row, { type: 'absent', settled: true }), 'lot', () => null)).toMatchObject({ absent_looks: 0, first_absent_at: null })
      })

      it.each([
        { event: { type: 'found' }, to: 'deposited' },
        { event: { type: 'found-different' }, to: 'parked' },
        { event: { type: 'give-up', reason: 'record-no-answer' }, to: 'parked' },
        { event: { type: 'absent', settled: false }, to: 'uncertain' },
        { event: { type: 'absent', settled: true }, to: 'ready' },
      ] as const)('ends as the record says: $event.type, $to', async ({ event, to }) => {
        expect((await apply(await uncertain('one'), event)).state).toBe(to)
      })

      it('is not sent again, held, hidden or set aside', async () => {
        const row = await uncertain('one')
        expect(await ledger.claimable(9)).toEqual([])
        expect([await ledger.hold(row), await ledger.setVisibility(row, masked), await ledger.dismiss(row, null), await ledger.retryAll([row], () => true)]).toEqual([false, false, false, 0])
        expect(await current(row)).toEqual(row)
      })
    })

    describe('who goes next', () => {
      it('is the oldest and the newest in turns, nothing twice, as many as asked', async () => {
        const rows: ItemRow[] = []
        for (const text of ['a', 'b', 'c', 'd']) rows.push(await ready(text))
        const [a, b, c, d] = ids(rows)
        expect(ids(await ledger.claimable(9))).toEqual([a, d, b, c])
        expect(ids(await ledger.claimable(2))).toEqual([a, d])
      })

      it('is what the program died on only when asked for', async () => {
        const [one, two] = [await ready('one'), await ready('two')]
        await ledger.countCrash(two.seq)
        expect([ids(await ledger.claimable(9, false)), ids(await ledger.claimable(9, true)).toSorted()]).toEqual([[one.id], [one.id, two.id].toSorted()])
      })

      it('is also what was tried before', async () => {
        const rows: ItemRow[] = []
        for (const text of ['a', 'b', 'c', 'd', 'e']) rows.push(await ready(text))
        await ledger.startSending(rows[2]!, 'lot', () => null)
        await apply(await apply(rows[2]!, { type: 'not-sent', reason: 'record-busy', for: 'network' }), { type: 'retry', rebuild: false })
        expect(ids(await ledger.claimable(3))).toEqual(ids([rows[0]!, rows[4]!, rows[2]!]))
      })

      it.each([
        { what: 'on its way (ready)', bring: async (row: ItemRow) => row, isFree: false },
        { what: 'being sent', bring: (row: ItemRow) => ledger.startSending(row, 'lot', () => null), isFree: false },
        { what: 'in doubt', bring: async (row: ItemRow) => apply((await ledger.startSending(row, 'lot', () => null))!, { type: 'restarted' }), isFree: false },
        { what: 'prepared anew', bring: (row: ItemRow) => ledger.setVisibility(row, masked), isFree: false },
        { what: 'waiting for the clock', bring: (row: ItemRow) => apply(row, { type: 'wait', for: 'until', reason: 'record-busy' }, 9_000), isFree: false },
        { what: 'waiting for what it replaces itself', bring: (row: ItemRow) => apply(row, { type: 'wait', for: 'parent', reason: 'parent-missing' }, 9_000), isFree: true },
        { what: 'waiting for a person', bring: (row: ItemRow) => apply(row, { type: 'wait', for: 'patient', reason: 'patient-to-confirm' }), isFree: true },
        { what: 'parked', bring: (row: ItemRow) => apply(row, { type: 'park', reason: 'pdf-truncated' }), isFree: true },
        { what: 'set aside', bring: (row: ItemRow) => ledger.dismiss(row, null), isFree: true },
        { what: 'deposited', bring: async (row: ItemRow) => apply((await ledger.startSending(row, 'lot', () => null))!, { type: 'accepted' }), isFree: true },
      ])('what replaces a document that is $what: free $isFree', async ({ bring, isFree }) => {
        const parent = await ready('one')
        const child = await ready('two', { replaces: parent.unique_id! })
        await bring(parent)
        expect(ids(await ledger.claimable(9)).includes(child.id)).toBe(isFree)
      })

      it('is one of a lineage at a time, whoever is its parent', async () => {
        const parent = await sending('one')
        await apply(parent, { type: 'accepted' })
        const [first, second] = [await ready('two', { replaces: parent.unique_id! }), await ready('three', { replaces: parent.unique_id! })]
        expect(await ledger.claimable(9)).toHaveLength(1)
        await ledger.startSending(first, 'lot', () => null)
        expect(await ledger.claimable(9)).toEqual([])
        await apply(first, { type: 'refused', reason: 'record-replace-refused' })
        expect(ids(await ledger.claimable(9))).toEqual([second.id])
      })

      it('is not what is not due', async () => {
        const row = await apply(await uncertain('one'), { type: 'absent', settled: true }, 5_000)
        expect(await ledger.claimable(9)).toEqual([])
        clock.now = 5_000
        expect(ids(await ledger.claimable(9))).toEqual([row.id])
      })

      it('knows who waits for a parent, and whether anybody names it', async () => {
        const child = await apply(await ready('two', { replaces: '9.9' }), { type: 'wait', for: 'parent', reason: 'parent-missing' }, 9_000)
        expect(ids(await ledger.childrenWaiting('9.9'))).toEqual([child.id])
        expect([await ledger.isAwaited('9.9'), await ledger.isAwaited('9.8')]).toEqual([true, false])
        await ledger.dismiss(child, null)
        expect([await ledger.childrenWaiting('9.9'), await ledger.isAwaited('9.9')]).toEqual([[], false])
      })

      it('knows the newest version that went or may go', async () => {
        const one = await ready('one', asVersion(1))
        expect(await ledger.latestOf('k', one.seq)).toBeNull()
        const two = await ready('two', asVersion(2))
        const three = await ready('three', asVersion(3))
        await apply(three, { type: 'park', reason: 'pdf-truncated' })
        expect((await ledger.latestOf('k', 99))!.id).toBe(two.id)
        await ledger.dismiss(two, null)
        expect((await ledger.latestOf('k', 99))!.id).toBe(one.id)
      })

      it('looks again at what was set aside as older, when a version that replaces it comes', async () => {
        const older = await received('older')
        await ledger.recognise(older, { ins })
        await apply(older, { type: 'park', reason: 'version-superseded' })
        await ready('of another', { uniqueId: '9.1' })
        await ready('replaces what is here', { uniqueId: '9.2', replaces: '9.1' })
        expect((await current(older)).state).toBe('parked')
        await ready('replaces what is not', { uniqueId: '9.3', replaces: '9.9' })
        expect(await current(older)).toMatchObject({ state: 'received', reason: null })
      })

      it('knows what arrived before and after a version, whatever its number', async () => {
        const [one, two, three] = [await ready('one', asVersion(7)), await ready('two', asVersion(1)), await ready('three', asVersion(3))]
        expect(await ledger.arrivedAround('k', two.seq)).toMatchObject({ before: { id: one.id }, after: { id: three.id } })
        await ledger.dismiss(one, null)
        await apply(three, { type: 'park', reason: 'pdf-truncated' })
        expect(await ledger.arrivedAround('k', two.seq)).toEqual({ before: null, after: null })
      })

      it('counts no version that the record refused without a doubt, nor one deleted there; one in doubt it does', async () => {
        const [one, two, three, four] = [await ready('one', asVersion(1)), await ready('two', asVersion(2)), await ready('three', asVersion(3)), await ready('four', asVersion(4))]
        const before = async () => (await ledger.arrivedAround('k', four.seq)).before?.id ?? null
        await apply((await ledger.startSending(three, three.document_sha256!, () => null))!, { type: 'refused', reason: 'record-refused' })
        expect(await before()).toBe(two.id)
        await apply((await ledger.startSending(two, two.document_sha256!, () => null))!, { type: 'answer-lost', reason: 'record-no-answer' })
        await apply(two, { type: 'give-up', reason: 'record-never-confirms' })
        expect(await before()).toBe(two.id)
        await ledger.dismiss(await current(two), null)
        await apply((await ledger.startSending(one, one.document_sha256!, () => null))!, { type: 'accepted' })
        expect(await before()).toBe(one.id)
        await ledger.noteInRecord(one.unique_id!, 'delete', { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false })
        expect(await before()).toBe(null)
      })

      it('sees who replaces whom, in any number of steps, and comes out of a circle', async () => {
        await ready('one', { uniqueId: '9.1', replaces: '9.3' })
        await ready('two', { uniqueId: '9.2', replaces: '9.1' })
        expect([await ledger.replacesInTurn('9.2', '9.3'), await ledger.replacesInTurn('9.2', '9.2'), await ledger.replacesInTurn('9.1', '9.2'), await ledger.replacesInTurn('9.7', '9.1')]).toEqual([true, true, false, false])
        const three = await ready('three', { uniqueId: '9.3', replaces: '9.2' })
        expect([await ledger.replacesInTurn('9.1', '9.2'), await ledger.replacesInTurn('9.1', '9.4')]).toEqual([true, false])
        await ledger.dismiss(three, null)
        expect(await ledger.replacesInTurn('9.1', '9.2')).toBe(false)
      })
    })

    describe('time', () => {
      it('brings what is due, in order, and says when next', async () => {
        const [late, soon] = [await waiting('one', 'network', 'record-busy', 9_000), await waiting('two', 'until', 'record-busy', 5_000)]
        await waiting('three', 'patient', 'patient-to-confirm')
        expect([await ledger.due('waiting', 9), await ledger.nextDueAt(start), await ledger.nextDueAt(5_000), await ledger.nextDueAt(9_000)]).toEqual([[], 5_000, 9_000, null])
        clock.now = 5_000
        expect(ids(await ledger.due('waiting', 9))).toEqual([soon.id])
        clock.now = 9_000
        expect(ids(await ledger.due('waiting', 9))).toEqual(ids([late, soon]))
        expect(ids(await ledger.due('waiting', 1))).toEqual([late.id])
      })

      it('asks at once about a doubt without a time, later about one with', async () => {
        const [now, later] = [await uncertain('one'), await apply(await uncertain('two'), { type: 'still-unknown', reason: 'record-busy' }, 5_000)]
        expect(ids(await ledger.due('uncertain', 9))).toEqual([now.id])
        clock.now = 5_000
        expect(ids(await ledger.due('uncertain', 9))).toEqual(ids([now, later]))
      })

      it('lets no wait end later than a jump of the clock allows', async () => {
        const [far, near] = [await waiting('one', 'until', 'record-busy', 90_000), await waiting('two', 'until', 'record-busy', 5_000)]
        await ledger.bringForward(10_000)
        expect([(await current(far)).next_attempt_at, (await current(near)).next_attempt_at]).toEqual([start, 5_000])
      })

      it('frees what waited for the network, and that alone', async () => {
        const [network, clockOnly, person] = [await waiting('one', 'network', 'record-unreachable', 9_000), await waiting('two', 'until', 'record-busy', 9_000), await waiting('three', 'patient', 'patient-to-confirm')]
        await ledger.networkIsBack()
        expect([(await current(network)).next_attempt_at, (await current(clockOnly)).next_attempt_at, (await current(person)).next_attempt_at]).toEqual([start, 9_000, null])
      })
    })

    describe('what a person does', () => {
      it.each(['received', 'ready', 'waiting'] as const)('holds back an item that is %s, until it is freed', async (state) => {
        const row = await broughtTo[state]('one')
        expect(await ledger.hold(row)).toBe(true)
        const held = await current(row)
        expect(held).toMatchObject({ state: 'waiting', waiting_for: 'until', reason: 'held-by-user', held: 'user', next_attempt_at: null })
        expect(await ledger.retryAll([held], () => true)).toBe(1)
        expect(await current(row)).toMatchObject({ state: 'received', held: null, reason: null })
      })

      it.each(['sending', 'uncertain', 'parked', 'deposited', 'ignored'] as const)('does not hold back an item that is %s', async (state) => {
        const row = await broughtTo[state]('one')
        expect(await ledger.hold(row)).toBe(false)
        expect(await current(row)).toEqual(row)
      })

      it('frees a batch that came held', async () => {
        const row = await received('one', { hold: 'burst' })
        expect(row.held).toBe('burst')
        await ledger.retryAll([await apply(row, { type: 'wait', for: 'until', reason: 'burst-held' })], () => true)
        expect(await current(row)).toMatchObject({ state: 'received', held: null })
      })

      it.each([
        { state: 'received', to: 'received' },
        { state: 'ready', to: 'received' },
        { state: 'waiting', to: 'received' },
        { state: 'parked', to: 'parked' },
      ] as const)('chooses who sees an item that is $state: it is then $to', async ({ state, to }) => {
        const row = await broughtTo[state]('one')
        expect(await ledger.setVisibility(row, masked)).toBe(true)
        expect(await current(row)).toMatchObject({ state: to, visibility: JSON.stringify(masked) })
      })

      it('frees by that choice what was stopped for it', async () => {
        const row = await parked('one', 'visibility-forbidden')
        expect(await ledger.setVisibility(row, masked)).toBe(true)
        expect((await current(row)).state).toBe('received')
      })

      it('can change nothing of what once left', async () => {
        const sent = await apply(await sending('one'), { type: 'refused', reason: 'record-closed' })
        expect([await ledger.setVisibility(sent, masked), await ledger.hold(sent)]).toEqual([false, false])
        expect(await current(sent)).toEqual(sent)
      })

      it.each(['type-unknown', 'type-not-accepted'] as const)('says its type only while it stands for want of one: %s', async (reason) => {
        const row = await received('one')
        expect(await ledger.chooseType(row, '11488-4')).toBe(false)
        const asking = await apply(row, { type: 'park', reason })
        expect(await ledger.chooseType(asking, '11488-4')).toBe(true)
        expect(await ledger.chooseType(asking, '57833-6')).toBe(false)
        ledger = await opened.reopen()
        expect(await current(row)).toMatchObject({ state: 'received', reason: null, chosen_type: '11488-4', held: null })
        expect((await ledger.trace(row)).at(-1)).toMatchObject({ from: 'parked', to: 'received', event: 'changed', detail: 'type chosen by a person: CR ou fiche de consultation ou de visite' })
      })

      it('says its type and its author otherwise wherever it is, until it left: it is prepared anew', async () => {
        const asking = await apply(await received('one'), { type: 'park', reason: 'type-unknown' })
        await ledger.chooseType(asking, '11488-4')
        const waiting = await apply(await current(asking), { type: 'wait', for: 'network', reason: 'record-unreachable' })
        expect(await ledger.chooseType(waiting, '57833-6')).toBe(true)
        const unsigned = await apply(await current(asking), { type: 'park', reason: 'author-missing' })
        await ledger.chooseAuthor(unsigned, '899900000013')
        expect(await ledger.chooseAuthor(await apply(await current(asking), { type: 'park', reason: 'author-not-ours' }), knownProfessional.id)).toBe(true)
        expect(await current(asking)).toMatchObject({ state: 'received', chosen_type: '57833-6', chosen_author: knownProfessional.id })
      })

      it('tells in its trace each word on its type and its author, that which comes while it is being prepared too', async () => {
        const row = await apply(await received('one'), { type: 'park', reason: 'type-unknown' })
        for (const typeCode of ['11488-4', '57833-6']) expect(await ledger.chooseType(await current(row), typeCode)).toBe(true)
        await apply(row, { type: 'park', reason: 'author-missing' })
        for (const authorId of ['899900000013', knownProfessional.id]) expect(await ledger.chooseAuthor(await current(row), authorId)).toBe(true)
        expect((await ledger.trace(row)).flatMap(({ event, to, detail }) => (event === 'changed' ? `${to} ${detail}` : []))).toEqual([
          'received type chosen by a person: CR ou fiche de consultation ou de visite',
          'received type chosen by a person: Prescription de produits de santé',
          'received author chosen by a person: 899900000013',
          `received author chosen by a person: ${knownProfessional.name}`,
        ])
      })

      it('says the type of nothing that stands for another cause, or was sent', async () => {
        expect(await ledger.chooseType(await parked('one', 'author-missing'), '11488-4')).toBe(false)
        const sent = await apply(await sending('two'), { type: 'refused', reason: 'type-not-accepted' })
        expect(await ledger.chooseType(sent, '11488-4')).toBe(false)
        expect(await current(sent)).toEqual(sent)
      })

      it('says its author only while it stands for want of one, and by their name in its trace', async () => {
        const row = await received('one')
        expect(await ledger.chooseAuthor(row, knownProfessional.id)).toBe(false)
        const asking = await apply(row, { type: 'park', reason: 'author-missing' })
        expect(await ledger.chooseAuthor(asking, knownProfessional.id)).toBe(true)
        expect(await ledger.chooseAuthor(asking, '899900000013')).toBe(false)
        ledger = await opened.reopen()
        expect(await current(row)).toMatchObject({ state: 'received', reason: null, chosen_author: knownProfessional.id, chosen_place: null, chosen_type: null, held: null })
        expect((await ledger.trace(row)).at(-1)).toMatchObject({ from: 'parked', to: 'received', event: 'changed', detail: `author chosen by a person: ${knownProfessional.name}` })
      })

      it('says where its author wrote it, over a restart, and forgets it with another word', async () => {
        const asking = await apply(await received('one'), { type: 'wait', for: 'session', reason: 'situation-to-choose' })
        expect(await ledger.chooseAuthor(asking, knownProfessional.id, '499900000012001')).toBe(true)
        ledger = await opened.reopen()
        expect(await current(asking)).toMatchObject({ state: 'received', waiting_for: null, chosen_author: knownProfessional.id, chosen_place: '499900000012001' })
        expect((await ledger.trace(asking)).at(-1)).toMatchObject({ event: 'changed', detail: `author chosen by a person: ${knownProfessional.name}, 499900000012001` })
        expect(await ledger.chooseAuthor(await current(asking), '899900000013')).toBe(true)
        expect(await current(asking)).toMatchObject({ chosen_author: '899900000013', chosen_place: null })
      })

      it.each(['type-unknown', 'author-not-ours'] as const)('says the author of nothing that stands for another cause (%s), or was sent', async (reason) => {
        expect(await ledger.chooseAuthor(await parked('one', reason), knownProfessional.id)).toBe(false)
        const sent = await apply(await sending('two'), { type: 'refused', reason: 'author-missing' })
        expect(await ledger.chooseAuthor(sent, knownProfessional.id)).toBe(false)
        expect(await current(sent)).toEqual(sent)
      })

      it('prepares anew what was said of its author meanwhile', async () => {
        const before = await apply(await received('one'), { type: 'park', reason: 'author-missing' })
        expect(await ledger.chooseAuthor(before, knownProfessional.id)).toBe(true)
        // Frozen from the row as it was before the choice, it would go without it.
        expect(await freeze({ ...before, state: 'received', reason: null })).toBe(false)
        expect(await freeze(await current(before))).toBe(true)
      })

      it('leaves a batch held whose type was said', async () => {
        const row = await apply(await received('one', { hold: 'burst' }), { type: 'park', reason: 'type-unknown' })
        expect(await ledger.chooseType(row, '11488-4')).toBe(true)
        expect(await current(row)).toMatchObject({ state: 'received', held: 'burst' })
      })

      it('says whose it is only while it waits for that', async () => {
        const row = await received('one')
        expect(await ledger.choosePatient(row, 'p1')).toBe(false)
        const asking = await apply(row, { type: 'wait', for: 'patient', reason: 'patient-to-confirm' })
        expect(ids(await ledger.waitingForPatient())).toEqual([row.id])
        expect(await ledger.choosePatient(asking, 'p1')).toBe(true)
        expect(await current(row)).toMatchObject({ state: 'received', chosen_patient_id: 'p1' })
      })

      it('sets aside, and takes back what was set aside, never what was already received', async () => {
        const row = await received('one')
        expect(await ledger.dismiss(row, 'erreur')).toBe(true)
        const aside = await current(row)
        expect(aside).toMatchObject({ state: 'ignored', reason: 'dismissed-by-user', reason_detail: 'erreur', settled_at: start })
        const duplicate = await received('one')
        expect(await ledger.retryAll([aside, duplicate], () => true)).toBe(1)
        expect([(await current(row)).state, (await current(duplicate)).state]).toEqual(['received', 'ignored'])
      })

      it('sets aside many at once, but none that somebody moved since it was looked at', async () => {
        const held: ItemRow[] = []
        for (const text of ['one', 'two', 'three']) held.push(await apply(await received(text), { type: 'wait', for: 'until', reason: 'burst-held' }))
        await ledger.retryAll([held[1]!], () => true)
        expect(await ledger.dismissAll(held, 'copie de vieux dossiers')).toBe(2)
        const now = await Promise.all(held.map((row) => current(row)))
        expect(now.map(({ state, reason, reason_detail: why }) => [state, reason, why])).toEqual([['ignored', 'dismissed-by-user', 'copie de vieux dossiers'], ['received', null, null], ['ignored', 'dismissed-by-user', 'copie de vieux dossiers']])
      })

      it('puts back as it was frozen, or to be prepared anew, as each needs', async () => {
        const rows: ItemRow[] = []
        for (const text of ['one', 'two']) rows.push(await apply(await ready(text), { type: 'park', reason: 'patient-opposed' }))
        expect(await ledger.retryAll(rows, (row) => row.id === rows[1]!.id)).toBe(2)
        expect(await current(rows[0]!)).toMatchObject({ state: 'ready', document_sha256: rows[0]!.document_sha256 })
        expect(await current(rows[1]!)).toMatchObject({ state: 'received', document_sha256: null })
      })
    })

    describe('what is seen of it', () => {
      it('counts each state, and the oldest under way', async () => {
        for (const [index, state] of states.entries()) {
          clock.now = start + index
          await broughtTo[state](state)
        }
        expect(await ledger.counts()).toEqual(Object.fromEntries(states.map((state) => [state, 1])))
        expect(await ledger.oldestActiveAt()).toBe(start)
        // Frozen for this patient: ready, sending, uncertain.
        expect(await ledger.ofPatient(ins)).toEqual({ onTheirWay: 3, needsUser: 0 })
        await apply(await sending('opposed'), { type: 'refused', reason: 'record-closed' })
        expect(await ledger.ofPatient(ins)).toEqual({ onTheirWay: 3, needsUser: 1 })
      })

      it('gives the documents of one patient and type that are not in the record, or went there since, newest first', async () => {
        for (const [index, state] of states.entries()) {
          clock.now = start + index
          await broughtTo[state](state)
        }
        const at = start + states.indexOf('deposited')
        const found = async (...asked: Parameters<Ledger['ofPatientAndType']>) => (await ledger.ofPatientAndType(...asked)).map(({ state }) => state)
        const frozen = states.filter((state) => ['ready', 'sending', 'uncertain', 'deposited'].includes(state))
        expect(await found(ins, '57833-6', at)).toEqual(frozen.toReversed())
        expect(await found(ins, '57833-6', at + 1)).toEqual(frozen.filter((state) => state !== 'deposited').toReversed())
        expect([await found(ins, '11502-2', 0), await found('1', '57833-6', 0)]).toEqual([[], []])
      })

      it('gives a patient’s documents of some types that are under way, or came lately', async () => {
        const of = async (types: string[], since: number) => (await ledger.ofTypes(ins, types, since)).map(({ id }) => id)
        for (const state of states) await broughtTo[state](state)
        const under = (await ledger.list({ limit: 99, cursor: null })).rows.filter((row) => row.ins === ins && row.type_code === '57833-6' && row.state !== 'ignored')
        const going = under.filter(({ state }) => state !== 'deposited')
        expect(under.some(({ state }) => state === 'deposited')).toBe(true)
        expect((await of(['57833-6', 'PRESC-BIO'], start)).sort()).toEqual(under.map(({ id }) => id).sort())
        expect((await of(['57833-6'], clock.now + 1)).sort()).toEqual(going.map(({ id }) => id).sort())
        expect(await of(['PRESC-BIO'], start)).toEqual([])
        expect(await ledger.ofTypes('another', ['57833-6'], start)).toEqual([])
      })

      it('says whether a patient had a document deposited between two instants', async () => {
        for (const state of states) {
          clock.now = state === 'deposited' ? start + 10 : start
          await broughtTo[state](state)
        }
        const had = (from: number, until: number, whose = ins) => ledger.hasDeposited(whose, from, until)
        expect([await had(start + 10, start + 11), await had(start + 11, start + 99), await had(start, start + 10), await had(0, start + 99, 'another')]).toEqual([true, false, false, false])
      })

      it('is empty at first', async () => {
        expect([await sum(), await ledger.oldestActiveAt(), await ledger.lastDepositedAt(), await ledger.nextDueAt(0), await ledger.needsUser(), await ledger.byId('none')]).toEqual([0, null, null, null, [], null])
        expect(await ledger.list({ limit: 9, cursor: null })).toEqual({ rows: [], next: null, total: 0 })
      })

      it('asks a person for what does not heal by itself', async () => {
        await parked('one')
        await parked('two')
        await waiting('three', 'patient', 'patient-to-confirm')
        await waiting('four', 'network', 'record-unreachable', 9_000)
        await waiting('five', 'parent', 'parent-missing', 9_000)
        await parked('six', 'parent-missing')
        expect((await ledger.needsUser()).sort((one, other) => one.reason.localeCompare(other.reason))).toEqual([
          { reason: 'parent-missing', count: 1 },
          { reason: 'patient-to-confirm', count: 1 },
          { reason: 'pdf-truncated', count: 2 },
        ])
        expect(await ledger.stoppedBy('pdf-truncated')).toHaveLength(2)
      })

      it('is listed newest first, page by page, with the whole count on each', async () => {
        for (let index = 0; index < 5; index += 1) await received(`${index}`)
        const seen: string[] = []
        let cursor: string | null = null
        do {
          const page = await ledger.list({ limit: 2, cursor })
          expect(page.total).toBe(5)
          seen.push(...page.rows.map((row) => row.source_reference))
          cursor = page.next
        } while (cursor !== null)
        expect(seen).toEqual(['4.xml', '3.xml', '2.xml', '1.xml', '0.xml'])
      })

      it.each([
        { query: { search: 'ETE lettre' }, found: 1 },
        { query: { search: 'essai' }, found: 1 },
        { query: { search: '%' }, found: 0 },
        { query: { search: '_' }, found: 0 },
        { query: { search: '  ' }, found: 4 },
        { query: { states: ['parked'] }, found: 2 },
        { query: { reasons: ['pdf-truncated'] }, found: 1 },
        { query: { reasons: ['pdf-truncated', 'file-empty'], states: ['parked'] }, found: 2 },
        { query: { reasons: ['file-empty'], states: ['waiting'] }, found: 0 },
        { query: { reasons: ['file-empty'], search: 'vide' }, found: 1 },
      ] as const)('is found: $query, $found', async ({ query, found }) => {
        await received('Lettre de l’été')
        await ready('autre')
        await parked('coupé')
        await parked('vide', 'file-empty')
        const { rows, total } = await ledger.list({ limit: 9, cursor: null, ...query })
        expect([rows.length, total]).toEqual([found, found])
      })

      it.each([
        { what: 'a part of a word', search: 'ssa', found: ['a', 'c'] },
        { what: 'the end of a word', search: 'mille', found: ['a', 'c'] },
        { what: 'one letter', search: 'q', found: ['b'] },
        { what: 'two letters', search: 'uq', found: ['b'] },
        { what: 'two figures', search: '24', found: ['a', 'b'] },
        { what: 'a part of a file name', search: '2024', found: ['a', 'b'] },
        { what: 'words in any order', search: 'essai 2024', found: ['a'] },
        { what: 'a long word and a short one', search: '12 Camille', found: ['a'] },
        { what: 'a word twice', search: 'camille camille', found: ['a', 'c'] },
        { what: 'every word, not one of them', search: 'camille ouquet', found: [] },
        { what: 'the letters of a word, not in its order', search: 'millecam', found: [] },
        { what: 'accents and case', search: 'ÉSSAÏ', found: ['a', 'c'] },
        { what: 'accents written apart', search: 'e\u0301ssai', found: ['a', 'c'] },
        { what: 'an INS', search: ins, found: ['a', 'c'] },
        { what: 'an INS with spaces', search: '2 84 06 99 999 999 68', found: ['a', 'c'] },
        { what: 'a per cent as it is', search: '100%', found: ['b'] },
        { what: 'an underscore as it is', search: 'b_100', found: ['b'] },
        { what: 'an underscore that stands for nothing', search: 'b_uquet', found: [] },
        { what: 'a backslash', search: String.raw`24\b`, found: [] },
        { what: 'quotes', search: '"lu"', found: ['b'] },
        { what: 'words of a query language', search: 'camille OR bouquet NOT *', found: [] },
        { what: 'an end of text in the midst', search: 'cam\0ille', found: ['a', 'c'] },
        { what: 'letters beyond the usual', search: '𝒳𝒴𝒵', found: ['b'] },
        { what: 'the source', search: 'export', found: ['a', 'b', 'c'] },
      ])('is found by $what: $search', async ({ search, found }) => {
        await ready('a 2024-12')
        await received('b_100% 2024 Bouquet "lu" 𝒳𝒴𝒵')
        await ready('c')
        const { rows, total } = await ledger.list({ limit: 9, cursor: null, search })
        expect(rows.map((row) => row.source_reference[0])).toEqual(found.toReversed())
        expect(total).toBe(found.length)
      })

      it('is found by what it is called now', async () => {
        const row = await received('one')
        await ledger.recognise(row, { title: 'Courrier', patient: { ...label, birthName: 'DUPONT' } })
        await ledger.recognise(await current(row), { title: 'Ordonnance' })
        for (const [search, total] of [['courrier', 0], ['rie', 0], ['ordo', 1], ['dup', 1], ['one', 1]] as const) expect([search, (await ledger.list({ limit: 9, cursor: null, search })).total]).toEqual([search, total])
      })

      it('is found page by page, whatever else narrows the list', async () => {
        for (let index = 0; index < 3; index += 1) await parked(`lettre ${index}`, index === 1 ? 'file-empty' : 'pdf-truncated')
        await received('lettre 3')
        await parked('autre')
        const query = { search: 'tre let', states: ['parked', 'received'] as const, reasons: ['pdf-truncated'] as const, limit: 1 }
        const first = await ledger.list({ ...query, cursor: null })
        expect([first.rows[0]!.source_reference, first.total]).toEqual(['lettre 2.xml', 2])
        const second = await ledger.list({ ...query, cursor: first.next })
        expect([second.rows[0]!.source_reference, second.total, second.next]).toEqual(['lettre 0.xml', 2, null])
      })

      it('is read by state, on from the last one seen', async () => {
        const rows: ItemRow[] = []
        for (const text of ['a', 'b', 'c']) rows.push(await received(text))
        expect(ids(await ledger.inState('received', rows[0]!.seq, 1))).toEqual([rows[1]!.id])
      })
    })

    describe('of itself', () => {
      it('remembers small things over a restart, and forgets them', async () => {
        await ledger.remember('circuit', { until: 5 })
        await ledger.remember('circuit', { until: 6 })
        ledger = await opened.reopen()
        expect(await ledger.recall('circuit')).toEqual({ until: 6 })
        await ledger.remember('circuit', null)
        expect(await ledger.recall('circuit')).toBeNull()
      })

      it('counts crashes until the work is done', async () => {
        const row = await received('one')
        expect((await ledger.countCrash(row.seq))!.crashes).toBe(1)
        ledger = await opened.reopen()
        expect((await ledger.countCrash(row.seq))!).toMatchObject({ crashes: 2, row: { id: row.id } })
        expect(await ledger.countCrash(99)).toBeNull()
        await freeze(await current(row))
        expect((await current(row)).crashes).toBe(0)
        await ledger.countCrash(row.seq)
        expect(await ledger.startSending(await current(row), 'lot', () => null)).toMatchObject({ crashes: 0 })
      })

      it('adds up, whatever is done: everything received is in one state, which its trace ends with', async () => {
        const acts = fc.record({ act: fc.constantFrom('receive', 'again', 'park', 'wait', 'freeze', 'send', 'accept', 'lose', 'absent', 'hold', 'hide', 'dismiss', 'retry'), on: fc.nat(7) })
        await fc.assert(
          fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 40 }), async (history) => {
            const texts: string[] = []
            const rows: string[] = []
            const before = await sum()
            for (const { act, on } of history) {
              if (act === 'receive' || rows.length === 0) texts.push(`${before} ${texts.length}`)
              if (act === 'receive' || act === 'again' || rows.length === 0) {
                const { items } = await ledger.receive([arrival(act === 'again' ? texts[on % texts.length]! : texts.at(-1)!)])
                rows.push(items[0]!.id)
                continue
              }
              const row = (await ledger.byId(rows[on % rows.length]!))!
              if (act === 'park') await ledger.apply(row, { type: 'park', reason: 'pdf-truncated' })
              else if (act === 'wait') await ledger.apply(row, { type: 'wait', for: 'patient', reason: 'patient-unknown' })
              else if (act === 'freeze') await freeze(row)
              else if (act === 'send') await ledger.startSending(row, 'lot', () => null)
              else if (act === 'accept') await ledger.apply(row, { type: 'accepted' })
              else if (act === 'lose') await ledger.apply(row, { type: 'answer-lost', reason: 'record-no-answer' })
              else if (act === 'absent') await ledger.apply(row, { type: 'absent', settled: on % 2 === 0 })
              else if (act === 'hold') await ledger.hold(row)
              else if (act === 'hide') await ledger.setVisibility(row, masked)
              else if (act === 'dismiss') await ledger.dismiss(row, null)
              else await ledger.retryAll([row], () => on % 2 === 0)
            }
            expect(await sum()).toBe(before + rows.length)
            for (const id of rows) {
              const row = (await ledger.byId(id))!
              expect((await ledger.trace(row)).at(-1)!.to).toBe(row.state)
              if (row.state === 'ready' || row.state === 'sending') expect(row.document_sha256).not.toBeNull()
            }
          }),
          { numRuns: 15 },
        )
      })
    })

    describe('after the loss of the database', () => {
      it('what came is back under its id, and the record is asked before it goes', async ({ skip }) => {
        if (!opened.forget) return skip()
        const row = await received('one', { file })
        const sent = await ledger.receive([arrival('two')], message)
        ledger = await opened.forget()
        expect(await sum()).toBe(0)
        expect((await ledger.replay(true)).raw).toHaveLength(1)
        expect(await current(row)).toMatchObject({ state: 'received', ask_first: 1, content_sha256: row.content_sha256, received_at: start })
        expect(await ledger.byId(sent.items[0]!.id)).not.toBeNull()
        expect(await ledger.isTaken(file)).toBe(true)
        expect((await ledger.receive([arrival('two')], message)).message).toBe('duplicate')
      })

      it('what a person decided is decided again', async ({ skip }) => {
        if (!opened.forget) return skip()
        const [aside, held, hidden] = [await received('one'), await received('two'), await received('three')]
        await ledger.dismiss(aside, 'erreur')
        await ledger.hold(held)
        await ledger.setVisibility(hidden, masked)
        ledger = await opened.forget()
        await ledger.replay(true)
        expect(await current(aside)).toMatchObject({ state: 'ignored', reason: 'dismissed-by-user', reason_detail: 'erreur' })
        expect(await current(held)).toMatchObject({ state: 'waiting', reason: 'held-by-user', held: 'user' })
        expect(await current(hidden)).toMatchObject({ state: 'received', visibility: JSON.stringify(masked) })
      })

      it('the type a person said is said again, of what was only received then too', async ({ skip }) => {
        if (!opened.forget) return skip()
        const typed = await parked('one', 'type-unknown')
        await ledger.chooseType(typed, '11488-4')
        ledger = await opened.forget()
        await ledger.replay(true)
        expect(await current(typed)).toMatchObject({ state: 'received', chosen_type: '11488-4' })
      })

      it('the author a person said is said again, of what was only received then too, and after its type', async ({ skip }) => {
        if (!opened.forget) return skip()
        const row = await parked('one', 'type-unknown')
        await ledger.chooseType(row, '11488-4')
        await ledger.chooseAuthor(await apply(row, { type: 'park', reason: 'author-missing' }), knownProfessional.id)
        ledger = await opened.forget()
        await ledger.replay(true)
        expect(await current(row)).toMatchObject({ state: 'received', chosen_type: '11488-4', chosen_author: knownProfessional.id })
      })

      it('the author a person said is said again on an older copy, where it still stood for it', async ({ skip }) => {
        if (!opened.copy) return skip()
        const row = await parked('one', 'author-missing')
        const putBack = await opened.copy()
        await ledger.chooseAuthor(row, knownProfessional.id, '499900000012001')
        ledger = await putBack()
        expect(await current(row)).toMatchObject({ state: 'parked', reason: 'author-missing', chosen_author: null, chosen_place: null })
        await ledger.replay(true)
        expect(await current(row)).toMatchObject({ state: 'received', chosen_author: knownProfessional.id, chosen_place: '499900000012001' })
        expect((await ledger.trace(row)).at(-1)).toMatchObject({ detail: `author chosen by a person: ${knownProfessional.name}, 499900000012001` })
      })

      it('what a person said of it is said again wherever it was on an older copy', async ({ skip }) => {
        if (!opened.copy) return skip()
        const row = await apply(await received('one'), { type: 'wait', for: 'patient', reason: 'patient-unknown' })
        const putBack = await opened.copy()
        await ledger.retryAll([row], () => true)
        await ledger.chooseType(await apply(await current(row), { type: 'park', reason: 'type-unknown' }), '11488-4')
        ledger = await putBack()
        await ledger.replay(true)
        expect(await current(row)).toMatchObject({ chosen_type: '11488-4' })
      })

      it('what they were told was not done, for it had just left, is not done again', async ({ skip }) => {
        if (!opened.copy) return skip()
        const asking = await parked('one', 'type-unknown')
        await ledger.chooseType(asking, '11488-4')
        expect(await freeze(await current(asking))).toBe(true)
        const row = await current(asking)
        const putBack = await opened.copy()
        const [sent, isSaid] = await Promise.all([ledger.startSending(row, 'lot', () => null), ledger.chooseType(row, '57833-6')])
        expect([sent?.state, isSaid]).toEqual(['sending', false])
        await apply(sent!, { type: 'accepted' })
        ledger = await putBack()
        await ledger.replay(true)
        expect(await current(row)).toMatchObject({ state: 'ready', chosen_type: '11488-4', document_sha256: row.document_sha256 })
      })

      it('what a person decided is decided in its order: their last word counts', async ({ skip }) => {
        if (!opened.forget) return skip()
        const chosenAs = { ins: '284069999999968', insOid: '1.2.250.1.213.1.4.10', against: true }
        const [freed, heldAgain, takenBack, assigned, shown] = [await received('a'), await received('b', { hold: 'burst' }), await received('c'), await received('d'), await received('e')]
        const free = async (row: ItemRow) => expect(await ledger.retryAll([await current(row)], () => true)).toBe(1)
        await ledger.hold(freed)
        await free(freed)
        await apply(heldAgain, { type: 'wait', for: 'until', reason: 'burst-held' })
        await free(heldAgain)
        await ledger.hold(heldAgain)
        await ledger.dismiss(takenBack, null)
        await free(takenBack)
        for (const patientId of ['p1', 'p2']) expect(await ledger.choosePatient(await apply(assigned, { type: 'wait', for: 'patient', reason: 'patient-to-confirm' }), patientId, chosenAs)).toBe(true)
        await ledger.setVisibility(shown, masked)
        await ledger.setVisibility(shown, { ...masked, masked: false })
        ledger = await opened.forget()
        await ledger.replay(true)
        expect(await current(freed)).toMatchObject({ state: 'received', held: null })
        expect(await current(heldAgain)).toMatchObject({ state: 'waiting', held: 'user', reason: 'held-by-user' })
        expect(await current(takenBack)).toMatchObject({ state: 'received' })
        expect(await current(assigned)).toMatchObject({ state: 'received', chosen_patient_id: 'p2', chosen_as: JSON.stringify(chosenAs) })
        expect(JSON.parse((await current(shown)).visibility!)).toMatchObject({ masked: false })
        // A second time changes nothing.
        const before = await current(freed)
        await ledger.hold(before)
        await ledger.replay(true)
        expect(await current(freed)).toMatchObject({ state: 'waiting', held: 'user' })
      })

      it('what was refused to a person is not done afterwards', async ({ skip }) => {
        if (!opened.forget) return skip()
        const row = await sending('one')
        expect([await ledger.dismiss(row, null), await ledger.hold(row)]).toEqual([false, false])
        ledger = await opened.forget()
        await ledger.replay(true)
        expect(await current(row)).toMatchObject({ state: 'received', held: null })
      })

      it('a correction stands beside what it corrects, for nobody knows whether that left; once known it does not come again', async ({ skip }) => {
        if (!opened.forget) return skip()
        const first = await received('one', { file, hints: { documentKey: '7', identity: { ins: '1' } } })
        await received('one', { file, hints: { documentKey: '7', identity: { ins: '2' } } })
        await ledger.replay(true)
        expect(await sum()).toBe(1)
        expect(JSON.parse((await current(first)).hints)).toMatchObject({ identity: { ins: '2' } })
        ledger = await opened.forget()
        await ledger.replay(true)
        expect(await current(first)).toMatchObject({ state: 'received', ask_first: 1, corrected: 1 })
        expect((await ledger.stoppedBy('announced-otherwise')).map((row) => row.reason_detail)).toEqual([first.id])
      })

      it('nothing comes twice from what is still known; the rest is asked about only when all is in doubt', async ({ skip }) => {
        if (!opened.forget) return skip()
        const [row, done, aside] = [await ready('one'), await apply(await sending('two'), { type: 'accepted' }), await received('three')]
        await ledger.dismiss(aside, null)
        await ledger.replay(false)
        expect([await current(row), await sum()]).toEqual([row, 3])
        await ledger.replay(true)
        // What was set aside may have been taken back and sent since.
        expect(await Promise.all([row, done, aside].map(async (item) => (await current(item)).ask_first))).toEqual([1, 0, 1])
      })

      it('a decision on the whole is as it was last made', async ({ skip }) => {
        if (!opened.forget) return skip()
        await ledger.decide('pause', { until: null })
        await ledger.decide('pause', null)
        await ledger.decide('other', 1)
        ledger = await opened.forget()
        await ledger.replay(true)
        expect([await ledger.recall('pause'), await ledger.recall('other')]).toEqual([null, 1])
        await ledger.remember('other', 2)
        await ledger.replay(true)
        expect(await ledger.recall('other')).toBe(2)
      })

      it('what was forgotten stands parked, takes what its source says of it, and is asked about once it is freed', async ({ skip }) => {
        if (!opened.forget) return skip()
        const found = await received('one', { forgotten: true })
        expect(found).toMatchObject({ state: 'parked', reason: 'forgotten-document', ask_first: 1 })
        expect((await ledger.receive([arrival('one', { file, hints: { typeCode: 'a' } })])).items).toEqual([{ id: found.id, outcome: 'beside' }])
        expect(await current(found)).toMatchObject({ state: 'parked', reason: 'forgotten-document', source_name: 'Export' })
        expect(JSON.parse((await current(found)).hints)).toMatchObject({ typeCode: 'a' })
        expect(await ledger.isTaken(file)).toBe(true)
        expect(await ledger.namedContents()).toEqual(new Set([found.content_sha256]))
        ledger = await opened.forget()
        await ledger.replay(true)
        expect(await current(found)).toMatchObject({ state: 'parked', reason: 'forgotten-document' })
        expect(await ledger.retryAll([await current(found)], () => true)).toBe(1)
        expect(await current(found)).toMatchObject({ state: 'received', ask_first: 1 })
      })

      describe('what a person decided of what the copy has in doubt', () => {
        const absent = { type: 'absent', settled: true } as const
        /** A document in doubt is copied, the record says that it has not got it, a person acts, and the database is lost. */
        const decidedSince = async (skip: () => never, row: ItemRow, act: (row: ItemRow) => Promise<unknown>): Promise<ItemRow> => {
          if (!opened.copy) return skip()
          const goBack = await opened.copy()
          await apply(row, row.state === 'sending' ? { type: 'not-sent', reason: 'record-unreachable', for: 'network' } : absent)
          await act(await current(row))
          ledger = await goBack()
          await ledger.replay(true)
          expect((await current(row)).state).toBe(row.state)
          ledger = await opened.reopen()
          return row.state === 'sending' ? apply(row, { type: 'restarted' }) : current(row)
        }
        /** In doubt without ever having been sent: it came back from an older copy before. */
        const neverSent = async (): Promise<ItemRow> => {
          const row = await ready('one')
          await ledger.replay(true)
          return apply(row, { type: 'doubted' })
        }
        const free = async (row: ItemRow, rebuild: boolean) => expect(await ledger.retryAll([await current(row)], () => rebuild)).toBe(1)

        it.for([
          { where: 'in doubt', bring: () => uncertain('one') },
          { where: 'on its way', bring: () => sending('one') },
        ])('is done once nothing was found: set aside, $where in the copy, it does not go', async ({ bring }, { skip }) => {
          const row = await decidedSince(skip, await bring(), (as) => ledger.dismiss(as, 'erreur'))
          await apply(row, { type: 'absent', settled: false })
          expect(await apply(row, absent)).toMatchObject({ state: 'ignored', reason: 'dismissed-by-user', reason_detail: 'erreur', waiting_acts: null })
          expect((await ledger.trace(row)).slice(-2).map(({ from, event, to }) => [from, event, to])).toEqual([['uncertain', 'absent', 'ready'], ['ready', 'dismissed', 'ignored']])
          await ledger.replay(true)
          expect((await current(row)).state).toBe('ignored')
        })

        it('is done when the record could never tell', async ({ skip }) => {
          const row = await decidedSince(skip, await uncertain('one'), (as) => ledger.dismiss(as, null))
          expect(await apply(row, { type: 'give-up', reason: 'record-no-answer' })).toMatchObject({ state: 'ignored', reason: 'dismissed-by-user' })
        })

        it.for([
          { event: { type: 'found' }, state: 'deposited' },
          { event: { type: 'found-different' }, state: 'parked' },
          { event: { type: 'give-up', reason: 'content-damaged' }, state: 'parked' },
        ] as const)('comes too late when the record has it, or may: $event.type', async ({ event, state }, { skip }) => {
          const row = await decidedSince(skip, await uncertain('one'), (as) => ledger.dismiss(as, null))
          expect(await apply(row, event)).toMatchObject({ state, waiting_acts: null })
        })

        it('holds what never left', async ({ skip }) => {
          const held = await decidedSince(skip, await neverSent(), (as) => ledger.hold(as))
          expect(await apply(held, absent)).toMatchObject({ state: 'waiting', reason: 'held-by-user', held: 'user' })
        })

        it('hides what never left: it is prepared anew', async ({ skip }) => {
          const hidden = await decidedSince(skip, await neverSent(), (as) => ledger.setVisibility(as, masked))
          expect(await apply(hidden, absent)).toMatchObject({ state: 'received', visibility: JSON.stringify(masked), document_sha256: null })
        })

        it('is done in its order: what was taken back goes', async ({ skip }) => {
          const row = await decidedSince(skip, await uncertain('one'), async (as) => {
            await ledger.dismiss(as, null)
            await free(as, false)
          })
          expect(await apply(row, absent)).toMatchObject({ state: 'ready', ask_first: 1 })
        })

        it('is kept in the next copy too', async ({ skip }) => {
          const row = await decidedSince(skip, await uncertain('one'), (as) => ledger.dismiss(as, null))
          const goBack = await opened.copy!()
          ledger = await goBack()
          await ledger.replay(true)
          expect(await apply(row, absent)).toMatchObject({ state: 'ignored', reason: 'dismissed-by-user' })
        })
      })

      it('no longer asks first once the record said that it has not got it', async ({ skip }) => {
        if (!opened.forget) return skip()
        const row = await ready('one')
        await ledger.replay(true)
        await apply(row, { type: 'doubted' })
        expect(await apply(row, { type: 'absent', settled: true })).toMatchObject({ state: 'ready', ask_first: 0, doubts: 1 })
      })
    })
  })
}
