import path from 'node:path'
import { openHabilitations } from './habilitations.ts'
import type { Ins } from './ins.ts'
import { lockFolder } from './lock.ts'

/** An access that a patient themself gave a professional, in one structure. */
export interface PreloadedAccess {
  readonly ins: Ins
  readonly professional: string
  readonly structure: string
  readonly givenAt: Date
}

/**
 * Puts accesses given by patients into the record of a folder that nobody serves, so that TD0.4 lists them; those that are there already are left
 * alone. Gives how many were new. Throws `FolderInUse`.
 */
export async function preloadAccesses(dir: string, accesses: readonly PreloadedAccess[]): Promise<number> {
  const folder = path.resolve(dir)
  const unlock = await lockFolder(folder, 15_000)
  try {
    const habilitations = await openHabilitations(folder)
    try {
      const nameOf = (professional: string, structure: string, patientId: string): string => `${professional} ${structure} ${patientId}`
      const known = new Set(habilitations.declarations().flatMap((one) => (one.act === 'add-by-patient' ? nameOf(one.professional, one.structure, one.patientId) : [])))
      const missing = accesses
        .map(({ ins, professional, structure, givenAt }) => ({ at: givenAt.toISOString(), patientId: `${ins.value}^^^&${ins.oid}&ISO^NH`, professional, structure, act: 'add-by-patient' as const }))
        .filter((one) => !known.has(nameOf(one.professional, one.structure, one.patientId)))
      await Promise.all(missing.map((one) => habilitations.declare(one)))
      return missing.length
    } finally {
      await habilitations.close()
    }
  } finally {
    await unlock()
  }
}
