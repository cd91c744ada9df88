import { createHash } from 'node:crypto'
import { newOid, type OidKind } from './record/index.ts'

/**
 * The OID of what a name stands for in one installation, always the same (RFC 4122 version 5): a document met again after its ids were
 * lost, by a return to an older database, gets them back, and the record recognises it.
 */
export function oidOf(root: string, kind: OidKind, name: string): string {
  const digest = createHash('sha1').update(`${root} ${kind} ${name}`).digest()
  digest[6] = (digest[6]! & 0x0f) | 0x50
  digest[8] = (digest[8]! & 0x3f) | 0x80
  return newOid(root, kind, digest.subarray(0, 16).toString('hex'))
}
