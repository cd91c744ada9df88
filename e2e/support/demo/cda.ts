import type { DocumentAuthor, DocumentMetadata } from '#shared/contract/document-metadata.ts'
import {
  authorSpeciality, classOf, codedType, codeSystemName, codeSystems, confidentialityCodes, facilityType, formatCodeOf, identifierDomains, practiceSettingOfFacility,
  unreferencedFormat, visibleToAll,
} from '#shared/terminology/index.ts'
import { firstGivenName } from '../../../resources/demo/patients.ts'
import type { DemoAuthor, DemoDocument, DemoStructure } from './document-model.ts'
import { escaped } from './entry-parts.ts'
import { cdaTime, xdsTime } from './paris-time.ts'
import { insOid, localIdOid } from './people.ts'
import { sections } from './sections.ts'

/** Ids of one CDA and its local patient number in the writing structure. */
export interface CdaIdentity {
  readonly id: string
  readonly setId: string
  readonly localId: { readonly root: string; readonly extension: string }
}

const headerTemplates = ['2.16.840.1.113883.2.8.2.1', '1.2.250.1.213.1.1.1.1'] as const
const unstructuredTemplate = '1.3.6.1.4.1.19376.1.2.20'
/** IHE PCC "medical documents": sections, and nothing said of which entries they have to have. */
const narrativeTemplate = '1.3.6.1.4.1.19376.1.5.3.1.1.1'

/** Keeper of what patients deposit themselves. */
const patientSpace: DemoStructure = {
  id: '1750999021', name: 'Mon espace santé (formation)', sector: 'SA24', line: '1 place des Données', postalCode: '75020', city: 'PARIS', phone: '01 99 00 39 99',
  patientOid: localIdOid, colour: [0, 0, 0], emblem: 'sun', motto: '',
}

/** Local number of a patient in the structure that writes: ours is the practice software's, others have their own. */
export function identityFor(document: DemoDocument, id: string): CdaIdentity {
  const structure = document.author === 'patient' ? patientSpace : document.author.structure
  const own = structure.patientOid === localIdOid
  return {
    id,
    setId: `${id}.0`,
    localId: { root: structure.patientOid, extension: own ? document.patient.localId : `${structure.id.slice(-3)}${document.patient.ins.slice(1, 5)}${document.patient.localId.slice(-2)}` },
  }
}

function address({ line, postalCode, city }: { line: string; postalCode: string; city: string }): string {
  const [, number, street] = /^(\d+) (.+)$/.exec(line) ?? [undefined, undefined, line]
  const house = number ? `<houseNumber>${number}</houseNumber>` : ''
  return `<addr>${house}<streetName>${escaped(street ?? line)}</streetName><postalCode>${postalCode}</postalCode><city>${escaped(city)}</city></addr>`
}

const telephone = (phone: string, use: 'H' | 'WP'): string => `<telecom value="tel:${phone.replace(/ /g, '')}" use="${use}"/>`

function organisation(element: string, structure: DemoStructure, setting = ''): string {
  return `<${element}><id root="${identifierDomains.structure}" extension="${structure.id}"/><name>${escaped(structure.name)}</name>${telephone(structure.phone, 'WP')}${address(structure)}${setting}</${element}>`
}

function coded(element: string, { code, system, label }: { code: string; system: string; label: string }, systemName?: string): string {
  return `<${element} code="${code}" displayName="${escaped(label)}" codeSystem="${system}"${systemName ? ` codeSystemName="${systemName}"` : ''}/>`
}

const patientSpeciality = { code: 'EXP_PATIENT', system: codeSystems.deviceSpecialty, label: 'Expression du patient' }

