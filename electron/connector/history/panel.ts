import { failure, success, type Failure, type FailureView, type PanelAccess, type PanelView, type PatientLabel, type ReasonCode, type Result } from '#shared/contract/index.ts'
import type { AccessMode } from '#shared/terminology/index.ts'
import type { AuditedRecord, InsId } from '../record/index.ts'
import { accessOffers } from './access-offers.ts'
import { byDate, readList } from './read-record.ts'
import { readingStop, type Reader } from './reading-stop.ts'
import type { Readings } from './readings.ts'

/** The patient the panel is about. */
export interface PanelPatient {
  readonly ins: InsId
  readonly label: PatientLabel
  /** Known here and its identity qualified; a patient unknown here is vouched for by the software that opened it. */
  readonly qualified: boolean
  readonly patientId: string | null
}

/** An entry other than the normal one: of one patient, by whoever reads, until it is left or another patient is opened. */
export interface Entry {
  readonly id: string
  readonly mode: Exclude<AccessMode, 'normal'>
  readonly reason: PanelAccess['reason']
  /** Milliseconds since the epoch. */
  readonly since: number
}

/** The panel as this room knows it; what is on its way is the outbox's to say, what the patient answered the consent room's. */
export type PanelState = Omit<PanelView, 'onTheirWay' | 'access'> & { readonly access: Pick<PanelAccess, 'mode' | 'since' | 'reason' | 'modes' | 'authorise'> }

export interface Panel {
  /** Clears first, shows what is kept, then reads the record: an answer for a former patient is dropped. */
  open(patient: PanelPatient): PanelState
  close(): void
  view(): PanelState
  /** Reads the record again; resolves when the answer is in. */
  refresh(): Promise<PanelState>
  /** The patient on screen when it is still the one an act was meant for, else `patient-changed`. */
  shown(generation: number): Result<PanelPatient>
  /** How this patient's record is entered: normally, but for the patient on screen while another entry lasts. */
  modeFor(ins: InsId): AccessMode
  /** Who reads of this patient, as they enter. */
  readerFor(ins: InsId): Reader
  /** The patient's word as it counts now: an emergency stands above a consent that was not asked in time, never above a refusal. */
  wordFor(ins: InsId): WordAgainst | null
  /** Enters otherwise for the patient on screen and reads. The caller has checked that it is offered. */
  enter(entry: Entry): Promise<PanelState>
  /** Back to the normal entry: what was read by the other one is forgotten when it could not be read now. Resolves once it is. */
  leave(): Promise<void>
  onChange(listener: () => void): () => void
  /** Resolves when no reading is under way. */
  settled(): Promise<void>
}

type WordAgainst = Extract<ReasonCode, 'consultation-refused' | 'consent-to-renew'>

export interface PanelOptions {
  readonly record: AuditedRecord
  readonly readings: Readings
  /** Who reads, entering normally. */
  readonly reader: () => Reader
  /** The patient's own word against being read; asked at each view, so that nothing kept is shown against it. */
  readonly wordAgainst: (ins: InsId) => WordAgainst | null
  /** Inside the act that ends another entry: left, another patient opened, the panel closed. */
  readonly onLeft?: (patient: PanelPatient, entry: Entry) => void
  readonly onBug: (error: unknown) => void
  readonly now: () => number
}

/** The failure as the contract carries it. */
export function failureViewOf(failure: Failure): FailureView {
  return { code: failure.code, class: failure.class, recordText: failure.recordText ?? null, retryAt: failure.retryAt === undefined ? null : new Date(failure.retryAt).toISOString() }
}

/** What is shown when a reading ends without saying why: a bug, told elsewhere. */
const reasonToStop = failure('record-answer-invalid').failure

