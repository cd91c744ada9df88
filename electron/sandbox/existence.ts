import type { Markup } from '#shared/text/xml.ts'
import { xml } from '#shared/text/xml.ts'
import { insRefusal } from './ins.ts'
import type { PatientRecord } from './patients.ts'
import { authorisationOf } from './patients.ts'
import { FaultRaised } from './refusal.ts'
import type { Vihf } from './vihf.ts'
import type { XmlTree } from './xml-reading.ts'
import { at } from './xml-reading.ts'

const hl7 = 'urn:hl7-org:v3'
const dmpDevice = '1.2.250.1.213.4.1.1.1'

interface Question {
  readonly ins: { readonly value: string; readonly oid: string }
  readonly messageId: { readonly root: string; readonly extension: string | undefined }
  readonly queryId: { readonly root: string; readonly extension: string | undefined }
  readonly sender: string
}

/** Reads `PRPA_IN201307UV02` (section 4.1). Throws `FaultRaised` on what the transaction makes mandatory. */
function readQuestion(payload: XmlTree): Question {
  const refuse = (text: string): never => {
    throw new FaultRaised('DMPInvalidRequest', `TD0.2 : ${text}`)
  }
  if (payload.name !== 'PRPA_IN201307UV02' || payload.namespace !== hl7) refuse('PRPA_IN201307UV02 attendu')
  const value = (path: readonly string[], attribute: string): string => at(payload, ...path)?.attributes[attribute] ?? ''
  if (value(['interactionId'], 'root') !== '2.16.840.1.113883.1.6' || value(['interactionId'], 'extension') !== 'PRPA_IN201307UV02') refuse('interactionId')
  if (!/^\d{14}/.test(value(['creationTime'], 'value'))) refuse('creationTime')
  if (!['D', 'T'].includes(value(['processingCode'], 'code'))) refuse('processingCode : D attendu sur un dossier de formation')
  if (value(['processingModeCode'], 'code') !== 'T') refuse('processingModeCode')
  if (value(['acceptAckCode'], 'code') !== 'AL') refuse('acceptAckCode')
  if (value(['receiver', 'device', 'id'], 'root') !== dmpDevice) refuse('receiver : le DMP est attendu')
  const act = ['controlActProcess'] as const
  if (value([...act, 'reasonCode'], 'code') !== 'TEST_EXST' || value([...act, 'reasonCode'], 'codeSystem') !== '1.2.250.1.213.1.1.4.11') refuse('reasonCode TEST_EXST attendu')
  const parameters = [...act, 'queryByParameter'] as const
  const patient = at(payload, ...parameters, 'parameterList', 'patientIdentifier')
  if (at(patient, 'semanticsText')?.text.trim() !== 'Patient.id') refuse('semanticsText Patient.id attendu')
  const sender = value(['sender', 'device', 'id'], 'root')
  const id = (path: readonly string[]): { root: string; extension: string | undefined } => ({ root: value(path, 'root') || refuse(`${path.join('/')} absent`), extension: at(payload, ...path)?.attributes['extension'] })
  return {
    ins: { value: at(patient, 'value')?.attributes['extension'] ?? '', oid: at(patient, 'value')?.attributes['root'] ?? '' },
    messageId: id(['id']),
    queryId: id([...parameters, 'queryId']),
    sender: sender || refuse('sender'),
  }
}

const ii = (element: 'id' | 'queryId', { root, extension }: Question['messageId']): Markup =>
  element === 'id' ? xml`<id root="${root}"${extension !== undefined && xml` extension="${extension}"`}/>` : xml`<queryId root="${root}"${extension !== undefined && xml` extension="${extension}"`}/>`

