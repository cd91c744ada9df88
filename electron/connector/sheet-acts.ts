import { failure, modeOf, success, type EmergencySheet, type PaperSheet, type Party, type PrintableSheet, type ReasonCode, type Result, type SheetInput, type WaitingSheet } from '#shared/contract/index.ts'
import { decodeSheet, fitToCode, fitToPage, plainText, readingStop, type Panel, type PanelPatient, type PanelSummary, type PaperSheets } from './history/index.ts'
import type { Trace } from './open-trace.ts'
import type { InsId } from './record/index.ts'

/** What a person does with emergency sheets: printed of the patient on screen, read back from paper. What is read from paper never meets the record's own. */
export interface SheetActs {
  /** What would be printed: asks the record nothing, tells the trace nothing. */
  preview(input: SheetInput): Promise<Result<PrintableSheet>>
  /** The same, told to the trace first. */
  print(input: SheetInput): Promise<Result<PrintableSheet>>
  /** Reads a code and keeps it; told to the trace in the same commit. A refusal is traced where it says of whom it is. */
  read(code: string): Promise<Result<PaperSheet>>
  waiting(): WaitingSheet[]
  open(id: string): Promise<Result<PaperSheet>>
  erase(id: string): Result<void>
  /** The panel changed: what the record refuses whoever looks is not kept on the side. */
  onPanel(): void
}

export interface SheetActsOptions {
  readonly panel: Pick<Panel, 'shown' | 'view' | 'consultation'>
  readonly summary: Pick<PanelSummary, 'sheetFacts'>
  readonly sheets: PaperSheets
  readonly trace: Pick<Trace, 'byPerson' | 'onSheet'>
  /** Who is known to read; null = nobody. */
  readonly reader: () => Party | null
  /** Name of the practice's structure, where nobody reads in another's. */
  readonly practiceName: string
  /** An INS this installation may show: of its own environment, with its key. */
  readonly frontOf: (patient: { readonly ins: string; readonly insOid: string }) => Result<InsId>
  /** The patient's own word against being looked at here. */
  readonly wordAgainst: (ins: InsId) => ReasonCode | null
  /** Classes of vaccines that hold tetanus. */
  readonly tetanus: readonly string[]
  readonly onBug: (error: unknown) => void
  readonly now: () => number
}

/** What the record said that closes a patient to whoever looks; all else, be it that nothing is known, does not. */
const closed: ReadonlySet<ReasonCode> = new Set(['professional-blocked', 'record-closed', 'record-opposed', 'consultation-refused'])

