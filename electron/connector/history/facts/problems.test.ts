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

it('contradicts a row that says it is absent, and is one in a list of illnesses whose code asks nothing', () => {
  expect(factsIn(documentWith('11348-0', '134', row('p=Asthme', 'absent'), problemEntry(asthma)))).toMatchObject([{ conflict: { field: 'negation', coded: 'oui' } }])
  expect(factsIn(documentWith('11348-0', '134', row('p=Asthme', 'Présent'), problemEntry(asthma)))).toMatchObject([{ conflict: null }])
  const asserted = (section: string) => factsIn(documentWith(section, '999', '', `<entry><observation moodCode="EVN"><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>${asthma}</observation></entry>`))
  expect(asserted('11450-4')).toMatchObject([{ kind: 'problem', label: 'Asthme' }])
  expect(asserted('30954-2')).toMatchObject([{ kind: 'observation', label: 'Asthme' }])
})

it('answered by no is denied, as one whose entry denies it', () => {
  const answered = (value: string) => factsIn(documentWith('11348-0', '134', row('p=Diabète', 'x'), problemEntry(`<value xsi:type="BL" value="${value}"/>`)))
  expect(answered('false')).toMatchObject([{ kind: 'problem', label: 'Diabète', negated: true, conflict: null }])
  expect(answered('true')).toMatchObject([{ kind: 'problem', label: 'Diabète', negated: false }])
})

it('written in error leaves the text of its list to the others', () => {
  const list = (status: string) => factsIn(documentWith('11450-4', '132', row('p=Asthme') + row('q=Goutte'), problemEntry(asthma) + problemEntry(asthma).replace('<effectiveTime><low value="201903"', `<statusCode code="${status}"/><effectiveTime><low value="201903"`).replace('#p', '#q')))
  expect(list('nullified')).toMatchObject([{ kind: 'problem', label: 'Asthme' }, { kind: 'narrative', value: 'Goutte' }])
  expect(list('completed')).toMatchObject([{ kind: 'problem' }, { kind: 'problem' }])
})

