import { failure, success, type Result, type TypeChoice } from '#shared/contract/index.ts'
import { givenTypes } from '#shared/terminology/index.ts'
import { mayBeTyped, type ItemRow } from './outbox/index.ts'
import { saysItself } from './says-itself.ts'
import type { Store } from './store/index.ts'

/**
 * What a person may say the type of this document is, the commonest first: none unless it stands for want of one or was given one by a person, was never sent, and does not say its
 * type itself (a CDA, whose bytes cannot be changed, or a source whose word counts), as far as its bytes can be read.
 */
export function typeChoicesOf(row: ItemRow, store: Pick<Store, 'spool'>): TypeChoice[] {
  return mayBeTyped(row) && !saysItself(row, store) ? [...givenTypes] : []
}

/** Whether a person may say that this document is of this type. */
export function typeChoiceOf(row: ItemRow, typeCode: string, store: Pick<Store, 'spool'>): Result<string> {
  const offered = typeChoicesOf(row, store)
  if (offered.length === 0) return failure('not-found')
  return offered.some(({ code }) => code === typeCode) ? success(typeCode) : failure('type-not-accepted', { detail: typeCode })
}
