import { describe, expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

function problemEntry(value: string, more = '', negated = false): string {
  return `<entry><act>${entryTemplate('39')}<statusCode code="active"/><effectiveTime><low value="2026"/></effectiveTime><entryRelationship typeCode="SUBJ">
    <observation moodCode="EVN" negationInd="${negated}">${entryTemplate('37')}<text><reference value="#p"/></text><effectiveTime><low value="201903"/></effectiveTime>${value}${more}</observation></entryRelationship></act></entry>`
}
const asthma = '<value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3" displayName="Asthme"/>'

it('takes what the patient has, its own date with its precision, and the status of the list', () => {
  expect(factsIn(documentWith('11450-4', '132', '', problemEntry(asthma)))).toMatchObject([
    { kind: 'problem', label: 'Asthme', code: 'J45', date: '2019-03', status: 'active', negated: false, conflict: null, document: '1.2.3', section: 'Section' },
  ])
})

it('keeps a denied problem denied, and says when the signed row answers otherwise', () => {
  expect(factsIn(documentWith('11450-4', '132', row('Asthme', 'p=Oui'), problemEntry(asthma, '', true)))).toMatchObject([
    { negated: true, conflict: { field: 'negation', coded: 'non', narrative: 'Asthme | Oui' } },
  ])
})

it('tells none known, not recorded and hidden apart', () => {
  const absent = (code: string) => `<value xsi:type="CD" code="${code}" codeSystem="2.16.840.1.113883.5.1150.1" displayName="x"/>`
  const status = (value: string) => factsIn(documentWith('11450-4', '132', '', problemEntry(value))).map((one) => one.status)
  expect(status(absent('no-known-problems'))).toEqual(['noneKnown'])
  expect(status(absent('no-problem-info'))).toEqual(['notRecorded'])
  expect(status('<value xsi:type="CD" nullFlavor="MSK"/>')).toEqual(['hiddenHere'])
  expect(status('<value xsi:type="CD" nullFlavor="UNK"/>')).toEqual([])
})

it('never gives a relative\'s illness to the patient', () => {
  const family = `<entry><organizer>${entryTemplate('59')}<subject><relatedSubject><code code="MTH" displayName="Mère"/></relatedSubject></subject>
    <component><observation moodCode="EVN">${entryTemplate('51')}${asthma}</observation></component></organizer></entry>`
  expect(factsIn(documentWith('10157-6', '139', '', family))).toMatchObject([{ kind: 'familyHistory', label: 'Asthme', value: 'Mère' }])
})

describe('the date', () => {
  const dated = (cells: readonly string[], own = '<low value="20240312"/>') => factsIn(documentWith('11450-4', '132', row(...cells), problemEntry(asthma).replace('<low value="201903"/>', own)))

  it.each([
    ['12/03/2024'], ['le 12/03/2024'], ['Le 12/03/2024 à 14:30'], ['12/03/2024 14h30'], ['12/03/2024 - 15/03/2024'], ['Du 12/03/2024 au 15/03/2024'],
    ['12/03/2024 08:15 au 15/03/2024 09:00:10'], ['depuis le 12/03/2024'],
  ])('is compared with a cell that says "%s" and nothing else', (cell) => {
    expect(dated([cell, 'p=Asthme'])[0]?.conflict).toBeNull()
    expect(dated([cell.replace('12/03', '13/03'), 'p=Asthme'])[0]?.conflict).toMatchObject({ field: 'date', coded: '2024-03-12' })
  })

  it.each([['Appareil mis en service le 23/12/2009'], ['autorisée (02/05/2001)'], ['n° 12/03/2019-4'], ['né le 01/02/1950, suivi']])('is not one inside "%s"', (cell) => {
    expect(dated([cell, 'p=Asthme'])[0]?.conflict).toBeNull()
  })

  it('has its end beside it, and no beginning where only the end is known', () => {
    expect(dated(['x', 'p=y'], '<low value="20240312"/><high value="20240315"/>')).toMatchObject([{ date: '2024-03-12', end: '2024-03-15' }])
    expect(dated(['x', 'p=y'], '<low nullFlavor="UNK"/><high value="20240315"/>')).toMatchObject([{ date: null, end: '2024-03-15' }])
  })
})

const statusObservation = (code: string, text = '') => `<entryRelationship typeCode="REFR"><observation moodCode="EVN">${entryTemplate('30')}<code code="33999-4"/>${text}
  <value xsi:type="CE" code="${code}" codeSystem="2.16.840.1.113883.4.642.1.1074"/></observation></entryRelationship>`

describe('the status', () => {
  const conflict = (code: string, cells: readonly string[], text = '') => factsIn(documentWith('11450-4', '132', row(...cells), problemEntry(asthma, statusObservation(code, text))))[0]?.conflict

  it('is said to differ from a cell that says plainly the other', () => {
    expect(conflict('active', ['p=Asthme', 'Terminé'])).toEqual({ field: 'status', coded: 'active', narrative: 'Asthme | Terminé' })
    expect(conflict('resolved', ['p=Asthme', 'En cours'])).toEqual({ field: 'status', coded: 'resolved', narrative: 'Asthme | En cours' })
    expect(conflict('active', ['p=Asthme', 's=Inactif', 'Actif'], '<text><reference value="#s"/></text>')).toMatchObject({ field: 'status' })
  })

  it.each([
    ['active', ['p=Asthme', 'Actif']], ['resolved', ['p=Asthme', 'Guéri']], ['active', ['p=Asthme', 'Chronique']], ['inactive', ['p=Asthme', 'Intermittent']],
    ['active', ['p=Asthme', 'Traitement arrêté en 2019']], ['active', ['p=Asthme', 'Actif', 'Terminé']],
  ])('%s is left alone beside %j', (code, cells) => {
    expect(conflict(code, cells)).toBeNull()
  })

  it('of the entry alone says nothing of the illness', () => {
    const listed = problemEntry(asthma).replace('<statusCode code="active"/>', '<statusCode code="completed"/>')
    expect(factsIn(documentWith('11450-4', '132', row('p=Asthme', 'Actif'), listed))).toMatchObject([{ status: 'completed', conflict: null }])
  })
})

describe('allergies', () => {
  const allergyEntry = (value: string, more = '', agent = '<code code="N02BE01" codeSystem="2.16.840.1.113883.6.73" displayName="paracétamol"><originalText><reference value="#a"/></originalText></code>') =>
    `<entry><act>${entryTemplate('40')}<statusCode code="active"/><entryRelationship typeCode="SUBJ"><observation moodCode="EVN">${entryTemplate('41')}
    <code code="416098002" codeSystem="2.16.840.1.113883.6.96" displayName="allergie médicamenteuse"/><effectiveTime><low value="2018"/></effectiveTime>${value}
    <participant typeCode="CSM"><participantRole><playingEntity>${agent}</playingEntity></participantRole></participant>${more}</observation></entryRelationship></act></entry>`
  const read = (value: string, more = '', text = '', agent?: string) => factsIn(documentWith('48765-2', '137', text, allergyEntry(value, more, agent)))
  const reaction = (negated: boolean) => `<entryRelationship typeCode="MFST"><observation moodCode="EVN" negationInd="${negated}">${entryTemplate('37')}
    <text><reference value="#r"/></text><value xsi:type="CD" code="L50" displayName="Urticaire"/></observation></entryRelationship>`

  it('are about their agent, with the reaction and its own date', () => {
    expect(read('<value xsi:type="CD"/>', reaction(false))).toMatchObject([{ kind: 'allergy', label: 'paracétamol', code: 'N02BE01', value: 'Urticaire', date: '2018', status: 'active', conflict: null }])
  })

  it('keep every code of their agent, and none when declared none known', () => {
    const agent = '<code code="67017786" codeSystem="1.2.250.1.213.2.3.1" displayName="Paracétamol"><translation code="N02BE01" codeSystem="2.16.840.1.113883.6.73"/></code>'
    expect(read('', '', '', agent)[0]?.codes).toEqual([{ code: '67017786', system: '1.2.250.1.213.2.3.1' }, { code: 'N02BE01', system: '2.16.840.1.113883.6.73' }])
    expect(read('<value xsi:type="CD" code="no-known-allergies" codeSystem="2.16.840.1.113883.5.1150.1"/>', '', '', agent)[0]?.codes).toBeUndefined()
  })

  it('say when a denied reaction is written in the row', () => {
    expect(read('<value xsi:type="CD"/>', reaction(true), row('a=Paracétamol', 'r=Urticaire'))).toMatchObject([{ conflict: { field: 'negation', coded: 'non : Urticaire' } }])
  })

  it('declared none known are no allergy to an agent', () => {
    const none = '<value xsi:type="CD" code="no-known-allergies" codeSystem="2.16.840.1.113883.5.1150.1" displayName="aucune"/>'
    expect(read(none, '', '', '<code nullFlavor="NA"/>')).toMatchObject([{ kind: 'allergy', label: 'aucune', status: 'noneKnown' }])
  })

  it('are not what changes the effect of an antivitamin K, listed beside them', () => {
    const effect = (code: string, system = '2.16.840.1.113883.6.163') => read(`<value xsi:type="CD" code="${code}" codeSystem="${system}" displayName="Effet"/>`).map(({ kind, value }) => `${kind}: ${value}`)
    expect(effect('10022402')).toEqual(['interaction: Effet'])
    expect(effect('10022401')).toEqual(['interaction: Effet'])
    expect(effect('10046735')).toEqual(['allergy: Effet'])
    expect(effect('10022402', '1.2.3')).toEqual(['allergy: Effet'])
  })

  it('say when the cell of the status says the other', () => {
    const status = statusObservation('active', '<text><reference value="#s"/></text>')
    expect(read('<value xsi:type="CD"/>', status, row('a=Paracétamol', 'Urticaire', 's=Inactive'))).toMatchObject([{ status: 'active', conflict: { field: 'status', narrative: 'Paracétamol | Urticaire | Inactive' } }])
  })

  it('foreseen of a medicine (adverse effect) are about the medicine', () => {
    const entries = `<entry><observation moodCode="EVN">${entryTemplate('210')}<statusCode code="completed"/><value xsi:type="CD" code="R11" displayName="Nausées"/><entryRelationship typeCode="CAUS">
      <substanceAdministration moodCode="EVN"><consumable><manufacturedProduct><manufacturedMaterial><code code="6" codeSystem="1.2.250.1.213.2.3.1" displayName="Tramadol"/></manufacturedMaterial></manufacturedProduct></consumable>
      </substanceAdministration></entryRelationship></observation></entry>`
    expect(factsIn(documentWith('44939-7', '247', '', entries))).toMatchObject([{ kind: 'allergy', label: 'Tramadol', value: 'Nausées' }])
  })
})
