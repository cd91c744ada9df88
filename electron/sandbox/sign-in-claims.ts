import type { Practice } from '#shared/contract/index.ts'

/**
 * What Pro Santé Connect tells of a professional of the practice (dmp-interface.md 7.3), each of their lines an exercise
 * situation. Null for somebody the practice does not know.
 */
export function claimsOf(practice: Practice, id: string): Record<string, unknown> | null {
  const lines = practice.professionals.filter((one) => one.id === id)
  const [first] = lines
  if (!first) return null
  const activityOf = (structureId: string) => {
    const structure = practice.structures.find((one) => one.id === structureId)!
    return { codeSecteurDactivite: `${structure.sector}^1.2.250.1.71.4.2.4`, raisonSocialeSite: structure.name, ancienIdentifiantDeLaStructure: structure.id }
  }
  const structure = practice.structures.find((one) => one.id === first.structure)!
  return {
    SubjectNameID: id,
    preferred_username: id,
    family_name: first.family,
    given_name: first.given,
    SubjectRole: [`${first.profession}^1.2.250.1.213.1.1.5.5`],
    Secteur_Activite: `${structure.sector}^1.2.250.1.71.4.2.4`,
    SubjectOrganization: structure.name,
    SubjectOrganizationID: structure.id,
    SubjectRefPro: { exercices: lines.map(({ profession, specialty, structure: at }) => ({ codeProfession: profession, ...(specialty === undefined ? {} : { codeSavoirFaire: specialty }), activities: [activityOf(at)] })) },
    Palier_Authentification: 'APPPRIP3^1.2.250.1.213.1.5.1.1.1',
    Mode_Acces_Raison: '',
    Acces_Regulation_Medicale: 'FAUX',
  }
}

/** Names of the claims above, as the scope `scope_all` gives them. */
export const claimNames = [
  'SubjectNameID', 'preferred_username', 'family_name', 'given_name', 'SubjectRole', 'Secteur_Activite', 'SubjectOrganization', 'SubjectOrganizationID',
  'SubjectRefPro', 'Palier_Authentification', 'Mode_Acces_Raison', 'Acces_Regulation_Medicale',
]
