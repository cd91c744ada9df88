import { describe, expect, it } from 'vitest'
import { foldFacts } from '../summary/fold-facts.ts'
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

  it('are told with the name their code gives the product, where it shares no word with the one written; the name of a class is none', () => {
    const named = (translations: string) => {
      const made = `<consumable><manufacturedProduct><manufacturedMaterial><code>${translations}</code><name>Produit magistral</name></manufacturedMaterial></manufacturedProduct></consumable>`
      return factsIn(documentWith('10160-0', '143', row('t=Ligne'), `<entry><substanceAdministration moodCode="INT">${entryTemplate('42')}<text><reference value="#t"/></text>${made}</substanceAdministration></entry>`))[0]?.label
    }
    const dispensed = (name: string) => `<translation code="9000001" codeSystem="1.2.250.1.215.200.1.1.2" displayName="${name}"/>`
    expect(named(dispensed('PLANTULE COMP GRL'))).toBe('Produit magistral (PLANTULE COMP GRL)')
    expect(named(dispensed('MAGISTRAL COMP GRL'))).toBe('Produit magistral')
    expect(named(dispensed('Produit magistral'))).toBe('Produit magistral')
    // A form, a salt or a strength tells no product from another.
    expect(named(dispensed('PRODUIT ACIDE 500 MG'))).toBe('Produit magistral (PRODUIT ACIDE 500 MG)')
    expect(named('<translation code="N02BE01" codeSystem="2.16.840.1.113883.6.73" displayName="Analgésique"/>')).toBe('Produit magistral')
  })

  it('carry their dates, dose, rhythm, route and batch', () => {
    expect(read(`${period}${every('value="8" unit="h">')}${route}${dose}`)).toMatchObject([{
      kind: 'treatment', label: 'Médicament 5 mg', code: '60000001', date: '2024-03-01', end: '2024-03-10', value: '1', unit: '{tbl}', frequency: '8 h', route: 'Voie orale', lot: 'L42', status: 'completed',
    }])
  })

  it('count a dose by its form, where its quantity has no unit', () => {
    expect(read(`${period}<doseQuantity value="2"/><administrationUnitCode code="10201000" displayName="sachet"/>`)).toMatchObject([{ value: '2', unit: 'sachet' }])
    expect(read(`${period}${dose}<administrationUnitCode code="10201000" displayName="sachet"/>`)).toMatchObject([{ value: '1', unit: '{tbl}' }])
  })

  it('say the rhythm in the words of their author, or by the event', () => {
    const words = every('value="8" unit="h"><translation><originalText><reference value="#f"/></originalText></translation>')
    expect(read(`${period}${words}`, row('t=Médicament', 'f=3 fois/j'))[0]?.frequency).toBe('3 fois/j')
    expect(read(`${period}<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="CM"/></effectiveTime>`)[0]?.frequency).toBe('au petit-déjeuner')
    expect(read(`${period}<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="HS" displayName="Au lit"/></effectiveTime>`)[0]?.frequency).toBe('Au lit')
    const moments = '<comp xsi:type="EIVL_TS"><event code="ACM"/></comp><comp xsi:type="EIVL_TS"><event code="ACV"/></comp>'
    expect(read(`<effectiveTime xsi:type="SXPR_TS"><comp xsi:type="IVL_TS"><low value="20240301"/></comp><comp xsi:type="SXPR_TS" operator="A">${moments}</comp></effectiveTime>`)[0]).toMatchObject({ date: '2024-03-01', frequency: 'avant le petit-déjeuner, avant le dîner' })
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

  it('say when the row has days of its own that are neither their first nor their last', () => {
    const conflict = (...cells: readonly string[]) => read(period, row(...cells, 't=Médicament'))[0]?.conflict ?? null
    expect(conflict('01/03/2024', '-')).toBeNull()
    expect(conflict('10/03/2024')).toBeNull()
    expect(conflict('02/03/2024', '-')).toMatchObject({ field: 'date', coded: '2024-03-01' })
  })

  it('say when the row has another dose', () => {
    const said = '<doseQuantity><low value="2" unit="{tbl}"><translation><originalText><reference value="#d"/></originalText></translation></low><high value="2" unit="{tbl}"/></doseQuantity>'
    expect(read(`${period}${said}`, row('t=Médicament', 'd=1 cp/j'))).toMatchObject([{ value: '2', conflict: { field: 'value', coded: '2' } }])
  })

  it('are told as their words say where one end of an interval alone is coded', () => {
    const told = (cell: string) => read(`${period}<doseQuantity><low value="150" unit="mL"><translation><originalText><reference value="#d"/></originalText></translation></low></doseQuantity>`, row('t=Médicament', `d=${cell}`))[0]?.value
    expect(['150 ml', '150,0 mL'].map(told)).toEqual(['150', '150'])
    expect(['au moins 150 ml', '≥ 150 ml', '150 à 200 ml', '150 ml minimum', 'selon le poids', '120 ml'].map(told)).toEqual(Array.from({ length: 6 }, () => '>= 150'))
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

  it('are denied by their own cell or the one beside their name, by none under another head', () => {
    const said = (cells: readonly string[], time = '20200102') => read(`<effectiveTime value="${time}"/>`, row(...cells))[0]?.conflict
    for (const cells of [['02/01/2020', 'v=Vaccin', 'V7', '2', 'Non'], ['v=02/01/2020', 'Vaccin', 'V7', 'Non'], ['Vaccin', 'v=Oui le 02/01/2020', 'Non']]) expect(said(cells), cells.join()).toBeNull()
    for (const cells of [['v=Vaccin', 'Non', 'V7'], ['v=Vaccin', '-', 'Non'], ['Vaccin', 'v=Non : refus', 'Oui'], ['Vaccin', 'non', 'v=0']]) expect(said(cells), cells.join()).toMatchObject({ field: 'negation', coded: 'oui' })
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

describe('how a medicine is to be taken', () => {
  const line = (inside: string, text: string, status = 'active') => factsIn(documentWith('57828-6', '171', text, `<entry><substanceAdministration moodCode="INT">${entryTemplate('83')}<text><reference value="#t"/></text><statusCode code="${status}"/>${inside}<consumable>${product()}</consumable></substanceAdministration></entry>`))
  const table = '<table><thead><tr><th>Médicament</th><th>Posologie</th></tr></thead><tbody><tr><td ID="t">Médicament 5 mg</td><td>1 à 2 comprimés 3 fois/j</td></tr></tbody></table>'

  it('is what the column of posologies says, where nothing is coded', () => {
    expect(line('', table)).toMatchObject([{ value: '1 à 2 comprimés 3 fois/j', unit: null, conflict: null }])
    expect(line('<doseQuantity value="2" unit="{tbl}"/>', table.replace('1 à 2', '2'))).toMatchObject([{ value: '2', unit: '{tbl}', frequency: '2 comprimés 3 fois/j' }])
    expect(line('', table.replace('<td>1 à', '<td>du matin</td><td>1 à'))).toMatchObject([{ value: null }])
    expect(line('', table.replace('Posologie', 'Durée'))).toMatchObject([{ value: null }])
    const moments = (heads: string, cells: string) => line('', `<table><thead><tr><th>Médicament</th>${heads}</tr></thead><tbody><tr><td ID="t">Médicament</td>${cells}</tr></tbody></table>`)[0]?.value
    expect(moments('<th>Matin</th><th>Midi</th><th>Soir</th>', '<td>1</td><td>-</td><td>0,5</td>')).toBe('matin : 1, soir : 0,5')
    expect(moments('<th>Matinée de prise</th>', '<td>1</td>')).toBeNull()
  })

  it('is under a second row of heads too, and what goes on under several moments is of none alone', () => {
    const heads = '<thead><tr><th rowspan="2">Médicament</th><th colspan="3">Posologie</th><th rowspan="2">Motif</th></tr><tr><th>Matin</th><th>Midi</th><th>Soir</th></tr></thead>'
    const taken = (cells: string, before = heads) => line('', `<table>${before}<tbody><tr><td ID="t">Médicament</td>${cells}<td>Douleur</td></tr></tbody></table>`)[0]?.value
    expect(taken('<td>1</td><td></td><td>0,5</td>')).toBe('matin : 1, soir : 0,5')
    expect(taken('<td colspan="3">1 si douleur</td>')).toBe('1 si douleur')
    expect(taken('<td colspan="3">1 si douleur</td>', '<thead><tr><th>Médicament</th><th>Matin</th><th>Midi</th><th>Soir</th><th>Motif</th></tr></thead>')).toBeNull()
    expect(taken('<td colspan="4">1 si douleur</td>')).toBeNull()
  })

  it('is a rate where there is no dose, and an interval between two doses', () => {
    expect(line('<rateQuantity><low value="100" unit="mL/h"/><high value="100" unit="mL/h"/></rateQuantity>', row('t=Médicament'))).toMatchObject([{ value: '100', unit: 'mL/h' }])
    expect(line('<effectiveTime xsi:type="PIVL_TS"><period xsi:type="IVL_PPD_TS"><low value="4" unit="h"/><high value="6" unit="h"/></period></effectiveTime>', row('t=Médicament'))).toMatchObject([{ frequency: '4 - 6 h' }])
  })

  it('is also its condition and its instructions, told under its name', () => {
    const instruction = `<entryRelationship typeCode="SUBJ"><act moodCode="INT">${entryTemplate('33')}<code code="PINSTRUCT"/><text><reference value="#i"/></text></act></entryRelationship>`
    const said = (text: string) => line(`<precondition><criterion><text>si douleur</text></criterion></precondition>${instruction}`, text)
    const own = { kind: 'narrative', label: 'Médicament 5 mg', code: '57828-6' }
    expect(said(row('t=Médicament') + row('Instruction', 'i=au repas'))).toMatchObject([{ kind: 'treatment' }, { ...own, value: 'si douleur' }, { ...own, value: 'au repas', passage: 'Instruction | au repas' }])
    expect(said(row('t=Médicament') + row('Instruction', 'i=-'))).toHaveLength(2)
    const folds = foldFacts([...said(row('t=Médicament')), ...said(row('t=Médicament')).map((one) => ({ ...one, label: 'Autre' }))], [])
    expect(folds.filter(({ facts: [first] }) => first?.value === 'si douleur')).toHaveLength(2)
  })

  it('is over where the line was called off', () => {
    expect(line('', row('t=Médicament'), 'cancelled')).toMatchObject([{ status: 'cancelled' }])
    expect(line('', row('t=Médicament'), 'active')).toMatchObject([{ status: 'prescribed' }])
  })
})

it('says where a product was given, and how a vaccine was borne', () => {
  const reaction = `<entryRelationship typeCode="CAUS"><observation moodCode="EVN">${entryTemplate('37')}<code code="418799008" codeSystem="2.16.840.1.113883.6.96" displayName="Symptôme"/><effectiveTime value="20240302"/><value xsi:type="CD" code="R50" displayName="Fièvre"/></observation></entryRelationship>`
  const given = (attributes: string) => factsIn(documentWith('11369-6', '147', '', `<entry><substanceAdministration ${attributes}>${entryTemplate('45')}<effectiveTime value="20240301"/><routeCode code="1" displayName="Voie intramusculaire"/>
    <approachSiteCode code="2" displayName="Deltoïde"><qualifier><value code="3" displayName="gauche"/></qualifier></approachSiteCode><consumable>${product('', 'Vaccin')}</consumable>${reaction}</substanceAdministration></entry>`))
  expect(given('moodCode="EVN"')).toMatchObject([{ kind: 'vaccine', route: 'Voie intramusculaire (Deltoïde, gauche)' }, { kind: 'observation', label: 'Symptôme (Vaccin)', value: 'Fièvre', date: '2024-03-02' }])
  expect(given('moodCode="INT"')).toMatchObject([{ kind: 'carePlan' }])
})

it('tells what was measured of a device under its name', () => {
  const measured = '<entryRelationship typeCode="RSON"><observation moodCode="EVN"><code code="L0015" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Impédance"/><effectiveTime nullFlavor="NASK"/><value xsi:type="PQ" value="72.6" unit="Ohm"/></observation></entryRelationship>'
  const device = (mood: string, header = '') => factsIn(documentWith('46264-8', '1', '', `<entry><supply moodCode="${mood}">${entryTemplate('20')}<participant><participantRole><playingDevice><code code="J01" displayName="Sonde"/></playingDevice></participantRole></participant>${measured}</supply></entry>`, header))
  expect(device('EVN')).toMatchObject([{ kind: 'device' }, { kind: 'observation', label: 'Impédance (Sonde)', value: '72.6', unit: 'Ohm', date: null }])
  expect(device('INT')).toHaveLength(1)
  expect(device('EVN', cnam)).toHaveLength(1)
})

it('takes no medicine and no vaccine known, said in SNOMED CT, for none', () => {
  const none = (code: string, template: string) => factsIn(documentWith('10160-0', '145', '', `<entry><substanceAdministration moodCode="EVN">${entryTemplate(template)}<code code="${code}" codeSystem="2.16.840.1.113883.6.96" displayName="Aucun"/></substanceAdministration></entry>`))
  expect([...none('787481004', '42'), ...none('787482006', '45')]).toMatchObject([{ kind: 'treatment', status: 'noneKnown' }, { kind: 'vaccine', status: 'noneKnown' }])
})

it('calls a preparation without any name by its form', () => {
  const form = '<pharm:formCode xmlns:pharm="urn:ihe:pharm:medication" code="50015000" displayName="pommade"/>'
  const handed = factsIn(documentWith('60590-7', '236', '', `<entry><supply moodCode="EVN">${entryTemplate('204')}<quantity value="1"/><product><manufacturedProduct><manufacturedMaterial><code nullFlavor="NA"/>${form}</manufacturedMaterial></manufacturedProduct></product></supply></entry>`))
  expect(handed).toMatchObject([{ status: 'dispensed', label: 'pommade', value: '1' }])
})

describe('an entry in another form', () => {
  const read = (inside: string, { mood = 'EVN', material = product(), after = '', section = '10160-0', template = entryTemplate('42') } = {}) =>
    factsIn(documentWith(section, '999', '', `<entry><substanceAdministration moodCode="${mood}">${template}<statusCode code="completed"/>${inside}<consumable>${material}</consumable>${after}</substanceAdministration></entry>`))
  const named = (code: string) => `<manufacturedProduct><manufacturedMaterial>${code}</manufacturedMaterial></manufacturedProduct>`
  const related = (inner: string, type = 'COMP') => `<entryRelationship typeCode="${type}">${inner}</entryRelationship>`
  const step = (dose: string, time: string, more = '') => related(`<substanceAdministration moodCode="INT">${time}${dose}<consumable>${named('')}</consumable>${more}</substanceAdministration>`)
  const event = (name: string) => `<effectiveTime xsi:type="EIVL_TS"><event code="X" displayName="${name}"/></effectiveTime>`

  it('is no medicine where a code says that none is taken or none is known, in whichever place', () => {
    const absent = 'codeSystem="2.16.840.1.113883.5.1150.1" displayName="Aucun"'
    expect(read('', { material: named(`<code code="no-known-medications" ${absent}/>`) })).toMatchObject([{ status: 'noneKnown', label: 'Aucun' }])
    const snomed = (code: string) => read(`<code code="${code}" codeSystem="2.16.840.1.113883.6.96" displayName="x"/>`, { material: named('<code nullFlavor="NA"/>') })[0]?.status
    expect([snomed('182849000'), snomed('182904002')]).toEqual(['noneKnown', 'notRecorded'])
  })

  it('tells the dose in words, the rate and the most beside the dose, and what is taken when needed', () => {
    expect(read('<doseQuantity nullFlavor="OTH"><translation value="1"><originalText>une noisette</originalText></translation></doseQuantity>')).toMatchObject([{ value: 'une noisette', unit: null }])
    const most = '<maxDoseQuantity><numerator value="4" unit="g"/><denominator value="24" unit="h"/></maxDoseQuantity>'
    expect(read(`<priorityCode code="PRN" displayName="si besoin"/><doseQuantity value="1" unit="g"/><rateQuantity value="2" unit="mL/h"/>${most}`)).toMatchObject([{ value: '1', unit: 'g', frequency: '2 mL/h, max 4 g/24 h, si besoin' }])
    expect(read('<approachSiteCode code="1" displayName="bras gauche"/>')).toMatchObject([{ route: 'bras gauche' }])
  })

  it('ends on the last of the days it lasts, weeks too; a length without a beginning ends nowhere', () => {
    const lasting = (inside: string) => read(`<effectiveTime xsi:type="IVL_TS">${inside}</effectiveTime>`)[0]
    expect(lasting('<low value="20260101"/><width value="7" unit="d"/>')).toMatchObject({ date: '2026-01-01', end: '2026-01-07' })
    expect(lasting('<low value="20260101"/><width value="2" unit="wk"/>')).toMatchObject({ end: '2026-01-14' })
    for (const inside of ['<width value="7" unit="d"/>', '<low value="202601"/><width value="7" unit="d"/>', '<low value="20260101"/><width value="1" unit="mo"/>']) expect(lasting(inside)).toMatchObject({ end: null })
  })

  it('ends on no day told by a length nobody knows, by none at all, or by that of one round of several', () => {
    const lasting = (width: string, repeated = '') => read(`<effectiveTime xsi:type="IVL_TS"><low value="20261001"/><width ${width} unit="d"/></effectiveTime>${repeated}`)[0]
    for (const width of ['nullFlavor="UNK"', 'value=""', 'value="0"', 'value="-3"', 'value="x"']) expect(lasting(width), width).toMatchObject({ date: '2026-10-01', end: null })
    for (const repeated of ['<repeatNumber value="3"/>', '<repeatNumber xsi:type="IVL_INT"><low value="1"/><high value="3"/></repeatNumber>']) expect(lasting('value="7"', repeated), repeated).toMatchObject({ end: null })
    expect(lasting('value="7"', '<repeatNumber value="1"/>')).toMatchObject({ end: null })
    expect(lasting('value="7"', '<repeatNumber value="0"/>')).toMatchObject({ end: '2026-10-07' })
  })

  it('keeps each step with its time, unit and condition', () => {
    const tablets = (count: string) => `<doseQuantity value="${count}" unit="{tbl}"/>`
    expect(read('', { after: step(tablets('1'), event('matin')) + step(tablets('2'), event('midi')) + step(tablets('1'), event('soir')) })).toMatchObject([{ value: '1 ; 2 ; 1', unit: '{tbl}', frequency: 'matin ; midi ; soir' }])
    expect(read('', { after: step('<doseQuantity value="500" unit="mg"/>', event('matin')) + step('<doseQuantity value="1" unit="g"/>', '') })).toMatchObject([{ value: '500 mg ; 1 g', unit: null, frequency: 'matin ; –' }])
    const days = (low: string, high: string) => `<effectiveTime xsi:type="IVL_TS"><low value="${low}"/><high value="${high}"/></effectiveTime>`
    expect(read('', { after: step(tablets('2'), days('20260101', '20260105')) + step(tablets('1'), days('20260106', '20260110')) })).toMatchObject([{ value: '2 ; 1', frequency: '01/01/2026 - 05/01/2026 ; 06/01/2026 - 10/01/2026' }])
    const condition = '<precondition><criterion><text>si douleur</text></criterion></precondition>'
    expect(read('', { after: step(tablets('1'), '', condition) })).toMatchObject([{ value: '1' }, { kind: 'narrative', value: 'si douleur' }])
  })

  it('takes a step for its line\'s by its name alone or by the code of another list, never one that is called otherwise', () => {
    const under = (main: string, its: string) => read('', { material: named(main), after: related(`<substanceAdministration moodCode="INT"><doseQuantity value="20" unit="mg"/><consumable>${named(its)}</consumable></substanceAdministration>`) }).map(({ label, value }) => `${label} ${value}`)
    const [cis, atc] = ['codeSystem="1.2.250.1.213.2.3.1"', 'codeSystem="2.16.840.1.113883.6.73"']
    const byName = '<code nullFlavor="NA"/><name>PREDNISONE</name>'
    for (const main of [byName, `<code code="1" ${cis} displayName="Prednisone"/>`]) expect(under(main, byName)).toHaveLength(1)
    expect(under(byName, byName)).toEqual(['PREDNISONE 20'])
    expect(under(`<code code="1" ${cis} displayName="Prednisone 20 mg"/>`, `<code code="H02AB07" ${atc} displayName="prednisone"/>`)).toEqual(['Prednisone 20 mg 20'])
    expect(under(`<code code="1" ${cis} displayName="Prednisone 20 mg"/>`, `<code code="H02AB07" ${atc}/>`)).toEqual(['Prednisone 20 mg 20'])
    expect(under(`<code code="1" ${cis} displayName="Prednisone 20 mg"/>`, `<code code="A02BC01" ${atc} displayName="oméprazole"/>`)).toEqual(['Prednisone 20 mg null', 'oméprazole 20'])
    expect(under(`<code code="1" ${cis} displayName="Prednisone 20 mg"/>`, `<code code="2" ${cis}/>`)).toEqual(['Prednisone 20 mg null', 'CIS 2 20'])
    expect(under(`<code code="1" ${cis}/>`, '<code nullFlavor="NA"/><name>DOUCEDOL</name>')).toEqual(['CIS 1 null', 'DOUCEDOL 20'])
  })

  it('tells another product under the same line as another medicine', () => {
    const other = related(`<substanceAdministration moodCode="EVN">${entryTemplate('42')}<consumable>${product('', 'Second 1 g', '60000009')}</consumable></substanceAdministration>`)
    expect(read('', { after: other })).toMatchObject([{ label: 'Médicament 5 mg' }, { kind: 'treatment', label: 'Second 1 g' }])
  })

  it('tells why it is taken or was stopped, unless its row does', () => {
    const reason = related('<act><code code="I10" codeSystem="2.16.840.1.113883.6.3" displayName="Hypertension"/></act>', 'RSON')
    const stopped = related('<observation moodCode="EVN"><code code="MED-052" displayName="Motif d’arrêt"/><value xsi:type="ST">Toux</value></observation>', 'RSON')
    expect(read('', { after: reason + stopped })).toMatchObject([{ kind: 'treatment' }, { kind: 'narrative', label: 'Médicament 5 mg', value: 'Hypertension' }, { kind: 'observation', label: 'Motif d’arrêt (Médicament 5 mg)', value: 'Toux' }])
    const signed = `<entry><substanceAdministration moodCode="EVN">${entryTemplate('42')}<text><reference value="#t"/></text><consumable>${product()}</consumable>${reason}</substanceAdministration></entry>`
    expect(factsIn(documentWith('10160-0', '143', row('t=Médicament 5 mg', 'hypertension artérielle'), signed))).toMatchObject([{ kind: 'treatment' }])
  })

  it('says of what its row only answers yes, of a device too, and leaves a no to the row unless it is contradicted', () => {
    const asks = (name: string, value: string) => related(`<observation moodCode="EVN"><code code="${name}" codeSystem="1.2.250.1.213.1.1.4.322" displayName="${name}"/><text><reference value="#${name}"/></text><value xsi:type="BL" value="${value}"/></observation>`)
    const flags = asks('longue', 'true') + asks('travail', 'false') + asks('marge', 'false')
    const cells = ['longue=Oui', 'travail=Non', 'marge=Oui'] as const
    const medicine = `<entry><substanceAdministration moodCode="INT">${entryTemplate('83')}<text><reference value="#t"/></text><consumable>${product()}</consumable>${flags}</substanceAdministration></entry>`
    const device = (spot: string) => `<entry><supply moodCode="INT">${entryTemplate('20')}<text><reference value="#${spot}"/></text><participant typeCode="DEV"><participantRole><playingDevice><code code="V1" displayName="Attelle"/></playingDevice></participantRole></participant>${flags}</supply></entry>`
    const told = (name: string) => [{ label: name }, { kind: 'observation', label: `longue (${name})`, value: 'true', conflict: null }, { label: `marge (${name})`, value: 'false', conflict: { field: 'negation' } }]
    expect(factsIn(documentWith('57828-6', '171', row('t=Médicament 5 mg', ...cells), medicine))).toMatchObject(told('Médicament 5 mg'))
    expect(factsIn(documentWith('46264-8', '222', row('t=Attelle', ...cells), device('t')))).toMatchObject(told('Attelle'))
    // A row no product rests on is told whole.
    expect(factsIn(documentWith('46264-8', '222', row('Attelle de poignet', ...cells), device('nowhere')))).toMatchObject([...told('Attelle'), { kind: 'narrative', value: 'Attelle de poignet | Oui | Non | Oui' }])
  })

  it('says of what the insurance paid what is answered yes alone', () => {
    const apart = (value: string) => related(`<observation moodCode="EVN"><code code="MED-559" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Déconditionné"/><value xsi:type="BL" value="${value}"/></observation>`)
    const paid = (value: string) => factsIn(documentWith('10160-0', '143', row('t=Médicament 5 mg'), `<entry><substanceAdministration moodCode="EVN">${entryTemplate('42')}<text><reference value="#t"/></text><consumable>${product()}</consumable>${apart(value)}</substanceAdministration></entry>`, cnam))
    expect(paid('true')).toMatchObject([{ kind: 'reimbursement' }, { kind: 'reimbursement', label: 'Déconditionné (Médicament 5 mg)', value: 'true' }])
    expect(paid('false')).toHaveLength(1)
  })

  it('is named by what it is made of, else by its own words; what is proposed is no prescription', () => {
    const made = '<code nullFlavor="NA"/><p:ingredient xmlns:p="urn:ihe:pharm:medication"><p:ingredient><p:code code="1" displayName="DOUCEDOL"/></p:ingredient></p:ingredient>'
    expect(read('', { material: named(made) })).toMatchObject([{ label: 'DOUCEDOL' }])
    expect(read('<text>Tisane le soir</text>', { material: named('<code nullFlavor="UNK"/>') })).toMatchObject([{ label: 'Tisane le soir' }])
    expect(read('', { mood: 'PRP' })).toMatchObject([{ kind: 'carePlan', status: 'planned' }])
  })

  it('is a vaccine in a list of vaccines, with all it protects from, its rank and why it was refused', () => {
    const combined = named(`<code nullFlavor="NA"><translation code="J07AM01" codeSystem="2.16.840.1.113883.6.73" displayName="Tétanos"/><translation code="J07BF03" codeSystem="2.16.840.1.113883.6.73" displayName="Polio"/></code>`)
    const rank = related('<observation moodCode="EVN"><code code="30973-2" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="INT" value="2"/></observation>', 'SUBJ')
    const refusal = related('<act><code code="PATOBJ" displayName="Refus"/></act>', 'RSON')
    expect(read('', { material: combined, after: rank + refusal, section: '11369-6', template: '' })).toMatchObject([{ kind: 'vaccine', label: 'Tétanos, Polio', value: '2' }, { kind: 'narrative', label: 'Tétanos, Polio', value: 'Refus' }])
  })
})

it('calls a medicine by its name where its class alone is coded', () => {
  const label = (code: string, name: string) => factsIn(documentWith('10160-0', '143', '', `<entry><substanceAdministration moodCode="EVN">${entryTemplate('42')}<statusCode code="completed"/><consumable><manufacturedProduct><manufacturedMaterial>${code}${name}</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>`))[0]?.label
  const ofClass = '<code code="B01AC06" codeSystem="2.16.840.1.113883.6.73" displayName="Acide acétylsalicylique"/>'
  expect(label(ofClass, '<name>CARDIDOUX 75 mg</name>')).toBe('CARDIDOUX 75 mg (Acide acétylsalicylique)')
  expect(label(ofClass, '<name>ACÉTYLSALICYLIQUE (ACIDE) 75 mg</name>')).toBe('ACÉTYLSALICYLIQUE (ACIDE) 75 mg')
  for (const name of ['', '<name>2 comprimés par jour</name>', '<name nullFlavor="NA"/>']) expect(label(ofClass, name)).toBe('Acide acétylsalicylique')
  expect(label('<code code="60000002" codeSystem="1.2.250.1.213.2.3.1" displayName="CALMIFÈNE 400 mg"/>', '<name>Calmifène</name>')).toBe('CALMIFÈNE 400 mg')
})

it('marks a medicine or a device whose own words say no to it', () => {
  const medicine = (cells: readonly string[], negation = '') => factsIn(documentWith('10183-2', '146', row(...cells), `<entry><substanceAdministration moodCode="INT" ${negation}>${entryTemplate('42')}<text><reference value="#r"/></text><statusCode code="completed"/>
    <consumable><manufacturedProduct><manufacturedMaterial><code code="B01AA" codeSystem="2.16.840.1.113883.6.73" displayName="Antivitamines K"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>`))[0]?.conflict ?? null
  for (const cell of ['Non', 'Non administrés', 'Ne sait pas']) expect(medicine(['Anticoagulants', `r=${cell}`]), cell).toMatchObject({ field: 'negation', coded: 'oui', narrative: `Anticoagulants | ${cell}` })
  expect(medicine(['Anticoagulants', 'r=Non'], 'negationInd="true"')).toBeNull()
  expect(medicine(['Anticoagulants', 'r=Oui'])).toBeNull()
  expect(medicine(['r=Antivitamine K', 'Non'])).toBeNull()
  const device = (code: string) => factsIn(documentWith('46264-8', '1', row('Stimulateur', 'r=Non'), `<entry><supply moodCode="EVN">${entryTemplate('20')}<text><reference value="#r"/></text><participant typeCode="DEV"><participantRole><playingDevice><code ${code} displayName="Stimulateur"/></playingDevice></participantRole></participant></supply></entry>`))[0]?.conflict ?? null
  expect(device('code="J01"')).toMatchObject({ field: 'negation' })
  expect(device('code="no-known-devices" codeSystem="2.16.840.1.113883.5.1150.1"')).toBeNull()
})
