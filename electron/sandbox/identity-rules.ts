import type { Practice } from '#shared/contract/index.ts'
import type { CertificateFacts } from './certificates.ts'
import { isInForce } from './certificates.ts'
import type { Fault } from './refusal.ts'
import type { Vihf } from './vihf.ts'

/** How far `IssueInstant` may be from the record's clock. */
export const vihfToleranceMs = 600_000

/** Who must own the certificates: the holder of the card in direct mode, the structure otherwise. */
export function holderOf(vihf: Vihf): string {
  return vihf.mode === 'DIRECTE' ? vihf.nameId : vihf.structure
}

const fault = (subcode: string, text: string): Fault => ({ blame: 'Sender', subcode, text })

/** Refusals of a certificate that signs, for the VIHF as for the lot (dmp-interface.md sections 1.5 and 1.8). */
export function signerFault(vihf: Vihf, signer: CertificateFacts, now: number): Fault | null {
  if (signer.use !== 'signature') return fault('DMPInvalidCertificate', 'Not a valid signature certificate')
  if (!isInForce(signer, now)) return fault('DMPInvalidCertificate', 'Certificat de signature expiré ou pas encore valide')
  if (signer.commonName !== holderOf(vihf)) return fault('DMPInvalidCertificate', "Le certificat de signature n'est pas celui de l'identité du VIHF")
  return null
}

/**
 * Whether this VIHF may speak at all: its date, its two certificates, its roles and its exercise situation against the
 * practice. The first refusal, or `null`.
 */
export function identityFault(vihf: Vihf, certificates: { tls: CertificateFacts; signer: CertificateFacts }, practice: Practice, now: number): Fault | null {
  if (Math.abs(now - vihf.issueInstant) > vihfToleranceMs) return fault('DMPInvalidVIHF', 'VIHF expiré ou daté du futur (IssueInstant)')
  const signer = signerFault(vihf, certificates.signer, now)
  if (signer) return signer
  if (certificates.tls.commonName !== holderOf(vihf)) return fault('DMPInvalidCertificate', "Le certificat d'authentification n'est pas celui de l'identité du VIHF")
  const structure = practice.structures.find((one) => one.id === vihf.structure)
  if (!structure || structure.sector !== vihf.sector) return fault('DMPInvalidStructure', 'Structure introuvable ou Inactive')
  const [profession, knowledge] = vihf.roles
  const isHealthProfession = profession?.codeSystem === '1.2.250.1.71.1.2.7'
  if (isHealthProfession && (profession.code === '10' || profession.code === '21') && !knowledge) return fault('DMPInvalidVIHF', 'Aucune spécialité dans le vihf')
  if (knowledge && knowledge.codeSystem !== '1.2.250.1.71.4.2.5') return fault('DMPInvalidVIHF', 'Spécialité du vihf hors de la nomenclature 1.2.250.1.71.4.2.5')
  if (vihf.mode !== 'DIRECTE') return null
  if (vihf.byStaff) {
    if (!practice.staff?.some((one) => one.id === vihf.nameId && one.structure === vihf.structure)) return fault('DMPInvalidStructure', 'PS et Structure non liés')
    return isHealthProfession || knowledge ? fault('DMPInvalidVIHF', "Le rôle du vihf n'est pas celui d'une carte CPE") : null
  }
  const known = practice.professionals.filter((one) => one.id === vihf.nameId)
  const situation = known.find((one) => one.structure === vihf.structure)
  if (!situation) return fault('DMPInvalidStructure', 'PS et Structure non liés')
  if (!isHealthProfession || profession.code !== situation.profession) return fault('DMPInvalidVIHF', "La profession du vihf n'est pas celle du professionnel")
  if (knowledge && situation.specialty !== undefined && knowledge.code !== situation.specialty) return fault('DMPInvalidVIHF', "La spécialité du vihf n'est pas celle du professionnel")
  return null
}

/** Whether this caller may read: a structure certificate alone may not, nor a CPE (section 1.7). */
export function consultationFault(vihf: Vihf): Fault | null {
  if (vihf.byStaff) return fault('DMPAccessDenied', 'Consultation refusée : une carte CPE ne permet pas de consulter un dossier')
  return vihf.mode === 'INDIRECTE' ? fault('DMPAccessDenied', "Consultation refusée : un certificat de structure ne permet pas de consulter un dossier") : null
}
