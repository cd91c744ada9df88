import { expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn } from './facts-example.ts'
import { readFacts } from './read-facts.ts'

it('keeps as text what no reader understands', () => {
  expect(factsIn(documentWith('10161-8', '74', 'Amiante', ''))).toMatchObject([{ kind: 'narrative', label: 'Section', code: '10161-8', value: 'Amiante' }])
})

it('reads a part of a section without a code as that section, and a section without one by its template', () => {
  const past = `<entry><observation moodCode="EVN"><templateId root="1.2.250.1.213.1.1.3.37"/><statusCode code="active"/><value xsi:type="CD" code="J45" displayName="Asthme"/></observation></entry>`
  const part = `<component><section><text/>${past}</section></component>`
  expect(factsIn(documentWith('11348-0', '134', '', part))).toMatchObject([{ kind: 'problem', section: 'Section', status: null }])
  const uncoded = Buffer.from(documentWith('x', '134', '', past).toString().replace(/<code code="x"[^>]*>/, ''))
  expect(factsIn(uncoded)).toMatchObject([{ kind: 'problem', status: null }])
})

it('tells nothing that was struck out, and no name of a file as a fact', () => {
  expect(factsIn(documentWith('10161-8', '74', '<content revised="delete">Amiante</content><content>Plomb</content>', ''))).toMatchObject([{ value: 'Plomb' }])
  const file = '<entry><organizer><component><observation moodCode="EVN"><code code="69764-9" displayName="Type"/><value xsi:type="ST">Lettre</value></observation></component><component><observationMedia/></component></organizer></entry>'
  expect(factsIn(documentWith('55107-7', '37', 'Lettre jointe', file))).toMatchObject([{ kind: 'narrative', value: 'Lettre jointe' }])
})

it('gives the patient nothing of what is somebody else\'s under a medicine, an act or a vaccine', () => {
  const of = (code: string, name: string) => `<subject><relatedSubject><code code="${code}" displayName="${name}"/></relatedSubject></subject>`
  const link = (type: string, inner: string) => `<entryRelationship typeCode="${type}">${inner}</entryRelationship>`
  const given = (name: string, template: string, more: string, mood = 'EVN') => `<entry><substanceAdministration moodCode="${mood}">${entryTemplate(template)}<consumable><manufacturedProduct><manufacturedMaterial><code code="1" codeSystem="1.2" displayName="${name}"/></manufacturedMaterial></manufacturedProduct></consumable>${more}</substanceAdministration></entry>`
  const problem = (name: string, subject: string) => `<observation moodCode="EVN">${entryTemplate('37')}${subject}<value xsi:type="CD" code="A" codeSystem="1.2" displayName="${name}"/></observation>`
  const group = (subject: string) => `<observation moodCode="EVN"><code code="882-1" codeSystem="2.16.840.1.113883.6.1" displayName="Groupe"/>${subject}<value xsi:type="CD" code="A" displayName="A+"/></observation>`
  const told = (section: string, entry: string) => factsIn(documentWith(section, '999', '', entry)).map(({ kind, label, value }) => [kind, label, value].join(' / '))
  expect(told('10160-0', given('RHOPHYLAC', '42', link('REFR', group(of('FTH', 'Père')))))).toEqual(['treatment / RHOPHYLAC / ', 'observation / Groupe (RHOPHYLAC) / Père : A+'])
  expect(told('10160-0', given('RHOPHYLAC', '42', link('REFR', group(''))))).toEqual(['treatment / RHOPHYLAC / ', 'observation / Groupe (RHOPHYLAC) / A+'])
  const birth = `<entry><procedure moodCode="EVN">${entryTemplate('62')}<code code="b" displayName="Accouchement"/>${link('CAUS', problem('Céphalhématome', of('CHILD', 'Enfant')))}</procedure></entry>`
  expect(told('47519-4', birth)).toEqual(['procedure / Accouchement / ', 'familyHistory / Céphalhématome / Enfant'])
  const contact = link('RSON', problem('Contage tuberculose', of('FTH', 'Père')))
  for (const mood of ['EVN', 'INT']) expect(told('11369-6', given('BCG', '45', contact, mood)).slice(1), mood).toEqual(['familyHistory / Contage tuberculose / Père'])
  const reason = link('RSON', `<act><code code="A" codeSystem="1.2" displayName="Tuberculose"/>${of('FTH', 'Père')}</act>`)
  expect(told('10160-0', given('RIMIFON', '42', reason))).toEqual(['treatment / RIMIFON / ', 'narrative / RIMIFON / Père : Tuberculose'])
})

it('refuses what is hostile, as a value', () => {
  const deep = documentWith('10161-8', '74', `${'<content>'.repeat(5_000)}x${'</content>'.repeat(5_000)}`, '')
  expect(readFacts(deep, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'xml-too-deep' } })
  expect(readFacts(Buffer.from('<!DOCTYPE a><a/>'), '1.2.3')).toMatchObject({ ok: false, failure: { code: 'xml-doctype' } })
  expect(readFacts(Buffer.from('%PDF'), '1.2.3').ok).toBe(false)
})
