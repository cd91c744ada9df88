import { codedType, codeSystems } from '#shared/terminology/index.ts'
import { firstGivenName } from '../../../resources/demo/patients.ts'
import type { DemoAuthor, DemoDocument } from './document-model.ts'
import { hl7Time } from './paris-time.ts'
import { insOid, localIdOid } from './people.ts'

/** One segment from its fields by number; MSH is written apart, since its first field is the separator. */
function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, index) => fields[index + 1] ?? '')].join('|')
}

const escaped = (text: string): string => text.replace(/\\/g, '\\E\\').replace(/\|/g, '\\F\\').replace(/\^/g, '\\S\\').replace(/&/g, '\\T\\').replace(/~/g, '\\R\\')

/** Visibility and destination flags in the order of the volet, all of them (hl7-feed.md section 3). */
function flags({ visibility = {} }: DemoDocument): ReadonlyArray<readonly [code: string, label: string, value: boolean]> {
  return [
    ['MASQUE_PS', 'Masqué aux professionnels de santé', visibility.masked ?? false],
    ['INVISIBLE_PATIENT', 'Document non visible par le patient', visibility.hiddenFromPatient ?? false],
    ['INVISIBLE_REP_LEGAUX', 'Non visible par les représentants légaux du patient', visibility.hiddenFromRepresentatives ?? false],
    ['CONNEXION_SECRETE', 'Connexion secrète', false],
    ['MODIF_CONF_CODE', 'Modification du code de confidentialité', false],
    ['DESTDMP', 'Destinataire DMP', true],
    ['DESTMSSANTEPS', 'Destinataire professionnel de santé', false],
    ['DESTMSSANTEPAT', 'Destinataire patient', false],
    ['ACK_RECEPTION', 'Accusé de réception', false],
    ['ACK_LECTURE_MSS', 'Accusé de lecture', false],
  ]
}

/**
 * An ORU^R01 or MDM^T02 of profile 2.1 that carries one CDA for a first deposit, segments ended by CR.
 * Processing id T: training.
 */
export function documentMessage(kind: 'oru' | 'mdm', document: DemoDocument, author: DemoAuthor, cda: string, uniqueId: string): string {
  const { patient } = document
  const type = codedType(document.type)
  if (!type) throw new Error(`type ${document.type} is not in the DMP's list`)
  const oru = kind === 'oru'
  const time = hl7Time(document.at)
  const code = `${type.code}^${escaped(type.label)}^${type.system === codeSystems.loinc ? 'LN' : 'TRE_A05'}`
  const person = `${author.id}^${escaped(author.family)}^${escaped(author.given)}^^^^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS`
  const control = `DEMO-${oru ? 'ORU' : 'MDM'}-${time}`
  const order = `${control}^LOGICIEL-TILLEULS`
  const doctor = `^${escaped(author.family)}^${escaped(author.given)}^^^DR^^^^D`
  const yesNo = oru ? 'CE' : 'CWE'
  const segments = [
    `MSH|^~\\&|LOGICIEL-TILLEULS|TILLEULS|RELAIS|TILLEULS|${time}||${oru ? 'ORU^R01^ORU_R01' : 'MDM^T02^MDM_T02'}|${control}|T|${oru ? '2.5' : '2.6'}|||||FRA|UNICODE UTF-8|||2.1^CISIS_CDA_HL7_V2`,
    ...(oru ? [] : [`EVN||${time}|||${person}|${time}`]),
    segment('PID', {
      3: `${patient.ins}^^^ASIP-SANTE-INS-NIR&${insOid}&ISO^INS~${patient.localId}^^^TILLEULS&${localIdOid}&ISO^PI`,
      5: `${escaped(patient.birthName)}^${escaped(firstGivenName(patient))}^${escaped(patient.givenNames)}^^^^L~${escaped(patient.usedName)}^${escaped(patient.usedGivenName)}^^^^^D`,
      7: patient.birthDate.replace(/-/g, ''),
      8: patient.sex,
      11: `${escaped(patient.address.line)}^^${escaped(patient.address.city)}^^${patient.address.postalCode}^FRA^H~^^^^^^BDL^^${patient.birthPlace.code}`,
      32: 'VALI',
    }),
    segment('PV1', { 1: '1', 2: 'O', 19: `V${time}^^^TILLEULS&${localIdOid}&ISO^VN` }),
    segment('ORC', { 1: 'NW', 2: order, 3: order }),
    segment('OBR', { 1: '1', 2: order, 3: order, 4: code, 7: time, 16: doctor, 25: 'F' }),
    ...(oru ? [] : [`TXA|1|${type.code}|TEXT|${time}||||||||${uniqueId}|||||AU`]),
    `OBX|1|ED|${code}||^${oru ? 'TEXT' : 'text'}^XML^Base64^${Buffer.from(cda, 'utf8').toString('base64')}||||||F`,
    `PRT||UC||SB^^participation|${person}|||${escaped(author.structure.name)}^^^^^ASIP-SANTE-ST&1.2.250.1.71.4.2.2&ISO^FINEG^^^${author.structure.id}`,
    ...flags(document).map(([flag, label, value], index) => `OBX|${index + 2}|${yesNo}|${flag}^${escaped(label)}^MetaDMPMSS||${value ? 'Y' : 'N'}^^expandedYes-NoIndicator||||||F`),
  ]
  return `${segments.join('\r')}\r`
}
