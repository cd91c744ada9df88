import { failure, success, type Result } from '#shared/contract/index.ts'
import { documentType } from '#shared/terminology/index.ts'

/** What is known of a document's type, from the most to the least trusted. Type codes of the DMP's list. */
export interface TypeEvidence {
  /** From the source: its profile, its sidecar, its message; where that names none the record takes, from a person. */
  readonly hinted?: string | undefined
  /** From the CDA's own header. */
  readonly written?: string | undefined
  /** What the folder or the practice says its documents are when nothing else does. */
  readonly usual?: string | undefined
}

/**
 * Chooses the type code: the CDA's own when there is one (its bytes cannot be changed), else the source's, else the usual
 * one; never a guess. `type-unknown` asks a person; `type-not-accepted` when the one given is not in the DMP's list.
 */
export function classify(evidence: TypeEvidence): Result<string> {
  const found = evidence.written ?? evidence.hinted ?? evidence.usual
  if (found === undefined || found.trim() === '') return failure('type-unknown')
  return documentType(found.trim()) === undefined ? failure('type-not-accepted', { detail: found }) : success(found.trim())
}
