import { setImmediate } from 'node:timers/promises'
import type { ClinicalFact, RecordDocument, Result } from '#shared/contract/index.ts'

/**
 * May hold structure: XML in force. The format code does not tell: what is declared as a wrapped file (`urn:ihe:iti:xds-sd:`) may
 * have a structured body all the same, and looking costs one parse.
 */
export function mayHoldFacts(document: RecordDocument): boolean {
  return document.status === 'approved' && /xml/.test(document.mimeType)
}

/** Declared as more than a wrapped file: what is level 1 is fetched when it is opened. */
export function isDeclaredStructured(document: RecordDocument): boolean {
  return mayHoldFacts(document) && !document.formatCode.startsWith('urn:ihe:iti:xds-sd:')
}

/**
 * Facts of the listed documents that may hold some, in their order. A document that cannot be had or read costs its own facts
 * alone, and is told as one (`notLoaded`). Other work goes on between two documents.
 */
export async function recordFacts(documents: readonly RecordDocument[], factsOf: (uniqueId: string) => Promise<Result<ClinicalFact[]>>): Promise<ClinicalFact[]> {
  const found: ClinicalFact[] = []
  for (const document of documents.filter(mayHoldFacts)) {
    const facts = await factsOf(document.uniqueId)
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
