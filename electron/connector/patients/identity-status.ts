/**
 * What HL7 table 0445 (France) says against an identity, as the registry keeps it; any of them forbids its use, even validated
 * (RNIV: homonym, doubtful, fictitious; and the states of an identity that is withdrawn, hidden, usurped or invalid).
 */
const blocking: Readonly<Record<string, string>> = {
  HOMA: 'homonym',
  FICT: 'fictitious',
  DOUT: 'doubtful',
  DOUB: 'doubtful',
  ANOM: 'doubtful',
  CACH: 'doubtful',
  USUR: 'doubtful',
  INVA: 'doubtful',
  DESA: 'doubtful',
}

/** The status to keep for the codes of PID-32, null when none of them is against the identity. */
export function blockingStatusOf(codes: readonly string[]): string | null {
  return codes.map((code) => blocking[code.toUpperCase()]).find((status) => status !== undefined) ?? null
}
