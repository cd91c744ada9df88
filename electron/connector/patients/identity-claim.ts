import { compactIns } from '#shared/text/ins-key.ts'
import { compareTraits, type TraitName, type Traits } from './traits.ts'

/**
 * Where a claim of identity comes from; it decides how much it is worth. `document` = the CDA itself, `message` = HL7
 * segments, `sidecar` = a file the practice software wrote beside the document, `file-name` = the name alone.
 */
export type ClaimOrigin = 'document' | 'message' | 'sidecar' | 'file-name' | 'person'

/** What a document, a message or a file says of its patient. Nothing in it is believed before the gate. */
export interface IdentityClaim extends Traits {
  readonly origin: ClaimOrigin
  readonly ins?: string | undefined
  readonly insOid?: string | undefined
  /** All birth given names, one string. */
  readonly givenNames?: string | undefined
  readonly usedName?: string | undefined
  readonly usedGivenName?: string | undefined
  readonly birthPlaceName?: string | undefined
  readonly localId?: string | undefined
  readonly localIdOid?: string | undefined
}

/**
 * What makes two claims of one item (the CDA and the message around it) speak of different people: INS, name, first given
 * name, birth date or sex. Empty when nothing compared differs.
 */
export function mismatch(one: IdentityClaim, other: IdentityClaim): ('ins' | TraitName)[] {
  const ins = one.ins !== undefined && other.ins !== undefined && compactIns(one.ins) !== compactIns(other.ins)
  return [...(ins ? (['ins'] as const) : []), ...compareTraits(one, other).filter((name) => name !== 'birthPlace')]
}
