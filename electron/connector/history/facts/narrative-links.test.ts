import { describe, expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'
import { nameIn } from './narrative-links.ts'

const table = (...rows: readonly string[]) => `<table><tbody>${rows.map((cells) => `<tr>${cells}</tr>`).join('')}</tbody></table>`
const answered = (id: string, more = '', code = 'code="q" displayName="Fièvre"') => `<entry><observation moodCode="EVN">${entryTemplate('48')}<code ${code}/><text><reference value="#${id}"/></text><statusCode code="completed"/>${more}</observation></entry>`
const read = (text: string, ...entries: readonly string[]) => factsIn(documentWith('42545-4', '163', text, entries.join(''))).filter(({ kind }) => kind !== 'narrative')

describe('a high first cell', () => {
  const grouped = table('<td rowspan="2">Signes</td><td ID="a">Fièvre</td><td>38,5 au coucher</td>', '<td ID="b">Fièvre</td><td>aucune</td>')

  it('asks nothing where it names several rows: the cell beside it does, in each of them', () => {
    expect(read(grouped, answered('a'), answered('b'))).toMatchObject([{ value: '38,5 au coucher' }, { value: 'aucune' }])
  })

  it('is the question where it is what the document points at', () => {
    expect(read(table('<td rowspan="2" ID="a">Fièvre</td><td>le soir</td>', '<td>le matin</td>'), answered('a'))).toMatchObject([{ value: 'le soir' }])
  })

  it('gives no code its name but the question\'s, and its own to an answer alone in its row', () => {
    const bare = (id: string) => answered(id, '<value xsi:type="PQ" value="38.5" unit="Cel"/>', 'code="8310-5" codeSystem="2.16.840.1.113883.6.1"')
    expect(read(grouped, bare('a'))).toMatchObject([{ label: 'Fièvre' }])
    const illness = `<entry><observation moodCode="EVN">${entryTemplate('37')}<text><reference value="#n"/></text><value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3"/></observation></entry>`
    expect(read(table('<td rowspan="2">Asthme</td><td>Oui</td>', '<td ID="n">Non</td>'), illness)).toMatchObject([{ label: 'Asthme' }])
    expect(read(table('<td rowspan="2">Poumon</td><td>Asthme</td><td ID="n">Oui</td>', '<td>x</td><td>y</td>'), illness)).toMatchObject([{ label: 'Asthme' }])
    expect(read(table('<td rowspan="1">12/03/2024</td><td ID="n">Oui</td>'), illness)).toMatchObject([{ label: 'CIM-10 J45' }])
  })

  it('keeps the columns of the rows below in their place', () => {
    const line = (id: string) => `<entry><substanceAdministration moodCode="INT">${entryTemplate('83')}<text><reference value="#${id}"/></text><consumable><manufacturedProduct><manufacturedMaterial><code code="${id}" codeSystem="1.2" displayName="Produit ${id}"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>`
    const text = `<table><thead><tr><th>Durée</th><th>Médicament</th><th>Posologie</th></tr></thead><tbody><tr><td rowspan="2">7 jours</td><td ID="m">Produit m</td><td>1 le soir</td></tr><tr><td ID="n">Produit n</td><td>2 le matin</td></tr>
      <tr><td colspan="2" ID="o">Produit o</td><td>3 à midi</td></tr></tbody></table>`
    expect(factsIn(documentWith('57828-6', '171', text, line('m') + line('n') + line('o')))).toMatchObject([{ value: '1 le soir' }, { value: '2 le matin' }, { value: '3 à midi' }])
  })
})

it.each(['1 cp de LEVOTHYROX 75 le matin', '2 x DOLIPRANE', '1 dose Infanrix', '2 injections de Doucedol', '1 injection intravitréenne', '3 CH Arnica', 'Doucedol 1 cp le soir', '1 cp de Doucedol si douleur'])('takes "%s" for a name', (text) => {
  expect(nameIn(text)).toBe(text)
})

it.each(['1 comprimé matin et soir', '2 x/j', '2x par jour', '1/2 cp au coucher', '1 à 2 gélules si douleur', 'Un comprimé le matin pendant 7 jours', '1 dose', '30 gouttes 3 fois par jour avant les repas', '500 mg toutes les 8 heures', '1 sachet en cas de crise'])('takes "%s" for a dose', (text) => {
  expect(nameIn(text)).toBeNull()
})

describe('a medicine', () => {
  const product = (code: string) => `<consumable><manufacturedProduct><manufacturedMaterial>${code}</manufacturedMaterial></manufacturedProduct></consumable>`
  const given = (template: string, text: string, code: string, narrative = '') => factsIn(documentWith('zz-1', '999', narrative, `<entry><substanceAdministration moodCode="EVN">${entryTemplate(template)}<text>${text}</text>${product(code)}</substanceAdministration></entry>`))
  const cip = '<code code="1" codeSystem="1.2.3" codeSystemName="CIP"/>'

  it.each(['42', '45'])('without a code is told by words that hold a dose and more, else by its dose alone (FR3.%s)', (template) => {
    const pointing = '<reference value="#p"/>'
    const uncoded = '<code nullFlavor="UNK"><originalText><reference value="#p"/></originalText></code>'
    for (const text of ['1 dose Infanrix', '1 dose']) expect(given(template, pointing, uncoded, row(`p=${text}`)), text).toMatchObject([{ label: text }])
    expect(given(template, pointing, uncoded, row('Doucedol', 'p=1 dose'))).toMatchObject([{ label: 'Doucedol' }])
    expect(given(template, '1 dose', '<code nullFlavor="UNK"/>')).toMatchObject([{ label: '1 dose' }])
  })

  it.each(['42', '45'])('is not called by the dose or the answer its entry says in itself, but by its code; they are told of it (FR3.%s)', (template) => {
    for (const text of ['1 comprimé matin et soir', 'Oui']) expect(given(template, text, cip)).toMatchObject([{ label: 'CIP 1' }, { kind: 'narrative', label: 'CIP 1', value: text }])
    expect(given(template, 'Doucedol', cip)).toMatchObject([{ label: 'Doucedol' }])
  })

  it('no more than an illness or an act is called by an answer', () => {
    const illness = (value: string, text = '') => factsIn(documentWith('11450-4', '132', '', `<entry><observation moodCode="EVN">${entryTemplate('37')}${text}${value}</observation></entry>`)).filter(({ kind }) => kind === 'problem').map(({ label }) => label)
    expect(illness('<value xsi:type="ST">50 ans</value>')).toEqual([])
    expect(illness('<value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3"/>', '<text>Oui</text>')).toEqual(['CIM-10 J45'])
    expect(factsIn(documentWith('47519-4', '136', '', `<entry><procedure moodCode="EVN">${entryTemplate('62')}<code code="1" codeSystem="1.2.3"/><text>Oui</text></procedure></entry>`))).toMatchObject([{ label: '1' }, { kind: 'narrative', value: 'Oui' }])
  })
})
