/** A patient's national identifier as it stands in a CX: 15 characters with key, and its OID. */
export interface Ins {
  readonly value: string
  readonly oid: string
}

const testOids = ['1.2.250.1.213.1.4.10', '1.2.250.1.213.1.4.11']
const realOids = ['1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9']

/** Reads `<INS>^^^&<OID>&ISO^NH`; `null` when it is something else (dmp-interface.md section 2.6). */
export function readPatientId(cx: string): Ins | null {
  const found = /^([^^&]+)\^\^\^&([\d.]+)&ISO\^NH$/.exec(cx)
  return found?.[1] !== undefined && found[2] !== undefined ? { value: found[1], oid: found[2] } : null
}

/** Key of the 13 first characters: 97 − (N mod 97), Corsican departments read as 19 and 18 (section 6.2). */
export function insKey(first13: string): string | null {
  const department = first13.slice(5, 7)
  const digits = department === '2A' ? `${first13.slice(0, 5)}19${first13.slice(7)}` : department === '2B' ? `${first13.slice(0, 5)}18${first13.slice(7)}` : first13
  if (!/^\d{13}$/.test(digits)) return null
  return String(97n - (BigInt(digits) % 97n)).padStart(2, '0')
}

/** Why a training record refuses this identifier, in French; `null` when it is a valid test one. */
export function insRefusal(ins: Ins): string | null {
  if (realOids.includes(ins.oid)) return 'Matricule INS de production refusé : ce dossier est un dossier de formation'
  if (!testOids.includes(ins.oid)) return `OID de matricule INS inconnu : ${ins.oid}`
  if (!/^[123478]\d{4}(\d\d|2[AB])\d{8}$/.test(ins.value)) return 'Matricule INS mal formé : 15 caractères attendus'
  if (insKey(ins.value.slice(0, 13)) !== ins.value.slice(13)) return 'Clé du matricule INS fausse'
  return null
}