export function openSheetActs({ panel, summary, sheets, trace, reader, practiceName, frontOf, wordAgainst, tetanus, onBug, now }: SheetActsOptions): SheetActs {
  async function make({ generation, loadedAt }: SheetInput): Promise<Result<{ printable: PrintableSheet; patient: PanelPatient; way: string }>> {
    const shown = panel.shown(generation)
    if (!shown.ok) return shown
    const consultation = panel.consultation(shown.value.ins)
    const { party } = consultation.reader
    // What another entry brought in leaves with it; paper does not.
    if (modeOf(party) !== 'normal' || party.secret === true) return failure('right-normal-mode-only')
    const facts = await summary.sheetFacts({ generation, loadedAt, begun: null }, tetanus)
    const stop = consultation.stop()
    if (stop) return failure(stop)
    if (facts === null) return failure('patient-changed')
    const said: EmergencySheet = {
      printedAt: new Date(now()).toISOString(), readAt: loadedAt,
      practice: plainText(party.structure.name || practiceName, 60), printedBy: party.kind === 'professional' ? plainText([party.professional.title, party.professional.given, party.professional.family].filter(Boolean).join(' '), 60) : null,
      patient: patientOf(shown.value), documents: facts.documents, lists: fitToPage(facts.lists),
    }
    const { code } = fitToCode(said)
    return success({ printable: { sheet: said, code, keptBack: { documents: facts.hiddenDocuments, lists: [...facts.keptBack] } }, patient: shown.value, way: consultation.way })
  }

  /** Why a sheet of this patient is not shown here, by their word and by what the record said last to whoever looks. */
  function against(ins: InsId): ReasonCode | null {
    const word = wordAgainst(ins)
    if (word === 'consultation-refused') return word
    const { kept, reader: by } = panel.consultation(ins)
    const standing = kept.standing()
    const stop = standing && readingStop(standing, by)
    return stop && closed.has(stop) ? stop : null
  }

  return {
    async preview(input) {
      const made = await make(input)
      return made.ok ? success(made.value.printable) : made
    },
    async print(input) {
      const made = await make(input)
      const shown = panel.shown(input.generation)
      if (!made.ok) {
        if (shown.ok) await trace.byPerson('sheet-printed', shown.value.ins, null, made)
        return made
      }
      const { printable, patient, way } = made.value
      await trace.byPerson('sheet-printed', patient.ins, null, success(undefined), { detail: `left-out:${leftOutOf(printable)}`, ...byOf(reader()) })
      const now = panel.consultation(patient.ins)
      const stop = panel.shown(input.generation).ok ? (now.stop() ?? (now.way === way ? null : 'access-changed')) : 'patient-changed'
      if (!stop) return success(printable)
      await trace.byPerson('sheet-printed', patient.ins, null, failure(stop))
      return failure(stop)
    },
    async read(code) {
      const decoded = decodeSheet(code)
      if (!decoded.ok) return decoded
      const ins = frontOf(decoded.value.patient)
      if (!ins.ok) return ins
      const refused = against(ins.value)
      if (refused) {
        await trace.byPerson('sheet-read', ins.value, null, failure(refused))
        return failure(refused)
      }
      return success(sheets.keep(code, ins.value, (id) => trace.onSheet('sheet-read', { id, ins: ins.value })))
    },
    waiting: () => sheets.waiting(),
    async open(id) {
      const found = sheets.get(id)
      if (!found.ok) return found
      const { ins } = found.value
      const refused = against(ins)
      await trace.byPerson('sheet-shown', ins, id, refused ? failure(refused) : success(undefined))
      if (refused) sheets.eraseOf(ins, 'refused')
      // Its time may have ended while the line was written.
      return refused ? failure(refused) : withoutIns(sheets.get(id))
    },
    erase(id) {
      const found = sheets.get(id)
      if (!found.ok) return found
      sheets.erase(id, 'erased-by-user')
      return success(undefined)
    },
    onPanel() {
      // The view of a long list is dear, and nearly always nothing waits.
      if (!sheets.anyWaits()) return
      try {
        const { patient, failure: failed } = panel.view()
        if (patient?.ins && patient.insOid && failed && closed.has(failed.code)) sheets.eraseOf({ value: patient.ins, oid: patient.insOid }, 'refused')
      } catch (error) {
        // On a full disk nothing is erased: the next change of the panel does it.
        onBug(error)
      }
    },
  }
}

function withoutIns(found: ReturnType<PaperSheets['get']>): Result<PaperSheet> {
  if (!found.ok) return found
  const { id, readHereAt, until, sheet } = found.value
  return success({ id, readHereAt, until, sheet })
}

function leftOutOf({ sheet, code }: PrintableSheet): number {
  return Object.values(sheet.lists).reduce((sum, { leftOut }) => sum + leftOut, 0) + Object.values(code.leftOut).reduce((sum, count) => sum + count, 0)
}

const byOf = (by: Party | null) => (by ? { by } : {})

function patientOf({ ins, label, qualified, patientId }: PanelPatient): EmergencySheet['patient'] {
  const { birthName, givenName, usedName, birthDate, sex } = label
  return {
    ins: ins.value, insOid: ins.oid, birthName: plainText(birthName, 50), givenName: plainText(givenName, 50), usedName: usedName === null ? null : plainText(usedName, 50), birthDate, sex,
    identity: qualified && patientId !== null ? 'qualified' : 'unknownHere',
  }
}
