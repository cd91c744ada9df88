import { rawXml, xml } from '#shared/text/xml.ts'
import type { Markup } from '#shared/text/xml.ts'
import { consultationRefusal, maySee, patientRefusal } from './access.ts'
import { namespaces, repositoryUniqueId } from './ebxml.ts'
import { writeRegistryResponse } from './ebxml-writing.ts'
import { consultationFault } from './identity-rules.ts'
import { readPatientId } from './ins.ts'
import { ErrorsRaised, FaultRaised } from './refusal.ts'
import type { RegistryError } from './refusal.ts'
import type { QueryContext } from './stored-query.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, childrenOf } from './xml-reading.ts'

/** A document to attach to the answer. */
export interface Attachment {
  readonly contentId: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

/** Body of an ITI-43 answer: what could be read, and the errors of the rest. */
export function writeRetrieved(errors: readonly RegistryError[], documents: readonly Markup[]): Markup {
  return xml`<xdsb:RetrieveDocumentSetResponse xmlns:xdsb="${namespaces.xdsb}">${writeRegistryResponse(errors, documents.length > 0)}${documents}</xdsb:RetrieveDocumentSetResponse>`
}

/** TD3.2: exact bytes of the documents asked by uniqueId, as MIME parts. Throws `ErrorsRaised` or `FaultRaised`. */
export async function answerRetrieve(payload: XmlTree, context: QueryContext): Promise<{ body: Markup; attachments: Attachment[] }> {
  const { registry, vihf } = context
  if (payload.name !== 'RetrieveDocumentSetRequest' || payload.namespace !== namespaces.xdsb) throw new FaultRaised('DMPInvalidRequest', 'TD3.2 : RetrieveDocumentSetRequest attendu')
  const requests = childrenOf(payload, 'DocumentRequest', namespaces.xdsb)
  if (requests.length === 0) throw new FaultRaised('DMPInvalidRequest', 'TD3.2 : aucun document demandé')
  const fault = consultationFault(vihf)
  if (fault) throw new FaultRaised(fault.subcode, fault.text)
  const refusal = patientRefusal(vihf.patientId, context.stateOf)
  if (refusal) throw new ErrorsRaised([refusal])
  const patient = context.stateOf(readPatientId(vihf.patientId ?? '')?.value ?? '')
  const denied = consultationRefusal(vihf, patient)
  if (denied) throw new ErrorsRaised([denied])

  const errors: RegistryError[] = []
  const documents: Markup[] = []
  const attachments: Attachment[] = []
  for (const [index, request] of requests.entries()) {
    const uniqueId = at(request, 'DocumentUniqueId')?.text.trim() ?? ''
    const repository = at(request, 'RepositoryUniqueId')?.text.trim() ?? ''
    const entry = registry.byUniqueId(uniqueId)
    if (repository !== repositoryUniqueId) errors.push({ code: 'XDSUnknownRepositoryId', context: `repositoryUniqueId inconnu : ${repository}`, location: uniqueId })
    else if (!entry || entry.patientId !== vihf.patientId || !maySee(entry, () => registry.full(entry), vihf, patient)) {
      errors.push({ code: 'XDSDocumentUniqueIdError', context: `document inconnu : ${uniqueId}`, location: uniqueId })
    } else {
      const contentId = `document${index + 1}@sandbox.relais`
      const contentType = registry.full(entry).object.mimeType ?? 'text/xml'
      attachments.push({ contentId, contentType, bytes: await registry.bytesOf(entry) })
      documents.push(
        xml`<xdsb:DocumentResponse><xdsb:RepositoryUniqueId>${repository}</xdsb:RepositoryUniqueId><xdsb:DocumentUniqueId>${uniqueId}</xdsb:DocumentUniqueId><xdsb:mimeType>${contentType}</xdsb:mimeType><xdsb:Document>${rawXml(`<xop:Include xmlns:xop="${namespaces.xop}" href="cid:${contentId}"/>`)}</xdsb:Document></xdsb:DocumentResponse>`,
      )
    }
  }
  return { body: writeRetrieved(errors, documents), attachments }
}
