import type { XmlDocument } from 'libxml2-wasm'
import type { CertificateFacts } from './certificates.ts'
import type { CdaFacts } from './cda-facts.ts'
import { readCda, utcOf } from './cda-facts.ts'
import type { Association, RegistryObject } from './ebxml.ts'
import { associationTypes, authorIds, classified, coded, identifier, slotValue } from './ebxml.ts'
import { unescapeHl7 } from './hl7-escapes.ts'
import { signerFault } from './identity-rules.ts'
import { readPatientId } from './ins.ts'
import type { LotSignature } from './lot-signature.ts'
import { matchesManifest, readLotSignature } from './lot-signature.ts'
import { FaultRaised } from './refusal.ts'
import type { RegistryError } from './refusal.ts'
import type { Submission, SubmittedObject } from './submission.ts'
import type { Vihf } from './vihf.ts'
import { withXml, XmlRefused } from './xml-reading.ts'

const mismatch = (context: string, location?: string): RegistryError => ({ code: 'XDSPatientIdDoesNotMatch', context, location })

/** The set, every entry, the VIHF and the source identifiers speak of one patient (EX of section 1.8). */
export function patientErrors({ set, documents, signature }: Submission, vihf: Vihf): RegistryError[] {
  const patient = vihf.patientId
  const errors: RegistryError[] = []
  if (identifier(set, 'setPatientId') !== patient) errors.push(mismatch('patientId du lot différent de celui du VIHF', set.id))
  for (const { object } of [...documents, signature]) {
    if (identifier(object, 'patientId') !== patient) errors.push(mismatch('patientId différent de celui du VIHF', object.id))
    const source = slotValue(object, 'sourcePatientId') ?? ''
    if (source.endsWith('^NH') && source !== patient) errors.push(mismatch('sourcePatientId de type NH différent du patientId', object.id))
  }
  return errors
}

/** A professional with their own card is known by their number, any other caller by their structure. */
function isInPerson({ mode, byStaff }: Vihf): boolean {
  return mode === 'DIRECTE' && !byStaff
}

function authorText(vihf: Vihf): string {
  return isInPerson(vihf) ? "Aucun AuthorPerson ni LegalAuthenticator ne correspond à l'utilisateur du VIHF" : "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF"
}

/** Who sends a lot is who speaks (EX_2.1-1140); the holder of a CPE, for their structure. */
export function senderErrors(set: RegistryObject, vihf: Vihf): RegistryError[] {
  const sender = authorIds(classified(set, 'setAuthor'))
  const [isThem, isTheirs] = [sender.persons.includes(vihf.nameId), sender.institutions.includes(vihf.structure)]
  const sent = isInPerson(vihf) ? isThem : isTheirs && (isThem || !vihf.byStaff)
  return sent ? [] : [{ code: 'XDSRepositoryError', context: `${authorText(vihf)} (lot de soumission)`, location: set.id }]
}

/** Who deposits is who wrote (EX_2.1-1140): for a CPE (TD2.2), somebody of its structure. */
export function authorErrors({ set, documents }: Submission, vihf: Vihf): RegistryError[] {
  const text = authorText(vihf)
  const errors = senderErrors(set, vihf)
  for (const { object } of documents) {
    const authors = authorIds(classified(object, 'author'))
    const authenticator = (slotValue(object, 'legalAuthenticator') ?? '').split('^')[0]
    const written = isInPerson(vihf) ? authors.persons.includes(vihf.nameId) || authenticator === vihf.nameId : authors.institutions.includes(vihf.structure)
    if (!written) errors.push({ code: 'XDSRepositoryError', context: text, location: object.id })
  }
  return errors
}

/** By a secret connection goes only what the patient's representatives do not see (EX_2.1-1050). */
export function secretErrors({ documents }: Submission, { secret }: Vihf): RegistryError[] {
  return documents.flatMap(({ object }) => {
    const isHidden = classified(object, 'confidentiality').some(({ code }) => code === 'INVISIBLE_REPRESENTANTS_LEGAUX')
    return secret && !isHidden ? { code: 'DMPAccessDenied', context: 'En connexion secrète, le document doit être invisible aux représentants légaux', location: object.id } : []
  })
}

/** Every object belongs to the set, the signature signs it, and a replacement goes from a document of the lot to a registered entry. */
export function associationErrors({ set, documents, signature, associations }: Submission): RegistryError[] {
  const errors: RegistryError[] = []
  const wrong = (context: string, location: string): void => void errors.push({ code: 'XDSRegistryMetadataError', context, location })
  const isOriginal = (association: Association): boolean => slotValue(association, 'SubmissionSetStatus') === 'Original'
  for (const { object } of [...documents, signature]) {
    const member = associations.filter((one) => one.type === associationTypes.hasMember && one.source === set.id && one.target === object.id)
    if (member.length !== 1 || !member[0] || !isOriginal(member[0])) wrong(`association HasMember (Original) absente ou multiple pour ${object.id}`, object.id)
  }
  const signs = associations.filter((one) => one.type === associationTypes.signs)
  if (signs.length !== 1 || signs[0]?.source !== signature.object.id || signs[0].target !== set.id || !isOriginal(signs[0])) wrong('association signs (Original) absente ou fausse', signature.object.id)
  const ids = new Set<string>()
  for (const one of associations) {
    if (one.id === '' || ids.has(one.id)) wrong('association sans identifiant propre', one.id)
    ids.add(one.id)
    const internal = [set.id, signature.object.id, ...documents.map(({ object }) => object.id)]
    if (one.type === associationTypes.hasMember) {
      if (one.source !== set.id || !internal.includes(one.target)) wrong('association HasMember hors du lot', one.id)
    } else if (one.type === associationTypes.replaces) {
      if (!documents.some(({ object }) => object.id === one.source)) wrong('association RPLC : source hors du lot', one.id)
    } else if (one.type !== associationTypes.signs) wrong(`association refusée : ${one.type}`, one.id)
  }
  return errors
}

