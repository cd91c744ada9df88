import { expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

const problem = (id: string) => `<entry><observation moodCode="EVN">${entryTemplate('37')}<text><reference value="#${id}"/></text><value xsi:type="CD" code="J45" displayName="Asthme"/></observation></entry>`
const left = (text: string, entries: string) => factsIn(documentWith('18719-5', '70', text, entries)).flatMap(({ kind, value }) => (kind === 'narrative' ? [value] : []))

it('keeps the rows no fact rests on, and none of those one does', () => {
  expect(left(row('2020', 'p=Asthme'), problem('p'))).toEqual([])
  expect(left(row('2020', 'p=Asthme') + row('2021', 'Angor') + row('2022', 'Goutte'), problem('p'))).toEqual(['2021 | Angor\n2022 | Goutte'])
})

it('takes heads, empty rows and lone words for no statement', () => {
  const table = `<table><thead><tr><td>Date</td><td>Maladie</td></tr></thead><tbody><tr><th>Date</th><th>Maladie</th></tr><tr><td>2020</td><td ID="p">Asthme</td></tr><tr><td>-</td><td>-</td></tr><tr><td>Autres</td><td/></tr></tbody></table>`
  expect(left(table, problem('p'))).toEqual([])
})

it('holds a row for told that has the value of a fact that points nowhere, once each', () => {
  const measured = '<entry><observation moodCode="EVN"><code code="1" displayName="Taux"/><value xsi:type="PQ" value="4.5" unit="g/L"/></observation></entry>'
  expect(left(row('Taux', '4,5 g/L') + row('Taux', '0,7', 'mmol/L'), measured)).toEqual(['Taux | 0,7 | mmol/L'])
  expect(left(row('Taux', '4,5', 'g/L') + row('Autre taux', '4,5', 'g/L'), measured)).toEqual(['Autre taux | 4,5 | g/L'])
})

it('gives the whole text of a section an entry of which says nothing, once', () => {
  expect(left(row('2021', 'Angor'), '<entry><observation moodCode="EVN"><code nullFlavor="NA"/></observation></entry>')).toEqual(['2021 | Angor'])
})
