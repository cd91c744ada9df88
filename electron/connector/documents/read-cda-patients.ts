import { failure, success, type Result } from '#shared/contract/index.ts'
import type { CdaPatient } from './cda-header.ts'
import { readPatient } from './read-cda-header.ts'
import { children, childrenByName, clinicalDocumentOf, withXml } from './xml-document.ts'

/** Whom a CDA names as its patients, as written, and nothing else of its header: asked of each document that comes. Fails as `readCdaHeader` does. */
export function readCdaPatients(bytes: Uint8Array): Result<readonly CdaPatient[]> {
  return withXml(bytes, (root) => {
    const found = clinicalDocumentOf(root)
    if (found === null) return failure('format-unknown', { detail: 'no ClinicalDocument' })
    return success(childrenByName(found.document)('recordTarget').flatMap((target) => children(target, 'patientRole').map(readPatient)))
  })
}
