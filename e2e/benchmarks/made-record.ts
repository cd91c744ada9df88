import { demoPreload } from '../../resources/demo/preload.ts'
import { classOf, codedType } from '#shared/terminology/index.ts'
import type { PreloadedDocument } from '../../electron/sandbox/index.ts'
import { madePatient, testInsOid } from './made-patients.ts'

/** How much a made patient's record holds. */
export interface MadeRecord {
  readonly documents: number
  /** Facts of each document. */
  readonly facts: number
  /** Bytes of each document, at least. */
  readonly size: number
}

const loinc = '2.16.840.1.113883.6.1'
const snomed = '2.16.840.1.113883.6.96'
const entry = (number: string) => `<templateId root="1.2.250.1.213.1.1.3.${number}"/>`
const analytes = ['Créatinine', 'Potassium', 'Sodium', 'Chlore', 'Calcium', 'Urée', 'Glucose', 'Ferritine', 'TSH', 'ASAT', 'ALAT', 'Bilirubine', 'Albumine', 'Cholestérol', 'Triglycérides', 'CRP', 'Hémoglobine', 'Leucocytes', 'Plaquettes', 'INR']
const words = 'Le patient consulte pour un suivi régulier ; l’examen clinique est sans particularité et la surveillance se poursuit dans les mêmes conditions. '

/** One entry and the row of the narrative it rests on. */
type Stated = readonly [row: string, entry: string]

function result(id: string, number: number, day: string): Stated {
  const name = analytes[number % analytes.length]!
  const code = `9${String(number % 40).padStart(3, '0')}-1`
  const value = (40 + ((number * 37) % 600)) / 10
  const flag = number % 9 === 0 ? 'H' : 'N'
  return [
    `<tr ID="${id}"><td>${name} ${number % 40}</td><td>${value}</td><td>mmol/L</td></tr>`,
    `<observation classCode="OBS" moodCode="EVN">${entry('80')}<code code="${code}" codeSystem="${loinc}" displayName="${name} ${number % 40} [Moles/Volume] Sérum/Plasma ; Numérique"/><text><reference value="#${id}"/></text><statusCode code="completed"/><effectiveTime value="${day}0740"/>` +
      `<value xsi:type="PQ" value="${value}" unit="mmol/L"/><interpretationCode code="${flag}"/><referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="4" unit="mmol/L"/><high value="60" unit="mmol/L"/></value></observationRange></referenceRange></observation>`,
  ]
}

function coded(id: string, template: string, label: string, code: string, rest = ''): Stated {
  return [`<tr ID="${id}"><td>${label}</td><td>noté</td></tr>`, `<observation classCode="OBS" moodCode="EVN">${entry(template)}<code code="282291009" codeSystem="${snomed}"/><text><reference value="#${id}"/></text><statusCode code="completed"/><value xsi:type="CD" code="${code}" codeSystem="${snomed}" displayName="${label}"/>${rest}</observation>`]
}

function allergy(id: string, number: number): Stated {
  const agent = `Agent ${number % 12}`
  return [
    `<tr ID="${id}"><td>${agent}</td><td>urticaire</td></tr>`,
    `<observation classCode="OBS" moodCode="EVN">${entry('41')}<code code="416098002" codeSystem="${snomed}"/><text><reference value="#${id}"/></text><statusCode code="completed"/><value xsi:type="CD" code="416098002" codeSystem="${snomed}" displayName="Allergie médicamenteuse"/>` +
      `<participant typeCode="CSM"><participantRole><playingEntity><code code="a${number % 12}" codeSystem="${snomed}" displayName="${agent}"/></playingEntity></participantRole></participant></observation>`,
  ]
}

function medicine(id: string, number: number): Stated {
  const name = `Médicament ${number % 30} 5 mg`
  return [
    `<tr ID="${id}"><td>${name}</td><td>1 le matin</td></tr>`,
    `<substanceAdministration classCode="SBADM" moodCode="INT">${entry('42')}<text><reference value="#${id}"/></text><statusCode code="completed"/><doseQuantity value="1" unit="{tablet}"/><consumable><manufacturedProduct><manufacturedMaterial><code code="34009${String(number % 30).padStart(4, '0')}" codeSystem="1.2.250.1.213.2.3.2" displayName="${name}"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>`,
  ]
}

/** The CDA of that rank in a made record: results, and a problem, an allergy or a medicine beside them. */
export function madeCda(number: number, { facts, size }: MadeRecord, day: string): Buffer {
  const others = [coded, allergy, medicine][number % 3]
  const stated = Array.from({ length: facts }, (_, at) => {
    const id = `r${at}`
    if (at > 0) return result(id, number * 7 + at, day)
    return others === coded ? coded(id, '37', `Problème ${number % 25}`, `p${number % 25}`) : (others as typeof allergy)(id, number)
  })
  const text = words.repeat(Math.ceil(Math.max(0, size - 700 * facts) / Buffer.byteLength(words)))
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="1.2.3"/><title>Compte rendu ${number}</title><author><assignedAuthor><assignedPerson><name>Dr UN</name></assignedPerson></assignedAuthor></author>` +
      `<component><structuredBody><component><section><templateId root="1.2.250.1.213.1.1.2.16"/><code code="30954-2" codeSystem="${loinc}"/><title>Résultats</title><text><paragraph>${text}</paragraph><table><tbody>${stated.map(([row]) => row).join('')}</tbody></table></text>` +
      `${stated.map(([, one]) => `<entry>${one}</entry>`).join('')}</section></component></structuredBody></component></ClinicalDocument>`,
  )
}

/** The document of a made record that is their summary: some five months old. */
const summaryRank = 37

/** What the training record holds of the made patient of that rank, the newest a few days old; one of them sums them up, where the patient has such a document. */
export function madeRecord(rank: number, made: MadeRecord, hasSummary: boolean): PreloadedDocument[] {
  const patient = madePatient(rank)
  const like = demoPreload().find(({ metadata }) => metadata.typeCode.code === '11502-2')!
  const summary = codedType('60591-5')!
  return Array.from({ length: made.documents }, (_, number) => {
    const at = new Date(Date.now() - (3 + number * 4) * 86_400_000)
    const day = at.toISOString().slice(0, 10).replaceAll('-', '')
    const uniqueId = `1.2.250.1.999.77.8.${rank}.${number + 1}`
    const bytes = madeCda(number, made, day)
    return {
      bytes,
      submittedAt: at,
      metadata: {
        ...like.metadata, ...(hasSummary && number === summaryRank && { typeCode: summary, classCode: classOf('60591-5')! }), uniqueId, setId: `${uniqueId}.0`, title: `Compte rendu d’examens ${number}`, creationTime: `${day}080000`, serviceStartTime: `${day}080000`,
        ins: { value: patient.ins, oid: testInsOid }, sourcePatientId: { value: patient.localId, oid: '1.2.250.1.999.77.2' },
        sourcePatientInfo: { birthName: patient.birthName, givenName: patient.givenName, birthDate: patient.birthDate.replaceAll('-', ''), sex: patient.sex },
      },
    }
  })
}
