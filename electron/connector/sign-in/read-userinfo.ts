import { z } from 'zod'
import type { ExerciseSituation, Party, Practice } from '#shared/contract/index.ts'

/** One situation as the service tells it, with the profession and know-how it is exercised under. */
export interface ToldSituation extends ExerciseSituation {
  readonly profession: string
  readonly specialty: string | null
}

/** The professional Pro Santé Connect vouches for. */
export interface SignedInProfessional {
  /** PS_IdNat. */
  readonly id: string
  readonly family: string
  readonly given: string
  readonly situations: readonly ToldSituation[]
}

const text = z.string().optional()
const userinfo = z.object({
  SubjectNameID: text,
  preferred_username: text,
  family_name: text,
  given_name: text,
  SubjectRole: z.union([z.string(), z.array(z.string())]).optional(),
  Secteur_Activite: text,
  SubjectOrganization: text,
  SubjectOrganizationID: text,
  SubjectRefPro: z
    .object({
      exercices: z
        .array(
          z.object({
            codeProfession: text,
            codeSavoirFaire: text,
            activities: z.array(z.object({ codeSecteurDactivite: text, raisonSocialeSite: text, ancienIdentifiantDeLaStructure: text })).default([]),
          }),
        )
        .default([]),
    })
    .optional(),
})

/** `SA07^1.2.250…` or `SA07`: the code alone, for the service and the VIHF name the same lists by different OIDs. */
const codeOf = (value: string | undefined) => value?.split('^')[0]?.trim() || undefined

/**
 * Reads Pro Santé Connect's claims (dmp-interface.md 7.3): the situations of `SubjectRefPro`, else the one of the session. Null
 * when they name no professional.
 */
export function readUserinfo(claims: unknown): SignedInProfessional | null {
  const read = userinfo.safeParse(claims)
  if (!read.success) return null
  const told = read.data
  const id = told.SubjectNameID ?? told.preferred_username
  if (!id) return null
  const role = codeOf([told.SubjectRole ?? []].flat()[0])
  const detailed = (told.SubjectRefPro?.exercices ?? []).flatMap(({ codeProfession, codeSavoirFaire, activities }) =>
    activities.flatMap((activity): ToldSituation[] => {
      const [structure, sector, profession] = [activity.ancienIdentifiantDeLaStructure, codeOf(activity.codeSecteurDactivite), codeOf(codeProfession) ?? role]
      return structure && sector && profession ? [{ structure, sector, profession, name: activity.raisonSocialeSite ?? structure, specialty: codeOf(codeSavoirFaire) ?? null }] : []
    }),
  )
  const [structure, sector] = [told.SubjectOrganizationID, codeOf(told.Secteur_Activite)]
  const ofSession: ToldSituation[] = structure && sector && role ? [{ structure, sector, profession: role, name: told.SubjectOrganization ?? structure, specialty: null }] : []
  return { id, family: told.family_name ?? '', given: told.given_name ?? '', situations: detailed.length > 0 ? detailed : ofSession }
}

/** The situations the practice can carry: its structures' certificates make the call. The first line of a structure stands for it. */
export function situationsOfThePractice(who: SignedInProfessional, practice: Practice): ToldSituation[] {
  const ours = who.situations.filter(({ structure }) => practice.structures.some((one) => one.id === structure))
  return ours.filter((one, index) => ours.findIndex(({ structure }) => structure === one.structure) === index)
}

/** Whom the VIHF speaks for in a situation; the practice file fills in a know-how the service does not tell. Their sector is the one told: the record compares it with its own (section 7.3). */
export function partyOfSituation(who: SignedInProfessional, situation: ToldSituation, practice: Practice): Extract<Party, { kind: 'professional' }> | null {
  const structure = practice.structures.find((one) => one.id === situation.structure)
  if (!structure) return null
  const line = practice.professionals.find((one) => one.id === who.id && one.profession === situation.profession)
  const specialty = situation.specialty ?? line?.specialty
  const professional = { id: who.id, family: who.family || (line?.family ?? ''), given: who.given || (line?.given ?? ''), profession: situation.profession, structure: structure.id, ...(specialty === undefined ? {} : { specialty }) }
  return { kind: 'professional', professional, structure: { ...structure, sector: situation.sector } }
}
