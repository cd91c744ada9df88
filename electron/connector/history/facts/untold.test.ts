import { describe, expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

const asthma = `<entry><observation moodCode="EVN">${entryTemplate('37')}<text><reference value="#p"/></text><effectiveTime><low value="2019"/></effectiveTime><value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3" displayName="Asthme"/></observation></entry>`
const none = `<entry><observation moodCode="EVN">${entryTemplate('37')}<text><reference value="#p"/></text><value xsi:type="CD" code="no-known-problems" codeSystem="2.16.840.1.113883.5.1150.1" displayName="Aucun"/></observation></entry>`
const left = (text: string, entries = asthma, template = '132') => factsIn(documentWith('11450-4', template, text, entries)).filter(({ kind }) => kind === 'narrative').map(({ value }) => value)
const bold = (title: string) => `<list><item><content styleCode="BoldItalics">${title}</content></item></list>`

describe('what a section says beside its entries', () => {
  it.each([
    ['a row no entry tells', `${row('2019', 'p=Asthme')}${row('2020', 'Eczéma')}`, ['2020 | Eczéma']],
    ['a row with a head of its own', `${row('p=Asthme')}<table><tbody><tr><th>Score</th><td>12</td></tr></tbody></table>`, ['Score | 12']],
    ['a table or a list before another table', `${row('Eczéma')}<list><item>Rhinite</item></list>${row('p=Asthme')}`, ['Eczéma\nRhinite']],
    ['a denial before a table, which is no title', `<paragraph>Pas de signe de gravité</paragraph>${row('p=Asthme')}`, ['Pas de signe de gravité']],
    ['a denial before a table with what it does not deny', `<paragraph>Pas de diabète et eczéma atopique</paragraph>${row('p=Asthme')}`, ['Pas de diabète et eczéma atopique']],
    ['a comment', `${row('p=Asthme')}<paragraph>Commentaire : surveiller le souffle</paragraph>`, ['Commentaire : surveiller le souffle']],
    ['a sentence that holds a word of a fact', `${row('p=Asthme')}<list><item>Après un asthme ancien, un avis de pneumologie a été demandé</item></list>`, ['Après un asthme ancien, un avis de pneumologie a été demandé']],
    ['a lone item in bold where no table has such a title', `${row('p=Asthme')}${bold('Eczéma sévère')}`, ['Eczéma sévère']],
    ['a title set so over words', `${bold('Respiratoire')}${row('p=Asthme')}${bold('Peau')}<paragraph>Eczéma en 2019</paragraph>`, ['Peau\nEczéma en 2019']],
    ['a row of another day than what it names', `${row('2019', 'p=Asthme')}${row('Asthme', '12/05/2016')}`, ['Asthme | 12/05/2016']],
    ['what nobody asked for, beside a dash', `${row('p=Asthme')}${row('Eczéma', '-')}`, ['Eczéma | -']],
    ['a row that shares a common cell with a fact', `${row('p=Asthme', 'matin')}${row('Rhinite allergique', 'matin')}`, ['Rhinite allergique | matin']],
    ['lines one after another', `<content ID="p">Asthme</content><br/>Eczéma<br/>Rhinite`, ['Eczéma\nRhinite']],
  ])('is kept: %s', (_, text, kept) => {
    expect(left(text)).toEqual(kept)
  })

  it.each([
    ['its rows', row('2019', 'p=Asthme')],
    ['a row that names it without a link', row('2019', 'ASTHME')],
    ['the heads and the title of a table', `Problèmes<table><thead><tr><th>Date</th><th>Problème</th></tr></thead><tbody><tr><th>Respiratoire</th></tr><tr><td>2019</td><td><content ID="p">Asthme</content></td></tr></tbody></table>`],
    ['a title set as a list of one item in bold', `<list><item><content styleCode="Bold">Respiratoire</content></item></list>${row('p=Asthme')}`],
    ['titles of parts that hold nothing', `${bold('Respiratoire')}${row('p=Asthme')}${bold('Peau')}${bold('Autres')}`],
    ['a title that ends so', `<paragraph>Au long cours :</paragraph>${row('p=Asthme')}`],
    ['a question nobody answered', `${row('p=Asthme')}${row('Consigne', 'c=-')}`],
    ['empty cells', `${row('p=Asthme')}${row('-', '')}`],
  ])('is nothing where it only says %s', (_, text) => {
    expect(left(text)).toEqual([])
  })

  it('is a row that names a fact and says more of it than any fact does', () => {
    const medicine = `<entry><substanceAdministration moodCode="EVN">${entryTemplate('42')}<effectiveTime xsi:type="IVL_TS"><low value="20200301"/></effectiveTime><doseQuantity value="1" unit="{tbl}"/><consumable><manufacturedProduct><manufacturedMaterial>
      <code code="60000001" codeSystem="1.2.250.1.213.2.3.1" displayName="Doucedol 5 mg, comprimé pelliculé"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>`
    for (const rest of [[], ['01/03/2020'], ['1 cp'], ['Oui'], ['2020']]) expect(left(row('Doucedol 5 mg, comprimé pelliculé', ...rest), medicine), rest.join()).toEqual([])
    for (const rest of [['1 matin, midi et soir'], ['Non'], ['02/03/2020'], ['2 cp']]) expect(left(row('Doucedol 5 mg, comprimé pelliculé', ...rest), medicine), rest.join()).toEqual([`Doucedol 5 mg, comprimé pelliculé | ${rest[0]}`])
  })

  it('is kept beside a list declared empty, but for a denial', () => {
    expect(left(row('p=Aucun antécédent'), none)).toEqual([])
    expect(left(row('p=Asthme'), none)).toEqual(['Asthme'])
    for (const said of ['Aucun antécédent sauf asthme', 'Aucun antécédent cardiaque, asthme dans l’enfance', 'Aucun antécédent. Eczéma en 2019', 'Pas de diabète et eczéma atopique', 'Aucun | Eczéma']) expect(left(row(`p=${said}`), none), said).toEqual([said])
  })

  it('is of a laboratory chapter what none of its results tells, to the letter', () => {
    const result = `<entry><act><entryRelationship><observation moodCode="EVN">${entryTemplate('80')}<code code="1-1" displayName="Sodium"/><value xsi:type="PQ" value="140" unit="mmol/L"/></observation></entryRelationship></act></entry>`
    expect(left('<paragraph>Sodium : 140 mmol/L</paragraph><paragraph>Biochimie :</paragraph>', result, '70')).toEqual([])
    expect(left('<paragraph>Sodium : 140 mmol/L</paragraph><paragraph>Conclusion : hémolyse</paragraph><list><item>Frottis relu</item></list>', result, '70')).toEqual(['Conclusion : hémolyse\nFrottis relu'])
    expect(left('<table><tbody><tr><td colspan="2">Électrolytes</td></tr><tr><td colspan="2">Tube hémolysé, à contrôler</td></tr></tbody></table>', result, '70')).toEqual(['Tube hémolysé, à contrôler'])
  })
})

it('tells nothing twice for a file that stands among what is understood, and all of a section that holds files alone', () => {
  const file = `<entry><organizer classCode="CLUSTER" moodCode="EVN">${entryTemplate('18')}<component><observationMedia><value mediaType="image/jpeg">AAAA</value></observationMedia></component></organizer></entry>`
  const image = '<entry><observationMedia><value mediaType="image/jpeg">AAAA</value></observationMedia></entry>'
  const text = `${row('2019', 'p=Asthme')}${row('2020', 'Eczéma')}`
  for (const one of [file, image]) {
    expect(left(text, asthma + one)).toEqual(['2020 | Eczéma'])
    expect(left(text, one)).toEqual(['2019 | Asthme\n2020 | Eczéma'])
  }
})
