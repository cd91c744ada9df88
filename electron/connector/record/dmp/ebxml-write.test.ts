import { XmlDocument, type XmlElement, type XmlNode } from 'libxml2-wasm'
import { expect, it } from 'vitest'
import type { DocumentMetadata } from '#shared/contract/index.ts'
import { writeSubmission, type Submission } from './ebxml-write.ts'
import { partyAuthor } from './hl7-values.ts'
import { asDoctor, asStructure, testDocument } from './test-deposit.ts'

const map = { rim: 'urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0', xdsb: 'urn:ihe:iti:xds-b:2007', xop: 'http://www.w3.org/2004/08/xop/include' }

function submission(more: Partial<Submission> = {}): Submission {
  return {
    setUniqueId: '1.2.250.1.999.77.4.9',
    sourceId: '1.2.250.1.999.77',
    submissionTime: '20261121091600',
    sender: partyAuthor(asDoctor, 'Relais'),
    contentType: { code: '07', system: '1.2.250.1.213.2.2', label: 'Consultation' },
    documents: [{ metadata: testDocument, replacesEntryUuid: null }],
    signature: { uniqueId: '1.2.250.1.999.77.4.9.1', signedAt: '20261121091601' },
    parts: { documents: ['document@relais'], signature: 'signature@relais' },
    ...more,
  }
}

function read<T>(more: Partial<Submission>, look: (document: XmlDocument) => T): T {
  using document = XmlDocument.fromString(writeSubmission(submission(more)).markup)
  return look(document)
}

const contents = (nodes: readonly XmlNode[]) => nodes.map((node) => node.content)

it('writes the objects in the order the ebRIM schema asks, every id unique', () => {
  read({}, (document) => {
    for (const object of document.find('//rim:RegistryPackage|//rim:ExtrinsicObject', map) as XmlElement[]) {
      const order = object.find('*').map((child) => (child as XmlElement).name).join(' ')
      expect(order).toMatch(/^(Slot )+Name (Classification )+(ExternalIdentifier ?)+$/)
    }
    const ids = contents(document.find('//@id'))
    expect(ids.filter((id, index) => ids.indexOf(id) !== index).toSorted()).toEqual(['Doc01', 'Signature01'])
    for (const each of document.find('//rim:Classification', map) as XmlElement[]) {
      expect(each.attr('classifiedObject')?.value).toBe(each.parent?.attr('id')?.value)
      expect(each.attr('classificationNode') ?? each.attr('nodeRepresentation')).not.toBeNull()
    }
    for (const each of document.find('//rim:ExternalIdentifier', map) as XmlElement[]) expect(each.attr('registryObject')?.value).toBe(each.parent?.attr('id')?.value)
    expect(Math.max(...contents(document.find('//rim:Value', map)).map((value) => value.length))).toBeLessThanOrEqual(256)
  })
})

it('writes the metadata of the document as the record wants them', () => {
  read({}, (document) => {
    const slot = (object: string, name: string) => contents(document.find(`//*[@id='${object}']/rim:Slot[@name='${name}']//rim:Value`, map))
    const codes = (object: string, scheme: string) => contents(document.find(`//*[@id='${object}']/rim:Classification[@classificationScheme='urn:uuid:${scheme}']/@nodeRepresentation`, map))
    expect(slot('Doc01', 'legalAuthenticator')).toEqual(['899900000012^GENERIQUE^Alix^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS'])
    expect(slot('Doc01', 'sourcePatientId')).toEqual(['P000482^^^&1.2.250.1.999.77.2&ISO^PI'])
    expect(slot('Doc01', 'sourcePatientInfo')).toEqual(['PID-5|SYNTHETIQUE^CAMILLE^^^^^L', 'PID-7|19840612', 'PID-8|F'])
    expect(slot('Doc01', 'serviceStopTime')).toEqual([])
    expect(codes('Doc01', 'f4f85eac-e6cb-4883-b524-f2705394840f')).toEqual(['N', 'INVISIBLE_PATIENT'])
    expect(codes('Doc01', '41a5887f-8865-4c09-adf7-e362475b143a')).toEqual(['42'])
    expect(document.get("//*[@id='Doc01']/rim:Name/rim:LocalizedString/@value", map)?.content).toBe('Ordonnance du 21/11/2026 <traitement & suivi>')
    const author = "//*[@id='Doc01']/rim:Classification[@classificationScheme='urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d']"
    expect(contents(document.find(`${author}/rim:Slot/rim:ValueList/rim:Value`, map))).toEqual([
      '899900000012^GENERIQUE^Alix^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS',
      'Cabinet des Lilas \\T\\ Fils^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1750803447',
      'G15_10/SM54^Médecin - Médecine Générale (SM)^1.2.250.1.213.1.1.4.5',
    ])
    const identifiers = contents(document.find("//rim:ExternalIdentifier[contains(@identificationScheme, '58a6f841') or contains(@identificationScheme, '6b5aea1a')]/@value", map))
    expect(new Set(identifiers)).toEqual(new Set(['284069999999968^^^&1.2.250.1.213.1.4.10&ISO^NH']))
    expect(codes('Signature01', 'f4f85eac-e6cb-4883-b524-f2705394840f')).toEqual(['N', 'MASQUE_PS', 'INVISIBLE_PATIENT'])
    expect(slot('Signature01', 'sourcePatientId')).toEqual(['284069999999968^^^&1.2.250.1.213.1.4.10&ISO^NH'])
    expect(slot('Signature01', 'languageCode')).toEqual(['art'])
  })
})

