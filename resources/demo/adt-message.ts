import { firstGivenName, type DemoPatient, type DemoPatientFile } from './patients.ts'

/** What distinguishes one announcement from another. */
export interface AdtContext {
  readonly event: 'A04' | 'A08'
  /** Local time `YYYYMMDDhhmmss`. */
  readonly time: string
  /** MSH-10. */
  readonly controlId: string
}

const escaped = (text: string): string => text.replace(/\\/g, '\\E\\').replace(/\|/g, '\\F\\').replace(/\^/g, '\\S\\').replace(/&/g, '\\T\\').replace(/~/g, '\\R\\')

function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, index) => fields[index + 1] ?? '')].join('|')
}

/**
 * The ADT by which the practice software announces a patient (A04) or a change (A08), PAM.fr 2.11, segments ended by CR:
 * qualified identity (INS, PID-32 VALI, five traits, ZFD-5 INSI) and a patient informed and not opposed (ZFA).
 */
export function adtMessage(patient: DemoPatient, oids: Pick<DemoPatientFile, 'insOid' | 'localIdOid'>, { event, time, controlId }: AdtContext): string {
  const segments = [
    `MSH|^~\\&|LOGICIEL-TILLEULS|TILLEULS|RELAIS|TILLEULS|${time}||ADT^${event}^ADT_A01|${controlId}|T|2.5^FRA^2.11|||||FRA|UNICODE UTF-8|FR||2.11^IHE_FRANCE-2.11-PAM`,
    segment('EVN', { 2: time, 6: time }),
    segment('PID', {
      1: '1',
      3: `${patient.localId}^^^TILLEULS&${oids.localIdOid}&ISO^PI~${patient.ins}^^^ASIP-SANTE-INS-NIR&${oids.insOid}&ISO^INS`,
      5: `${escaped(patient.birthName)}^${escaped(firstGivenName(patient))}^${escaped(patient.givenNames)}^^^^L~${escaped(patient.usedName)}^${escaped(patient.usedGivenName)}^^^^^D`,
      7: patient.birthDate.replace(/-/g, ''),
      8: patient.sex,
      11: `${escaped(patient.address.line)}^^${escaped(patient.address.city)}^^${patient.address.postalCode}^FRA^H~^^^^^^BDL^^${patient.birthPlace.code}`,
      13: `^PRN^PH^^^^^^^^^${patient.phone.replace(/ /g, '')}`,
      31: 'N',
      32: 'VALI',
      33: time,
    }),
    segment('PV1', { 1: '1', 2: 'N' }),
    segment('ZFA', { 1: 'ACTIF', 2: time, 9: 'INO', 10: time, 11: 'IC', 12: time }),
    segment('ZFD', { 3: 'Y', 4: 'N', 5: 'INSI', 6: '20260105' }),
  ]
  return `${segments.join('\r')}\r`
}
