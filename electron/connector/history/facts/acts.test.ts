import { describe, expect, it } from 'vitest'
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

it('is denied by a cell beside its name alone: after another one stands what its own head asks', () => {
  const conflict = (...cells: string[]) => read(procedure(appendectomy), row(...cells))[0]?.conflict
  expect(conflict('a=Appendicectomie', '12/03/2024', 'Non')).toBeNull()
  expect(conflict('a=Appendicectomie', 'Non', '12/03/2024')).toMatchObject({ field: 'negation', coded: 'oui' })
  expect(conflict('a=Appendicectomie', '-', 'Non')).toMatchObject({ field: 'negation', coded: 'oui' })
  expect(conflict('Non', 'a=Appendicectomie')).toMatchObject({ field: 'negation', coded: 'oui' })
})

it('was done when it ended, where only that is written', () => {
  expect(read(procedure(appendectomy, { time: '<effectiveTime><high value="20240312"/></effectiveTime>' }))).toMatchObject([{ date: '2024-03-12', end: null }])
})

it('tells an act to come, one not done and one paid apart', () => {
  expect(read(procedure(appendectomy, { mood: 'INT' }))).toMatchObject([{ kind: 'carePlan', status: 'planned' }])
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

it('says when the month or the year of its row is another one', () => {
  const conflict = (cell: string, day = '20240312') => read(procedure(appendectomy, { time: `<effectiveTime value="${day}"/>` }), row(cell, 'a=Appendicectomie'))[0]?.conflict ?? null
  for (const cell of ['2024', '03/2024', 'mars 2024', 'depuis 2024', '1850', 'depuis 10 ans', 'Salle 2019']) expect(conflict(cell), cell).toBeNull()
  for (const cell of ['2023', '04/2024', 'Avril 2024', 'en 2019']) expect(conflict(cell), cell).toMatchObject({ field: 'date', coded: '2024-03-12' })
  expect(conflict('05/2024', '2024')).toBeNull()
})

it('does not take the first use of a machine for the day of the examination', () => {
  const cells = (day: string) => row(day, 'a=Scanner', 'Appareil mis en service le 23/12/2009')
  expect(read(procedure(appendectomy), cells('12/03/2024'))[0]?.conflict).toBeNull()
  expect(read(procedure(appendectomy), cells('-'))[0]?.conflict).toBeNull()
  expect(read(procedure(appendectomy), cells('13/03/2024'))).toMatchObject([{ conflict: { field: 'date', coded: '2024-03-12' } }])
})

it('says when the one period of its row ends another day', () => {
  const stay = (cell: string) => factsIn(documentWith('46240-8', '76', row(cell, 's=Hospitalisation'), '<entry><encounter moodCode="EVN"><code code="IMP" displayName="Hospitalisation"/><text><reference value="#s"/></text><effectiveTime><low value="20230213"/><high value="20230218"/></effectiveTime></encounter></entry>'))[0]?.conflict ?? null
  for (const cell of ['du 13/02/2023 au 18/02/2023', '13/02/2023', '18/02/2023', '-']) expect(stay(cell), cell).toBeNull()
  expect(stay('du 13/02/2023 au 17/02/2023')).toMatchObject({ field: 'date', coded: '2023-02-18' })
  expect(stay('du 12/02/2023 au 17/02/2023')).toMatchObject({ field: 'date', coded: '2023-02-13' })
})

it('reads a stay and a transfer as care events', () => {
  const stay = '<entry><encounter moodCode="EVN"><code code="IMP" displayName="Hospitalisation"/><effectiveTime><low value="20230213"/><high value="20230218"/></effectiveTime></encounter></entry>'
  expect(factsIn(documentWith('46240-8', '76', '', stay))).toMatchObject([{ kind: 'careEvent', label: 'Hospitalisation', date: '2023-02-13', end: '2023-02-18' }])
  const where = '<participant typeCode="LOC"><participantRole><playingEntity><name>Clinique du Port</name></playingEntity></participantRole></participant>'
  expect(factsIn(documentWith('46240-8', '76', '', stay.replace('</encounter>', `${where}</encounter>`)))).toMatchObject([{ label: 'Hospitalisation', value: 'Clinique du Port' }])
  const transfer = `<entry><act moodCode="EVN">${entryTemplate('28')}<code code="107724000" displayName="Transfert"/><effectiveTime value="20230218"/></act></entry>`
  expect(factsIn(documentWith('42545-4', '163', '', transfer))).toMatchObject([{ kind: 'careEvent', label: 'Transfert' }])
})

describe('in a care plan', () => {
  const written = '<effectiveTime value="20240401"/>'
  const planned = (entries: string) => read(entries, '', '158', written).map(({ kind, status }) => `${kind}: ${status}`)
  const begun = procedure(appendectomy).replace('completed', 'active')

  it('what is done is no plan, what is under way or intended is', () => {
    expect(planned(procedure(appendectomy))).toEqual(['procedure: completed'])
    expect(planned(begun)).toEqual(['carePlan: planned'])
    expect(planned(procedure(appendectomy, { mood: 'INT' }))).toEqual(['carePlan: planned'])
  })

  it('what is said to be done is a plan until its day', () => {
    const on = (day: string) => read(procedure(appendectomy), '', '158', `<effectiveTime value="${day}"/>`)[0]?.kind
    expect([on('20240311'), on('20240312'), on('202403')]).toEqual(['carePlan', 'procedure', 'procedure'])
    expect(planned(procedure(appendectomy, { time: '' }))[0]).toBe('procedure: completed')
  })

  it('a meeting without a status is past by its day alone', () => {
    const meeting = (day: string) => `<entry><encounter moodCode="EVN"><code code="AMB" codeSystem="2.16.840.1.113883.5.4" displayName="Ambulatoire"/><effectiveTime value="${day}"/></encounter></entry>`
    expect(planned(meeting('20240331'))).toEqual(['careEvent: null'])
    expect(planned(meeting('20240402'))).toEqual(['carePlan: planned'])
    expect(planned(meeting('2024'))).toEqual(['carePlan: planned'])
  })

  it('what details an act to come is to come', () => {
    const asked = `<entry><observation moodCode="INT"><code code="CT" displayName="Scanner"/><statusCode code="active"/><entryRelationship typeCode="COMP"><observation moodCode="EVN"><code code="1" displayName="Retour par téléphone"/>
      <statusCode code="completed"/><value xsi:type="BL" value="true"/></observation></entryRelationship></observation></entry>`
    expect(planned(asked)).toEqual(['carePlan: planned', 'carePlan: planned'])
    const score = '<entryRelationship typeCode="COMP"><observation moodCode="EVN"><code code="1" displayName="Score"/><statusCode code="completed"/><value xsi:type="INT" value="2"/></observation></entryRelationship>'
    expect(planned(procedure(appendectomy, { mood: 'INT', more: score }))).toEqual(['carePlan: planned', 'carePlan: planned'])
  })
})

it('knows the former code of a list declared empty', () => {
  expect(read(procedure('<code code="02276797" codeSystem="1.2.250.1.213.2.63" displayName="Aucun"/>'))).toMatchObject([{ status: 'noneKnown' }])
})

it('tells another act by its words', () => {
  const other = (text: string) => read(procedure('<code code="GEN-092.04.13" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Autre acte"><originalText><reference value="#a"/></originalText></code>'), row('12/03/2024', `a=${text}`))[0]?.label
  expect(other('Pose de drains')).toBe('Pose de drains')
  expect(other('Oui')).toBe('Autre acte')
})

it('tells an act called off as such, and nothing of one written in error', () => {
  expect(read(procedure(appendectomy, { mood: 'INT' }).replace('completed', 'cancelled'))).toMatchObject([{ kind: 'carePlan', status: 'cancelled' }])
  expect(read(procedure(appendectomy).replace('completed', 'nullified'))).toEqual([])
  // One left empty as a whole was not done, be its code that of what may be.
  for (const nullFlavor of ['NA', 'UNK', 'NASK', 'NI']) expect(read(procedure(appendectomy).replace('<procedure', `<procedure nullFlavor="${nullFlavor}"`)), nullFlavor).toEqual([])
  expect(read(procedure(appendectomy).replace('<procedure', '<procedure nullFlavor="MSK"'))).toMatchObject([{ kind: 'procedure' }])
})

it('tells what was observed of an act under its name, and leaves its reason where it is a problem', () => {
  const observed = (link: string) => `<entryRelationship typeCode="${link}"><observation moodCode="EVN">${entryTemplate('48')}<code code="9266-8" codeSystem="2.16.840.1.113883.6.1" displayName="Score ASA"/><value xsi:type="INT" value="2"/></observation></entryRelationship>`
  expect(read(procedure(appendectomy, { more: observed('COMP') }))).toMatchObject([{ kind: 'procedure' }, { label: 'Score ASA (Appendicectomie)', value: '2', date: '2024-03-12' }])
  expect(read(procedure(appendectomy, { more: observed('RSON') }))).toHaveLength(1)
  expect(read(procedure(appendectomy, { more: observed('COMP'), negated: true }))).toHaveLength(1)
})

describe('an entry in another form', () => {
  const related = (inner: string, type = 'COMP') => `<entryRelationship typeCode="${type}">${inner}</entryRelationship>`
  const problem = `<observation moodCode="EVN">${entryTemplate('37')}<code code="55607006" displayName="Problème"/><value xsi:type="CD" code="T81" displayName="Abcès"/></observation>`

  it('tells what was given during an act, what it led to and why it was done', () => {
    const given = '<substanceAdministration moodCode="EVN"><consumable><manufacturedProduct><manufacturedMaterial><code code="1" codeSystem="1.2" displayName="Produit"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>'
    expect(read(procedure(appendectomy, { more: related(given) }))).toMatchObject([{}, { kind: 'treatment', label: 'Produit', date: '2024-03-12' }])
    expect(read(procedure(appendectomy, { more: related(problem, 'CAUS') }))).toMatchObject([{}, { kind: 'observation', label: 'Problème (Appendicectomie)', value: 'Abcès' }])
    expect(read(procedure(appendectomy, { more: related(problem, 'RSON') }))).toMatchObject([{}, { kind: 'narrative', label: 'Appendicectomie', value: 'Abcès' }])
    // The name of the act is not its reason.
    const appendicitis = problem.replace('Abcès', 'Appendicite aiguë')
    expect(read(procedure(appendectomy, { more: related(appendicitis, 'RSON') }), row('a=Appendicectomie', 'urgence'))).toMatchObject([{}, { kind: 'narrative', value: 'Appendicite aiguë' }])
    expect(read(procedure(appendectomy, { more: related(appendicitis, 'RSON') }), row('a=Appendicectomie', 'appendicite'))).toHaveLength(1)
  })

  it('tells what was measured at a meeting, and what it says in itself', () => {
    const pulse = '<observation moodCode="EVN"><code code="8867-4" codeSystem="2.16.840.1.113883.6.1" displayName="Pouls"/><value xsi:type="PQ" value="70" unit="/min"/></observation>'
    expect(read(`<entry><encounter moodCode="EVN"><code code="AMB" displayName="Consultation"/><text>Chute</text><effectiveTime value="202601"/>${related(pulse)}</encounter></entry>`)).toMatchObject([
      { kind: 'careEvent' }, { kind: 'measurement', label: 'Pouls (Consultation)', date: '2026-01' }, { kind: 'narrative', label: 'Consultation', value: 'Chute' },
    ])
  })

  it('tells the days foreseen for a planned act, which only their own time says', () => {
    const foreseen = (code: string, time: string) => related(`<observation moodCode="EVN"><code code="d" displayName="${code}"/><statusCode code="completed"/>${time}<value xsi:type="CD" nullFlavor="NA"/></observation>`, 'COMP')
    const planned = (code: string, time = '<effectiveTime><low value="20270104"/><high value="20270108"/></effectiveTime>') => read(procedure(appendectomy, { mood: 'INT', time: '<effectiveTime nullFlavor="UNK"/>', more: foreseen(code, time) }))
    expect(planned('Date(s) prévue(s)')).toMatchObject([{ kind: 'carePlan', date: null }, { kind: 'carePlan', label: 'Date(s) prévue(s) (Appendicectomie)', value: '2027-01-04 - 2027-01-08', date: '2027-01-04', end: '2027-01-08', status: 'planned' }])
    expect(planned('Date(s) prévue(s)', '<effectiveTime nullFlavor="NA"/>')).toHaveLength(1)
    expect(planned('Suite')).toHaveLength(1)
  })

  it('denies what a denied act holds, and asks for what a request holds', () => {
    const holding = (attributes: string) => read(`<entry><act ${attributes}><code nullFlavor="NA"/>${related('<observation moodCode="EVN"><code code="d" displayName="Bilan"/><value xsi:type="BL" value="true"/></observation>')}</act></entry>`)
    expect(holding('moodCode="EVN" negationInd="true"')).toMatchObject([{ label: 'Bilan', negated: true }])
    expect(holding('moodCode="RQO"')).toMatchObject([{ kind: 'carePlan', label: 'Bilan', status: 'planned' }])
  })

  it('is told where only an act without a template asks for it, with why', () => {
    const reason = related('<act moodCode="EVN"><code code="D64" codeSystem="2.16.840.1.113883.6.3" displayName="Anémie"/></act>', 'RSON')
    const asked = (mood: string) => read(`<entry><act moodCode="${mood}"><code code="24590-2" codeSystem="2.16.840.1.113883.6.1" displayName="IRM cérébrale"/><statusCode code="active"/>${reason}</act></entry>`)
    expect(asked('RQO')).toMatchObject([{ kind: 'carePlan', label: 'IRM cérébrale', status: 'planned' }, { kind: 'narrative', label: 'IRM cérébrale', value: 'Anémie' }])
    expect(asked('EVN')).toEqual([])
    const observed = `<entry><observation moodCode="RQO"><code code="58410-2" codeSystem="2.16.840.1.113883.6.1" displayName="Hémogramme"/><statusCode code="active"/>${reason}</observation></entry>`
    expect(factsIn(documentWith('18776-5', '158', '', observed))).toMatchObject([{ kind: 'carePlan', label: 'Hémogramme' }, { kind: 'narrative', label: 'Hémogramme', value: 'Anémie' }])
  })

  it('is to come in a care plan known by its code alone, on a day after the document', () => {
    const later = `<entry><procedure moodCode="EVN">${appendectomy}<statusCode code="active"/><effectiveTime value="20270101"/></procedure></entry>`
    expect(factsIn(documentWith('18776-5', '999', '', later, '<effectiveTime value="20261115"/>'))).toMatchObject([{ kind: 'carePlan', status: 'planned' }])
  })
})