it('ties set, document and signature, and the replaced document only when there is one', () => {
  const associations = (document: XmlDocument) => (document.find('//rim:Association', map) as XmlElement[]).map((each) => ['associationType', 'sourceObject', 'targetObject'].map((name) => each.attr(name)?.value.replace(/^.*:(?=\D)/, '')).join(' ') + contents(each.find('.//rim:Value', map)).map((value) => ` ${value}`).join(''))
  const plain = ['HasMember SubmissionSet01 Doc01 Original', 'HasMember SubmissionSet01 Signature01 Original', 'signs Signature01 SubmissionSet01 Original']
  expect(read({}, associations)).toEqual(plain)
  expect(read({ documents: [{ metadata: testDocument, replacesEntryUuid: 'urn:uuid:aaaaaaaa-0000-4000-8000-000000000000' }] }, associations)).toEqual([...plain, 'RPLC Doc01 aaaaaaaa-0000-4000-8000-000000000000'])
})

it('refers to each MIME part by the id of its metadata', () => {
  read({}, (document) => {
    expect(contents(document.find('//xdsb:Document/@id', map))).toEqual(['Doc01', 'Signature01'])
    expect(contents(document.find('//xop:Include/@href', map))).toEqual(['cid:document@relais', 'cid:signature@relais'])
  })
})

it('writes a structure as an automate, a device as a device and a patient as a patient', () => {
  const authors: DocumentMetadata['authors'] = [
    { kind: 'device', person: { id: '5123/ECG', family: 'Cardio', given: 'X1' }, institution: null, specialty: null, role: null },
    { kind: 'patient', person: { id: '284069999999968', family: 'SYNTHETIQUE', given: 'CAMILLE' }, institution: null, specialty: null, role: 'Patient' },
    { kind: 'professional', person: { id: '31750803447/17', family: 'INTERNE', given: 'Dominique' }, institution: null, specialty: null, role: null },
  ]
  read({ sender: partyAuthor(asStructure, 'Relais'), documents: [{ metadata: { ...testDocument, authors, sourcePatientId: null }, replacesEntryUuid: null }] }, (document) => {
    const person = (object: string) => contents(document.find(`//*[@id='${object}']/rim:Classification/rim:Slot[@name='authorPerson']//rim:Value`, map))
    expect(person('SubmissionSet01')).toEqual(['3750803447/Relais^Relais^Connecteur^^^^^^&1.2.250.1.71.4.2.1&ISO^U^^^RI'])
    expect(person('Doc01')).toEqual([
      '5123/ECG^Cardio^X1^^^^^^&1.2.250.1.71.4.2.1&ISO^U^^^RI',
      '284069999999968^SYNTHETIQUE^CAMILLE^^^^^^&1.2.250.1.213.1.4.10&ISO^D^^^NH',
      '31750803447/17^INTERNE^Dominique^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^EI',
    ])
    expect(document.get("//*[@id='Doc01']/rim:Slot[@name='sourcePatientId']//rim:Value", map)?.content).toBe('284069999999968^^^&1.2.250.1.213.1.4.10&ISO^NH')
  })
})

it('cuts a structure name that no slot can hold, never its identifier', () => {
  const institution = { id: '1750803447', name: '&'.repeat(300) }
  read({ sender: { ...partyAuthor(asDoctor, 'Relais'), institution } }, (document) => {
    const value = document.get("//*[@id='SubmissionSet01']//rim:Slot[@name='authorInstitution']//rim:Value", map)?.content ?? ''
    expect(value.length).toBeLessThanOrEqual(256)
    expect(value).toMatch(/^(\\T\\)+\^\^\^\^\^&1\.2\.250\.1\.71\.4\.2\.2&ISO\^IDNST\^\^\^1750803447$/)
  })
})
