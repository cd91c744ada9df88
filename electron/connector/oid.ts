/**
 * A new OID of one installation: root, kind, then a UUID's 128 bits cut in three arcs so that it stays within 64 characters
 * (dmp-interface.md section 2.3: OID only, no arc starting with 0).
 */
export function newOid(root: string, kind: 'document' | 'submission-set', uuid: string): string {
  const bits = BigInt(`0x${uuid.replaceAll('-', '')}`)
  const arc = (shift: bigint, width: bigint) => ((bits >> shift) & ((1n << width) - 1n)).toString()
  const oid = `${root}.${kind === 'document' ? 3 : 1}.${arc(64n, 64n)}.${arc(0n, 56n)}`
  if (oid.length > 64) throw new Error(`The installation OID ${root} is too long`)
  return oid
}
