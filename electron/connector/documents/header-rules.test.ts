import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyCda } from './any-cda.test.data.ts'
import { cdaExample } from './cda-example.ts'
import { headerDetail } from '#shared/contract/index.ts'
import { readCdaHeader } from './read-cda-header.ts'
import { writeCda } from './write-cda.ts'

function text(document = cdaExample): string {
  const written = writeCda(document)
  if (!written.ok) throw new Error(written.failure.detail)
  return Buffer.from(written.value).toString()
}

const example = text()

function spoilt(found: RegExp | string, instead: string): string {
  const next = example.replace(found, instead)
  if (next === example) throw new Error(`nothing to spoil: ${String(found)}`)
  return next
}

function faults(document: string): string[] {
  const header = readCdaHeader(Buffer.from(document))
  if (!header.ok) throw new Error(header.failure.code)
  return header.value.faults.map((fault) => `${fault.code.slice('cda-header-'.length)} ${headerDetail([fault])}`)
}

const structured = '<component><structuredBody><component><section><title>Texte</title><text>Rien</text></section></component></structuredBody></component>'
const body = /<component>[\s\S]*<\/component>/
const inLegalAuthenticator = (found: string) => new RegExp(`(<legalAuthenticator>(?:(?!</legalAuthenticator>)[\\s\\S])*?)${found}`)
const inPerformer = (found: string) => new RegExp(`(<performer(?:(?!</performer>)[\\s\\S])*?)${found}`)

