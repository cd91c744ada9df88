import path from 'node:path'
import { z } from 'zod'
import { readPatientId } from './ins.ts'
import { openJournal } from './journal.ts'

/** One act of a professional on their own authorisation. */
const declaration = z.object({
  at: z.string(),
  patientId: z.string(),
  professional: z.string(),
  /** The structure they spoke from. */
  structure: z.string(),
  /** `add-by-patient`: the patient let them in themself, which TD0.4 lists; whether it holds is what `patients.json` says. */
  act: z.enum(['add', 'remove', 'add-treating-doctor', 'remove-treating-doctor', 'add-by-patient']),
})
export type Declaration = z.infer<typeof declaration>

/** What was declared for one patient; it goes before what `patients.json` says. */
export interface Declared {
  /** By professional: has access, or gave it up. */
  readonly access: ReadonlyMap<string, boolean>
  /** `null` = the médecin traitant left; absent = nothing declared. */
  readonly treatingDoctor?: string | null
}

/** Authorisations declared by TD0.3, kept over restarts. */
export interface Habilitations {
  /** By matricule. */
  declaredFor(ins: string): Declared
  /** All that was declared, oldest first. */
  declarations(): readonly Declaration[]
  declare(one: Declaration): Promise<void>
  close(): Promise<void>
}

const nothing: Declared = { access: new Map() }

function after(before: Declared, { professional, act }: Declaration): Declared {
  switch (act) {
    case 'add':
    case 'remove':
      return { ...before, access: new Map(before.access).set(professional, act === 'add') }
    case 'add-treating-doctor':
      return { access: new Map(before.access).set(professional, true), treatingDoctor: professional }
    case 'remove-treating-doctor':
      return { ...before, treatingDoctor: null }
    case 'add-by-patient':
      return before
  }
}

/** Opens the declarations kept in `DIR/registry/habilitations.jsonl`. */
export async function openHabilitations(dir: string): Promise<Habilitations> {
  const all: Declaration[] = []
  const byPatient = new Map<string, Declared>()
  const take = (one: Declaration): void => {
    all.push(one)
    const ins = readPatientId(one.patientId)?.value ?? ''
    byPatient.set(ins, after(byPatient.get(ins) ?? nothing, one))
  }
  const journal = await openJournal(path.join(dir, 'registry', 'habilitations.jsonl'), (value) => {
    const read = declaration.safeParse(value)
    if (read.success) take(read.data)
  })
  return {
    declaredFor: (ins) => byPatient.get(ins) ?? nothing,
    declarations: () => all,
    async declare(one) {
      await journal.append(one)
      take(one)
    },
    close: () => journal.close(),
  }
}
