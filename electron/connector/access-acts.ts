import { failure, success, type AuthoriseInput, type ConsentInput, type EnterInput, type PanelAccess, type Party, type Result } from '#shared/contract/index.ts'
import { informationVersion, isInformationDue, saidInPerson, type ConsentRegister, type EmergencyRegister, type InformationRegister } from './consent/index.ts'
import { knownPartyOf, permissionOf, readerKeyOf, type Entry, type Panel, type PanelPatient, type PanelState, type Reader } from './history/index.ts'
import type { Trace } from './open-trace.ts'
import type { PatientRegistry } from './patients/index.ts'
import type { AuditedRecord, InsId } from './record/index.ts'

/** What a person does, in front of the panel, about the access to the record shown there. Each is an act of theirs: the program does none by itself. */
export interface AccessActs {
  /** Another way in, for the patient shown; refused when it is not offered. Traced before anything is read. */
  enter(input: EnterInput): Promise<Result<void>>
  leave(generation: number): Promise<Result<void>>
  /** Whoever entered otherwise still looks. */
  stay(generation: number): Promise<Result<void>>
  /** TD0.3: the reader's own authorisation; the record is read again after. */
  authorise(input: AuthoriseInput): Promise<Result<void>>
  /** What the patient answers now, for every identity known under their number. */
  recordConsent(input: ConsentInput): Promise<Result<void>>
  /** The reader read and confirmed what they owe the patient. */
  confirmInformation(): Promise<Result<void>>
  /** Whether the information is due for whoever reads now. */
  informationDue(): PanelAccess['information']
  /** What the panel says of the access, to be joined to its state. */
  view(state: PanelState): PanelAccess
  /** Of the panel's ending of another entry, whoever ended it. */
  onLeft(patient: PanelPatient, entry: Entry): void
}

export interface AccessActsOptions {
  readonly panel: () => Panel
  readonly record: AuditedRecord
  readonly registry: Pick<PatientRegistry, 'byIns'>
  readonly consent: ConsentRegister
  readonly emergencies: EmergencyRegister
  readonly information: InformationRegister
  readonly trace: Trace
  readonly reader: () => Reader
  readonly onBug: (error: unknown) => void
  readonly newId: () => string
  readonly now: () => number
}

const endOf = { 'break-glass': 'break-glass-ended', regulation: 'regulation-ended' } as const

