import { openedDocument, success, type OpenedDocument, type Result } from '#shared/contract/index.ts'
import { readCdaBody, readCdaHeader } from '../documents/index.ts'
import { readFacts } from './facts/read-facts.ts'
import type { PanelPatient } from './panel.ts'
import type { ReadDocument } from './read-record.ts'
import { flagOf } from './summary/out-of-range.ts'

/** Kinds of facts that are measured: what is out of range is said of them alone. */
const measured = new Set(['labResult', 'measurement'])

/** What the viewer shows of a document read by `way`: whose it is, its narrative as a tree, its clinical facts, and what it holds as attachments. */
export function openDocument({ document, bytes, isUnderAnotherNumber }: ReadDocument, { label, qualified, patientId }: PanelPatient, way: string): Result<OpenedDocument> {
  const body = readCdaBody(bytes)
  if (!body.ok) return body
  const header = readCdaHeader(bytes)
  const facts = readFacts(bytes, document.uniqueId)
  return success(
    openedDocument.parse({
      document,
      patient: { ...label, qualified, patientId },
      underAnotherNumber: isUnderAnotherNumber,
      version: header.ok ? header.value.versionNumber : null,
      replaces: header.ok ? header.value.replaces : null,
      sections: body.value.sections,
      attachments: body.value.attachments.map((attachment, index) => ({ index, mediaType: attachment.mediaType, title: attachment.title, size: attachment.bytes.byteLength })),
      facts: (facts.ok ? facts.value : []).filter(({ kind }) => kind !== 'narrative').map((fact) => ({ ...fact, outOfRange: measured.has(fact.kind) ? flagOf([fact]) : null })),
      way,
    }),
  )
}

/** The bytes of one attachment, or null when the document has no such one. */
export function attachmentOf(bytes: Uint8Array, index: number): Result<{ mediaType: string; bytes: Uint8Array } | null> {
  const body = readCdaBody(bytes)
  if (!body.ok) return body
  const attachment = body.value.attachments[index]
  return success(attachment ? { mediaType: attachment.mediaType, bytes: attachment.bytes } : null)
}