/** The person who writes, as id, profession, place and name: the same in author, legal authenticator and performer. */
function person(document: DemoDocument): { id: string; code: string; place: string; name: string; structure: DemoStructure } {
  const { author, patient } = document
  if (author === 'patient') {
    return {
      id: `<id root="${insOid}" extension="${patient.ins}"/>`,
      code: coded('code', patientSpeciality),
      place: `${address(patient.address)}${telephone(patient.phone, 'H')}`,
      name: `<assignedPerson><name><given>${escaped(patient.usedGivenName)}</given><family>${escaped(patient.usedName)}</family></name></assignedPerson>`,
      structure: patientSpace,
    }
  }
  const suffix = author.title === 'Dr' ? '<suffix>DR</suffix>' : ''
  return {
    id: `<id root="${identifierDomains.professional}" extension="${author.id}"/>`,
    code: coded('code', authorSpeciality(author.profession, author.specialty)),
    place: `${address(author.structure)}${telephone(author.structure.phone, 'WP')}`,
    name: `<assignedPerson><name><given>${escaped(author.given)}</given><family>${escaped(author.family)}</family>${suffix}</name></assignedPerson>`,
    structure: author.structure,
  }
}

/**
 * Writes one CDA R2 after the header rules of dmp-interface.md section 3: level 1 with `pdf` in it, otherwise with
 * sections of text, beside which `isCoded` puts the entries that say the same. It declares no CI-SIS model of content, since it has not all
 * that their schematrons ask for: the third declaration is that of a medical document with sections.
 */
export function writeDemoCda(document: DemoDocument, identity: CdaIdentity, pdf: Uint8Array | null, isCoded: boolean): string {
  const { patient } = document
  const type = codedType(document.type)
  if (!type) throw new Error(`type ${document.type} is not in the DMP's list`)
  const writer = person(document)
  const setting = practiceSettingOfFacility(writer.structure.sector)
  const facility = facilityType(writer.structure.sector)
  const time = cdaTime(document.at)
  const inpatient = ['34112-3', '11490-0', '34874-8'].includes(document.type)
  const represented = organisation('representedOrganization', writer.structure)
  const templates = [...headerTemplates, pdf ? unstructuredTemplate : narrativeTemplate]
  const body = pdf
    ? `<component><nonXMLBody><text mediaType="application/pdf" representation="B64">${Buffer.from(pdf).toString('base64')}</text></nonXMLBody></component>`
    : `<component><structuredBody>\n${sections(document.body, isCoded ? identity.id : null).join('\n')}\n</structuredBody></component>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"${body.includes('xsi:type') ? ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' : ''}>
<realmCode code="FR"/>
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
${templates.map((root) => `<templateId root="${root}"/>`).join('\n')}
<id root="${identity.id}"/>
${coded('code', type, codeSystemName(type.system))}
<title>${escaped(document.title)}</title>
<effectiveTime value="${time}"/>
<confidentialityCode code="N" displayName="Normal" codeSystem="${codeSystems.confidentiality}"/>
<languageCode code="fr-FR"/>
<setId root="${identity.setId}"/>
<versionNumber value="1"/>
<recordTarget><patientRole>
<id root="${insOid}" extension="${patient.ins}"/>
<id root="${identity.localId.root}" extension="${identity.localId.extension}"/>
${address(patient.address)}
${telephone(patient.phone, 'H')}
<telecom value="mailto:${patient.ins}@patient.mssante.fr"/>
<patient classCode="PSN">
<name><family qualifier="BR">${escaped(patient.birthName)}</family><given>${escaped(patient.givenNames)}</given><given qualifier="BR">${escaped(firstGivenName(patient))}</given><family qualifier="CL">${escaped(patient.usedName)}</family><given qualifier="CL">${escaped(patient.usedGivenName)}</given></name>
<administrativeGenderCode code="${patient.sex}" displayName="${patient.sex === 'F' ? 'Féminin' : 'Masculin'}" codeSystem="${codeSystems.gender}"/>
<birthTime value="${patient.birthDate.replace(/-/g, '')}"/>
<birthplace><place><addr><county>${patient.birthPlace.code}</county><city>${escaped(patient.birthPlace.city)}</city></addr></place></birthplace>
</patient>
</patientRole></recordTarget>
<author><time value="${time}"/><assignedAuthor>${writer.id}${writer.code}${writer.place}${writer.name}${document.author === 'patient' ? '' : represented}</assignedAuthor></author>
<custodian><assignedCustodian>${organisation('representedCustodianOrganization', writer.structure)}</assignedCustodian></custodian>
<legalAuthenticator><time value="${time}"/><signatureCode code="S"/><assignedEntity>${writer.id}${writer.code}${writer.place}${writer.name}${represented}</assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><effectiveTime><low value="${time}"/></effectiveTime><performer typeCode="PRF"><assignedEntity>${writer.id}${writer.code}${writer.place}${writer.name}${organisation('representedOrganization', writer.structure, coded('standardIndustryClassCode', setting))}</assignedEntity></performer></serviceEvent></documentationOf>
<componentOf><encompassingEncounter><code code="${inpatient ? 'IMP' : 'AMB'}" displayName="${inpatient ? 'Hospitalisation' : 'Ambulatoire'}" codeSystem="${codeSystems.encounter}"/><effectiveTime><low value="${time}"/></effectiveTime><location><healthCareFacility><id root="${identifierDomains.structure}" extension="${writer.structure.id}"/>${coded('code', facility)}</healthCareFacility></location></encompassingEncounter></componentOf>
${body}
</ClinicalDocument>
`
}