export function openAccessActs(options: AccessActsOptions): AccessActs {
  const { record, registry, consent, emergencies, information, trace, now } = options
  const panel = options.panel
  const professional = () => {
    const party = knownPartyOf(options.reader())
    return party?.kind === 'professional' ? party.professional.id : null
  }
  const stillReads = (reader: Reader) => readerKeyOf(options.reader()) === readerKeyOf(reader)

  function learn(ins: InsId, kind: ConsentInput['kind'], choice: ConsentInput['choice'], by: Party | null): boolean {
    const known = registry.byIns(ins.value, ins.oid)
    for (const { id } of known) consent.learn(id, kind, saidInPerson(choice, consent.decision(id, kind), now()), by)
    return known.length > 0
  }

  function informationDue(): PanelAccess['information'] {
    const by = professional()
    return { due: by !== null && isInformationDue(information.confirmed(by), now()), version: informationVersion }
  }

  function onLeft({ ins }: PanelPatient, { id, mode, reason, reader }: Entry): void {
    emergencies.end(id, now())
    void trace.byPerson(endOf[mode], ins, id, success(undefined), { mode, by: reader.party, ...(reason && { detail: reason }) }).catch(options.onBug)
  }

  // What the program died with is over: what it brought in was in memory alone.
  try {
    for (const entry of emergencies.underWay()) {
      emergencies.end(entry.id, now())
      void trace.ofInterruptedEntry(endOf[entry.mode], entry).catch(options.onBug)
    }
  } catch (error) {
    // On a full disk the next start does it.
    options.onBug(error)
  }

  return {
    async enter(input) {
      const { mode } = input
      const shown = panel().shown(input.generation)
      if (!shown.ok) return shown
      if (!panel().view().access.modes.includes(mode)) return failure('mode-not-offered')
      const reader = options.reader()
      const by = professional()
      if (by === null) return failure('reading-needs-professional')
      const { ins } = shown.value
      const entry: Entry = { id: options.newId(), mode, reason: input.mode === 'break-glass' ? input.reason : null, reader, since: now() }
      emergencies.begin({ id: entry.id, ins, professional: by, structure: reader.party.structure.id, mode, reason: entry.reason, words: input.mode === 'break-glass' ? input.words : null, begunAt: entry.since })
      try {
        await trace.byPerson(mode, ins, entry.id, success(undefined), { mode, ...(entry.reason && { detail: entry.reason }) })
      } catch (error) {
        emergencies.end(entry.id, now())
        throw error
      }
      // Another patient may have been opened, another professional have signed in, the patient have refused, while it was written.
      const still = panel().shown(input.generation)
      const stop = !still.ok || !stillReads(reader) ? 'patient-changed' : panel().view().access.modes.includes(mode) ? null : 'mode-not-offered'
      if (stop) {
        onLeft(shown.value, entry)
        return failure(stop)
      }
      await panel().enter(entry)
      return success(undefined)
    },
    async leave(generation) {
      const shown = panel().shown(generation)
      if (!shown.ok) return shown
      panel().leave()
      await panel().refresh()
      return success(undefined)
    },
    async stay(generation) {
      const shown = panel().shown(generation)
      if (!shown.ok) return shown
      if (panel().view().access.mode === 'normal') return failure('entry-expired')
      panel().stay()
      return success(undefined)
    },
    async authorise(input) {
      const shown = panel().shown(input.generation)
      if (!shown.ok) return shown
      const { standing, access } = panel().view()
      if (access.mode !== 'normal') return failure('right-normal-mode-only')
      // The patient blocked this professional in the record itself: whatever is said here, they alone undo it.
      if (standing?.authorisation === 'blocked') return failure('professional-blocked')
      const reader = options.reader()
      const permission = permissionOf(input.act === 'add' ? 'authorise-self' : 'unauthorise-self', reader, standing)
      if (!permission.allowed) return failure(permission.reason)
      const { ins } = shown.value
      // No click turns a refusal into an agreement; where the record does not tell the authorisation, it says itself what it takes.
      const isRefused = () => input.act === 'add' && consent.wordAgainstReading(ins, now()) === 'consultation-refused'
      if (isRefused()) return failure('consultation-refused')
      if (standing?.authorisation !== 'unknown' && access.authorise !== input.act) return failure('access-changed')
      const done = await record.authorise(reader.party, ins, input.act)
      // The patient may have refused, or somebody else read, while the record was answering.
      if (isRefused()) return failure('consultation-refused')
      if (done.ok && input.act === 'add') learn(ins, 'consultation', 'agreed', reader.party)
      if (panel().shown(input.generation).ok && stillReads(reader)) await panel().refreshAnew()
      return done.ok ? success(undefined) : done
    },
    async recordConsent({ generation, kind, choice }) {
      const shown = panel().shown(generation)
      if (!shown.ok) return shown
      if (!learn(shown.value.ins, kind, choice, knownPartyOf(options.reader()))) return failure('patient-not-announced')
      if (kind !== 'consultation') return success(undefined)
      if (choice === 'agreed') await panel().refreshAnew()
      else panel().leave()
      return success(undefined)
    },
    async confirmInformation() {
      const by = professional()
      if (by === null) return failure('reading-needs-professional')
      information.confirm(by, now())
      await trace.byPerson('information', null, null, success(undefined), { detail: `text:${informationVersion}` })
      return success(undefined)
    },
    view({ patient, access }) {
      const ins = patient?.ins && patient.insOid && patient.qualified ? { value: patient.ins, oid: patient.insOid } : null
      const said = (kind: ConsentInput['kind']) => (ins ? consent.viewForIns(ins, kind) : null)
      return {
        ...access,
        consents: { deposit: said('deposit'), consultation: said('consultation') },
        keepsConsents: ins !== null && registry.byIns(ins.value, ins.oid).length > 0,
        information: informationDue(),
      }
    },
    informationDue,
    onLeft,
  }
}
