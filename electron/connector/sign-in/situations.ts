import type { ExerciseSituation, Practice } from '#shared/contract/index.ts'

/** The situations a person may choose from: those told by their card or service, else the practice file's. */
export function situationsOf(id: string, told: readonly ExerciseSituation[], practice: Practice): ExerciseSituation[] {
  if (told.length > 0) return [...told]
  return [...practice.professionals, ...(practice.staff ?? [])].flatMap((person) => {
    const structure = person.id === id && practice.structures.find((one) => one.id === person.structure)
    return structure ? [{ structure: structure.id, name: structure.name, sector: structure.sector }] : []
  })
}
