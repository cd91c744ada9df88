import { failure, success, type DocumentMetadata, type Result } from '#shared/contract/index.ts'
import { formatCodeOf, unreferencedFormat } from '#shared/terminology/index.ts'
import { type CdaHeader, type CdaId } from './cda-header.ts'
import { utcDtm } from './cda-time.ts'

const fine = success(undefined)

/**
 * Whether metadata say of a CDA what it says itself, as the record compares them: its id, type, patient, title and time; the format
 * that its body and models give, the media type of a self-presenting document (dmp-interface.md 2.2, 2.7).
 */
export function checkAgreement(metadata: DocumentMetadata, header: CdaHeader): Result<void> {
  if (header.id === null || header.id.extension !== null || header.id.root !== metadata.uniqueId) return failure('cda-id-invalid', { detail: 'id is not uniqueId' })
  const [patient, ...others] = header.patients
  const names = (id: { value: string; oid: string }) => patient?.ids.some((one: CdaId) => one.root === id.oid && one.extension === id.value) ?? false
  if (others.length > 0) return failure('cda-patient-ambiguous', { detail: 'several recordTarget' })
  if (!names(metadata.ins) || (metadata.sourcePatientId && !names(metadata.sourcePatientId))) return failure('patient-mismatch', { detail: 'recordTarget' })
  if (header.code?.code !== metadata.typeCode.code || header.code.system !== metadata.typeCode.system) return failure('type-not-accepted', { detail: 'code is not typeCode' })
  const format = formatCodeOf(header.templateIds, header.bodyMediaType) ?? (header.bodyMediaType === null ? unreferencedFormat : undefined)
  if (format?.code !== metadata.formatCode.code || format.system !== metadata.formatCode.system) return failure('cda-body-unreadable', { detail: `format ${metadata.formatCode.code}` })
  if (header.selfPresenting !== (metadata.mimeType === 'application/xslt+xml')) return failure('cda-body-unreadable', { detail: metadata.mimeType })
  if (header.title !== metadata.title) return failure('cda-header-invalid', { detail: 'title' })
  return utcDtm(header.effectiveTime ?? '') === metadata.creationTime ? fine : failure('date-impossible', { detail: 'effectiveTime is not creationTime' })
}
