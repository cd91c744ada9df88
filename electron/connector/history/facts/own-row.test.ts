import { expect, it } from 'vitest'
import { documentWith, factsIn, row } from './facts-example.ts'

const met = (label: string, id: string, date: string) => `<entry><encounter classCode="ENC" moodCode="EVN"><code code="${id}" codeSystem="1.2.250.1.213.1.1.4.322" displayName="${label}"/>
  <text><reference value="#${id}"/></text><statusCode code="completed"/><effectiveTime value="${date}"/></encounter></entry>`
const head = '<tr><th>Date</th><th>Rencontre</th></tr>'
const told = (rows: string, entry: string) => factsIn(documentWith('46240-8', '127', rows, entry)).filter(({ kind }) => kind === 'careEvent').map(({ passage, conflict }) => [passage, conflict?.field ?? null])

it('puts a fact whose document points at the row of something else at the one row that is called as it is, and agrees', () => {
  const rows = head + row('11/12/2022', 'm=Entretien précoce') + row('11/01/2023', 'Préparation à la naissance')
  expect(told(rows, met('Préparation à la naissance', 'm', '20230111'))).toEqual([['11/01/2023 | Préparation à la naissance', null]])
})

it('leaves the contradiction where that row says something else too, where several are called so, and where its own row is the one', () => {
  const other = head + row('11/12/2022', 'm=Entretien précoce')
  expect(told(other + row('12/01/2023', 'Préparation à la naissance'), met('Préparation à la naissance', 'm', '20230111'))).toEqual([['11/12/2022 | Entretien précoce', 'date']])
  const twice = row('11/01/2023', 'Préparation à la naissance') + row('18/01/2023', 'Préparation à la naissance')
  expect(told(other + twice, met('Préparation à la naissance', 'm', '20230111'))).toEqual([['11/12/2022 | Entretien précoce', 'date']])
  expect(told(head + row('11/12/2022', 'm=Préparation à la naissance'), met('Préparation à la naissance', 'm', '20230111'))).toEqual([['11/12/2022 | Préparation à la naissance', 'date']])
})

it('knows that row by a word of its name and its day where none is called as it is', () => {
  const rows = head + row('11/12/2022', 'm=Entretien précoce')
  const stay = met('Hospitalisation (y compris à domicile)', 'm', '20230213')
  expect(told(rows + row('13/02/2023 au 18/02/2023', 'Hospitalisation pendant la grossesse') + row('20/02/2023', 'Hospitalisation de jour'), stay)).toEqual([['13/02/2023 au 18/02/2023 | Hospitalisation pendant la grossesse', null]])
  for (const other of [row('13/02/2023', 'Consultation'), row('14/02/2023', 'Hospitalisation'), row('13/02/2023', 'Hospitalisation, urgences') + row('13/02/2023', 'Hospitalisation, service')]) {
    expect(told(rows + other, stay), other).toEqual([['11/12/2022 | Entretien précoce', 'date']])
  }
})

const measured = (value: string, time: string) => `<entry><observation classCode="OBS" moodCode="EVN"><code code="1-1" codeSystem="2.16.840.1.113883.6.1" displayName="Glycémie"/><statusCode code="completed"/><effectiveTime value="${time}"/><value xsi:type="PQ" value="${value}" unit="g/L"/></observation></entry>`
const results = (rows: string, entry: string) => factsIn(documentWith('30954-2', '16', rows, entry)).filter(({ kind }) => kind !== 'narrative').map(({ passage, conflict }) => [passage, conflict?.field ?? null])

it('puts a result for which its document points nowhere at the one row that is called as it is and has its value', () => {
  const rows = row('Glycémie', '1,05 g/L') + row('Glycémie', '2,1') + row('Urée', '1,05')
  expect(results(rows, measured('1.05', '20260102'))).toEqual([['Glycémie | 1,05 g/L', null]])
  for (const other of [row('Glycémie', '1,2'), row('Urée', '1,05'), row('Glycémie', '1,05', 'matin') + row('Glycémie', '1,05', 'soir')]) expect(results(other, measured('1.05', '20260102')), other).toEqual([[null, null]])
})

it('tells of several rows alike that of its day, and of a sole one that it is of another', () => {
  const row2 = row('03/01/2026', 'Glycémie', '1,05')
  expect(results(row('02/01/2026', 'Glycémie', '1,05') + row2, measured('1.05', '20260102'))).toEqual([['02/01/2026 | Glycémie | 1,05', null]])
  expect(results(row2, measured('1.05', '20260102'))).toEqual([['03/01/2026 | Glycémie | 1,05', 'date']])
})
