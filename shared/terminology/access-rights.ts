/** Acts on a patient's record, by the transaction that asks for them (dmp-interface.md 1.3). */
export const recordActs = [
  'test-existence', // TD0.2
  'authorise-self', // TD0.3
  'unauthorise-self',
  'leave-treating-doctor',
  'list-records', // TD0.4
  'find-without-ins', // TD0.5
  'open-web', // TD0.9
  'read-administrative', // TD1.3a
  'list-authorised', // TD1.6
  'deposit', // TD2.1
  'deposit-by-staff', // TD2.2
  'search', // TD3.1
  'find-reference',
  'read', // TD3.2
  'read-masked',
  'read-hidden',
  'read-archived',
  'read-obsolete',
  'read-deleted',
  'mask', // TD3.3a
  'unmask',
  'show-to-patient', // TD3.3b
  'archive', // TD3.3d
  'unarchive',
  'delete', // TD3.3c
] as const
export type RecordAct = (typeof recordActs)[number]

/** Who acts: a kind of professional with a card of their own, a member of staff with a CPE card, a structure's certificate. */
export const rightsHolders = ['non-doctor', 'doctor', 'occupational-doctor', 'treating-doctor', 'staff', 'structure'] as const
export type RightsHolder = (typeof rightsHolders)[number]

/** How the record is entered: normally, in break-glass, from a regulation centre (centre 15). */
export const accessModes = ['normal', 'regulation', 'break-glass'] as const
export type AccessMode = (typeof accessModes)[number]

/**
 * One cell of the sheet: `✔` allowed, `·` refused, or allowed with a footnote:
 * `1` declared for a professional, `2` those of the same structure, `3` new authorisations by date, `4` imputed to the structure,
 * `5` the reference alone; and on a condition: `6` `8` own documents, `7` if the patient allows it, `9` documents of the structure.
 */
export type RightsCell = '✔' | '·' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'

/** Columns of the sheet. A pair of holder and mode that has none is refused. */
const columns: readonly (readonly [RightsHolder, AccessMode])[] = [
  ['non-doctor', 'normal'], ['non-doctor', 'regulation'], ['non-doctor', 'break-glass'],
  ['doctor', 'normal'], ['doctor', 'regulation'], ['doctor', 'break-glass'],
  ['occupational-doctor', 'normal'],
  ['treating-doctor', 'normal'], ['treating-doctor', 'break-glass'],
  ['staff', 'normal'],
  ['structure', 'normal'], ['structure', 'regulation'],
]

/** The sheet, one act a line: non-doctor N R B, doctor N R B, occupational doctor, treating doctor N B, staff, structure N R. */
const sheet: Readonly<Record<RecordAct, string>> = {
  'test-existence': '✔ ✔ ✔  ✔ ✔ ✔  ✔  ✔ ✔  ✔  ✔ ✔',
  'authorise-self': '✔ · ·  ✔ · ·  ·  ✔ ·  1  · ·',
  'unauthorise-self': '✔ · ·  ✔ · ·  ·  ✔ ·  ·  · ·',
  'leave-treating-doctor': '· · ·  · · ·  ·  ✔ ·  ·  · ·',
  'list-records': '✔ ✔ ✔  ✔ ✔ ✔  ✔  ✔ ✔  2  3 ·',
  'find-without-ins': '· ✔ ·  · ✔ ·  ·  · ·  ·  · ✔',
  'open-web': '✔ ✔ ✔  ✔ ✔ ✔  ✔  ✔ ✔  ✔  · ·',
  'read-administrative': '✔ ✔ ✔  ✔ ✔ ✔  ✔  ✔ ✔  ✔  ✔ ✔',
  'list-authorised': '✔ · ·  ✔ · ·  ✔  ✔ ·  ·  · ·',
  deposit: '✔ ✔ ✔  ✔ ✔ ✔  ✔  ✔ ✔  ·  4 4',
  'deposit-by-staff': '· · ·  · · ·  ·  · ·  4  · ·',
  search: '✔ ✔ ✔  ✔ ✔ ✔  ✔  ✔ ✔  ·  · ·',
  'find-reference': '✔ ✔ ✔  ✔ ✔ ✔  ✔  ✔ ✔  5  5 5',
  read: '✔ ✔ ✔  ✔ ✔ ✔  ·  ✔ ✔  ·  · ·',
  'read-masked': '6 7 7  6 7 7  ·  ✔ 7  ·  · ·',
  'read-hidden': '✔ ✔ ✔  ✔ ✔ ✔  ·  ✔ ✔  ·  · ·',
  'read-archived': '✔ ✔ ✔  ✔ ✔ ✔  ·  ✔ ✔  ·  · ·',
  'read-obsolete': '✔ ✔ ✔  ✔ ✔ ✔  ·  ✔ ✔  ·  · ·',
  'read-deleted': '✔ ✔ ✔  ✔ ✔ ✔  ·  ✔ ✔  ·  · ·',
  mask: '✔ · ·  ✔ · ·  ✔  ✔ ·  ·  · ·',
  unmask: '8 · ·  8 · ·  8  ✔ ·  ·  · ·',
  'show-to-patient': '✔ · ·  ✔ · ·  ✔  ✔ ·  ·  · ·',
  archive: '8 · ·  8 ✔ ✔  8  8 ✔  ·  · ·',
  unarchive: '8 · ·  8 ✔ ✔  8  8 ✔  ·  · ·',
  delete: '8 8 8  8 8 8  8  8 8  9  9 9',
}

/** Acts that only the treating doctor (or the patient) may do on what the patient deposited. */
export const reservedOnPatientDocuments: readonly RecordAct[] = ['archive', 'unarchive', 'delete']

/** What the rights sheet says of an act (PDT-INF-526 v1.8, dmp-interface.md 1.7); `·` for a pair that has no column. */
export function rightsCell(act: RecordAct, holder: RightsHolder, mode: AccessMode): RightsCell {
  const column = columns.findIndex(([who, how]) => who === holder && how === mode)
  return (sheet[act].split(/\s+/)[column] ?? '·') as RightsCell
}
