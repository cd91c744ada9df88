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
const inAuthor = (found: string) => new RegExp(`(<author>(?:(?!</author>)[\\s\\S])*?)${found}`)
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
    ['a day without its hour', /<effectiveTime value="(\d{8})[^"]*"\/>(?=\s*<confidentialityCode)/, '<effectiveTime value="$1"/>', ['invalid effectiveTime']],
    ['an hour without its zone', /<effectiveTime value="(\d{14})[^"]*"\/>(?=\s*<confidentialityCode)/, '<effectiveTime value="$1"/>', ['invalid effectiveTime']],
    ['patient without all given names', /<given>CAMILLE ROSE<\/given>/, '', ['incomplete patient/name/given']],
    ['patient of no address', /(<patientRole>(?:\s*<id [^>]*>)*)\s*<addr [^>]*>/, '$1', ['incomplete patientRole/addr']],
    ['author by a number of no register', inAuthor('(<id root=")1.2.250.1.71.4.2.1'), '$1$21.2.3.4.5', ['invalid author/id']],
    ['author of a profession of no list', inAuthor('(<code code=")[^"]*'), '$1$2TOTO', ['invalid author/code']],
    ['author of a profession nobody has', inAuthor('(<code code=")[^"]*'), '$1$2G15_99', ['invalid author/code']],
    ['author of a profession of another list', inAuthor('(<code [^>]*codeSystem=")[^"]*'), '$1$21.2.3.4', ['invalid author/code']],
    ['author of no structure', inAuthor('<representedOrganization>[\\s\\S]*?<\\/representedOrganization>'), '$1', ['incomplete author/representedOrganization']],
    ['author of a structure without a name', inAuthor('(<representedOrganization>\\s*<id [^>]*>)\\s*<name>.*?<\\/name>'), '$1$2', ['incomplete author/representedOrganization']],
    ['author nobody can reach', inAuthor('<telecom [^>]*>(?=\\s*<assignedPerson>)'), '$1', ['incomplete author/telecom']],
    ['authenticator without profession', inLegalAuthenticator('<code [^>]*>'), '$1', ['incomplete legalAuthenticator/code']],
    ['authenticator of no structure', inLegalAuthenticator('<representedOrganization>[\\s\\S]*?<\\/representedOrganization>'), '$1', ['incomplete legalAuthenticator/representedOrganization']],
    ['authenticator of no address', inLegalAuthenticator('<addr>.*?<\\/addr>(?=\\s*<telecom [^>]*>\\s*<assignedPerson>)'), '$1', ['incomplete legalAuthenticator/addr']],
    ['custodian of no address', /(<representedCustodianOrganization>[\s\S]*?)<addr>.*?<\/addr>/, '$1', ['incomplete custodian/addr']],
    ['act performed by nobody in charge', '<performer typeCode="PRF">', '<performer typeCode="SPRF">', ['invalid performer/typeCode']],
    ['a PDF that does not say it is in base64', ' representation="B64"', '', ['invalid component/nonXMLBody/text']],
    ['a file of no kind', ' mediaType="application/pdf"', '', ['invalid component/nonXMLBody/text']],
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

  it('want addresses, professions and structures of level 1 alone, for structured examples lack them', () => {
    const sections = spoilt(body, structured).replace('1.3.6.1.4.1.19376.1.2.20', '1.3.6.1.4.1.19376.1.5.3.1.1.1')
    const bare = sections.replace(inLegalAuthenticator('<code [^>]*>'), '$1').replace(/<representedOrganization>(?=[\s\S]*?<\/(?:author|legalAuthenticator)>)[\s\S]*?<\/representedOrganization>/, '').replace(/<addr>.*?<\/addr>/g, '').replace(/<telecom [^>]*>/g, '')
    expect(bare.length).toBeLessThan(sections.length - 400)
    expect(faults(bare)).toEqual([])
  })

  it('want neither profession nor structure of a patient who answers for it', () => {
    const patient = example.replace(inLegalAuthenticator('<id [^>]*>\\s*<code [^>]*>'), '$1<id root="1.2.250.1.213.1.4.10" extension="284069999999968"/>').replace(inLegalAuthenticator('<representedOrganization>[\\s\\S]*?<\\/representedOrganization>'), '$1')
    expect(patient).not.toBe(example)
    expect(faults(patient)).toEqual([])
  })

  it.each<[string, RegExp | string, string]>([
    ['what the national schema adds to HL7', '<birthplace>', '<d:deceasedInd xmlns:d="urn:hl7-org:sdtc" value="true"/><birthplace>'],
    ['what a header may hold besides', '<custodian>', '<informant><relatedEntity classCode="ECON"><addr nullFlavor="UNK"/><relatedPerson><name><family>X</family></name></relatedPerson></relatedEntity></informant><custodian>'],
    ['a comment and an instruction', '<title>', '<!-- <foo/> --><?app x?><title>'],
    ['a structure whose telephone and address are said to be unknown', /(<representedCustodianOrganization>\s*<id [^>]*>\s*<name>.*?<\/name>)[\s\S]*?(<\/representedCustodianOrganization>)/, '$1<telecom nullFlavor="UNK"/><addr nullFlavor="UNK"/>$2'],
    ['an hour without its second', /<effectiveTime value="(\d{12})\d\d([^"]*)"\/>(?=\s*<confidentialityCode)/, '<effectiveTime value="$1$2"/>'],
    ['a prefix for the namespace', /[\s\S]*/, example.replace(/<(\/?)(?=[A-Za-z])/g, '<$1h:').replace('xmlns="urn:hl7-org:v3"', 'xmlns:h="urn:hl7-org:v3"')],
  ])('take %s', (_, found, instead) => {
    expect(faults(spoilt(found, instead))).toEqual([])
  })

  it('say everything missing first', () => {
    expect(faults(spoilt(/<languageCode[\s\S]*<setId.*\/>/, '<foo/>'))).toEqual(['incomplete languageCode', 'incomplete setId', 'invalid foo unknown'])
  })
})