describe('the rules of the header', () => {
  it('find nothing in what Relais writes', () => {
    fc.assert(
      fc.property(anyCda, (document) => {
        expect(faults(text(document))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it.each<[string, RegExp | string, string, string[]]>([
    ['no realm', /<realmCode.*\/>/, '', ['incomplete realmCode']],
    ['realm of elsewhere', 'realmCode code="FR"', 'realmCode code="US"', ['invalid realmCode']],
    ['no standard', /<typeId.*\/>/, '', ['incomplete typeId']],
    ['another standard', 'POCD_HD000040', 'POCD_HD000020', ['invalid typeId']],
    ['no HL7 France', '<templateId root="2.16.840.1.113883.2.8.2.1"/>', '', ['incomplete templateId/hl7-france']],
    ['no CI-SIS', '<templateId root="1.2.250.1.213.1.1.1.1"/>', '', ['incomplete templateId/ci-sis']],
    ['a PDF that does not say it is one', '<templateId root="1.3.6.1.4.1.19376.1.2.20"/>', '', ['incomplete templateId/unstructured']],
    ['type without words', ' displayName="Prescription de produits de santé"', '', ['incomplete code/displayName']],
    ['no title', /<title>.*<\/title>/, '', ['incomplete title']],
    ['title of 129 characters', /<title>.*<\/title>/, `<title>${'é'.repeat(129)}</title>`, ['invalid title']],
    ['confidentiality of another list', '2.16.840.1.113883.5.25', '1.2.3', ['invalid confidentialityCode']],
    ['no language', /<languageCode.*\/>/, '', ['incomplete languageCode']],
    ['language unknown', /<languageCode.*\/>/, '<languageCode nullFlavor="UNK"/>', ['incomplete languageCode']],
    ['another language', 'fr-FR', 'en-US', ['invalid languageCode']],
    ['no set', /<setId.*\/>/, '', ['incomplete setId']],
    ['no version', /<versionNumber.*\/>/, '', ['incomplete versionNumber']],
    ['version 0', /<versionNumber.*\/>/, '<versionNumber value="0"/>', ['invalid versionNumber']],
    ['version of words', /<versionNumber.*\/>/, '<versionNumber value="un"/>', ['invalid versionNumber']],
    ['a race', '<birthplace>', '<raceCode code="1"/><birthplace>', ['invalid raceCode forbidden']],
    ['a religion', '<birthplace>', '<religiousAffiliationCode code="1"/><birthplace>', ['invalid religiousAffiliationCode forbidden']],
    ['two names of the patient', /(<name>\s*<family qualifier="BR">[\s\S]*?<\/name>)/, '$1$1', ['invalid patient/name repeated']],
    ['author without profession', /(<assignedAuthor>\s*<id [^>]*>)\s*<code [^>]*>/, '$1', ['incomplete author/code']],
    ['author whose profession is unknown', /(<assignedAuthor>\s*<id [^>]*>)\s*<code [^>]*>/, '$1<code nullFlavor="UNK"/>', ['incomplete author/code']],
    ['author who wrote at no time', /(<author>)\s*<time [^>]*>/, '$1', ['incomplete author/time']],
    ['no custodian', /<custodian>[\s\S]*<\/custodian>/, '', ['incomplete custodian']],
    ['custodian without a number', /(<representedCustodianOrganization>)\s*<id [^>]*>/, '$1<id nullFlavor="UNK"/>', ['incomplete custodian/id']],
    ['custodian without a name', /(<representedCustodianOrganization>\s*<id [^>]*>)\s*<name>.*?<\/name>/, '$1', ['incomplete custodian/name']],
    ['not signed', /<signatureCode.*\/>/, '', ['incomplete legalAuthenticator/signatureCode']],
    ['signed otherwise', '<signatureCode code="S"/>', '<signatureCode code="X"/>', ['invalid signatureCode']],
    ['two legal authenticators', /(<legalAuthenticator>[\s\S]*<\/legalAuthenticator>)/, '$1$1', ['invalid legalAuthenticator repeated']],
    ['two numbers of one person', inLegalAuthenticator('(<id [^>]*>)'), '$1$2$2', ['invalid assignedEntity/id repeated']],
    ['person without a family name', inLegalAuthenticator('<family>.*?</family>'), '$1', ['invalid assignedPerson/name']],
    ['title of no list', inLegalAuthenticator('<suffix>DR</suffix>'), '$1<suffix>Docteur</suffix>', ['invalid assignedPerson/name/suffix']],
    ['civility of no list', inLegalAuthenticator('(<given>)'), '$1<prefix>Madame</prefix>$2', ['invalid assignedPerson/name/prefix']],
    ['structure of another register', inPerformer('(<representedOrganization>\\s*<id root=")1.2.250.1.71.4.2.2'), '$1$21.2.3', ['invalid representedOrganization/id']],
    ['no act', /<documentationOf>[\s\S]*<\/documentationOf>/, '', ['incomplete documentationOf']],
    ['act without a beginning', /(<serviceEvent>\s*<effectiveTime>)<low [^>]*>/, '$1', ['incomplete documentationOf/serviceEvent/effectiveTime/low']],
    ['no practice setting', /<standardIndustryClassCode.*\/>/, '', ['incomplete standardIndustryClassCode']],
    ['practice setting unknown', /<standardIndustryClassCode.*\/>/, '<standardIndustryClassCode nullFlavor="UNK"/>', ['incomplete standardIndustryClassCode']],
    ['appended to another', '<componentOf>', '<relatedDocument typeCode="APND"><parentDocument><id root="1.2.3"/></parentDocument></relatedDocument><componentOf>', ['invalid relatedDocument/typeCode']],
    ['replaces two', '<componentOf>', '<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.3"/></parentDocument></relatedDocument>'.repeat(2).concat('<componentOf>'), ['invalid relatedDocument repeated']],
    ['no encounter', /<componentOf>[\s\S]*<\/componentOf>/, '', ['incomplete componentOf']],
    ['encounter at no time', /(<encompassingEncounter>\s*<code [^>]*>)\s*<effectiveTime>.*?<\/effectiveTime>/, '$1', ['incomplete encompassingEncounter/effectiveTime']],
    ['place of no kind', /(<healthCareFacility>\s*<id [^>]*>)\s*<code [^>]*>/, '$1', ['incomplete componentOf/encompassingEncounter/location/healthCareFacility/code']],
    ['title after the time', /(<title>.*<\/title>)\s*(<effectiveTime [^>]*>)/, '$2$1', ['invalid title misplaced']],
    ['name before the number', /(<representedCustodianOrganization>)\s*(<id [^>]*>)\s*(<name>.*?<\/name>)/, '$1$3$2', ['invalid representedCustodianOrganization/id misplaced']],
    ['an element of nowhere', '<languageCode', '<foo/><languageCode', ['invalid foo unknown']],
    ['an element of nowhere in a person', '<assignedPerson>', '<assignedPerson><role/>', ['invalid assignedPerson/role unknown']],
  ])('find %s', (_, found, instead, expected) => {
    expect(faults(spoilt(found, instead))).toEqual(expected)
  })

  it('want a third declaration of a document with sections', () => {
    const sections = spoilt(body, structured)
    expect(faults(sections.replace('1.3.6.1.4.1.19376.1.2.20', '1.3.6.1.4.1.19376.1.5.3.1.1.1'))).toEqual([])
    expect(faults(sections.replace('<templateId root="1.3.6.1.4.1.19376.1.2.20"/>', ''))).toEqual(['incomplete templateId/model'])
  })

  it('take an author without profession of a model of 2022 or before, of none later', () => {
    const anonymous = spoilt(/(<assignedAuthor>\s*<id [^>]*>)\s*<code [^>]*>/, '$1')
    const ofModel = (edition: string) => anonymous.replace('<id root', `<templateId root="1.2.250.1.213.1.1.1.2.1.1" extension="${edition}"/><id root`)
    expect([faults(ofModel('2022.01')), faults(ofModel('2023.01'))]).toEqual([[], ['incomplete author/code']])
  })

  it.each<[string, RegExp | string, string]>([
    ['what the national schema adds to HL7', '<birthplace>', '<d:deceasedInd xmlns:d="urn:hl7-org:sdtc" value="true"/><birthplace>'],
    ['what a header may hold besides', '<custodian>', '<informant><relatedEntity classCode="ECON"><addr nullFlavor="UNK"/><relatedPerson><name><family>X</family></name></relatedPerson></relatedEntity></informant><custodian>'],
    ['a comment and an instruction', '<title>', '<!-- <foo/> --><?app x?><title>'],
    ['an organisation said to be unknown', /<representedOrganization>[\s\S]*?<\/representedOrganization>/, '<representedOrganization nullFlavor="UNK"/>'],
    ['a structure without telephone nor address', /(<representedCustodianOrganization>\s*<id [^>]*>\s*<name>.*?<\/name>)[\s\S]*?(<\/representedCustodianOrganization>)/, '$1$2'],
    ['a prefix for the namespace', /[\s\S]*/, example.replace(/<(\/?)(?=[A-Za-z])/g, '<$1h:').replace('xmlns="urn:hl7-org:v3"', 'xmlns:h="urn:hl7-org:v3"')],
  ])('take %s', (_, found, instead) => {
    expect(faults(spoilt(found, instead))).toEqual([])
  })

  it('say everything missing first', () => {
    expect(faults(spoilt(/<languageCode[\s\S]*<setId.*\/>/, '<foo/>'))).toEqual(['incomplete languageCode', 'incomplete setId', 'invalid foo unknown'])
  })
})
