import type { ReferenceId } from '#shared/contract/index.ts'
import { escapeHl7, unescapeHl7 } from './hl7-escapes.ts'

/** A number a document refers to, as the registry keeps it (CXi). */
export function cxi({ value, oid, type }: ReferenceId): string {
  return `${escapeHl7(value)}^^^${oid === null ? '' : `&${oid}&ISO`}^${type}`
}

/** Reads what the registry keeps. */
export function readCxi(text: string): ReferenceId {
  const [value = '', , , authority = '', type = ''] = text.split('^')
  return { value: unescapeHl7(value), oid: authority.split('&')[1] || null, type }
}
