import { expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

const procedure = (code: string, { time = '<effectiveTime value="20240312"/>', mood = 'EVN', negated = false, template = '62', more = '' } = {}) =>
  `<entry><procedure moodCode="${mood}" negationInd="${negated}">${entryTemplate(template)}${code}<text><reference value="#a"/></text><statusCode code="completed"/>${time}${more}</procedure></entry>`
const appendectomy = '<code code="HHFA001" codeSystem="1.2.250.1.215.300.1" displayName="Appendicectomie"/>'
const read = (entries: string, text = '', template = '136', header = '') => factsIn(documentWith('47519-4', template, text, entries, header))

it('takes what was done, where, and until when', () => {
  const site = '<targetSiteCode code="66754008" displayName="Appendice"><qualifier><value code="7771000" displayName="gauche"/></qualifier></targetSiteCode>'
  expect(read(procedure(appendectomy, { more: site }))).toMatchObject([{ kind: 'procedure', label: 'Appendicectomie', code: 'HHFA001', value: 'Appendice, gauche', date: '2024-03-12', end: null, status: 'completed' }])
  expect(read(procedure(appendectomy, { time: '<effectiveTime><low value="202403120800"/><high value="202403120930"/></effectiveTime>' }))).toMatchObject([{ date: '2024-03-12T08:00', end: '2024-03-12T09:30' }])
})

it('was done when it ended, where only that is written', () => {
  expect(read(procedure(appendectomy, { time: '<effectiveTime><high value="20240312"/></effectiveTime>' }))).toMatchObject([{ date: '2024-03-12', end: null }])
})

it('tells an act to come, one not done and one paid apart', () => {
  expect(read(procedure(appendectomy, { mood: 'INT' }))).toMatchObject([{ kind: 'carePlan', status: 'planned' }])
  expect(read(procedure(appendectomy), '', '158')).toMatchObject([{ kind: 'carePlan' }])
  expect(read(procedure(appendectomy, { negated: true }))).toMatchObject([{ kind: 'procedure', negated: true }])
  expect(read(procedure(appendectomy), '', '118', '<templateId root="1.2.250.1.213.1.1.1.36"/>')).toMatchObject([{ kind: 'reimbursement', date: '2024-03-12' }])
})

it('knows imaging by its template or by the CCAM', () => {
  expect(read(procedure('<code code="ZBQK002" codeSystem="1.2.250.1.215.300.1" displayName="Radiographie du thorax"/>'))).toMatchObject([{ kind: 'imaging' }])
  expect(read(procedure('<code code="24727-0" codeSystem="2.16.840.1.113883.6.1" displayName="Scanner"/>', { template: '153' }))).toMatchObject([{ kind: 'imaging' }])
})

it('leaves out what a list of results must hold though it says nothing, and says a list declared empty', () => {
  expect(read(procedure('<code code="30954-2" codeSystem="2.16.840.1.113883.6.1" displayName="Résultats"/>'))).toEqual([])
  expect(read(procedure('<code code="no-known-procedures" codeSystem="2.16.840.1.113883.5.1150.1" displayName="Aucun"/>'))).toMatchObject([{ status: 'noneKnown' }])
})

it('does not take the first use of a machine for the day of the examination', () => {
  const cells = (day: string) => row(day, 'a=Scanner', 'Appareil mis en service le 23/12/2009')
  expect(read(procedure(appendectomy), cells('12/03/2024'))[0]?.conflict).toBeNull()
  expect(read(procedure(appendectomy), cells('-'))[0]?.conflict).toBeNull()
  expect(read(procedure(appendectomy), cells('13/03/2024'))).toMatchObject([{ conflict: { field: 'date', coded: '2024-03-12' } }])
})

it('reads a stay and a transfer as care events', () => {
  const stay = '<entry><encounter moodCode="EVN"><code code="IMP" displayName="Hospitalisation"/><effectiveTime><low value="20230213"/><high value="20230218"/></effectiveTime></encounter></entry>'
  expect(factsIn(documentWith('46240-8', '76', '', stay))).toMatchObject([{ kind: 'careEvent', label: 'Hospitalisation', date: '2023-02-13', end: '2023-02-18' }])
  const transfer = `<entry><act moodCode="EVN">${entryTemplate('28')}<code code="107724000" displayName="Transfert"/><effectiveTime value="20230218"/></act></entry>`
  expect(factsIn(documentWith('42545-4', '163', '', transfer))).toMatchObject([{ kind: 'careEvent', label: 'Transfert' }])
})
