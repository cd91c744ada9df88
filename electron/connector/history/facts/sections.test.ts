import { describe, expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

const past = `<entry><act>${entryTemplate('39')}<statusCode code="active"/><entryRelationship typeCode="SUBJ"><observation moodCode="EVN">${entryTemplate('37')}<statusCode code="completed"/>
  <value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3" displayName="Asthme"/></observation></entryRelationship></act></entry>`
const number = (code: string) => `<entry><observation moodCode="EVN"><code code="${code}" codeSystem="2.16.840.1.113883.6.1" displayName="INR"/><statusCode code="completed"/><value xsi:type="REAL" value="2.5"/></observation></entry>`
const ihe = (root: string, bytes: Uint8Array, template: string) => Buffer.from(bytes.toString().replace(`1.2.250.1.213.1.1.2.${template}"`, `1.3.6.1.4.1.19376.1.${root}"`))

describe('a section whose code is missing or none', () => {
  const uncoded = (bytes: Uint8Array) => Buffer.from(bytes.toString().replace(/(<section>.*?)<code [^>]*>/s, '$1'))

  it.each([
    ['of past illnesses', '134', '5.3.1.3.8', past, { kind: 'problem', status: null }],
    ['of active ones', '132', '5.3.1.3.6', past, { kind: 'problem', status: 'active' }],
    ['of results', '151', '5.3.1.3.28', number('6301-6'), { kind: 'labResult' }],
    ['of vital signs', '75', '5.3.1.1.5.3.2', number('8867-4'), { kind: 'measurement' }],
    ['of a family', '139', '5.3.1.3.15', past, { kind: 'familyHistory' }],
  ])('is %s by its template, of the CI-SIS or of IHE', (_, template, root, entry, expected) => {
    for (const code of ['zz-1', '11348-9', '99-1']) {
      expect(factsIn(documentWith(code, template, '', entry)), code).toMatchObject([expected])
      expect(factsIn(ihe(root, documentWith(code, template, '', entry), template)), code).toMatchObject([expected])
    }
    expect(factsIn(uncoded(documentWith('zz-1', template, '', entry)))).toMatchObject([expected])
  })

  it('never gives a child what is its mother\'s, nor says that what is planned was done', () => {
    const child = '<templateId root="1.2.250.1.213.1.1.1.5.1"/>'
    const echo = '<entry><observation moodCode="EVN"><code code="x" displayName="Échographie"/><value xsi:type="BL" value="true"/></observation></entry>'
    for (const template of ['77', '123', '173']) expect(factsIn(documentWith('zz-1', template, '', echo, child)), template).toMatchObject([{ kind: 'observation', value: 'Mère : true' }])
    const act = `<entry><procedure moodCode="EVN">${entryTemplate('62')}<code code="x" displayName="Pose"/><statusCode code="active"/></procedure></entry>`
    for (const template of ['158', '154', '120']) expect(factsIn(documentWith('zz-1', template, '', act)), template).toMatchObject([{ kind: 'carePlan', status: 'planned' }])
    expect(factsIn(documentWith('18776-5', '32', '', act))).toMatchObject([{ kind: 'procedure' }])
  })

  it('says nothing by itself where no template is known: an open line is no active illness, an allergy stands, the text stays', () => {
    expect(factsIn(documentWith('zz-1', '999', '', past))).toMatchObject([{ kind: 'problem', label: 'Asthme', status: null }])
    const allergy = past.replace('.3.39"', '.3.40"').replace('.3.37"', '.3.41"')
    expect(factsIn(documentWith('zz-1', '999', '', allergy))).toMatchObject([{ kind: 'allergy', status: 'active' }])
    expect(factsIn(documentWith('zz-1', '999', 'Amiante', ''))).toMatchObject([{ kind: 'narrative', code: 'zz-1', value: 'Amiante' }])
  })
})

describe('a section with a code of another list', () => {
  const coded = (bytes: Uint8Array) => Buffer.from(bytes.toString().replace('codeSystem="2.16.840.1.113883.6.1"/><title>', 'codeSystem="1.2.3"/><title>'))

  it('is what its template of IHE says: past illnesses are not active, a relative\'s are not the patient\'s', () => {
    expect(factsIn(coded(ihe('5.3.1.3.8', documentWith('ATCD', '134', '', past), '134')))).toMatchObject([{ kind: 'problem', status: null }])
    expect(factsIn(coded(ihe('5.3.1.3.15', documentWith('FAM', '139', '', past), '139')))).toMatchObject([{ kind: 'familyHistory' }])
    expect(factsIn(coded(ihe('5.3.1.3.6', documentWith('PB', '132', '', past), '132')))).toMatchObject([{ kind: 'problem', status: 'active' }])
  })

  it('says nothing of what is active where no template does, no more than a code of LOINC that lists nothing current', () => {
    expect(factsIn(coded(documentWith('PB', '999', '', past)))).toMatchObject([{ kind: 'problem', status: null }])
    for (const code of ['18776-5', '42349-1']) expect(factsIn(documentWith(code, '999', '', past))[0]?.status, code).not.toBe('active')
  })
})

it('is a family\'s or a mother\'s where either its template or its code says so', () => {
  for (const template of ['132', '134', '137']) expect(factsIn(documentWith('10157-6', template, '', past)), template).toMatchObject([{ kind: 'familyHistory' }])
  expect(factsIn(documentWith('11450-4', '139', '', past))).toMatchObject([{ kind: 'familyHistory' }])
  const echo = '<entry><observation moodCode="EVN"><code code="x" displayName="Échographie"/><value xsi:type="BL" value="true"/></observation></entry>'
  for (const code of ['10162-6', '57078-8', '57074-7']) expect(factsIn(documentWith(code, '132', '', echo, '<templateId root="1.2.250.1.213.1.1.1.5.1"/>')), code).toMatchObject([{ kind: 'observation', value: 'Mère : true' }])
})

it('is a newborn\'s in a document about its mother, and about nobody else in any other', () => {
  const weight = '<entry><observation moodCode="EVN"><code code="8339-4" codeSystem="2.16.840.1.113883.6.1" displayName="Poids"/><value xsi:type="PQ" value="3200" unit="g"/></observation></entry>'
  const read = (template: string, model: string) => factsIn(documentWith('57075-4', template, '', weight, `<templateId root="1.2.250.1.213.1.1.1.${model}"/>`))[0]?.value
  for (const model of ['12.1', '12.2', '12.4']) for (const template of ['124', '163']) expect(read(template, model)).toBe('Enfant : 3200')
  for (const model of ['12.3', '5.1', '30']) expect(read('124', model)).toBe('3200')
})

it('is nobody else\'s where an entry of it says that it is the patient\'s', () => {
  const own = past.replace(/(<(?:act|observation)\b[^>]*>)/, '$1<subject><relatedSubject classCode="PRS"><code code="SELF"/></relatedSubject></subject>')
  expect(own).not.toBe(past)
  for (const [code, template, model] of [['57075-4', '124', '12.2'], ['10157-6', '139', '38']] as const) {
    const header = `<templateId root="1.2.250.1.213.1.1.1.${model}"/>`
    expect(factsIn(documentWith(code, template, '', past, header))).toMatchObject([{ kind: 'familyHistory' }])
    expect(factsIn(documentWith(code, template, '', own, header))).toMatchObject([{ kind: 'problem', value: null }])
  }
})

it('is known by its template before its code', () => {
  expect(factsIn(documentWith('11450-4', '134', '', past))).toMatchObject([{ kind: 'problem', status: null }])
  expect(factsIn(ihe('5.3.1.3.8', documentWith('11450-4', '134', '', past), '134'))).toMatchObject([{ status: 'active' }])
})

it('is a laboratory\'s where an entry of it says so', () => {
  const result = `<act classCode="ACT" moodCode="EVN"><entryRelationship typeCode="COMP"><observation moodCode="EVN">${entryTemplate('80')}<code code="718-7" codeSystem="2.16.840.1.113883.6.1" displayName="Hémoglobine"/>
    <value xsi:type="CD" code="1" displayName="trace"/></observation></entryRelationship></act>`
  const kind = (template: string) => factsIn(documentWith('zz-1', '999', '', `<entry>${template}${result}</entry>`))[0]?.kind
  expect([kind(entryTemplate('21')), kind('<templateId root="1.3.6.1.4.1.19376.1.3.1"/>'), kind('')]).toEqual(['labResult', 'labResult', 'observation'])
})

it('is no laboratory for one entry of it: its paragraphs stay, and what else it and its parts hold is no result', () => {
  const laboratory = `<entry>${entryTemplate('21')}<act classCode="ACT" moodCode="EVN"><entryRelationship typeCode="COMP"><observation moodCode="EVN">${entryTemplate('80')}<code code="718-7" codeSystem="2.16.840.1.113883.6.1" displayName="Hémoglobine"/>
    <text><reference value="#h"/></text><value xsi:type="PQ" value="13" unit="g/dL"/></observation></entryRelationship></act></entry>`
  const asked = (name: string) => `<entry><observation moodCode="EVN"><code code="${name}" displayName="${name}"/><value xsi:type="CD" code="1" displayName="oui"/></observation></entry>`
  const part = `<component><section><title>Partie</title><text/>${asked('Toux')}</section></component>`
  const text = `${row('h=Hémoglobine', '13 g/dL')}${row('Hémoglobine', '8,1 mmol/L')}<paragraph>Radiographie du thorax : pas de foyer</paragraph>`
  expect(factsIn(documentWith('zz-1', '999', text, laboratory + asked('Fièvre') + part))).toMatchObject([
    { kind: 'labResult', label: 'Hémoglobine' }, { kind: 'observation', label: 'Fièvre' }, { kind: 'narrative', value: 'Hémoglobine | 8,1 mmol/L\nRadiographie du thorax : pas de foyer' }, { kind: 'observation', label: 'Toux' },
  ])
})

it('reads an entry that only names a template of the CCD, unless another says more', () => {
  const ccd = (number: string) => `<templateId root="2.16.840.1.113883.10.20.1.${number}"/>`
  const entry = (templates: string) => `<entry><observation moodCode="EVN">${templates}<value xsi:type="CD" code="J45" displayName="Asthme"/></observation></entry>`
  const kind = (templates: string) => factsIn(documentWith('zz-1', '999', '', entry(templates)))[0]?.kind
  expect([kind(ccd('28')), kind(ccd('18') + ccd('28')), kind(ccd('22'))]).toEqual(['problem', 'allergy', 'familyHistory'])
  expect(kind(ccd('28') + entryTemplate('48'))).toBeUndefined()
})
