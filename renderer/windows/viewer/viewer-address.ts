import type { DocumentAddress } from '../../app/queries.ts'

/** Reads which document is asked for from the address (`?ins=..&insOid=..&uniqueId=..`); null when it does not say. */
export function viewerAddress(search: string): DocumentAddress | null {
  const query = new URLSearchParams(search)
  const [ins, insOid, uniqueId] = [query.get('ins'), query.get('insOid'), query.get('uniqueId')]
  return ins && uniqueId ? { ins, ...(insOid ? { insOid } : {}), uniqueId } : null
}
