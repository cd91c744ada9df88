import { expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

/** What contradicts an answer, where its row is this one and it points at the cell `r`. */
function conflictOf(label: string, value: string, cells: readonly string[], more = '', statement = '') {
  const entry = `<entry><observation moodCode="EVN" ${statement}>${entryTemplate('48')}<code code="1-1" displayName="${label}"/><text><reference value="#r"/></text><statusCode code="completed"/>${value}${more}</observation></entry>`
  return factsIn(documentWith('42545-4', '163', row(...cells), entry))[0]?.conflict ?? null
}
const answer = (value: boolean) => `<value xsi:type="BL" value="${value}"/>`
const number = (value: string) => `<value xsi:type="PQ" value="${value}" unit="[diop]"/>`

it.each([
  ['Suivi du traitement', false, ['Diabète', 'Oui', 'r=Traitement suivi : Non'], null],
  ['Suivi du traitement', true, ['Diabète', 'Oui', 'r=Traitement suivi : Non'], 'oui'],
  ['Moniteurs d’apnée', false, ['Apnée', 'r=Oui', 'Moniteur d\'apnée : non.'], null],
  ['Anticoagulant oral', true, ['r=Fibrillation', 'Oui', 'Anticoagulant : non'], 'oui'],
  ['Diabète', true, ['r=Diabète', 'Oui', 'Diabète traité : non'], null],
  ['Latex', true, ['r=Latex : non'], 'oui'],
  ['Latex', true, ['r=Latex, réaction : non'], null],
  ['Chute', true, ['Chute', 'r=Non.'], 'oui'],
  ['Réflexes', false, ['Réflexes', 'r=Présents'], 'non'],
  ['Intubation', true, ['r=Intubation', 'Non faite'], 'oui'],
  ['Aphasie', false, ['Aphasie', 'r=oui (légère)'], 'non'],
  ['Aphasie', true, ['Aphasie', 'r=Non, jamais'], 'oui'],
  ['Fumeur', true, ['Tabac', 'r=Non-fumeur depuis 2010'], null],
  ['Hémorragie', true, ['Hémorragie', 'r=Aucune'], 'oui'],
  ['Hémorragie', false, ['Hémorragie', 'r=Aucune'], null],
  ['Absence de complication', true, ['Complications', 'r=Aucune'], null],
  ['Césarienne', true, ['19/03/2020 à 09h11', 'r=Césarienne', '2', 'non'], null],
  ['Asthme', true, ['r=Asthme', 'allergique', 'Non'], null],
  ['Chute', true, ['r=Chute', '19/03/2020', 'Non'], 'oui'],
  ['Chute', true, ['Non', 'r=Chute'], 'oui'],
] as const)('compares %s %s with its own yes or no of the row %j', (label, value, cells, coded) => {
  expect(conflictOf(label, answer(value), cells)?.coded ?? null).toBe(coded)
})

it('takes no for none of something', () => {
  expect(conflictOf('Tabac', '<value xsi:type="INT" value="0"/>', ['Tabac', 'r=Non'])).toBeNull()
  expect(conflictOf('Tabac', '<value xsi:type="INT" value="20"/>', ['Tabac', 'r=Non'])).toMatchObject({ field: 'negation' })
})

it('holds an unknown answer against what is known alone', () => {
  expect(conflictOf('Épilepsie', answer(true), ['Épilepsie', 'r=Non connu'])).toMatchObject({ field: 'negation', coded: 'oui' })
  expect(conflictOf('Groupe', '<value xsi:type="CD" code="1" displayName="Inconnu"/>', ['Groupe', 'r=Inconnu'])).toBeNull()
})

it('compares a number with the cell it points at, whatever sign that begins with', () => {
  for (const cell of ['−1,25', '–1,25', '- 1,25', '-1,25']) expect(conflictOf('Sphère', number('-1.25'), ['Sphère', `r=${cell}`, '+2,00']), cell).toBeNull()
  expect(conflictOf('Sphère', number('-2.00'), ['Sphère', 'r=−1,25', '-2,00'])).toMatchObject({ field: 'value' })
  expect(conflictOf('Sphère', number('+2.00'), ['Sphère', 'r=+1,25', '+2,00'])).toMatchObject({ field: 'value' })
})

it('takes no number of what a score means for the score', () => {
  const meaning = '<interpretationCode code="LA-1" codeSystem="2.16.840.1.113883.6.1" displayName="Partielle (1 ou 2 yeux)"/>'
  const score = (cell: string) => conflictOf('Score', '<value xsi:type="INT" value="1"/>', ['r=Score', cell, 'Partielle (1 ou 2 yeux)'], meaning)
  expect(score('0')).toMatchObject({ field: 'value', coded: '1' })
  expect(score('1')).toBeNull()
})

it('marks the number of its row in a unit a thousand times another, and no other writing of the same quantity', () => {
  const conflict = (value: string, unit: string, ...cells: readonly string[]) => conflictOf('Mesure', `<value xsi:type="PQ" value="${value}" unit="${unit}"/>`, ['r=Mesure', ...cells])
  for (const [value, unit, ...cells] of [['75', 'mg', '75 µg'], ['20', 'mg', '20', 'ug'], ['1.8', 'umol/L', '1,8', 'mmol/L'], ['2', 'm', '2 cm'], ['5', '[iU]/L', '5 mUI/L']] as const) expect(conflict(value, unit, ...cells), cells.join()).toMatchObject({ field: 'value', coded: `${value} ${unit}` })
  for (const [value, unit, ...cells] of [['0.02', 'mg', '20 µg'], ['3200', 'g', '3,2 kg'], ['5', 'mg', '5 mg'], ['12', 'mo', '12 mois'], ['5', 'mg', '5 g/L'], ['1500', 'mL', '1 500 ml (1,5 L)'], ['1', 'mg', '1 gélule'], ['3', 'mg', '3 g soit 0,003 g'], ['2', 'g', '2 gouttes']] as const) expect(conflict(value, unit, ...cells), cells.join()).toBeNull()
})

it('marks an answer whose own words are its reverse', () => {
  const conflict = (value: string, cell: string) => conflictOf('Grossesse', `<value xsi:type="CD" code="1" displayName="${value}"/>`, ['Grossesse', `r=${cell}`])
  expect(conflict('enceinte', 'Non enceinte')).toMatchObject({ field: 'value', coded: 'enceinte' })
  expect(conflict('non interprétable', 'Interprétable')).toMatchObject({ field: 'value' })
  expect(conflict('non enceinte', 'Non enceinte')).toBeNull()
})

it('marks an active illness whose row says that it is in remission', () => {
  const conflict = (status: string) => factsIn(documentWith('11450-4', '132', row('r=BPCO', 'En rémission'), `<entry><observation moodCode="EVN">${entryTemplate('37')}<text><reference value="#r"/></text><value xsi:type="CD" code="J44" codeSystem="2.16.840.1.113883.6.3" displayName="BPCO"/>
    <entryRelationship typeCode="REFR"><observation moodCode="EVN">${entryTemplate('30')}<code code="33999-4"/><value xsi:type="CD" code="${status}"/></observation></entryRelationship></observation></entry>`))[0]?.conflict ?? null
  expect(conflict('active')).toMatchObject({ field: 'status', coded: 'active' })
  for (const status of ['remission', 'inactive']) expect(conflict(status)).toBeNull()
})