const contentRefused = (object: RegistryObject, context: string): RegistryError => ({ code: 'InvalidDocumentContent', context: `${object.id} : ${context}`, location: object.id })
const asOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

function cdaErrors(object: RegistryObject, cda: CdaFacts | null, vihf: Vihf): RegistryError[] {
  if (!cda || !cda.hasBody) return [contentRefused(object, "le document n'est pas un CDA R2")]
  const errors: RegistryError[] = []
  const differs = (context: string, location: string): void => void errors.push({ code: 'XDSRegistryMetadataError', context: `${object.id} : ${context}`, location })
  if (cda.selfPresenting !== (object.mimeType === 'application/xslt+xml')) errors.push(contentRefused(object, 'mimeType application/xslt+xml si et seulement si le CDA est autoprésentable'))
  if (cda.id.extension !== null) errors.push(contentRefused(object, "l'identifiant du CDA porte une extension"))
  if (cda.id.root !== identifier(object, 'uniqueId')) errors.push(contentRefused(object, "l'identifiant du CDA n'est pas l'uniqueId"))
  errors.push(...cda.headerErrors.map((context) => contentRefused(object, `en-tête du CDA non conforme : ${context}`)))
  const type = coded(object, 'typeCode')
  if (cda.code.code !== type?.code || cda.code.system !== type.system) differs('typeCode différent du code du CDA', 'typeCode')
  if (asOneLine(object.title ?? '') !== asOneLine(cda.title)) differs('title différent de celui du CDA', 'title')
  const created = utcOf(cda.effectiveTime)
  const given = slotValue(object, 'creationTime') ?? ''
  if (created !== null && !created.startsWith(given) && !given.startsWith(created)) differs("creationTime n'est pas effectiveTime en UTC", 'creationTime')
  const format = coded(object, 'formatCode')?.code
  const expected = { 'application/pdf': 'urn:ihe:iti:xds-sd:pdf:2008', 'text/plain': 'urn:ihe:iti:xds-sd:text:2008' }[cda.bodyMediaType ?? '']
  if (expected !== undefined && format !== expected) differs(`formatCode : ${expected} attendu`, 'formatCode')

  const ins = readPatientId(vihf.patientId ?? '')
  const isOfPatient = cda.patientIds.some((id) => id.root === ins?.oid && id.extension === ins.value)
  if (cda.patients !== 1 || !isOfPatient) errors.push(mismatch("l'INS du recordTarget n'est pas le patientId", object.id))
  const source = /^([^^]+)\^\^\^&([\d.]+)&ISO\^PI$/.exec(slotValue(object, 'sourcePatientId') ?? '')
  if (source && !cda.patientIds.some((id) => id.root === source[2] && id.extension === unescapeHl7(source[1] ?? ''))) errors.push(mismatch("sourcePatientId n'est pas un identifiant du recordTarget", object.id))
  return errors
}

function documentErrors({ object, bytes }: SubmittedObject, vihf: Vihf, lot: LotSignature | null): RegistryError[] {
  if (Buffer.from(bytes.subarray(0, 5)).toString('latin1') === '%PDF-') return [contentRefused(object, "un PDF nu n'est pas accepté, il voyage dans un CDA")]
  try {
    return withXml(bytes, (document: XmlDocument) => {
      const errors = cdaErrors(object, readCda(document), vihf)
      if (lot === null) return errors
      const reference = lot.manifest.find((one) => one.oid === identifier(object, 'uniqueId'))
      if (!reference) errors.push(signatureRefused(`le manifeste ne nomme pas ${object.id}`))
      else if (!matchesManifest(reference, bytes, document)) errors.push(signatureRefused(`empreinte de ${object.id} fausse dans le manifeste`))
      return errors
    })
  } catch (error) {
    if (error instanceof XmlRefused) return [contentRefused(object, error.message)]
    throw error
  }
}

function signatureRefused(context: string): RegistryError {
  return { code: 'XDSRepositoryError', context: `Signature du lot invalide : ${context}` }
}

/** The content of each document of a lot that nobody signs (FHIR). */
export function unsignedContentErrors(submission: Submission, vihf: Vihf): RegistryError[] {
  return submission.documents.flatMap((document) => documentErrors(document, vihf, null))
}

/** The signature of the lot and the content of each document. Throws `FaultRaised` when the signer may not sign. */
export function contentErrors(submission: Submission, vihf: Vihf, readCertificate: (der: Uint8Array) => CertificateFacts | null, now: number): RegistryError[] {
  let lot: LotSignature
  try {
    lot = readLotSignature(submission.signature.bytes, readCertificate)
  } catch (error) {
    if (error instanceof XmlRefused) return [signatureRefused(error.message)]
    throw error
  }
  const fault = signerFault(vihf, lot.signer, now)
  if (fault) throw new FaultRaised(fault.subcode, fault.text)
  const errors: RegistryError[] = []
  if (lot.manifest[0]?.oid !== identifier(submission.set, 'setUniqueId')) errors.push(signatureRefused('le manifeste ne commence pas par le lot de soumission'))
  if (lot.manifest.length !== submission.documents.length + 1) errors.push(signatureRefused('le manifeste ne nomme pas chaque document une fois'))
  return [...errors, ...submission.documents.flatMap((document) => documentErrors(document, vihf, lot))]
}