/** What the registry holds on a CDA written by `writeDemoCda` (dmp-interface.md 2.2), visibility included. */
export function metadataOfDemo(document: DemoDocument, identity: CdaIdentity, structured: boolean): DocumentMetadata {
  const { author, patient } = document
  const typeCode = codedType(document.type)
  const classCode = classOf(document.type)
  const formatCode = structured ? (formatCodeOf([...headerTemplates, narrativeTemplate], null) ?? unreferencedFormat) : formatCodeOf([], 'application/pdf')
  if (!typeCode || !classCode || !formatCode) throw new Error(`type ${document.type} is not in the DMP's list`)
  const structure = author === 'patient' ? patientSpace : author.structure
  const signatory = author === 'patient' ? { id: patient.ins, family: patient.usedName, given: patient.usedGivenName, domain: insOid } : { id: author.id, family: author.family, given: author.given }
  return {
    uniqueId: identity.id,
    setId: identity.setId,
    versionNumber: 1,
    replaces: null,
    mimeType: 'text/xml',
    typeCode,
    classCode,
    formatCode,
    healthcareFacilityType: facilityType(structure.sector),
    practiceSetting: practiceSettingOfFacility(structure.sector),
    confidentiality: confidentialityCodes({ ...visibleToAll, ...document.visibility }),
    eventCodes: [],
    ins: { value: patient.ins, oid: insOid },
    sourcePatientId: { value: identity.localId.extension, oid: identity.localId.root },
    sourcePatientInfo: { birthName: patient.birthName, givenName: firstGivenName(patient), birthDate: patient.birthDate.replace(/-/g, ''), sex: patient.sex },
    creationTime: xdsTime(document.at),
    serviceStartTime: xdsTime(document.at),
    serviceStopTime: null,
    languageCode: 'fr-FR',
    title: document.title,
    authors: [authorSlots(author, signatory)],
    legalAuthenticator: signatory,
  }
}

function authorSlots(author: DemoAuthor | 'patient', signatory: NonNullable<DocumentAuthor['person']>): DocumentAuthor {
  if (author === 'patient') return { kind: 'patient', person: signatory, institution: null, specialty: patientSpeciality, role: null }
  return {
    kind: 'professional',
    person: signatory,
    institution: { id: author.structure.id, name: author.structure.name },
    specialty: authorSpeciality(author.profession, author.specialty),
    role: null,
  }
}
