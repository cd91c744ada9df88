/** What a card lets its holder do with the record: a health professional's reads and writes, a member of staff's deposits. */
export type CardHolderKind = 'professional' | 'staff'

/** Extension of the cards' certificates that says their type; its OID is the one of the national list of types, TRE_G02. */
export const cardTypeExtension = '1.2.250.1.71.1.2.2'

/** TRE_G02: CPS, CPF (professionals in training), CDE and CPE under one code. CDA and CPA (3) are of other organisations: the rights sheet has no column for them. */
const kinds: ReadonlyMap<number, CardHolderKind | null> = new Map([[0, 'professional'], [1, 'professional'], [2, 'staff'], [3, null]])

/** A PS_IdNat given by a structure: its number under the prefix of those it numbers itself, `/`, a number of its own (dmp-interface.md 2.6). */
const givenByStructure = /^[13456][^/]+\/.+$/

/**
 * Whose card it is, from the type its signature certificate says (the DER of one small integer, as the DMP's sample code reads it), else from who numbered
 * its holder: professionals have a number of their own, staff their structure's. That second reading is ours, for cards without the extension or of a type
 * the list does not have. Null for a type the record has no place for.
 */
export function cardHolderKind(typeExtension: Uint8Array | null, id: string): CardHolderKind | null {
  const told = typeExtension?.length === 3 ? kinds.get(typeExtension[2]!) : undefined
  if (told !== undefined) return told
  return givenByStructure.test(id) ? 'staff' : 'professional'
}
