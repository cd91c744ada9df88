import { setImmediate } from 'node:timers/promises'
import type { ClinicalFact, RecordDocument, Result } from '#shared/contract/index.ts'
import { readFacts } from './facts/read-facts.ts'

/** May hold structure: XML, and not of the format that only wraps a file (level 1). */
export function mayHoldFacts(document: RecordDocument): boolean {
  return document.status === 'approved' && /xml/.test(document.mimeType) && !document.formatCode.startsWith('urn:ihe:iti:xds-sd:')
}

/**
 * Facts of the listed documents that may hold some, in their order. A document that cannot be had or read costs its own facts
 * alone, and is told as one (`notLoaded`). Other work goes on between two documents.
 */
export async function recordFacts(documents: readonly RecordDocument[], bytesOf: (uniqueId: string) => Promise<Result<Uint8Array>>): Promise<ClinicalFact[]> {
  const found: ClinicalFact[] = []
  for (const document of documents.filter(mayHoldFacts)) {
    const bytes = await bytesOf(document.uniqueId)
    const facts = bytes.ok ? readFacts(bytes.value, document.uniqueId) : bytes
    if (facts.ok) for (const one of facts.value) found.push(one)
    else found.push(notLoaded(document))
    await setImmediate()
  }
  return found
}

function notLoaded(document: RecordDocument): ClinicalFact {
  return {
    kind: 'narrative', label: document.title, code: document.typeCode, codeSystem: null, value: null, unit: null, date: null, interpretation: null, referenceRange: null,
    status: 'notLoaded', negated: false, conflict: null, document: document.uniqueId, section: null, passage: null, author: document.authors[0]?.name ?? null,
  }
}
