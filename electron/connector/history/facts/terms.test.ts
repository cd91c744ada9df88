import { describe, expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

const product = '<manufacturedProduct><manufacturedMaterial><code code="60000001" codeSystem="1.2.250.1.213.2.3.1" displayName="Doucedol 5 mg"/></manufacturedMaterial></manufacturedProduct>'
const link = (inner: string) => `<entryRelationship typeCode="COMP">${inner}</entryRelationship>`
const quantity = (attributes: string, mood = 'RQO') => link(`<supply moodCode="${mood}">${entryTemplate('86')}<quantity ${attributes}/></supply>`)
const substitution = (template: string, code: string, more = '') => link(`<act moodCode="DEF"${more}>${entryTemplate(template)}<code ${code}><originalText><reference value="#s"/></originalText></code></act>`)
const terms = (facts: ReturnType<typeof factsIn>) => facts.filter(({ kind }) => kind === 'observation')

describe('a prescribed line', () => {
  const line = (inside: string, after = '', { text = row('t=Doucedol 5 mg'), template = '83', mood = 'INT', more = '' } = {}) =>
    factsIn(documentWith('57828-6', '171', text, `<entry><substanceAdministration moodCode="${mood}"${more}>${entryTemplate(template)}<text><reference value="#t"/></text><effectiveTime xsi:type="IVL_TS"><low value="20261201"/></effectiveTime>${inside}
      <consumable>${product}</consumable>${after}</substanceAdministration></entry>`))

  it('tells how many packages are asked for and how often it may be renewed', () => {
    expect(terms(line('<repeatNumber value="3"/>', quantity('value="2" unit="30009000"')))).toMatchObject([
      { label: 'Quantité prescrite (Doucedol 5 mg)', value: '2', unit: 'Boîte', date: '2026-12-01', code: null, negated: false }, { label: 'Renouvellements (Doucedol 5 mg)', value: '3', unit: null },
    ])
    expect(terms(line('<repeatNumber value="0"/>'))).toMatchObject([{ value: '0', status: null }])
    // Counted as renewals, one makes a line longer than it says.
    const lasting = (times: number) => factsIn(documentWith('57828-6', '171', '', `<entry><substanceAdministration moodCode="INT">${entryTemplate('83')}<effectiveTime xsi:type="IVL_TS"><low value="20261201"/><width value="30" unit="d"/></effectiveTime><repeatNumber value="${times}"/>
      <consumable>${product}</consumable></substanceAdministration></entry>`))
    expect(lasting(1)).toMatchObject([{ kind: 'treatment', end: null }, { label: 'Renouvellements (Doucedol 5 mg)', value: '1' }, { label: 'Durée (Doucedol 5 mg)', value: '30', unit: 'd' }])
    expect(lasting(0)).toMatchObject([{ kind: 'treatment', end: '2026-12-30' }, { value: '0' }])
    expect(terms(line('<statusCode code="cancelled"/><repeatNumber value="1"/>'))).toMatchObject([{ value: '1', status: 'cancelled' }])
  })

  it('tells how long it lasts where no last day says it, in whatever unit', () => {
    const lasting = (times: string) => terms(factsIn(documentWith('57828-6', '171', '', `<entry><substanceAdministration moodCode="INT">${entryTemplate('83')}<effectiveTime xsi:type="IVL_TS">${times}</effectiveTime><consumable>${product}</consumable></substanceAdministration></entry>`)))
    expect(lasting('<low value="20261201"/><width value="3" unit="mo"/>')).toMatchObject([{ label: 'Durée (Doucedol 5 mg)', value: '3', unit: 'mo' }])
    expect(lasting('<width value="5" unit="d"/>')).toMatchObject([{ value: '5', unit: 'd' }])
    expect(lasting('<low value="20261201"/><width value="5" unit="d"/>')).toEqual([])
    expect(lasting('<low value="20261201"/><width nullFlavor="UNK"/>')).toEqual([])
  })

  it('says nothing where its entry does not, nor of what is denied', () => {
    expect(terms(line('<repeatNumber nullFlavor="UNK"/>', quantity('nullFlavor="NA"') + quantity('value="2"', 'EVN')))).toEqual([])
    expect(terms(line('<repeatNumber value="3"/>', quantity('value="2"'), { more: ' negationInd="true"' }))).toEqual([])
    const denied = (entry: string) => entry.replace('typeCode="COMP"', 'typeCode="COMP" negationInd="true"')
    expect(terms(line('', denied(quantity('value="2"')) + denied(substitution('87', 'code="N" displayName="Aucune"'))))).toMatchObject([{ value: 'Aucune', negated: true }])
    // Only the CI-SIS says what it counts by it, and of what is asked for.
    expect(terms(line('<repeatNumber value="3"/>', '', { template: '42' }))).toEqual([])
    expect(terms(line('<repeatNumber value="3"/>', '', { mood: 'EVN' }))).toEqual([])
  })

  it('tells that nothing may take its place, and why in the words of its author', () => {
    const refused = (said: string, code = 'code="N" codeSystem="2.16.840.1.113883.5.1070" displayName="Aucune substitution permise"') => terms(line('', substitution('87', code), { text: row('t=Doucedol 5 mg', `s=${said}`) }))[0]
    expect(refused('Non (Marge thérapeutique étroite)')).toMatchObject({ label: 'Substitution (Doucedol 5 mg)', value: 'Aucune substitution permise : Non (Marge thérapeutique étroite)', passage: 'Doucedol 5 mg | Non (Marge thérapeutique étroite)' })
    for (const said of ['Non', '-', 'aucune substitution']) expect(refused(said), said).toMatchObject({ value: 'Aucune substitution permise' })
    expect(refused('Non', 'nullFlavor="UNK"')).toMatchObject({ value: 'Non' })
    expect(terms(line('', substitution('87', 'nullFlavor="UNK"')))).toEqual([])
  })

  it('is a device called by its maker as neither its name nor its row is', () => {
    const device = (name: string, text: string) => factsIn(documentWith('46264-8', '1', text, `<entry><supply moodCode="EVN">${entryTemplate('20')}<text><reference value="#d"/></text><participant typeCode="DEV"><participantRole><playingDevice><code code="J01" displayName="${name}"/><manufacturerModelName>Tempo DR</manufacturerModelName></playingDevice></participantRole></participant></supply></entry>`))
    expect(device('Stimulateur', '')).toMatchObject([{ kind: 'device', label: 'Stimulateur' }, { label: 'Modèle (Stimulateur)', value: 'Tempo DR' }])
    expect(device('Stimulateur', row('d=Stimulateur', 'TEMPO DR'))).toHaveLength(1)
    expect(device('Stimulateur Tempo DR', '')).toHaveLength(1)
  })

  it('is a device too', () => {
    const device = `<entry><supply moodCode="INT">${entryTemplate('20')}<repeatNumber value="1"/><quantity value="1"/><participant typeCode="DEV"><participantRole><playingDevice><code code="V08" displayName="Lit"/></playingDevice></participantRole></participant></supply></entry>`
    expect(factsIn(documentWith('46264-8', '222', '', device))).toMatchObject([{ kind: 'device', value: '1' }, { label: 'Renouvellements (Lit)', value: '1' }])
    const lent = device.replace('<participant ', '<expectedUseTime><width value="60" unit="d"/></expectedUseTime><participant ')
    expect(terms(factsIn(documentWith('46264-8', '222', '', lent)))).toMatchObject([{ label: 'Renouvellements (Lit)' }, { label: 'Durée (Lit)', value: '60', unit: 'd' }])
    const reason = (inner: string) => factsIn(documentWith('46264-8', '222', '', device.replace('</supply>', `<entryRelationship typeCode="RSON">${inner}</entryRelationship></supply>`)))
    expect(reason(`<observation moodCode="EVN">${entryTemplate('37')}<value xsi:type="CD" code="I87.2" codeSystem="2.16.840.1.113883.6.3" displayName="Insuffisance veineuse"/></observation>`)).toMatchObject([{}, {}, { kind: 'narrative', label: 'Lit', value: 'Insuffisance veineuse' }])
    expect(reason('<observation moodCode="EVN"><code code="L1" displayName="Mode"/><value xsi:type="CD" code="VVI" displayName="VVI"/></observation>').map(({ kind }) => kind)).toEqual(['device', 'observation'])
    expect(terms(factsIn(documentWith('46264-8', '1', '', device.replace('"INT"', '"EVN"'))))).toEqual([])
  })
})

describe('what was handed over', () => {
  const dose = (low: string, more = '') => link(`<substanceAdministration moodCode="INT"${more}>${entryTemplate('42')}<doseQuantity><low value="${low}" unit="{tbl}"><translation><originalText><reference value="#d"/></originalText></translation></low><high value="${low}" unit="{tbl}"/></doseQuantity>
    <rateQuantity value="3" unit="g/d"/></substanceAdministration>`)
  const handed = (after: string) => factsIn(documentWith('60590-7', '236', row('t=Doucedol 5 mg', '2 boîtes', 'd=1 cp', 's=Générique'), `<entry><supply moodCode="EVN">${entryTemplate('204')}<text><reference value="#t"/></text><quantity value="2" unit="30009000"/><product>${product}</product>${after}</supply></entry>`))

  it('keeps its quantity, and tells its dose beside, with what its row says of it', () => {
    expect(handed(dose('1'))).toMatchObject([{ kind: 'treatment', value: '2', unit: 'Boîte', frequency: '3 g/d' }, { label: 'Dose (Doucedol 5 mg)', value: '1', unit: '{tbl}', conflict: null }])
    expect(terms(handed(dose('2')))).toMatchObject([{ value: '2', conflict: { field: 'value', coded: '2' } }])
    expect(terms(handed(dose('1', ' negationInd="true"')))).toEqual([])
  })

  it('tells for how long its dose is to be taken', () => {
    const lasting = link(`<substanceAdministration moodCode="INT">${entryTemplate('42')}<effectiveTime xsi:type="IVL_TS"><width value="5" unit="d"/></effectiveTime></substanceAdministration>`)
    expect(terms(handed(lasting))).toMatchObject([{ label: 'Durée (Doucedol 5 mg)', value: '5', unit: 'd' }])
    const dated = dose('1').replace('<doseQuantity>', '<effectiveTime xsi:type="IVL_TS"><low value="20261201"/><high value="20261205"/></effectiveTime><doseQuantity>')
    expect(terms(handed(dated))).toMatchObject([{ label: 'Dose (Doucedol 5 mg)', date: '2026-12-01', end: '2026-12-05' }])
  })

  it('tells what took its place, and that nothing did', () => {
    const generic = 'code="G" codeSystem="2.16.840.1.113883.5.1070" displayName="Substitution par un générique"'
    expect(terms(handed(substitution('206', generic)))).toMatchObject([{ value: 'Substitution par un générique', negated: false }])
    expect(terms(handed(substitution('206', generic, ' negationInd="true"')))).toMatchObject([{ negated: true }])
  })
})
