import { XmlElement } from 'libxml2-wasm'

const map = { c: 'urn:hl7-org:v3' }

const actors = '(c:recordTarget/c:patientRole|c:author/c:assignedAuthor|c:legalAuthenticator/c:assignedEntity|c:custodian/c:assignedCustodian/c:representedCustodianOrganization)'
const professionals = "(c:author/c:assignedAuthor|c:legalAuthenticator/c:assignedEntity)[not(c:id[starts-with(@root,'1.2.250.1.213.1.4.')])]"

/**
 * What must be true of `ClinicalDocument` and what the record says when it is not: section 3 of dmp-interface.md and the header schematrons of the
 * CI-SIS, each as they write it.
 */
const assertions: readonly (readonly [test: string, text: string])[] = [
  ["count(c:realmCode)=1 and c:realmCode/@code='FR'", 'realmCode doit être présent une fois, avec le code FR'],
  ["count(c:typeId)=1 and c:typeId[@root='2.16.840.1.113883.1.3' and @extension='POCD_HD000040']", 'typeId doit être 2.16.840.1.113883.1.3, POCD_HD000040'],
  ['count(c:templateId)>=3', 'templateId doit avoir au moins trois occurrences'],
  ["c:templateId[@root='2.16.840.1.113883.2.8.2.1']", 'la déclaration de conformité à HL7 France (templateId) est absente'],
  ["c:templateId[@root='1.2.250.1.213.1.1.1.1']", 'la déclaration de conformité au CI-SIS (templateId) est absente'],
  ["not(c:component/c:nonXMLBody) or c:templateId[@root='1.3.6.1.4.1.19376.1.2.20']", 'la déclaration de corps non structuré (templateId) est absente'],
  ['count(c:code)=1 and c:code[@code and @codeSystem and @displayName]', 'code doit avoir @code, @codeSystem et @displayName'],
  ['count(c:title)=1 and string-length(normalize-space(c:title))>0 and string-length(normalize-space(c:title))<=128', 'title doit être présent une fois, de 128 caractères au plus'],
  ["count(c:effectiveTime)=1 and c:effectiveTime[string-length(translate(substring(@value,1,12),'0123456789',''))=0 and string-length(@value)>=17 and translate(substring(@value,string-length(@value)-4,1),'-','+')='+']", "effectiveTime doit avoir l'heure et le fuseau"],
  ["count(c:confidentialityCode)=1 and c:confidentialityCode/@codeSystem='2.16.840.1.113883.5.25'", 'confidentialityCode doit être de 2.16.840.1.113883.5.25'],
  ["count(c:languageCode)=1 and c:languageCode/@code='fr-FR'", 'languageCode doit être fr-FR'],
  ['count(c:setId)=1 and c:setId/@root', 'setId doit être présent une fois'],
  ['count(c:versionNumber)=1 and number(c:versionNumber/@value)>=1 and floor(number(c:versionNumber/@value))=number(c:versionNumber/@value)', 'versionNumber doit être un entier positif'],
  ["not(c:recordTarget//*[self::c:raceCode or self::c:ethnicGroupCode or self::c:religiousAffiliationCode])", 'le patient ne doit avoir ni race, ni groupe ethnique, ni religion'],
  ["c:recordTarget/c:patientRole/c:patient/c:name/c:given[not(@qualifier) and normalize-space(.)]", 'les prénoms de naissance du patient (given sans qualificatif) sont absents'],
  ['c:author/c:time and not(c:author/c:assignedAuthor[not(c:id)])', 'author doit avoir une date et un identifiant'],
  ["not(c:author/c:assignedAuthor[not(c:code/@code)]) or c:templateId[starts-with(@root,'1.2.250.1.213.1.1.1.') and number(substring(@extension,1,4))<2023]", "la profession de l'auteur (code) est absente"],
  ["not(c:author/c:assignedAuthor[c:assignedPerson][c:id[not(@nullFlavor)]][not(c:id[@root='1.2.250.1.71.4.2.1' or starts-with(@root,'1.2.250.1.213.1.4.')])])", "le numéro national de l'auteur (id) est absent"],
  ["not(c:author/c:assignedAuthor/c:code[@code][not(@codeSystem='1.2.250.1.213.1.1.4.5' and (starts-with(@code,'G15_') or starts-with(@code,'G16_')) or @codeSystem='1.2.250.1.213.1.1.4.6' or starts-with(@codeSystem,'1.2.250.1.213.1.6.1.'))])", "la profession de l'auteur (code) doit être de JDV_J01"],
  ['count(c:custodian)=1 and c:custodian/c:assignedCustodian/c:representedCustodianOrganization[c:id/@root and c:name]', 'custodian doit avoir un identifiant et un nom'],
  ["count(c:legalAuthenticator)=1 and c:legalAuthenticator[c:time and c:signatureCode/@code='S' and c:assignedEntity/c:id]", 'legalAuthenticator doit être présent une fois, avec sa date et signatureCode S'],
  ["not(c:component/c:nonXMLBody) or c:component/c:nonXMLBody/c:text[@mediaType and (@representation='B64' or @mediaType='text/plain')]", 'nonXMLBody/text doit avoir un type et être en base64'],
  [`not(c:component/c:nonXMLBody) or not(${actors}[not(c:addr and c:telecom)])`, 'addr et telecom du patient, des auteurs, du responsable et de la structure conservatrice doivent être présents'],
  [`not(c:component/c:nonXMLBody) or not(${professionals}[not(c:code/@code and c:representedOrganization[c:id/@extension and normalize-space(c:name)])])`, "la profession et la structure de l'auteur et du responsable doivent être présentes"],
  ['not(.//c:assignedEntity[not(ancestor::c:structuredBody)][count(c:id)!=1])', 'assignedEntity doit avoir un seul id'],
  ['not((c:author/c:assignedAuthor|.//c:assignedEntity[not(ancestor::c:structuredBody)])/c:assignedPerson[not(@nullFlavor)][count(c:name)!=1 or count(c:name/c:family)!=1 or count(c:name/c:given)>1])', 'assignedPerson doit avoir un nom de famille et au plus un prénom'],
  ["not((c:author/c:assignedAuthor|.//c:assignedEntity[not(ancestor::c:structuredBody)])/c:assignedPerson/c:name/c:suffix[not(@nullFlavor) and not(contains('|DR|MC|MG|PC|PG|PR|',concat('|',normalize-space(.),'|')))])", 'assignedPerson/name/suffix doit être de TRE_R11'],
  ["not((c:author/c:assignedAuthor|.//c:assignedEntity[not(ancestor::c:structuredBody)])/c:assignedPerson/c:name/c:prefix[not(@nullFlavor) and not(contains('|M|MLLE|MME|DR|MC|MG|PC|PG|PR|',concat('|',normalize-space(.),'|')))])", 'assignedPerson/name/prefix doit être de TRE_R81 ou TRE_R11'],
  ['c:documentationOf/c:serviceEvent/c:effectiveTime[@value or c:low/@value]', "le début de l'acte (serviceEvent/effectiveTime/low) est absent"],
  ["c:documentationOf/c:serviceEvent/c:performer/@typeCode='PRF'", "qui réalise l'acte doit l'être à ce titre (performer PRF)"],
  ['c:documentationOf/c:serviceEvent/c:performer/c:assignedEntity/c:representedOrganization/c:standardIndustryClassCode/@code', "le cadre d'exercice (standardIndustryClassCode) est absent"],
  ["count(c:relatedDocument)<=1 and not(c:relatedDocument[not(@typeCode='RPLC' or @typeCode='XFRM')])", 'relatedDocument doit être présent une fois au plus, de type RPLC ou XFRM'],
  ['count(c:componentOf)=1 and c:componentOf/c:encompassingEncounter[c:effectiveTime and c:location/c:healthCareFacility/c:code/@code]', 'componentOf doit avoir une date et un type de lieu'],
]

