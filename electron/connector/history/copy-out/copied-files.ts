import { createHash } from 'node:crypto'
import { failure, success, type PatientLabel, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { checkPdf, claimFromCda, readCdaBody, readCdaHeader } from '../../documents/index.ts'

/** What goes into the practice's folder: the document, and beside it what is to be known of it. */
export interface CopiedFiles {
  readonly name: string
  readonly bytes: Uint8Array
  /** Hexadecimal, of `bytes`. */
  readonly sha256: string
  readonly patient: PatientLabel
  readonly sidecar: { readonly name: string; readonly text: string }
}

/** Longest part of a name, so that the whole stays far from what a system refuses. */
const longestPart = 32

/** A part of a file name every system and every old program takes: letters without accents, digits, hyphens. */
function namePart(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('œ', 'oe').replaceAll('Œ', 'OE').replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, longestPart)
}

function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes('%PDF-')
}

/** The PDF where the document holds just one; else the document itself: several would not be the whole of it. */
function contentOf(bytes: Uint8Array): Uint8Array {
  const body = readCdaBody(bytes)
  const pdfs = body.ok ? body.value.attachments.filter(({ mediaType }) => mediaType === 'application/pdf') : []
  return (pdfs.length === 1 && pdfs[0]?.bytes) || bytes
}

/** A patient opened by number alone is named by the document. */
function named(patient: PatientLabel, bytes: Uint8Array): PatientLabel {
  const header = patient.birthName === '' ? readCdaHeader(bytes) : null
  const claimed = header?.ok ? claimFromCda(header.value) : null
  if (!claimed?.ok) return patient
  const { birthName, givenName, givenNames, usedName, birthDate, sex } = claimed.value.claim
  return { ...patient, birthName: birthName ?? usedName ?? '', givenName: givenName ?? givenNames ?? '', usedName: usedName ?? null, birthDate: birthDate ?? null, sex: sex ?? null }
}

/**
 * What is written of a document the record gave. A PDF that would do something when it is opened is refused (`pdf-active-content`): here it is only
 * drawn, elsewhere it would be run. The name tells patient, birth date, day, kind, and the content by the beginning of its hash, so that two contents
 * never share one.
 */
export function copiedFiles({ document, bytes, patient: known, copiedAt }: { document: RecordDocument; bytes: Uint8Array; patient: PatientLabel; copiedAt: string }): Result<CopiedFiles> {
  const content = contentOf(bytes)
  const pdf = isPdf(content)
  const sound = pdf ? checkPdf(content) : success(undefined)
  if (!sound.ok && sound.failure.code === 'pdf-active-content') return failure('pdf-active-content')
  const patient = named(known, bytes)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const date = document.serviceStartTime ?? document.creationTime
  const parts = [patient.birthName || `INS-${patient.ins ?? ''}`, patient.givenName, (patient.birthDate ?? '').replaceAll('-', ''), date.slice(0, 10).replaceAll('-', ''), document.typeLabel || document.title, sha256.slice(0, 8)]
  const stem = parts.map(namePart).filter((part) => part !== '').join('_')
  const name = `${stem}.${pdf ? 'pdf' : 'xml'}`
  const { uniqueId, title, typeCode, typeLabel, authors, creationTime, serviceStartTime } = document
  const told = { origin: 'dmp', file: name, sha256, mediaType: pdf ? 'application/pdf' : 'text/xml', copiedAt, patient, document: { uniqueId, title, typeCode, typeLabel, authors, creationTime, serviceStartTime } }
  return success({ name, bytes: content, sha256, patient, sidecar: { name: `${stem}.json`, text: `${JSON.stringify(told, null, 2)}\n` } })
}
