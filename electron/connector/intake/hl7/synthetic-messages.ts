/** Messages of invented patients for the tests of this room. Same shapes as the national profile, nobody's data. */

export const syntheticCda = '<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3.4.5"/><title>Compte rendu é</title></ClinicalDocument>'

export const pidOf = (changes: { id?: string; status?: string; name?: string; place?: string } = {}) =>
  `PID|||${changes.id ?? '000042^^^CABINET&1.2.3.4&ISO^PI~290017512345678^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS^^20240101'}||` +
  `${changes.name ?? 'GARNIER^AMELIE^AMELIE ROSE^^^^L~LEROUX^AMELIE^^^^^D'}||19900115|F|||1 RUE DU TEST^^LYON^^69001^FRA^H${changes.place ?? '~^^^^^^BDL^^69381'}||||||||||||||||||||N|${changes.status ?? 'VALI'}`

export const flag = (name: string, value: string) => `OBX|9|CE|${name}^libelle^MetaDMPMSS||${value}^^expandedYes-NoIndicator||||||F`

export const visible = ['MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REP_LEGAUX', 'CONNEXION_SECRETE', 'MODIF_CONF_CODE'].map((name) => flag(name, 'N'))

export interface OruChanges {
  readonly msh?: string
  readonly pid?: string | null
  readonly orc?: string | null
  readonly documents?: readonly string[]
  readonly flags?: readonly string[]
  readonly status?: string
  readonly terminator?: string
}

export const mshOf = (type: string, changes: { control?: string; version?: string; charset?: string; profile?: string; processing?: string; modes?: string } = {}) =>
  `MSH|^~\\&|LABO|CABINET|RELAIS|CABINET|20260110093000||${type}|${changes.control ?? 'M1'}|${changes.processing ?? 'P'}|${changes.version ?? '2.5'}|||${changes.modes ?? '|'}|FRA|${changes.charset ?? 'UNICODE UTF-8'}|||${changes.profile ?? '2.1^CISIS_CDA_HL7_V2'}`

/** An ORU^R01 with its documents, correct unless changed. */
export function oru(changes: OruChanges = {}): string {
  const documents = changes.documents ?? [Buffer.from(syntheticCda).toString('base64')]
  return [
    changes.msh ?? mshOf('ORU^R01^ORU_R01'),
    ...(changes.pid === null ? [] : [changes.pid ?? pidOf()]),
    ...(changes.orc === null ? [] : [changes.orc ?? 'ORC|NW|1']),
    "OBR|1|1|1|11502-2^CR d'examens biologiques^LN",
    ...documents.map((data, index) => `OBX|${index + 1}|ED|11502-2^CR d'examens biologiques^LN||^TEXT^XML^Base64^${data}||||||${changes.status ?? 'F'}|`),
    'PRT||UC||SB^^participation|801234567866^DURAND^Luc',
    ...(changes.flags ?? [...visible, flag('DESTDMP', 'Y')]),
    'OBX|99|ED|CORPSMAIL_PS^Corps du mail^MetaDMPMSS||^TEXT^^Base64^Qm9uam91cg||||||F|',
    '',
  ].join(changes.terminator ?? '\r')
}

/** An MDM with one document. */
export function mdm(event: 'T02' | 'T04' | 'T10', changes: { status?: string; orc?: string | null; profile?: string } = {}): string {
  return [
    mshOf(`MDM^${event}^MDM_T02`, { version: '2.6', ...(changes.profile ? { profile: changes.profile } : {}) }),
    'EVN||20260110093000',
    pidOf(),
    ...(changes.orc === null ? [] : [changes.orc ?? 'ORC|NW|1']),
    'TXA|1|18748-4|TEXT|20260110||||||||1.2.3.4.5|||||AU',
    `OBX|1|ED|18748-4^CR d'imagerie^LN||^text^XML^Base64^${Buffer.from(syntheticCda).toString('base64')}||||||${changes.status ?? 'F'}|`,
    ...visible,
    flag('DESTDMP', 'Y'),
    '',
  ].join('\r')
}

/** An ADT with an identity, and a ZFA when given. */
export function adt(event: string, changes: { zfa?: string; pid?: string; control?: string; charset?: string } = {}): string {
  return [
    mshOf(`ADT^${event}^ADT_A01`, {
      version: '2.5^FRA^2.11',
      profile: '2.11^IHE_FRANCE-2.11-PAM',
      ...(changes.control ? { control: changes.control } : {}),
      ...(changes.charset ? { charset: changes.charset } : {}),
    }),
    'EVN||20260110093000',
    changes.pid ?? pidOf(),
    'PV1|1|N',
    ...(changes.zfa ? [changes.zfa] : []),
    '',
  ].join('\r')
}
