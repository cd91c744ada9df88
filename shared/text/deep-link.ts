/** The patient a `relais://patient?ins=…` address names; the connector checks the INS itself. */
export interface PatientLink {
  readonly ins: string
  readonly insOid?: string
}

/**
 * Reads a deep link of the practice software. Anything else (another host, no INS or two of them, too long, not an address) is null:
 * any web page may call such an address, so a malformed one is ignored without a word.
 */
export function readDeepLink(text: string | null): PatientLink | null {
  if (text === null || text.length > 512 || !URL.canParse(text)) return null
  const url = new URL(text)
  // Windows adds a slash after the host.
  if (url.protocol !== 'relais:' || url.hostname !== 'patient' || !['', '/'].includes(url.pathname)) return null
  const [ins, ...others] = url.searchParams.getAll('ins')
  const [insOid, ...otherOids] = url.searchParams.getAll('insOid')
  if (ins === undefined || !/^[0-9A-Za-z ]{1,64}$/.test(ins.trim()) || others.length > 0 || otherOids.length > 0) return null
  if (insOid === undefined) return { ins: ins.trim() }
  return /^[0-9.]{1,64}$/.test(insOid) ? { ins: ins.trim(), insOid } : null
}