/** Opens the panel's state, with nobody in it. */
export function openPanel(options: PanelOptions): Panel {
  let generation = 0
  let current: PanelPatient | null = null
  let refreshing = false
  let failed: Failure | null = null
  let entry: Entry | null = null
  let reading: { readonly generation: number; readonly done: Promise<void> } | null = null
  /** Those of former patients too: nothing may write to a store that is being closed. */
  const underWay = new Set<Promise<void>>()
  const forgetting = new Set<Promise<void>>()
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }

  const word = () => (current?.qualified ? panel.wordFor(current.ins) : null)
  function endEntry(): void {
    const ended = entry
    entry = null
    if (ended && current) options.onLeft?.(current, ended)
  }
  const wasStopped = (ins: InsId) => {
    const { standing } = options.readings.get(ins)
    return standing !== null && readingStop(standing, options.reader()) !== null
  }
  /** What an emergency brought in stays only where an ordinary reading could have. */
  async function forgetOnceRead(ins: InsId): Promise<void> {
    await Promise.all(underWay)
    if (wasStopped(ins)) options.readings.forget(ins)
  }
  /** Ends another entry with what it brought in. */
  function leaveBehind(): void {
    if (entry && current) {
      const { ins } = current
      endEntry()
      const done = forgetOnceRead(ins).catch(options.onBug).finally(() => forgetting.delete(done))
      forgetting.add(done)
    }
  }

  async function read(): Promise<void> {
    if (!current || !current.qualified || word()) return
    const mine = generation
    const { ins } = current
    refreshing = true
    failed = null
    changed()
    let outcome: Failure | null = reasonToStop
    try {
      const answer = await readList(options.record, options.readings, panel.readerFor(ins), ins, options.now)
      outcome = answer.ok ? null : answer.failure
    } finally {
      if (mine === generation) {
        refreshing = false
        failed = outcome
        changed()
      }
    }
  }

  /** One reading of a patient at a time; whoever asks meanwhile waits for the same one. */
  function share(): Promise<void> {
    if (reading?.generation === generation) return reading.done
    const done = read()
      .catch(options.onBug)
      .finally(() => {
        underWay.delete(done)
        if (reading?.done === done) reading = null
      })
    underWay.add(done)
    reading = { generation, done }
    return done
  }

  /** A reading under way was asked by another entry: its answer is waited for, then the record is read again. */
  async function readAfresh(): Promise<PanelState> {
    const mine = generation
    await Promise.all([...underWay, ...forgetting])
    if (mine === generation) await share()
    return panel.view()
  }

  const panel: Panel = {
    open(patient) {
      leaveBehind()
      generation += 1
      current = patient
      refreshing = false
      failed = null
      changed()
      void share()
      return panel.view()
    },
    close() {
      leaveBehind()
      generation += 1
      current = null
      refreshing = false
      failed = null
      changed()
    },
    view() {
      // A refusal counts from the moment it is known, for what was read before it too.
      const said = word()
      const shut = said ? failure(said).failure : null
      const reading = current?.qualified && said !== 'consultation-refused' ? options.readings.get(current.ins) : null
      const by = current ? panel.readerFor(current.ins) : options.reader()
      // Nor is what was kept shown against what the record said last of this reader.
      const stop = reading?.standing ? readingStop(reading.standing, by) : null
      const open = reading && !shut && !stop ? reading : null
      const problem = shut ?? failed ?? (stop && !refreshing ? failure(stop).failure : null)
      return {
        generation,
        patient: current ? { ...current.label, qualified: current.qualified, patientId: current.patientId } : null,
        standing: reading?.standing ?? null,
        documents: byDate(open?.documents ?? []),
        loadedAt: open?.loadedAt ? new Date(open.loadedAt).toISOString() : null,
        refreshing,
        failure: problem ? failureViewOf(problem) : null,
        access: {
          mode: entry?.mode ?? 'normal',
          since: entry ? new Date(entry.since).toISOString() : null,
          reason: entry?.reason ?? null,
          ...accessOffers({ reader: by, standing: reading?.standing ?? null, word: said, modes: options.record.modes }),
        },
      }
    },
    async refresh() {
      await share()
      return panel.view()
    },
    shown: (wanted) => (current?.qualified && wanted === generation ? success(current) : failure('patient-changed')),
    modeFor: (ins) => (entry && current && current.ins.value === ins.value && current.ins.oid === ins.oid ? entry.mode : 'normal'),
    readerFor(ins) {
      const { party, inReinforcedMode } = options.reader()
      const mode = panel.modeFor(ins)
      return { party: party.kind === 'professional' && mode !== 'normal' ? { ...party, mode } : party, inReinforcedMode }
    },
    wordFor(ins) {
      const said = options.wordAgainst(ins)
      return said === 'consent-to-renew' && panel.modeFor(ins) !== 'normal' ? null : said
    },
    enter(next) {
      endEntry()
      entry = next
      failed = null
      changed()
      return readAfresh()
    },
    async leave() {
      if (!entry) return
      leaveBehind()
      failed = null
      changed()
      await Promise.all(forgetting)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    settled: async () => {
      await Promise.all([...underWay, ...forgetting])
    },
  }
  return panel
}
