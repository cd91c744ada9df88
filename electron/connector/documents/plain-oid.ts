const oid = /^[0-2](\.(0|[1-9]\d*))+$/

/** True for an identifier the DMP takes: an OID alone, 64 characters at most (dmp-interface.md 2.3). */
export function isPlainOid(value: string): boolean {
  return value.length <= 64 && oid.test(value)
}