/** TD0.2: whether the patient has a record, in what state, and what the caller may do with it (sections 4.1 and 4.2). Answers `PRPA_IN201308UV02`. */
export function answerExistence(payload: XmlTree, vihf: Vihf, stateOf: (ins: string) => PatientRecord, ids: { message: string; now: Date }): Markup {
  const question = readQuestion(payload)
  const { ins } = question
  const invalid = insRefusal(ins)
  const sameAsVihf = vihf.patientId === `${ins.value}^^^&${ins.oid}&ISO^NH`
  const refusal = invalid !== null ? { code: 'DMPInvalidIns', text: invalid } : sameAsVihf ? null : { code: 'XDSPatientIdDoesNotMatch', text: 'patient demandé différent de celui du VIHF' }
  const patient = stateOf(ins.value)
  const found = refusal === null && patient.state !== 'absent'
  const isClosed = patient.state === 'closed'
  const detail = refusal ?? (found && isClosed ? { code: 'DMPClosed', text: 'Le DMP du patient est fermé' } : null)
  const boolean = (name: string, system: string, value: boolean): Markup =>
    xml`<attentionLine><keyWordText code="${name}" codeSystem="${system}">${name}</keyWordText><value xsi:type="BL" value="${String(value)}"/></attentionLine>`
  const observation = (name: string, system: string, value: boolean): Markup =>
    xml`<subjectOf typeCode="SBJ"><administrativeObservation classCode="OBS" moodCode="EVN"><code code="${name}" codeSystem="${system}"/><value xsi:type="BL" value="${String(value)}"/></administrativeObservation></subjectOf>`
  const told = (name: string, value: string | undefined): Markup | null =>
    value === undefined ? null : xml`<subjectOf typeCode="SBJ"><administrativeObservation classCode="OBS" moodCode="EVN"><code code="${name}" codeSystem="1.2.250.1.213.4.1.2.3"/><value xsi:type="ST">${value}</value></administrativeObservation></subjectOf>`
  const opposition = (name: string, value: boolean | undefined): Markup | null => (value === undefined ? null : observation(name, '1.2.250.1.213.4.1.2.3', value))
  const authorisation = authorisationOf(patient, vihf.nameId)
  const closure = isClosed ? patient.closure : undefined

  const subject = xml`<subject typeCode="SUBJ"><registrationEvent classCode="REG" moodCode="EVN"><id nullFlavor="NA"/><statusCode code="active"/><subject1 typeCode="SBJ"><patient classCode="PAT"><id root="${ins.oid}" extension="${ins.value}"/><statusCode code="${isClosed ? 'terminated' : 'active'}"/><patientPerson classCode="PSN" determinerCode="INSTANCE"><name nullFlavor="MSK"/></patientPerson>${observation('COMPTE_INTERNET_OUVERT', '1.2.250.1.213.4.1.2.9', true)}${observation('RATTACHEMENT_ENS', '1.2.250.1.213.4.1.2.3', patient.attached)}${[opposition('OPPOSITION_BRIS_DE_GLACE', patient.opposedToBreakGlass), opposition('OPPOSITION_ACCES_URGENCE', patient.opposedToEmergencyAccess), told('DATE_FERMETURE', closure?.date), told('MOTIF_FERMETURE', closure?.reason), told('RAISON_FERMETURE', closure?.text)]}</patient></subject1><custodian typeCode="CST"><assignedEntity classCode="ASSIGNED"><id root="${dmpDevice}"/></assignedEntity></custodian></registrationEvent></subject>`
  return xml`<PRPA_IN201308UV02 xmlns="${hl7}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ITSVersion="XML_1.0"><id root="${ids.message}"/><creationTime value="${ids.now.toISOString().replace(/[-:T]/g, '').slice(0, 14)}"/><interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201308UV02"/><processingCode code="D"/><processingModeCode code="T"/><acceptAckCode code="NE"/><receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="${question.sender}"/></device></receiver><sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="${dmpDevice}"/><softwareName>DMP</softwareName></device></sender>${found && xml`<attentionLine><keyWordText code="AUTORISATION" codeSystem="1.2.250.1.213.4.1.2.6.1">AUTORISATION</keyWordText><value xsi:type="CE" code="${authorisation}" codeSystem="1.2.250.1.213.4.1.2.6.2"/></attentionLine>`}${found && boolean('STATUT_MT', '1.2.250.1.213.4.1.2.6.3', patient.treatingDoctor === vihf.nameId)}<acknowledgement><typeCode code="${refusal ? 'AE' : 'AA'}"/><targetMessage>${ii('id', question.messageId)}</targetMessage>${detail && xml`<acknowledgementDetail typeCode="${refusal ? 'E' : 'I'}"><code code="${detail.code}"/><text>${detail.text}</text></acknowledgementDetail>`}</acknowledgement><controlActProcess classCode="CACT" moodCode="EVN"><code code="PRPA_TE201308UV02" codeSystem="2.16.840.1.113883.1.6"/>${found && subject}<queryAck>${ii('queryId', question.queryId)}<queryResponseCode code="${refusal ? 'AE' : found ? 'OK' : 'NF'}"/></queryAck><queryByParameter>${ii('queryId', question.queryId)}<statusCode code="new"/><parameterList><patientIdentifier><value root="${ins.oid}" extension="${ins.value}"/><semanticsText>Patient.id</semanticsText></patientIdentifier></parameterList></queryByParameter></controlActProcess></PRPA_IN201308UV02>`
}
