import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type RecordStanding, type Result } from '#shared/contract/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { InsId } from '../port.ts'
import { readAcknowledgement } from './acknowledgement.ts'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'

/** What the TD0.2 request carries besides the patient. */
export interface ExistenceQuestion {
  readonly ins: InsId
  /** UUID of the HL7 message, without prefix. */
  readonly messageUuid: string
  readonly queryUuid: string
  /** UTC DTM. */
  readonly createdAt: string
  readonly environment: 'training' | 'production'
  readonly receiverOid: string
  readonly sender: { readonly oid: string; readonly name: string }
}

/** TD0.2 body: PRPA_IN201307UV02, existence test with authorisation check (dmp-interface.md 4.1). */
export function writeExistence(question: ExistenceQuestion): Markup {
  const { ins, sender } = question
  return xml`<PRPA_IN201307UV02 xmlns="${ns.hl7}" ITSVersion="XML_1.0">
  <id root="${question.messageUuid}"/>
  <creationTime value="${question.createdAt}"/>
  <interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201307UV02"/>
  <processingCode code="${question.environment === 'production' ? 'P' : 'D'}"/>
  <processingModeCode code="T"/>
  <acceptAckCode code="AL"/>
  <receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="${question.receiverOid}"/><softwareName>DMP</softwareName></device></receiver>
  <sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="${sender.oid}"/><name>${sender.name}</name><softwareName>${sender.name}</softwareName></device></sender>
  <attentionLine/>
  <controlActProcess classCode="CACT" moodCode="EVN">
    <reasonCode code="TEST_EXST" codeSystem="1.2.250.1.213.1.1.4.11"/>
    <queryByParameter>
      <queryId root="${question.queryUuid}"/>
      <statusCode code="new"/>
      <parameterList><patientIdentifier><value root="${ins.oid}" extension="${ins.value}"/><semanticsText>Patient.id</semanticsText></patientIdentifier></parameterList>
    </queryByParameter>
  </controlActProcess>
</PRPA_IN201307UV02>`
}

/** Value of an attention line by its key word, from `@code`, `@value` or text. */
function attentionValue(answer: XmlElement, keyWord: string): string | null {
  for (const line of elements(answer, './h:attentionLine', { h: ns.hl7 })) {
    const key = element(line, './h:keyWordText', { h: ns.hl7 })
    if (attribute(key, 'code') !== keyWord && key?.content.trim() !== keyWord) continue
    const value = element(line, './h:value', { h: ns.hl7 })
    return attribute(value, 'code') ?? attribute(value, 'value') ?? value?.content.trim() ?? null
  }
  return null
}

const authorisations: Record<string, RecordStanding['authorisation']> = { VALIDE: 'valid', EXPIRE: 'expired', INTERDIT: 'blocked', NON_EXISTE: 'none' }

/**
 * Reads the TD0.2 answer, PRPA_IN201308UV02 (dmp-interface.md 4.2). `NF` is an absent record; any patient status but
 * `active` is a closed one, so that a spelling we do not know never opens a record.
 */
export function readExistence(body: XmlElement): Result<RecordStanding> {
  const h = { h: ns.hl7 }
  const answer = element(body, './h:PRPA_IN201308UV02', h)
  if (!answer) return failure('record-answer-invalid', { detail: 'no PRPA_IN201308UV02' })
  const details = elements(answer, './h:acknowledgement/h:acknowledgementDetail', h)
  const codes = details.flatMap((detail) => attribute(element(detail, './h:code', h), 'code') ?? [])
  const texts = details.flatMap((detail) => element(detail, './h:text', h)?.content.trim() ?? [])

  const response = attribute(element(answer, './h:controlActProcess/h:queryAck/h:queryResponseCode', h), 'code')
  const isTreatingDoctor = attentionValue(answer, 'STATUT_MT') === 'true'
  const authorisation = authorisations[attentionValue(answer, 'AUTORISATION') ?? ''] ?? 'none'
  const acknowledgement = element(answer, './h:acknowledgement', h)
  const type = attribute(acknowledgement, 'typeCode') ?? attribute(acknowledgement && element(acknowledgement, './h:typeCode', h), 'code')
  const heard = readAcknowledgement({ type, queryResponse: response, codes, texts })
  if (!heard.ok) return heard
  if (heard.value === 'closed') return success({ existence: 'closed', authorisation, isTreatingDoctor })
  if (heard.value === 'absent') return success({ existence: 'absent', authorisation: 'none', isTreatingDoctor: false })
  const status = attribute(element(answer, './/h:patient/h:statusCode', h), 'code')
  if (status === null) return failure('record-answer-invalid', { detail: 'no patient statusCode' })
  return success({ existence: status === 'active' ? 'open' : 'closed', authorisation, isTreatingDoctor })
}
