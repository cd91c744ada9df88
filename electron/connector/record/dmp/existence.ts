import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type RecordStanding, type Result } from '#shared/contract/index.ts'
import { isInsOid } from '#shared/terminology/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { InsId } from '../port.ts'
import { readAcknowledgement } from './acknowledgement.ts'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'
import { isoOfUtcDtm } from './times.ts'

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

const h = { h: ns.hl7 }

/** A value as HL7 v3 answers write one: `@code`, `@value` or text. */
function valueOf(holder: XmlElement): string | null {
  const value = element(holder, './h:value', h)
  return attribute(value, 'code') ?? attribute(value, 'value') ?? (value?.content.trim() || null)
}

/** Value of an attention line by its key word. */
function attentionValue(answer: XmlElement, keyWord: string): string | null {
  const line = elements(answer, './h:attentionLine', h).find((each) => {
    const key = element(each, './h:keyWordText', h)
    return attribute(key, 'code') === keyWord || key?.content.trim() === keyWord
  })
  return line ? valueOf(line) : null
}

/** Value of an administrative observation; its code may be spelt in capitals or as the FHIR names are (`dateFermeture`). */
function observed(answer: XmlElement, name: string): string | null {
  const plain = (code: string) => code.replaceAll('_', '').toLowerCase()
  const found = elements(answer, './/h:administrativeObservation', h).find((each) => plain(attribute(element(each, './h:code', h), 'code') ?? '') === plain(name))
  return found ? valueOf(found) : null
}

function booleanOf(value: string | null): boolean | null {
  return value === 'true' ? true : value === 'false' ? false : null
}

const authorisations: Record<string, RecordStanding['authorisation']> = { VALIDE: 'valid', EXPIRE: 'expired', INTERDIT: 'blocked', NON_EXISTE: 'none' }

/** What may be known of a record whatever its state. */
function toldOf(answer: XmlElement): Pick<RecordStanding, 'attachedToMonEspaceSante' | 'opposedToBreakGlass' | 'opposedToEmergencyAccess'> {
  const boolean = (name: string) => booleanOf(observed(answer, name))
  return { attachedToMonEspaceSante: boolean('RATTACHEMENT_ENS'), opposedToBreakGlass: boolean('OPPOSITION_BRIS_DE_GLACE'), opposedToEmergencyAccess: boolean('OPPOSITION_ACCES_URGENCE') }
}

/** A date of closure in ISO 8601, whichever way it is written; text that is no date stays as it is. */
function closureDate(text: string | null): string | null {
  return text === null ? null : (isoOfUtcDtm(text) ?? text)
}

function closureOf(answer: XmlElement, said: string): RecordStanding['closure'] {
  const closure = { date: closureDate(observed(answer, 'DATE_FERMETURE')), reason: observed(answer, 'MOTIF_FERMETURE'), text: observed(answer, 'RAISON_FERMETURE') ?? (said || null) }
  return Object.values(closure).some((part) => part !== null) ? closure : null
}

/**
 * Whom an answer names: the patient found, by their numbers of the INS, and the question it repeats, which tells of nobody's record. A patient found has the number
 * asked for, beside a former one or alone; numbers of other kinds tell nothing.
 */
function namedIn(answer: XmlElement, ins: InsId): 'asked' | 'another' | 'nobody' {
  const numbers = (place: string) =>
    elements(answer, place, h)
      .map((id) => ({ oid: attribute(id, 'root') ?? '', value: attribute(id, 'extension') }))
      .filter(({ oid }) => isInsOid(oid))
  const sides = [numbers('.//h:registrationEvent//h:patient/h:id'), numbers('./h:controlActProcess/h:queryByParameter/h:parameterList/h:patientIdentifier/h:value')].filter(({ length }) => length > 0)
  const isAsked = (side: ReturnType<typeof numbers>) => side.some(({ oid, value }) => oid === ins.oid && value === ins.value) && side.every(({ oid, value }) => oid !== ins.oid || value === ins.value)
  return sides.length === 0 ? 'nobody' : sides.every(isAsked) ? 'asked' : 'another'
}

/**
 * Reads the TD0.2 answer, PRPA_IN201308UV02 (dmp-interface.md 4.2). `NF` is an absent record; any patient status but
 * `active` is a closed one, so that a spelling we do not know never opens a record. An answer about a record that names another
 * patient than the one asked for, or nobody, is `record-answer-invalid`.
 */
export function readExistence(body: XmlElement, ins: InsId): Result<RecordStanding> {
  const answer = element(body, './h:PRPA_IN201308UV02', h)
  if (!answer) return failure('record-answer-invalid', { detail: 'no PRPA_IN201308UV02' })
  const details = elements(answer, './h:acknowledgement/h:acknowledgementDetail', h)
  const codes = details.flatMap((detail) => attribute(element(detail, './h:code', h), 'code') ?? [])
  const said = details.flatMap((detail) => element(detail, './h:text', h)?.content.trim() ?? []).join(' ')

  const response = attribute(element(answer, './h:controlActProcess/h:queryAck/h:queryResponseCode', h), 'code')
  const acknowledgement = element(answer, './h:acknowledgement', h)
  const type = attribute(acknowledgement, 'typeCode') ?? attribute(acknowledgement && element(acknowledgement, './h:typeCode', h), 'code')
  const heard = readAcknowledgement({ type, queryResponse: response, codes, texts: said === '' ? [] : [said] })
  if (!heard.ok) return heard
  const isClosed = heard.value === 'closed'
  const named = namedIn(answer, ins)
  // A record that was not found, or is only said to be closed, may be about nobody; it is never about somebody else.
  const mayBeNobody = heard.value !== 'found'
  if (named === 'another' || (named === 'nobody' && !mayBeNobody)) return failure('record-answer-invalid', { detail: 'the answer is about another patient, or nobody' })

  const told = toldOf(answer)
  if (heard.value === 'absent') return success({ existence: 'absent', authorisation: 'none', isTreatingDoctor: false, closure: null, ...told })
  const status = attribute(element(answer, './/h:patient/h:statusCode', h), 'code')
  if (status === null && !isClosed) return failure('record-answer-invalid', { detail: 'no patient statusCode' })
  const existence = isClosed || status !== 'active' ? 'closed' : 'open'
  return success({
    existence,
    authorisation: authorisations[attentionValue(answer, 'AUTORISATION') ?? ''] ?? 'none',
    isTreatingDoctor: attentionValue(answer, 'STATUT_MT') === 'true',
    closure: existence === 'closed' ? closureOf(answer, said) : null,
    ...told,
  })
}
