import { failure, type Failure, type FailureView, type PanelView, type Party, type PatientLabel } from '#shared/contract/index.ts'
import type { AuditedRecord, InsId } from '../record/index.ts'
import { byDate, readList } from './read-record.ts'
import type { Readings } from './readings.ts'

/** The patient the panel is about. */
export interface PanelPatient {
  readonly ins: InsId
  readonly label: PatientLabel
  /** Known here and its identity qualified; a patient unknown here is vouched for by the software that opened it. */
  readonly qualified: boolean
  readonly patientId: string | null
}

/** The panel as this room knows it; what is on its way is the outbox's to say. */
export type PanelState = Omit<PanelView, 'onTheirWay'>

export interface Panel {
  /** Clears first, shows what is kept, then reads the record: an answer for a former patient is dropped. */
  open(patient: PanelPatient): PanelState
  close(): void
  view(): PanelState
  /** Reads the record again; resolves when the answer is in. */
  refresh(): Promise<PanelState>
  onChange(listener: () => void): () => void
  /** Resolves when no reading is under way. */
  settled(): Promise<void>
}

export interface PanelOptions {
  readonly record: AuditedRecord
  readonly readings: Readings
  readonly reader: () => Party
  /** The patient's own word on being read; asked at each view, so that nothing kept is shown against it. */
  readonly mayRead: (ins: InsId) => boolean
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
  let reading: { readonly generation: number; readonly done: Promise<void> } | null = null
  /** Those of former patients too: nothing may write to a store that is being closed. */
  const underWay = new Set<Promise<void>>()
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }

  const refused = () => current !== null && current.qualified && !options.mayRead(current.ins)

  async function read(): Promise<void> {
    if (!current || !current.qualified || refused()) return
    const mine = generation
    const { ins } = current
    refreshing = true
    failed = null
    changed()
    let outcome: Failure | null = reasonToStop
    try {
      const answer = await readList(options.record, options.readings, options.reader(), ins, options.now)
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

  const panel: Panel = {
    open(patient) {
      generation += 1
      current = patient
      refreshing = false
      failed = null
      changed()
      void share()
      return panel.view()
    },
    close() {
      generation += 1
      current = null
      refreshing = false
      failed = null
      changed()
    },
    view() {
      // A refusal counts from the moment it is known, for what was read before it too.
      const shut = refused() ? failure('consultation-refused').failure : null
      const reading = current?.qualified && !shut ? options.readings.get(current.ins) : null
      const problem = shut ?? failed
      return {
        generation,
        patient: current ? { ...current.label, qualified: current.qualified, patientId: current.patientId } : null,
        standing: reading?.standing ?? null,
        documents: byDate(reading?.documents ?? []),
        loadedAt: reading?.loadedAt ? new Date(reading.loadedAt).toISOString() : null,
        refreshing,
        failure: problem ? failureViewOf(problem) : null,
      }
    },
    async refresh() {
      await share()
      return panel.view()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    settled: async () => {
      await Promise.all(underWay)
    },
  }
  return panel
}