/** Elements in the order of `CDA_extended.xsd`, for those the header's rules speak of. */
const orders: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    ClinicalDocument:
      'realmCode typeId templateId id code title effectiveTime confidentialityCode languageCode setId versionNumber copyTime recordTarget author dataEnterer informant custodian informationRecipient legalAuthenticator authenticator participant inFulfillmentOf documentationOf relatedDocument authorization componentOf component',
    patientRole: 'realmCode typeId templateId id addr telecom patient providerOrganization',
    patient: 'realmCode typeId templateId id name administrativeGenderCode birthTime maritalStatusCode religiousAffiliationCode raceCode ethnicGroupCode guardian birthplace languageCommunication',
    author: 'realmCode typeId templateId functionCode time assignedAuthor',
    assignedAuthor: 'realmCode typeId templateId id code addr telecom assignedPerson assignedAuthoringDevice representedOrganization',
    representedCustodianOrganization: 'realmCode typeId templateId id name telecom addr',
    legalAuthenticator: 'realmCode typeId templateId time signatureCode assignedEntity',
    assignedEntity: 'realmCode typeId templateId id code addr telecom assignedPerson representedOrganization',
    representedOrganization: 'realmCode typeId templateId id name telecom addr standardIndustryClassCode asOrganizationPartOf',
    serviceEvent: 'realmCode typeId templateId id code effectiveTime performer',
    encompassingEncounter: 'realmCode typeId templateId id code effectiveTime dischargeDispositionCode responsibleParty encounterParticipant location',
  }).map(([name, order]) => [name, order.split(' ')]),
)

function childElements(parent: XmlElement): XmlElement[] {
  const found: XmlElement[] = []
  for (let node = parent.firstChild; node !== null; node = node.next) if (node instanceof XmlElement && node.namespaceUri === map.c) found.push(node)
  return found
}

function schemaErrors(element: XmlElement): string[] {
  const order = orders[element.name]
  const children = childElements(element)
  let reached = 0
  const wrong = (order === undefined ? [] : children).flatMap(({ name }) => {
    const at = order?.indexOf(name) ?? -1
    const isInPlace = at >= reached
    reached = Math.max(reached, at)
    return isInPlace ? [] : [`${name} n'est pas attendu à cette place dans ${element.name}`]
  })
  return [...wrong, ...children.filter(({ name }) => name !== 'component').flatMap(schemaErrors)]
}

/** Why the record refuses the header of a CDA, one sentence for each rule it breaks; none when it takes it. */
export function headerErrors(cda: XmlElement): string[] {
  const failed = assertions.filter(([test]) => cda.get(`self::*[${test}]`, map) === null).map(([, text]) => text)
  return [...schemaErrors(cda), ...failed]
}