it('takes cells that all answer alike for one answer, never cells that differ', () => {
  const conflict = (...answers: readonly string[]) => factsIn(documentWith('11450-4', '132', row('p=Asthme', ...answers), problemEntry(asthma)))[0]?.conflict ?? null
  expect(conflict('non', 'non')).toMatchObject({ field: 'negation', coded: 'oui' })
  expect(conflict('oui', 'oui')).toBeNull()
  expect(conflict('oui', 'non')).toBeNull()
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

it('never gives the patient a family history that does not say whose it is, nor what a section says of another', () => {
  const illness = `<entry><observation moodCode="EVN">${entryTemplate('51')}${asthma}</observation></entry>`
  expect(factsIn(documentWith('10157-6', '139', '', illness))).toMatchObject([{ kind: 'familyHistory', label: 'Asthme', value: null }])
  const subject = '<subject><relatedSubject><code code="CHILD" displayName="Enfant"/></relatedSubject></subject>'
  expect(factsIn(documentWith('11450-4', '132', '', `${subject}${problemEntry(asthma)}`))).toMatchObject([{ kind: 'familyHistory', label: 'Asthme', value: 'Enfant' }])
})

it('takes no heading for an illness', () => {
  const heading = '<value xsi:type="CD" code="42349-1" codeSystem="2.16.840.1.113883.6.1" displayName="Motif"/>'
  expect(factsIn(documentWith('42349-1', '127', 'Douleur', problemEntry(heading)))).toMatchObject([{ kind: 'narrative', value: 'Douleur' }])
})

it('reads the illness a heading is translated to, by its own name', () => {
  const heading = (translations: string) => `<value xsi:type="CD" code="29308-4" codeSystem="2.16.840.1.113883.6.1" displayName="Diagnostic"><originalText>Diagnostic principal</originalText>${translations}</value>`
  const [j45, question] = ['code="J45" codeSystem="2.16.840.1.113883.6.3"', '<translation code="42349-1" codeSystem="2.16.840.1.113883.6.1" displayName="Motif"/>']
  const read = (translations: string, text = 'Douleur') => factsIn(documentWith('11450-4', '132', text, problemEntry(heading(translations))))
  expect(read(`${question}<translation ${j45} displayName="Asthme"/>`)).toMatchObject([{ kind: 'problem', label: 'Asthme', code: 'J45' }, { kind: 'narrative' }])
  expect(read(`<translation ${j45}><originalText>Asthme allergique</originalText></translation>`)[0]).toMatchObject({ kind: 'problem', label: 'Asthme allergique' })
  expect(read(`<translation ${j45}/>`)[0]).toMatchObject({ kind: 'problem', label: 'CIM-10 J45' })
  for (const none of [question, '<translation code="MED-1" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Motif de venue"/>']) expect(read(none)).toMatchObject([{ kind: 'narrative', value: 'Douleur' }])
})

it('tells another problem by its words, and the side of its place', () => {
  const other = '<value xsi:type="CD" code="R69" codeSystem="2.16.840.1.113883.6.3" displayName="Causes inconnues"><originalText><reference value="#p"/></originalText></value>'
  expect(factsIn(documentWith('11450-4', '132', row('p=Vertiges au réveil'), problemEntry(other)))).toMatchObject([{ label: 'Vertiges au réveil', code: 'R69' }])
  const site = '<targetSiteCode code="1" displayName="sein"><qualifier><value code="2" displayName="droit"/></qualifier></targetSiteCode>'
  expect(factsIn(documentWith('11450-4', '132', '', problemEntry(asthma, site)))).toMatchObject([{ value: 'sein, droit' }])
})

it('tells what is asked beside a problem, but no cause or reaction as another problem', () => {
  const beside = (type: string, inner: string) => `<entryRelationship typeCode="${type}">${inner}</entryRelationship>`
  const cause = beside('CAUS', `<observation moodCode="EVN">${entryTemplate('48')}<code code="1" displayName="Brûlure"/><value xsi:type="BL" value="false"/></observation>`)
  const reaction = beside('MFST', `<observation moodCode="EVN">${entryTemplate('37')}<value xsi:type="CD" code="L50" displayName="Urticaire"/></observation>`)
  expect(factsIn(documentWith('11450-4', '132', '', problemEntry(asthma, `${cause}${reaction}${statusObservation('active')}`)))).toMatchObject([{ kind: 'problem', label: 'Asthme' }, { kind: 'observation', label: 'Brûlure (Asthme)', value: 'false', date: '2019-03' }])
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

  it('of a line left open makes no past illness active; its own does', () => {
    expect(factsIn(documentWith('11348-0', '134', '', problemEntry(asthma)))).toMatchObject([{ status: null }])
    expect(factsIn(documentWith('11348-0', '134', '', problemEntry(asthma, statusObservation('recurrence'))))).toMatchObject([{ status: 'recurrence' }])
  })

  it('of the entry alone says nothing of the illness', () => {
    const listed = problemEntry(asthma).replace('<statusCode code="active"/>', '<statusCode code="completed"/>')
    expect(factsIn(documentWith('11450-4', '132', row('p=Asthme', 'Actif'), listed))).toMatchObject([{ status: 'completed', conflict: null }])
  })
})

it('is in remission where the words of its status say so', () => {
  const status = (words: string) => `<entryRelationship typeCode="REFR"><observation moodCode="EVN">${entryTemplate('30')}<code code="33999-4"/><value xsi:type="CD" nullFlavor="OTH"><originalText>${words}</originalText></value></observation></entryRelationship>`
  expect(factsIn(documentWith('11348-0', '134', '', problemEntry(asthma, status('En rémission complète'))))).toMatchObject([{ status: 'remission' }])
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

  it('that are an intolerance say so', () => {
    const typed = (code: string, name: string) => factsIn(documentWith('48765-2', '137', '', `<entry><observation moodCode="EVN">${entryTemplate('41')}<code code="${code}" codeSystem="2.16.840.1.113883.6.96" displayName="${name}"/><value xsi:type="CD" nullFlavor="NA"/>
      <participant typeCode="CSM"><participantRole><playingEntity><code code="1" codeSystem="1.2" displayName="Aspirine"/></playingEntity></participantRole></participant></observation></entry>`))
    expect(typed('59037007', 'Intolérance médicamenteuse')).toMatchObject([{ label: 'Aspirine', value: 'Intolérance médicamenteuse' }])
    expect(typed('416098002', 'Allergie médicamenteuse')).toMatchObject([{ label: 'Aspirine', value: null }])
  })

  it('to what is masked are hidden, not active', () => {
    expect(read('<value xsi:type="CD" nullFlavor="MSK"/>', '', '', '<code nullFlavor="MSK"/>')).toMatchObject([{ kind: 'allergy', status: 'hiddenHere', negated: false }])
    expect(read('<value xsi:type="CD" nullFlavor="MSK"/>')).toMatchObject([{ label: 'paracétamol', status: 'active' }])
  })

  it('declared none by the codes of before are none known', () => {
    for (const code of ['716186003', '429625007']) expect(read(`<value xsi:type="CD" code="${code}" codeSystem="2.16.840.1.113883.6.96" displayName="aucune"/>`, '', '', '<code nullFlavor="NA"/>')).toMatchObject([{ status: 'noneKnown' }])
  })

  it('answered no are denied; without an agent they say what was signed', () => {
    const asked = '<value xsi:type="CD"><originalText><reference value="#a"/></originalText></value>'
    const answered = (answer: string) => read(asked, '', row('Allergie alimentaire', `a=${answer}`), '<code nullFlavor="UNK"/>')
    expect(answered('Non')).toMatchObject([{ label: 'allergie médicamenteuse', negated: true, conflict: null }])
    expect(answered('Oui')).toMatchObject([{ negated: false, conflict: null }])
    const unnamed = '<code nullFlavor="UNK"><originalText/></code>'
    expect(read('<value xsi:type="CD"/><text><reference value="#a"/></text>', '', row('a=Allergie', 'Latex'), unnamed)).toMatchObject([{ label: 'allergie médicamenteuse', value: 'Allergie | Latex' }])
  })

  it('name their agent twice where its code and its name share no word', () => {
    const agent = (name: string) => read('<value xsi:type="CD"/>', '', '', `<code code="J01DE01" codeSystem="2.16.840.1.113883.6.73" displayName="céfépime"/><name>${name}</name>`)[0]?.label
    expect(agent('Bêta-lactamines')).toBe('céfépime (Bêta-lactamines)')
    expect(agent('CEFEPIME 1 g')).toBe('céfépime')
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
      </substanceAdministration></entryRelationship><entryRelationship typeCode="SUBJ"><observation moodCode="EVN"><code code="94030-4" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="CD" code="1" displayName="Grave"/></observation></entryRelationship></observation></entry>`
    expect(factsIn(documentWith('44939-7', '247', '', entries))).toMatchObject([{ kind: 'allergy', label: 'Tramadol', value: 'Nausées', interpretation: 'Grave' }])
  })
})

describe('what details a problem', () => {
  const detail = `<entryRelationship typeCode="COMP"><observation moodCode="EVN">${entryTemplate('48')}<code code="MED-552" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Gène"/><value xsi:type="ST">XYZ1</value></observation></entryRelationship>`
  const reaction = `<entryRelationship typeCode="MFST"><observation moodCode="EVN">${entryTemplate('37')}<value xsi:type="CD" code="R21" displayName="Éruption"/></observation></entryRelationship>`
  const read = (inside: string, negated = false, text = '') => factsIn(documentWith('11450-4', '132', text, `<entry><observation moodCode="EVN" negationInd="${negated}">${entryTemplate('37')}<text><reference value="#p"/></text><statusCode code="completed"/>
    <value xsi:type="CD" code="E70" codeSystem="2.16.840.1.113883.6.3" displayName="Maladie rare"/>${inside}</observation></entry>`))

  it('is told under its name, unless it is denied; how it shows is no other problem', () => {
    expect(read(detail + reaction)).toMatchObject([{ kind: 'problem', label: 'Maladie rare' }, { label: 'Gène (Maladie rare)', value: 'XYZ1' }])
    expect(read(detail, true)).toMatchObject([{ kind: 'problem', negated: true }])
  })

  it('says the side of its place', () => {
    const site = '<targetSiteCode code="1" displayName="Membre supérieur"><qualifier><value code="2" displayName="gauche"/></qualifier></targetSiteCode>'
    expect(read(site)).toMatchObject([{ value: 'Membre supérieur, gauche' }])
  })

  it('is in doubt where the signed answer is that nobody knows', () => {
    expect(read('', false, row('p=Maladie rare', 'Ne sait pas'))).toMatchObject([{ conflict: { field: 'negation', coded: 'oui', narrative: 'Maladie rare | Ne sait pas' } }])
    expect(read('', false, row('p=Maladie rare', 'inconnu', '12/03/2024'))[0]?.conflict).toBeNull()
  })
})

describe('an entry in another form', () => {
  const pcc = (number: string) => `<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.${number}"/>`
  const snomed = 'codeSystem="2.16.840.1.113883.6.96"'
  const observed = (value: string, { templates = entryTemplate('37'), mood = 'EVN', more = '' } = {}) =>
    `<observation moodCode="${mood}">${templates}<code code="55607006" ${snomed} displayName="Problème"/><statusCode code="completed"/>${value}${more}</observation>`
  const listed = (inner: string, templates: string) => `<entry><act>${templates}<statusCode code="active"/><entryRelationship typeCode="SUBJ">${inner}</entryRelationship></act></entry>`
  const read = (entries: string, section = '11450-4') => factsIn(documentWith(section, '999', '', entries))

  it('is a problem of its list where only IHE names it, and where nothing does', () => {
    const expected = [{ kind: 'problem', label: 'Asthme', status: 'active' }]
    expect(read(listed(observed(asthma, { templates: pcc('5') }), pcc('5.2')))).toMatchObject(expected)
    expect(read(listed(observed(asthma, { templates: '' }), ''))).toMatchObject(expected)
  })

  it('is a relative\'s by its template alone, wherever it stands, and the patient\'s where they are the subject', () => {
    expect(read(`<entry>${observed(asthma, { templates: entryTemplate('51') })}</entry>`)).toMatchObject([{ kind: 'familyHistory', value: null }])
    const subject = (inner: string) => `<subject><relatedSubject classCode="PAT">${inner}</relatedSubject></subject>`
    for (const inner of ['', '<code code="SELF" codeSystem="2.16.840.1.113883.5.111" displayName="patient"/>']) expect(read(`<entry>${observed(asthma, { more: subject(inner) })}</entry>`)).toMatchObject([{ kind: 'problem' }])
    const takingPart = '<participant typeCode="SBJ"><participantRole classCode="PRS"><code code="FTH" codeSystem="2.16.840.1.113883.5.111" displayName="Père"/></participantRole></participant>'
    expect(read(`<entry>${observed(asthma, { more: takingPart })}</entry>`)).toMatchObject([{ kind: 'familyHistory', value: 'Père' }])
  })

  it('is each of its values, an illness in plain words too; a risk or an aim is none', () => {
    const rhinitis = '<value xsi:type="CD" code="J30" codeSystem="2.16.840.1.113883.6.3" displayName="Rhinite"/>'
    expect(read(`<entry>${observed(asthma + rhinitis)}</entry>`)).toMatchObject([{ label: 'Asthme' }, { label: 'Rhinite' }])
    expect(read(`<entry>${observed('<value xsi:type="ST">Vertiges</value>')}</entry>`)).toMatchObject([{ label: 'Vertiges' }])
    expect(read(`<entry>${observed('', { more: '<text>Vertiges au lever</text>' })}</entry>`)).toMatchObject([{ label: 'Vertiges au lever' }])
    expect(read(`<entry>${observed(asthma, { mood: 'GOL' })}</entry>`)).toMatchObject([{ kind: 'carePlan', status: 'planned' }])
  })

  it.each([
    ['413322009', 'x', 'resolved', null], ['73425007', 'x', 'inactive', null], ['410516002', 'x', 'refuted', null], ['90734009', 'Chronique', 'active', 'Chronique'], ['L1', 'Terminé', 'inactive', null], ['L2', 'Stationnaire', 'L2', null],
  ])('stands as the status %s "%s" says, template or not', (code, name, status, interpretation) => {
    const stated = `<entryRelationship typeCode="REFR"><observation moodCode="EVN"><code code="33999-4" codeSystem="2.16.840.1.113883.6.1"/><value xsi:type="CE" code="${code}" ${snomed} displayName="${name}"/></observation></entryRelationship>`
    expect(read(`<entry>${observed(asthma, { more: stated })}</entry>`)).toMatchObject([{ status, interpretation }])
  })

  it('says in what state it leaves the patient, unless its row does', () => {
    const state = (text = '') => `<entryRelationship typeCode="REFR"><observation moodCode="EVN">${entryTemplate('31')}<code code="11323-3" codeSystem="2.16.840.1.113883.6.1"/>${text}<value xsi:type="CD" code="1" ${snomed} displayName="Aphasie"/></observation></entryRelationship>`
    const pointed = '<text><reference value="#a"/></text>'
    const told = (more: string, ...cells: readonly string[]) => factsIn(documentWith('11450-4', '132', row('a=Asthme', ...cells), `<entry>${observed(asthma, { more: pointed + more })}</entry>`))
    expect(told(state())).toMatchObject([{ interpretation: 'Aphasie' }])
    expect(told(state(), 'aphasie partielle')).toMatchObject([{ interpretation: null }])
    expect(told(state('<text><reference value="#s"/></text>'), 's=ne parle plus')).toMatchObject([{ interpretation: null }])
  })

  it('is refuted by known absent, as by refuted; what was written in error beside it says nothing', () => {
    const certainty = (status: string) => `<entryRelationship typeCode="REFR"><observation moodCode="EVN">${entryTemplate('171')}<statusCode code="${status}"/><value xsi:type="CD" code="410516002" ${snomed} displayName="Absent"/></observation></entryRelationship>`
    expect(read(`<entry>${observed(asthma, { more: certainty('completed') })}</entry>`)).toMatchObject([{ status: 'refuted' }])
    expect(read(`<entry>${observed(asthma, { more: certainty('nullified') })}</entry>`)).toMatchObject([{ status: 'completed', interpretation: null }])
  })

  it('carries the comment its code alone names, and another problem told under it', () => {
    const comment = '<entryRelationship typeCode="SUBJ" inversionInd="true"><act><code code="48767-8" codeSystem="2.16.840.1.113883.6.1"/><text>Suivi annuel</text></act></entryRelationship>'
    const other = `<entryRelationship typeCode="SUBJ">${observed('<value xsi:type="CD" code="R05" displayName="Toux"/>')}</entryRelationship>`
    expect(read(`<entry>${observed(asthma, { more: comment + other })}</entry>`)).toMatchObject([{ label: 'Asthme' }, { kind: 'problem', label: 'Toux' }, { kind: 'narrative', label: 'Asthme', value: 'Suivi annuel' }])
  })

  it('of an allergy tells each agent, a device too, without a template in its section; and an absence coded as its kind', () => {
    const agent = (kind: string, name: string) => `<participant typeCode="CSM"><participantRole><${kind}><code code="1" codeSystem="1.2" displayName="${name}"/></${kind}></participantRole></participant>`
    const allergy = (code: string, more: string) => `<entry><observation moodCode="EVN">${code}<statusCode code="completed"/><value xsi:type="CD" nullFlavor="NA"/>${more}</observation></entry>`
    const drug = `<code code="416098002" ${snomed} displayName="Allergie"/>`
    expect(read(allergy(drug, agent('playingEntity', 'Latex') + agent('playingDevice', 'Gants')), '48765-2')).toMatchObject([{ kind: 'allergy', label: 'Latex' }, { kind: 'allergy', label: 'Gants' }])
    const unknown = `${entryTemplate('41')}<code code="no-allergy-info" codeSystem="2.16.840.1.113883.5.1150.1" displayName="Inconnues"/>`
    const nobody = '<participant typeCode="CSM"><participantRole><playingEntity><code nullFlavor="UNK"/></playingEntity></participantRole></participant>'
    expect(read(allergy(drug, agent('playingEntity', 'Latex') + nobody), '48765-2').map(({ label }) => label)).toEqual(['Latex'])
    expect(read(allergy(drug, nobody), '48765-2').map(({ label }) => label)).toEqual(['Allergie'])
    expect(read(allergy(unknown, ''), '48765-2')).toMatchObject([{ kind: 'allergy', label: 'Inconnues', status: 'notRecorded', code: 'no-allergy-info' }])
  })
})

it('says where an illness rests on words that only deny, and calls none by them', () => {
  const bare = asthma.replace(' displayName="Asthme"', '')
  const read = (value: string, ...cells: readonly string[]) => factsIn(documentWith('11450-4', '132', row(...cells), problemEntry(value)))[0]
  expect(read(asthma, 'p=Pas d’asthme')).toMatchObject({ label: 'Asthme', conflict: { field: 'negation', coded: 'oui', narrative: 'Pas d’asthme' } })
  expect(read(bare, 'p=Néant')).toMatchObject({ label: 'CIM-10 J45', conflict: { field: 'negation' } })
  expect(read(asthma, 'p=Asthme sans gravité')).toMatchObject({ conflict: null })
  expect(factsIn(documentWith('11450-4', '132', row('p=Pas d’asthme'), problemEntry(asthma, '', true)))[0]).toMatchObject({ negated: true, conflict: null })
  const none = '<value xsi:type="CD" code="no-known-problems" codeSystem="2.16.840.1.113883.5.1150.1"/>'
  expect(read(none, 'p=Aucun')).toMatchObject({ label: 'Aucun', status: 'noneKnown', conflict: null })
})

describe('words that deny all', () => {
  const to = (agent: string, { value = '', text = '', type = '<code code="416098002" codeSystem="2.16.840.1.113883.6.96" displayName="Allergie médicamenteuse"/>' } = {}) =>
    factsIn(documentWith('48765-2', '137', text, `<entry><observation moodCode="EVN">${entryTemplate('41')}${type}<statusCode code="completed"/>${value}<participant typeCode="CSM"><participantRole><playingEntity>${agent}</playingEntity></participantRole></participant></observation></entry>`))
  const denial = 'Aucune allergie connue'

  it.each([
    `<code nullFlavor="OTH"><originalText>${denial}</originalText></code>`, `<code nullFlavor="OTH"/><name>${denial}</name>`, `<name>${denial}</name>`, `<code code="0" codeSystem="1.2.3" displayName="${denial}"/>`,
    `<code code="0" codeSystem="1.2.3"><originalText>${denial}</originalText></code>`, `<code code="0" codeSystem="1.2.3"/><name>${denial}</name>`, `<code nullFlavor="OTH" displayName="${denial}"/>`,
  ])('are no agent: the allergy is denied (%s)', (agent) => {
    expect(to(agent)).toMatchObject([{ kind: 'allergy', label: 'Allergie médicamenteuse', value: denial, negated: true, conflict: null }])
    expect(to(agent)[0]?.codes).toBeUndefined()
    expect(to(agent, { value: '<value xsi:type="CD" code="419511003" codeSystem="2.16.840.1.113883.6.96" displayName="Allergie à un médicament"/>' })).toMatchObject([{ negated: true }])
  })

  it('deny no agent that is told, be it by the kind of the allergy: they contradict it', () => {
    const contradicted = [{ negated: false, conflict: { field: 'negation', coded: 'oui', narrative: denial } }]
    expect(to(`<code code="J01CR02" codeSystem="2.16.840.1.113883.6.73" displayName="Amoxicilline"><originalText>${denial}</originalText></code>`)).toMatchObject(contradicted)
    expect(to(`<code code="J01CR02" codeSystem="2.16.840.1.113883.6.73"><originalText>${denial}</originalText></code>`)).toMatchObject([{ ...contradicted[0], label: 'ATC J01CR02' }])
    expect(to(`<name>${denial}</name>`, { value: '<value xsi:type="CD" code="Z88.0" codeSystem="2.16.840.1.113883.6.3" displayName="Allergie à la pénicilline"/>' })).toMatchObject([{ ...contradicted[0], label: 'Allergie à la pénicilline' }])
  })

  it('are not told as what the kind of an allergy is to', () => {
    expect(to('<code nullFlavor="UNK"/>', { value: `<value xsi:type="CD" code="0" codeSystem="1.2.3" displayName="${denial}"/>` })).toMatchObject([{ label: 'Allergie médicamenteuse', negated: true }])
    expect(to('<code nullFlavor="UNK"/>', { text: denial, type: `<code code="0" codeSystem="1.2.3" displayName="${denial}"/>` })).toMatchObject([{ kind: 'narrative', value: denial }])
  })

  it('count for an allergy only where no agent of it is named', () => {
    const latex = '<code code="1" codeSystem="1.2" displayName="Latex"/></playingEntity></participantRole></participant><participant typeCode="CSM"><participantRole><playingEntity><code nullFlavor="OTH"><originalText>Aucune</originalText></code>'
    expect(to(latex)).toMatchObject([{ label: 'Latex', negated: false }])
  })

  it('are no illness, no act and no medicine, and name neither by another cell nor by a bare number', () => {
    const inline = '<originalText>Aucun antécédent connu</originalText>'
    const said = (value: string, text = '') => factsIn(documentWith('11450-4', '132', text || 'Aucun antécédent connu', problemEntry(value)))
    for (const value of [`<value xsi:type="CD" code="0" codeSystem="1.2.3" codeSystemName="LOC">${inline}</value>`, `<value xsi:type="CD" nullFlavor="OTH">${inline}</value>`, '<value xsi:type="CD" code="0" codeSystem="1.2.3" displayName="Aucun antécédent"/>', '<value xsi:type="ST">Aucun</value>']) {
      expect(said(value), value).toMatchObject([{ kind: 'narrative', value: 'Aucun antécédent connu' }])
    }
    const surgical = row('Antécédents chirurgicaux', 'p=Néant')
    for (const value of ['<value xsi:type="CD"/>', '<value xsi:type="CD" nullFlavor="OTH"/>', '<value xsi:type="CD" code="0" codeSystem="1.2.3"/>']) {
      expect(said(value, surgical), value).toMatchObject([{ kind: 'narrative', value: 'Antécédents chirurgicaux | Néant' }])
    }
    expect(said('<value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3"/>', surgical)).toMatchObject([{ label: 'CIM-10 J45', conflict: { field: 'negation' } }])
    for (const name of ['', ' displayName="Asthme"']) expect(said(`<value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3"${name}>${inline}</value>`)[0], name).toMatchObject({ kind: 'problem', conflict: { field: 'negation', coded: 'oui', narrative: 'Aucun antécédent connu' } })
    const other = (entry: string) => factsIn(documentWith('47519-4', '136', surgical, `<entry>${entry}</entry>`)).map(({ kind }) => kind)
    const text = '<text><reference value="#p"/></text>'
    expect(other(`<procedure moodCode="EVN">${entryTemplate('62')}<code code="0" codeSystem="1.2.3"/>${text}</procedure>`)).toEqual(['narrative'])
    expect(other(`<substanceAdministration moodCode="EVN">${entryTemplate('42')}${text}<consumable><manufacturedProduct><manufacturedMaterial><code nullFlavor="OTH"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>`)).toEqual(['narrative'])
    expect(other(`<supply moodCode="EVN">${entryTemplate('20')}${text}<participant typeCode="DEV"><participantRole><playingDevice><code code="0" codeSystem="1.2.3"/></playingDevice></participantRole></participant></supply>`)).toEqual(['narrative'])
  })
})

it('is denied under the name of its question where its entry and its row both say no', () => {
  const read = (negated: boolean) => factsIn(documentWith('11450-4', '132', row('Asthme', 'p=Non'), problemEntry('<value xsi:type="CD" nullFlavor="OTH"/>', '', negated)))
  expect(read(true)).toMatchObject([{ kind: 'problem', label: 'Asthme', negated: true, conflict: null }])
  expect(read(false)).toMatchObject([{ kind: 'narrative', value: 'Asthme | Non' }])
})

it('is not active by an open line once it has ended', () => {
  const ended = problemEntry(asthma).replace('<low value="201903"/>', '<low value="201903"/><high value="2020"/>')
  expect(factsIn(documentWith('11450-4', '132', '', ended))).toMatchObject([{ end: '2020', status: null }])
  const until = (end: string) => factsIn(documentWith('11450-4', '132', '', ended.replace('value="2020"', `value="${end}"`), '<effectiveTime value="20260315"/>'))[0]?.status
  expect(['2029', '20260316', '202604'].map(until)).toEqual(['active', 'active', 'active'])
  expect(['2026', '20260315', '202603', '20260314'].map(until)).toEqual([null, null, null, null])
})

it('takes no answer for an agent, and no denial of all for an allergy', () => {
  const to = (agent: string, ...cells: readonly string[]) => factsIn(documentWith('48765-2', '137', row(...cells), `<entry><observation moodCode="EVN">${entryTemplate('41')}<code code="416098002" codeSystem="2.16.840.1.113883.6.96" displayName="Allergie médicamenteuse"/>
    <text><reference value="#p"/></text><participant typeCode="CSM"><participantRole><playingEntity>${agent}</playingEntity></participantRole></participant></observation></entry>`))[0]
  const pointing = '<code code="J01CR02" codeSystem="2.16.840.1.113883.6.73"><originalText><reference value="#p"/></originalText></code>'
  expect(to(pointing, 'Allergie', 'p=Oui')).toMatchObject({ label: 'ATC J01CR02', negated: false })
  expect(to(pointing, 'p=Amoxicilline')).toMatchObject({ label: 'Amoxicilline' })
  expect(to('<code nullFlavor="UNK"/>', 'p=Aucune allergie connue')).toMatchObject({ label: 'Allergie médicamenteuse', negated: true })
  expect(to('<code code="J01CR02" displayName="Amoxicilline"/>', 'p=Aucune')).toMatchObject({ label: 'Amoxicilline', negated: false, conflict: { field: 'negation', coded: 'oui' } })
  expect(to('<code nullFlavor="UNK"/>', 'p=Œdème du visage')).toMatchObject({ value: 'Œdème du visage', negated: false })
})

it('tells one child from another by its given name and its rank, and a foetus by no name of its mother\'s', () => {
  const value = (code: string, name: string, rank = '') => factsIn(documentWith('10162-6', '77', '', `<entry><organizer classCode="CLUSTER" moodCode="EVN">${entryTemplate('56')}<statusCode code="completed"/>
    <subject><relatedSubject classCode="PRS"><code code="${code}" displayName="Proche"/><subject><name><family>DURAND</family>${name}</name>${rank}</subject></relatedSubject></subject>
    <component><observation classCode="OBS" moodCode="EVN">${entryTemplate('53')}<code code="8339-4" displayName="Poids"/><value xsi:type="PQ" value="2300" unit="g"/></observation></component></organizer></entry>`))[0]?.value
  expect(value('CHILD', '<given>Zoé</given>')).toBe('Proche (Zoé) : 2300')
  expect(value('CHILD', '<given qualifier="BR">Zoé</given><given>Zoé Anne</given>')).toBe('Proche (Zoé Anne) : 2300')
  expect(value('CHILD', '<given qualifier="BR">Rose</given><given qualifier="CL">Zoé</given>', '<sdtc:multipleBirthOrderNumber xmlns:sdtc="urn:hl7-org:sdtc" value="2"/>')).toBe('Proche (Zoé, n° 2) : 2300')
  expect(value('CHILD', '<given qualifier="BR">Rose</given>')).toBe('Proche : 2300')
  expect(value('CHILD', '', '<birthTime value="200009111830"/>')).toBe('Proche (naissance : 11/09/2000) : 2300')
  expect(value('CHILD', '<given>Zoé</given>', '<birthTime value="2000"/>')).toBe('Proche (Zoé) : 2300')
  expect(value('MTH', '<given>Rose</given>')).toBe('Proche : 2300')
})
