const arcs = { 'submission-set': 1, document: 3, update: 5 } as const

/** Kinds of ids an installation gives; an `update` is the lot of a change that deposits nothing. */
export type OidKind = keyof typeof arcs

/** An id has 64 characters at most, and the signature of a lot adds two to the lot's. */
const limits = { 'submission-set': 62, document: 64, update: 62 } as const

/**
 * A new OID of one installation: root, kind, then a UUID's bits in two arcs, 120 where they fit, as ever; else as many as there is room for, 60 and
 * more under a root of up to 38, the longest a configuration may name (dmp-interface.md section 2.3: OID only, no arc starting with 0).
 */
export function newOid(root: string, kind: OidKind, uuid: string): string {
  const bits = BigInt(`0x${uuid.replaceAll('-', '')}`)
  const arc = (shift: bigint, width: bigint) => ((bits >> shift) & ((1n << width) - 1n)).toString()
  const start = `${root}.${arcs[kind]}.`
  const digits = limits[kind] - start.length - '18446744073709551615.'.length
  if (digits < -1) throw new Error(`The installation OID ${root} is too long`)
  const first = arc(64n, 64n)
  const whole = `${start}${first}.${arc(0n, 56n)}`
  if (whole.length <= limits[kind]) return whole
  return digits < 1 ? `${start}${first}` : `${start}${first}.${arc(0n, BigInt(Math.floor(digits * Math.log2(10))))}`
}
