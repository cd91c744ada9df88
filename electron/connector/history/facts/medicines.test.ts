import { describe, expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

const product = (more = '', name = 'Médicament 5 mg', code = '60000001') => `<manufacturedProduct>${entryTemplate('43')}<manufacturedMaterial>
  <code code="${code}" codeSystem="1.2.250.1.213.2.3.1" displayName="${name}"/>${more}</manufacturedMaterial></manufacturedProduct>`
const cnam = '<templateId root="1.2.250.1.213.1.1.1.36"/>'

describe('treatments', () => {
  const taken = (inside: string, mood = 'EVN', more = '') => `<entry><substanceAdministration moodCode="${mood}">${entryTemplate('42')}<text><reference value="#t"/></text>
    <statusCode code="completed"/>${inside}<consumable>${product('<lotNumberText>L42</lotNumberText>')}</consumable>${more}</substanceAdministration></entry>`
  const read = (inside: string, text = '', mood = 'EVN', more = '') => factsIn(documentWith('10160-0', '143', text, taken(inside, mood, more)))
  const period = '<effectiveTime xsi:type="IVL_TS"><low value="20240301"/><high value="20240310"/></effectiveTime>'
  const every = (inside: string) => `<effectiveTime xsi:type="PIVL_TS" operator="A"><period ${inside}</period></effectiveTime>`
  const route = '<routeCode code="20053000" codeSystem="0.4.0.127.0.16.1.1.2.1" displayName="Voie orale"/>'
  const dose = '<doseQuantity><low value="1" unit="{tbl}"/><high value="1" unit="{tbl}"/></doseQuantity>'

  it('keep every code of the product: its own, its translations, its package and its class, none twice', () => {
    const ihe = 'xmlns:pharm="urn:ihe:pharm:medication"'
    const coded = `<consumable><manufacturedProduct><manufacturedMaterial><code code="60000001" codeSystem="1.2.250.1.213.2.3.1"><translation code="3400930000011" codeSystem="1.2.250.1.213.2.3.2"/></code>
      <pharm:asContent ${ihe}><pharm:containerPackagedMedicine><pharm:code code="3400930000011" codeSystem="1.2.250.1.213.2.3.2"/></pharm:containerPackagedMedicine></pharm:asContent>
      <pharm:asSpecializedKind ${ihe}><pharm:generalizedMedicineClass><pharm:code code="N02BE01" codeSystem="2.16.840.1.113883.6.73"/></pharm:generalizedMedicineClass></pharm:asSpecializedKind>
      <pharm:ingredient ${ihe}><pharm:ingredient><pharm:code code="100000090270" codeSystem="2.16.840.1.113883.3.6905.2"/></pharm:ingredient></pharm:ingredient></manufacturedMaterial></manufacturedProduct></consumable>`
    const entry = `<entry><substanceAdministration moodCode="INT">${entryTemplate('42')}<text><reference value="#t"/></text>${coded}</substanceAdministration></entry>`
    expect(factsIn(documentWith('10160-0', '143', row('t=Doucedol'), entry))[0]?.codes).toEqual([
      { code: '60000001', system: '1.2.250.1.213.2.3.1' }, { code: '3400930000011', system: '1.2.250.1.213.2.3.2' }, { code: 'N02BE01', system: '2.16.840.1.113883.6.73' },
    ])
    expect(read(period)[0]).toMatchObject({ codes: [{ code: '60000001', system: '1.2.250.1.213.2.3.1' }] })
  })

  it('carry their dates, dose, rhythm, route and batch', () => {
    expect(read(`${period}${every('value="8" unit="h">')}${route}${dose}`)).toMatchObject([{
      kind: 'treatment', label: 'Médicament 5 mg', code: '60000001', date: '2024-03-01', end: '2024-03-10', value: '1', unit: '{tbl}', frequency: '8 h', route: 'Voie orale', lot: 'L42', status: 'completed',
    }])
  })

  it('say the rhythm in the words of their author, or by the event', () => {
    const words = every('value="8" unit="h"><translation><originalText><reference value="#f"/></originalText></translation>')
    expect(read(`${period}${words}`, row('t=Médicament', 'f=3 fois/j'))[0]?.frequency).toBe('3 fois/j')
    expect(read(`${period}<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="CM"/></effectiveTime>`)[0]?.frequency).toBe('CM')
    expect(read(`${period}${every('nullFlavor="UNK">')}`)[0]?.frequency).toBeNull()
  })

  it('give the steps of a progressive posology, never as other lines', () => {
    const step = (value: string, hours: string) => `<entryRelationship typeCode="COMP"><substanceAdministration moodCode="INT"><effectiveTime xsi:type="SXPR_TS"><comp xsi:type="IVL_TS"><low value="20240301"/></comp>
      <comp xsi:type="PIVL_TS"><period value="${hours}" unit="h"/></comp></effectiveTime><doseQuantity><low value="${value}" unit="mg"/><high value="${value}" unit="mg"/></doseQuantity>
      <consumable><manufacturedProduct><manufacturedMaterial nullFlavor="NA"/></manufacturedProduct></consumable></substanceAdministration></entryRelationship>`
    expect(read(period, '', 'INT', step('20', '8') + step('10', '12'))).toMatchObject([{ status: 'prescribed', value: '20 ; 10', unit: 'mg', frequency: '8 h ; 12 h' }])
  })

  it('have no date when theirs is not known, and none that repeats', () => {
    expect(read('<effectiveTime xsi:type="IVL_TS"><low nullFlavor="UNK"/><high nullFlavor="UNK"/></effectiveTime>')).toMatchObject([{ date: null, end: null }])
    expect(read(every('value="1" unit="d">'))).toMatchObject([{ date: null, frequency: '1 d' }])
  })

  it('show a route by its code and system when nobody named it', () => {
    expect(read(`${period}<routeCode code="20053000" codeSystem="0.4.0.127.0.16.1.1.2.1"/>`)[0]?.route).toBe('EDQM 20053000')
    expect(read(`${period}<routeCode nullFlavor="NA"/>`)[0]?.route).toBeNull()
  })

  it('declared none are said so', () => {
    const none = '<code code="no-known-medications" codeSystem="2.16.840.1.113883.5.1150.1" displayName="Aucun"/>'
    expect(read(none)).toMatchObject([{ label: 'Aucun', status: 'noneKnown' }])
  })

  it('say when a bound of the dose or of a step is not in its own words', () => {
    const bound = (part: string, value: string, id: string) => `<${part} value="${value}" unit="{tbl}"><translation><originalText><reference value="#${id}"/></originalText></translation></${part}>`
    const told = (high: string, text: string) => {
      const step = `<entryRelationship typeCode="COMP"><substanceAdministration moodCode="INT"><doseQuantity>${bound('low', '1', 'd')}${bound('high', high, 'e')}</doseQuantity></substanceAdministration></entryRelationship>`
      return read(period, text, 'INT', step)[0]?.conflict ?? null
    }
    const cells = row('t=Médicament 75 mg', 'd=1 cp', 'e=2 cp')
    expect(told('1', cells)).toEqual({ field: 'value', coded: '1', narrative: 'Médicament 75 mg | 1 cp | 2 cp' })
    expect(told('2', cells)).toBeNull()
    expect(told('0.5', row('t=Médicament', 'd=1 cp', 'e=1/2 cp'))).toBeNull()
    expect(told('2', row('t=Médicament', 'd=un comprimé', 'e=deux'))).toBeNull()
    expect(told('1', row('t=Médicament', 'd=1 cp') + row('Autre', 'e=2 cp'))).toBeNull()
  })

  it('say when the row has another dose', () => {
    const said = '<doseQuantity><low value="2" unit="{tbl}"><translation><originalText><reference value="#d"/></originalText></translation></low><high value="2" unit="{tbl}"/></doseQuantity>'
    expect(read(`${period}${said}`, row('t=Médicament', 'd=1 cp/j'))).toMatchObject([{ value: '2', conflict: { field: 'value', coded: '2' } }])
  })
})

describe('vaccines', () => {
  const given = (more: string, negated = false, mood = 'EVN') => `<entry><substanceAdministration moodCode="${mood}" negationInd="${negated}">${entryTemplate('45')}<text><reference value="#v"/></text><statusCode code="completed"/>${more}
    <routeCode code="20035000" codeSystem="0.4.0.127.0.16.1.1.2.1" displayName="Voie intramusculaire"/><consumable>${product('<lotNumberText>V7</lotNumberText>', 'Vaccin')}</consumable>
    <entryRelationship><observation moodCode="EVN">${entryTemplate('82')}<code code="30973-2"/><value xsi:type="INT" value="2"/></observation></entryRelationship></substanceAdministration></entry>`
  const read = (more: string, text = '', negated = false, mood = 'EVN') => factsIn(documentWith('11369-6', '147', text, given(more, negated, mood)))

  it('carry rank, batch, route and a date of the precision written', () => {
    expect(read('<effectiveTime value="1975"/>')).toMatchObject([{ kind: 'vaccine', label: 'Vaccin', value: '2', date: '1975', lot: 'V7', route: 'Voie intramusculaire', negated: false }])
    expect(read('<effectiveTime nullFlavor="UNK"/>')).toMatchObject([{ date: null }])
  })

  it('not given are negated, to come are planned', () => {
    expect(read('<effectiveTime value="2020"/>', '', true)).toMatchObject([{ kind: 'vaccine', negated: true }])
    expect(read('<effectiveTime value="2030"/>', '', false, 'INT')).toMatchObject([{ kind: 'carePlan', status: 'planned' }])
  })

  it('say when the row has another day', () => {
    expect(read('<effectiveTime value="20200102"/>', row('02/01/2020', 'v=Vaccin'))[0]?.conflict).toBeNull()
    expect(read('<effectiveTime value="20200102"/>', row('03/01/2020', 'v=Vaccin'))).toMatchObject([{ conflict: { field: 'date', coded: '2020-01-02' } }])
  })
})

describe('dispensations', () => {
  const handedOver = (quantity: string, time = '') => `<entry><supply moodCode="EVN">${entryTemplate('204')}${time}<quantity ${quantity}/><product>${product('<lotNumberText>B9</lotNumberText>')}</product></supply></entry>`
  const act = '<documentationOf><serviceEvent><effectiveTime><low value="20241225"/></effectiveTime></serviceEvent></documentationOf>'
  const read = (quantity: string, time = '') => factsIn(documentWith('60590-7', '236', '', handedOver(quantity, time), act))

  it('were handed over when the documented act took place, with their batch', () => {
    expect(read('value="2" unit="30009000"')).toMatchObject([{ kind: 'treatment', status: 'dispensed', date: '2024-12-25', lot: 'B9' }])
    expect(read('value="2" unit="30009000"', '<effectiveTime nullFlavor="UNK"/>')).toMatchObject([{ date: null }])
  })

  it('say how what was handed over is to be taken', () => {
    const dosing = `<entryRelationship typeCode="COMP"><substanceAdministration moodCode="INT">${entryTemplate('42')}<effectiveTime xsi:type="PIVL_TS"><period value="8" unit="h"/></effectiveTime>
      <routeCode code="20053000" displayName="Voie orale"/></substanceAdministration></entryRelationship>`
    expect(factsIn(documentWith('60590-7', '236', '', handedOver('value="2"').replace('</supply>', `${dosing}</supply>`)))).toMatchObject([{ status: 'dispensed', frequency: '8 h', route: 'Voie orale' }])
  })

  it('say when the one count of the row is another', () => {
    const counted = (...cells: readonly string[]) => factsIn(documentWith('60590-7', '236', row(...cells), handedOver('value="1"').replace('<quantity', '<text><reference value="#d"/></text><quantity')))[0]?.conflict ?? null
    expect(counted('11/07/2019', 'd=COMPRESSES, LES 10', '4')).toMatchObject({ field: 'value', coded: '1' })
    expect(counted('11/07/2019', 'd=COMPRESSES, LES 10', '1')).toBeNull()
    expect(counted('11/07/2019', 'd=COMPRESSES, LES 10', '4 boîtes')).toBeNull()
    expect(counted('2', 'd=COMPRESSES, LES 10', '4')).toBeNull()
  })

  it('count packages by their name, never by a bare code', () => {
    const unit = (written: string) => read(`value="2" unit="${written}"`)[0]?.unit
    expect(unit('30009000')).toBe('Boîte')
    expect(unit('39999999')).toBe('EDQM 39999999')
    expect(unit('mL')).toBe('mL')
    expect(unit('1')).toBeNull()
  })
})

describe('what the health insurance paid', () => {
  const paid = `<entry><substanceAdministration moodCode="EVN">${entryTemplate('42')}<effectiveTime xsi:type="IVL_TS"><low nullFlavor="NA"/></effectiveTime><consumable>${product()}</consumable>
    <entryRelationship><supply moodCode="EVN"><quantity value="3"/><performer><time value="20240515"/></performer></supply></entryRelationship></substanceAdministration></entry>`

  it('is a reimbursement on the day it was handed over, no proof of a treatment', () => {
    expect(factsIn(documentWith('10160-0', '143', '', paid, cnam))).toMatchObject([{ kind: 'reimbursement', label: 'Médicament 5 mg', value: '3', date: '2024-05-15' }])
    expect(factsIn(documentWith('10160-0', '143', '', paid))).toMatchObject([{ kind: 'treatment', date: null }])
  })

  it('is so for a delivered vaccine and a device', () => {
    const vaccine = `<entry><substanceAdministration moodCode="EVN">${entryTemplate('45')}<effectiveTime nullFlavor="NA"/><consumable>${product('', 'Vaccin')}</consumable>
      <entryRelationship><supply moodCode="EVN"><performer><time value="20240516"/></performer></supply></entryRelationship></substanceAdministration></entry>`
    expect(factsIn(documentWith('11369-6', '147', '', vaccine, cnam))).toMatchObject([{ kind: 'reimbursement', label: 'Vaccin', date: '2024-05-16' }])
    expect(factsIn(documentWith('11369-6', '147', '', vaccine))).toMatchObject([{ kind: 'vaccine', date: null }])
    const device = `<entry><supply moodCode="EVN">${entryTemplate('20')}<effectiveTime><low nullFlavor="UNK"/></effectiveTime><quantity value="1"/><performer><time value="20240517"/></performer>
      <participant><participantRole><playingDevice><code code="1" displayName="Attelle"/></playingDevice></participantRole></participant></supply></entry>`
    expect(factsIn(documentWith('46264-8', '1', '', device, cnam))).toMatchObject([{ kind: 'reimbursement', label: 'Attelle', value: '1', date: '2024-05-17' }])
  })
})
