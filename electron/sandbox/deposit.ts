import type { Markup } from '#shared/text/xml.ts'
import { patientRefusal } from './access.ts'
import type { CertificateFacts } from './certificates.ts'
import { associationErrors, authorErrors, contentErrors, patientErrors, secretErrors } from './deposit-rules.ts'
import { writeRegistryResponse } from './ebxml-writing.ts'
import { readPatientId } from './ins.ts'
import { metadataErrors } from './metadata-rules.ts'
import type { MimePart } from './mtom.ts'
import { ErrorsRaised } from './refusal.ts'
import type { RegistryError } from './refusal.ts'
import type { QueryContext } from './stored-query.ts'
import { readSubmission } from './submission.ts'
import type { XmlTree } from './xml-reading.ts'

function stopOn(errors: readonly RegistryError[]): void {
  if (errors.length > 0) throw new ErrorsRaised(errors)
}

/**
 * TD2.1: judges a lot from its form to its content, then registers it. Each stage reports all it found; nothing is stored before the
 * last one has passed. Throws `ErrorsRaised` or `FaultRaised`.
 */
export async function answerDeposit(
  payload: XmlTree,
  parts: readonly MimePart[],
  { registry, vihf, stateOf }: QueryContext,
  readCertificate: (der: Uint8Array) => CertificateFacts | null,
  now: Date,
): Promise<Markup> {
  const submission = readSubmission(payload, parts)
  stopOn(metadataErrors(submission))
  stopOn(patientErrors(submission, vihf))
  const refusal = patientRefusal(vihf.patientId, stateOf)
  stopOn(refusal ? [refusal] : [])
  if (stateOf(readPatientId(vihf.patientId ?? '')?.value ?? '').state === 'opposed') stopOn([{ code: 'DMPPatientOpposition', context: "Le patient s'oppose à l'alimentation de son DMP" }])
  stopOn(authorErrors(submission, vihf))
  stopOn(secretErrors(submission, vihf))
  stopOn(associationErrors(submission))
  stopOn(contentErrors(submission, vihf, readCertificate, now.getTime()))
  stopOn(await registry.register(submission, now))
  return writeRegistryResponse([])
}
