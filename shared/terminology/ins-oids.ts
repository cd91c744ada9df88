/** OIDs under which a patient is numbered by the INS (dmp-interface.md 6.1). */
export const insOids = {
  nir: '1.2.250.1.213.1.4.8',
  nia: '1.2.250.1.213.1.4.9',
  test: '1.2.250.1.213.1.4.10',
  demonstration: '1.2.250.1.213.1.4.11',
} as const

/** OID of the computed INS (INS-C), withdrawn: never accepted. */
export const obsoleteInsOid = '1.2.250.1.213.1.4.2'

/** Whether a record deals with real people or only with invented ones. */
export type RecordEnvironment = 'training' | 'production'

/** The environment an INS belongs to by its OID; undefined when the OID is not one of the INS. */
export function environmentOfInsOid(oid: string): RecordEnvironment | undefined {
  if (oid === insOids.nir || oid === insOids.nia) return 'production'
  if (oid === insOids.test || oid === insOids.demonstration) return 'training'
  return undefined
}

/** True for the four OIDs that number a patient by the INS. */
export function isInsOid(oid: string): boolean {
  return environmentOfInsOid(oid) !== undefined
}
