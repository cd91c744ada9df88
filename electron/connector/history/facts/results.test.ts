import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { namesOf } from '../summary/fact-names.ts'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

function resultEntry(value: string, more = ''): string {
  return `<entry><act><entryRelationship><observation moodCode="EVN">${entryTemplate('80')}<code code="1-1" codeSystem="2.16.840.1.113883.6.1" displayName="Analyse">
    <originalText><reference value="#r"/></originalText></code><statusCode code="completed"/><effectiveTime value="20260102"/>${value}${more}</observation></entryRelationship></act></entry>`
}

it.each([
  ['<value xsi:type="PQ" value="1.950" unit="mmol/L"/>', '1.950', 'mmol/L'],
  ['<value xsi:type="c:PQ" value="2" unit="1"/>', '2', null],
  ['<value xsi:type="IVL_PQ"><high value="5" unit="mg/L"/></value>', '<= 5', 'mg/L'],
  ['<value xsi:type="IVL_PQ"><high value="5" unit="mg/L" inclusive="false"/></value>', '< 5', 'mg/L'],
  ['<value xsi:type="IVL_PQ"><low value="2" unit="g"/><high value="5" unit="g"/></value>', '2 - 5', 'g'],
  ['<value xsi:type="CD"><originalText>trouble</originalText></value>', 'trouble', null],
  ['<value xsi:type="ST">absence</value>', 'absence', null],
  ['<value xsi:type="INT" value="3"/>', '3', null],
  ['<value xsi:type="RTO_PQ_PQ"><numerator value="1" unit="mg"/><denominator value="2" unit="mL"/></value>', '1/2', 'mg/mL'],
  ['<value xsi:type="RTO_PQ_PQ"><numerator value="2.5" unit="mg"/><denominator value="1" unit="mmol"/></value>', '2.5', 'mg/mmol'],
  ['<value xsi:type="RTO"><numerator value="160"/><denominator value="1"/></value>', '160/1', null],
  ['<value xsi:type="PQ" nullFlavor="UNK"/>', null, null],
  ['<value xsi:type="PQ" nullFlavor="OTH"><translation value="7.1" code="mmol/L"/></value>', '7.1', 'mmol/L'],
  ['<value xsi:type="IVL_PQ"><low value="500" unit="mg"/><high value="1" unit="g"/></value>', '500 mg - 1 g', null],
  ['<value xsi:type="IVL_PQ"><center value="5" unit="mg/L"/></value>', '5', 'mg/L'],
  ['<value xsi:type="IVL_TS"><low value="20260101"/><high value="202602"/></value>', '2026-01-01 - 2026-02', null],
  ['<value xsi:type="CD" code="1" displayName="Fracture"><qualifier><value code="2" displayName="droite"/></qualifier></value>', 'Fracture (droite)', null],
  ['<value xsi:type="CO" value="3"/>', '3', null],
  ['<value xsi:type="II" root="1.2" extension="A12"/>', 'A12', null],
  ['<value xsi:type="PQ" value="5" unit="g/L"/><value xsi:type="PQ" value="0.5" unit="g/dL"/>', '5 g/L, 0.5 g/dL', null],
])('reads %s', (value, expected, unit) => {
  expect(factsIn(documentWith('18719-5', '70', '', resultEntry(value)))).toMatchObject([{ kind: 'labResult', label: 'Analyse', value: expected, unit, date: '2026-01-02' }])
})

it('marks a number its row does not hold', () => {
  const conflict = (value: string) => factsIn(documentWith('18719-5', '70', row('r=Analyse', '7,5'), resultEntry(`<value xsi:type="PQ" value="${value}" unit="g"/>`)))[0]?.conflict
  expect(conflict('7.5')).toBeNull()
  expect(conflict('8.2')).toEqual({ field: 'value', coded: '8.2', narrative: 'Analyse | 7,5' })
})

it('takes another scale for another unit, never for the same one', () => {
  const conflict = (value: string, unit: string, cell: string) => factsIn(documentWith('18719-5', '70', row('r=Analyse', cell), resultEntry(`<value xsi:type="PQ" value="${value}" unit="${unit}"/>`)))[0]?.conflict ?? null
  for (const [value, unit, cell] of [['3200', 'g', '3,2 kg'], ['170', 'cm', '1,70 m'], ['0.032', 'ug/mL', '0,032 µg/ml'], ['100000', '/mL', '100 000 /mL'], ['120', 'mm[Hg]', '12 cmHg'], ['5', 'g', '0,5']] as const) expect(conflict(value, unit, cell)).toBeNull()
  for (const [value, unit, cell] of [['0.032', 'ug/mL', '&lt;0,0032 µg/ml'], ['32', 'g', '3,2 g'], ['120', 'mm[Hg]', '12 mmHg'], ['1000', '/mL', '100 /mL']] as const) expect(conflict(value, unit, cell)).toMatchObject({ field: 'value', coded: value })
})

describe('former results without words of their own', () => {
  const former = (time: string, value: string) => `<entryRelationship typeCode="REFR"><observation moodCode="EVN"><code code="1-1" codeSystem="2.16.840.1.113883.6.1" displayName="Analyse"/><effectiveTime value="${time}"/><value xsi:type="PQ" value="${value}" unit="%"/></observation></entryRelationship>`
  const table = '<table><thead><tr><th/><th>02/01/2026 08:00</th><th>Référence</th><th>Le 03/04/2025</th><th>05/06/2024</th></tr></thead><tbody><tr><td ID="r">Analyse</td><td>7</td><td>0,5</td><td>4</td><td>6</td></tr></tbody></table>'
  const read = (text: string, ...more: string[]) => factsIn(documentWith('18719-5', '70', text, resultEntry('<value xsi:type="PQ" value="7" unit="%"/>', more.join('')))).map(({ date, value, conflict, passage }) => ({ date, value, conflict, passage }))
  const row = 'Analyse | 7 | 0,5 | 4 | 6'

  it('rest on the row of the result that tells them', () => {
    expect(read(table, former('20250403', '4'), former('20240605', '6'))).toEqual([
      { date: '2026-01-02', value: '7', conflict: null, passage: row }, { date: '2025-04-03', value: '4', conflict: null, passage: row }, { date: '2024-06-05', value: '6', conflict: null, passage: row },
    ])
    expect(read('<table><tr><td ID="r">Analyse</td><td>7</td></tr></table>', former('20250403', '4'))[1]).toEqual({ date: '2025-04-03', value: '4', conflict: null, passage: 'Analyse | 7' })
  })

  it('are compared with the cell of their own day, whatever else the row has the value', () => {
    expect(read(table, former('20250403', '0.5'))[1]?.conflict).toEqual({ field: 'value', coded: '0.5', narrative: row })
    expect(read(table, former('20250403', '6'))[1]?.conflict).toEqual({ field: 'value', coded: '6', narrative: row })
  })

  it('say another day than the text, where one cell of another alone says the same', () => {
    expect(read(table, former('20090403', '4'))[1]?.conflict).toEqual({ field: 'date', coded: '2009-04-03', narrative: 'Le 03/04/2025 : 4' })
    expect(read(table.replace('<td>6</td>', '<td>4</td>'), former('20090403', '4'))[1]?.conflict).toBeNull()
    expect(read(table, former('20090403', '7'))[1]?.conflict).toBeNull()
  })

  it('leave a result compared with the cell of its day too', () => {
    expect(read(table.replace('<td>7</td>', '<td>8</td>').replace('<td>0,5</td>', '<td>5 à 7</td>'))[0]?.conflict).toMatchObject({ field: 'value', coded: '7' })
  })
})

it('holds a cell that begins with a number for the answer, wherever else the row has the value', () => {
  const conflict = (value: string, unit: string, ...cells: readonly string[]) => factsIn(documentWith('8716-3', '75', row(...cells), `<entry><observation moodCode="EVN">${entryTemplate('50')}<code code="1-1" displayName="Mesure"/><text><reference value="#r"/></text><value xsi:type="PQ" value="${value}" unit="${unit}"/></observation></entry>`))[0]?.conflict ?? null
  for (const [value, unit, ...cells] of [['45', 'cm', 'Périmètre', 'r=45 cm'], ['8', '1', 'Score', 'r=8', '10'], ['130', 'mm[Hg]', 'Tension', 'r=130/80'], ['175', 'cm', 'Taille', 'r=1 m 75'], ['3250', 'g', 'r=Poids', '3 kg 250'], ['24', 'mo', 'Marche', 'r=2 ans'], ['157', 'd', 'r=Âge gestationnel', '22 SA + 3 j'], ['30', 'mo', 'Âge', 'r=2 ans et 6 mois'], ['1.5', 'h', 'r=Durée', '1 h 30'], ['37.2', 'Cel', 'r=Température', '37°2'], ['2', '{tbl}', 'Antalgique', 'r=Doucedol 500 mg', 'deux par jour'], ['-1.25', '[diop]', 'Sphère', 'r=−1,25'], ['0.75', '[diop]', 'Sphère', 'r=+0,75'], ['0.75', '[diop]', 'r=Sphère', '0,75']] as const) expect(conflict(value, unit, ...cells), cells.join()).toBeNull()
  for (const [value, unit, ...cells] of [['44', 'cm', 'Périmètre', 'r=45 cm'], ['156', 'd', 'r=Âge gestationnel', '22 SA + 3 j'], ['37.3', 'Cel', 'r=Température', '37°2'], ['10', '1', 'Score', 'r=8', '10'], ['90', 'mm[Hg]', 'Tension', 'r=130/80'], ['1.25', '[diop]', 'Sphère', 'r=-1,25'], ['-1.25', '[diop]', 'r=Sphère', '+1,25']] as const) expect(conflict(value, unit, ...cells), cells.join()).toMatchObject({ field: 'value', coded: value })
})

it('gives what was written, whatever the values', () => {
  const result = fc.record({ value: fc.double({ min: 0.001, max: 100_000, noNaN: true }).map((one) => one.toFixed(3)), unit: fc.constantFrom('g/L', 'mmol/L', '%'), flag: fc.constantFrom('N', 'H', 'LL') })
  fc.assert(fc.property(fc.array(result, { minLength: 1, maxLength: 8 }), (results) => {
    const entries = results.map(({ value, unit, flag }) => resultEntry(`<value xsi:type="PQ" value="${value}" unit="${unit}"/><interpretationCode code="${flag}"/>`))
    const read = factsIn(documentWith('18719-5', '70', '', entries.join('')))
    expect(read.map(({ value, unit, interpretation }) => ({ value, unit, flag: interpretation }))).toEqual(results)
  }))
})

describe('the date', () => {
  const dated = (time: string) => factsIn(documentWith('18719-5', '70', '', resultEntry('<value xsi:type="INT" value="1"/>').replace('<effectiveTime value="20260102"/>', time)))[0]?.date

  it.each([
    ['2024', '2024'], ['202402', '2024-02'], ['20240229', '2024-02-29'], ['20000229', '2000-02-29'], ['202401042359', '2024-01-04T23:59'],
    ['20240104235930+0100', '2024-01-04T23:59:30+01:00'], ['20240104235930.125-0330', '2024-01-04T23:59:30-03:30'],
  ])('%s is %s', (written, expected) => {
    expect(dated(`<effectiveTime value="${written}"/>`)).toBe(expected)
  })

  it.each([
    ['20092012'], ['20091200'], ['20230229'], ['19000229'], ['20240431'], ['202413'], ['20240104240000'], ['202401042360'], ['2024010423+1500'], ['202401042359+0160'], ['0000'], ['12/03/2024'], ['2024-03-12'], ['2024010'],
  ])('%s is none', (written) => {
    expect(dated(`<effectiveTime value="${written}"/>`)).toBeNull()
  })

  it('of a value that is a date stays as written when it cannot be', () => {
    const value = (written: string) => factsIn(documentWith('18719-5', '70', '', resultEntry(`<value xsi:type="TS" value="${written}"/>`)))[0]?.value
    expect(value('20240903')).toBe('2024-09-03')
    expect(value('20241332')).toBe('20241332')
  })

  it('is that of the group only for what has none of its own', () => {
    const observation = (time: string) => `<component><observation moodCode="EVN"><code code="1" displayName="Question"/>${time}<value xsi:type="INT" value="3"/></observation></component>`
    const grouped = (time: string) => factsIn(documentWith('10162-6', '77', '', `<entry><organizer><effectiveTime><low value="200001"/></effectiveTime>${observation(time)}</organizer></entry>`))[0]?.date
    expect(grouped('')).toBe('2000-01')
    expect(grouped('<effectiveTime value="2001"/>')).toBe('2001')
    expect(grouped('<effectiveTime nullFlavor="NA"/>')).toBeNull()
    expect(grouped('<effectiveTime><low nullFlavor="UNK"/></effectiveTime>')).toBeNull()
    expect(grouped('<effectiveTime value="20010231"/>')).toBeNull()
  })

  it('of what is told of a former pregnancy is that pregnancy', () => {
    const told = `<component><observation moodCode="EVN">${entryTemplate('53')}<code code="63893-2" displayName="Issue"/><effectiveTime nullFlavor="NA"/><value xsi:type="CD" code="1" displayName="accouchement"/></observation></component>`
    expect(factsIn(documentWith('10162-6', '77', '', `<entry><organizer><effectiveTime><low value="200001"/><high value="200009"/></effectiveTime>${told}</organizer></entry>`))).toMatchObject([{ date: '2000-01', end: '2000-09' }])
  })

  it('takes the date of a vital sign from the round it was measured on, where it says nothing of itself', () => {
    const measured = (time: string) =>
      factsIn(documentWith('8716-3', '75', '', `<entry><organizer><effectiveTime value="20260102"/><component><observation moodCode="EVN">${entryTemplate('50')}<code code="29463-7" codeSystem="2.16.840.1.113883.6.1" displayName="Poids"/>${time}<value xsi:type="PQ" value="70" unit="kg"/></observation></component></organizer></entry>`))[0]?.date
    expect([measured('<effectiveTime nullFlavor="NASK"/>'), measured(''), measured('<effectiveTime value="20251231"/>')]).toEqual(['2026-01-02', '2026-01-02', '2025-12-31'])
  })
})

describe('the specimen', () => {
  const taken = (code: string, name: string) => `<entryRelationship typeCode="COMP"><procedure moodCode="EVN">${entryTemplate('77')}<code nullFlavor="NA"/><effectiveTime><high value="20260101"/></effectiveTime>
    <participant typeCode="PRD"><participantRole><playingEntity><code code="${code}" codeSystem="2.16.840.1.113883.18.311" displayName="${name}"/></playingEntity></participantRole></participant></procedure></entryRelationship>`
  const analysis = resultEntry('<value xsi:type="PQ" value="1" unit="g"/>', `<entryRelationship typeCode="REFR"><observation moodCode="EVN"><code code="1-1" displayName="Analyse"/><effectiveTime value="2025"/><value xsi:type="PQ" value="2" unit="g"/></observation></entryRelationship>`)
  const specimens = (...procedures: readonly string[]) => factsIn(documentWith('18719-5', '70', '', analysis.replace('<act>', `<act>${procedures.join('')}`))).map(({ value, specimen }) => ({ value, specimen }))

  it('is the one taken for the act, never of a former result', () => {
    expect(specimens(taken('UR', 'Urine'))).toEqual([{ value: '1', specimen: 'Urine' }, { value: '2', specimen: null }])
  })

  it('is not chosen among several', () => {
    expect(specimens(taken('UR', 'Urine'), taken('UR', 'Urine'))[0]?.specimen).toBe('Urine')
    expect(specimens(taken('UR', 'Urine'), taken('BLD', 'Sang'))[0]?.specimen).toBeNull()
    expect(specimens()[0]?.specimen).toBeNull()
  })
})

describe('what is told rather than measured', () => {
  const kind = (template: string, code: string, value: string) => factsIn(documentWith('10162-6', '77', '', `<entry><observation moodCode="EVN">${template}<code code="${code}" codeSystem="2.16.840.1.113883.6.1" displayName="Question"/>${value}</observation></entry>`))[0]?.kind
  const count = '<value xsi:type="INT" value="2"/>'

  it('is way of life and obstetric history, by template or by code', () => {
    expect(kind(entryTemplate('52'), '11345-6', '<value xsi:type="PQ" value="3" unit="mo"/>')).toBe('observation')
    expect(kind(entryTemplate('53'), '11996-6', count)).toBe('observation')
    expect(kind(entryTemplate('53'), '42797-1', '<value xsi:type="PQ" value="24" unit="a"/>')).toBe('observation')
    for (const code of ['74011-8', '74013-4', '11638-4', '11612-9']) expect(kind('', code, '<value xsi:type="PQ" value="2" unit="{pack}/a"/>')).toBe('observation')
  })

  it('is neither a weight before a pregnancy nor a score', () => {
    expect(kind(entryTemplate('53'), '8348-5', '<value xsi:type="PQ" value="62" unit="kg"/>')).toBe('measurement')
    expect(kind(entryTemplate('48'), '72089-6', count)).toBe('measurement')
  })
})

it('names a code without a label as the national lists do, and no other', () => {
  const label = (code: string, system: string) => factsIn(documentWith('42349-1', '128', '', `<entry><observation moodCode="EVN"><code code="${code}" codeSystem="${system}"/><value xsi:type="BL" value="true"/></observation></entry>`))[0]?.label
  expect(label('SA07', '1.2.250.1.71.4.2.4')).toBe('Cabinet individuel')
  expect(label('11502-2', '2.16.840.1.113883.6.1')).toMatch(/biologi/i)
  expect(label('1-1', '2.16.840.1.113883.6.1')).toBe('LOINC 1-1')
  expect(label('x', '1.2.3.4')).toBe('x')
})

describe('an answer', () => {
  const answered = (value: string, cells: readonly string[], { negated = false, label = 'Motif du transport', more = '' } = {}) =>
    factsIn(documentWith('42349-1', '128', row(...cells), `<entry><observation moodCode="EVN" negationInd="${negated}"><code code="1" codeSystem="1.2.3" displayName="${label}"/><text><reference value="#r"/></text>${value}${more}</observation></entry>`))[0]
  const pointed = '<value xsi:type="CD"><originalText><reference value="#r"/></originalText></value>'

  it('is the rest of the row where only its question is pointed at', () => {
    expect(answered(pointed, ['r=Motif', 'Retour autorisé'])?.value).toBe('Retour autorisé')
    expect(answered(pointed, ['r=(à préciser)', '18/02/2019'])?.value).toBe('(à préciser)')
    expect(answered(pointed, ['r=Motif', '-'])?.value).toBe('Motif')
    expect(answered(pointed, ['r=Motif du transport sanitaire', 'Chute'])?.value).toBe('Chute')
  })

  it('is both cells of a row where its first is not what the code asks, be it the question in other words', () => {
    expect(answered(pointed, ['r=Transferts', 'B'], { label: 'Se transférer' })?.value).toBe('Transferts : B')
    expect(answered(pointed, ['r=Transferts', 'B', 'seul'], { label: 'Se transférer' })?.value).toBe('Transferts')
    expect(answered(pointed, ['Transferts', 'r=B'], { label: 'Se transférer' })?.value).toBe('B')
  })

  it('left empty is the last cell it points at, never its question; one said to be unknown stays so', () => {
    expect(answered('<value xsi:type="ST"/>', ['Méthode', 'r=Séquençage'])?.value).toBe('Séquençage')
    expect(answered('<value xsi:type="ST"/>', ['r=Méthode', 'Séquençage'])?.value).toBeNull()
    expect(answered('<value xsi:type="ST"/>', ['Méthode', 'r=-'])?.value).toBeNull()
    expect(answered('<value xsi:type="ST" nullFlavor="UNK"/>', ['Méthode', 'r=Séquençage'])).toMatchObject({ value: null, status: 'notRecorded' })
  })

  it('that is denied though its row gives it is said to differ', () => {
    const vertex = '<value xsi:type="CD" code="1" displayName="Présentation du sommet"/>'
    expect(answered(vertex, ['Présentation', 'r=présentation du sommet'], { negated: true })?.conflict).toMatchObject({ field: 'negation' })
    expect(answered(vertex, ['Présentation', 'r=siège'], { negated: true })?.conflict).toBeNull()
    expect(answered(vertex, ['Présentation', 'r=présentation du sommet'])?.conflict).toBeNull()
    // The first cell only asks, and "non" says the denial again.
    expect(answered(vertex, ['r=présentation du sommet', 'absente'], { negated: true })?.conflict).toBeNull()
    expect(answered('', ['r=Cannabis', 'Non'], { negated: true })).toMatchObject({ value: 'Non', negated: true, conflict: null })
  })

  it('that nobody knows contradicts no words that say so, and does those that answer', () => {
    const unknown = (flavor: string, said: string) => answered(`<value xsi:type="BL" nullFlavor="${flavor}"/>`, ['Grossesse', `r=${said}`])
    expect(unknown('UNK', 'Ne sait pas')).toMatchObject({ status: 'notRecorded', conflict: null })
    expect(unknown('MSK', 'Non communiquée')).toMatchObject({ status: 'hiddenHere', conflict: null })
    expect(unknown('UNK', 'Non')?.conflict).toEqual({ field: 'negation', coded: 'non renseigné', narrative: 'Grossesse | Non' })
  })

  it('of no, coded or in words, agrees with a row that says no and contradicts one that says yes', () => {
    const coded = (name: string) => `<value xsi:type="CD" code="1" codeSystem="1.2.3" displayName="${name}"/>`
    for (const no of [coded('Non'), coded('Non fumeur'), coded('Absent'), coded('Jamais'), '<value xsi:type="ST">Non.</value>', '<value xsi:type="BL" value="false"/>']) {
      expect(answered(no, ['r=Tabac', 'Non'])?.conflict, no).toBeNull()
      expect(answered(no, ['r=Tabac', 'Oui'])?.conflict, no).toMatchObject({ field: 'negation', coded: 'non' })
    }
    // Under its own head another cell answers another question.
    const share = '<value xsi:type="PQ" value="35" unit="%"/>'
    expect(answered(share, ['Pacemaker', 'r=35 %', 'Non'])?.conflict).toBeNull()
    expect(answered(coded('classe II'), ['Pacemaker', '35 %', 'Non', 'r=II'])?.conflict).toBeNull()
    expect(answered(share, ['r=Fraction', 'Non'])?.conflict).toMatchObject({ field: 'negation' })
    for (const yes of [coded('Oui'), coded('Nonane'), '<value xsi:type="BL" value="true"/>']) expect(answered(yes, ['Tabac', 'r=Non'])?.conflict, yes).toMatchObject({ field: 'negation', coded: 'oui' })
    expect(answered('<value xsi:type="BL" value="true"/>', ['r=Ictère', 'Absence'])?.conflict).toMatchObject({ field: 'negation', coded: 'oui' })
    expect(answered('<value xsi:type="BL" value="false"/>', ['r=Ictère', 'Absent'])?.conflict).toBeNull()
  })

  it('that is a day is compared with the days of its row', () => {
    const day = (written: string, ...cells: readonly string[]) => answered(`<value xsi:type="TS" value="${written}"/>`, cells)?.conflict ?? null
    expect(day('20260105', 'r=Dernières règles', '05/01/2026')).toBeNull()
    expect(day('202601051030', 'Dernières règles', 'r=05/01/2026 à 10h30')).toBeNull()
    expect(day('20260105', 'r=Dernières règles', 'il y a 8 jours')).toBeNull()
    expect(day('20260106', 'r=Dernières règles', '05/01/2026')).toEqual({ field: 'value', coded: '2026-01-06', narrative: 'Dernières règles | 05/01/2026' })
  })

  it('that something was found is compared with its own cell, else with the one beside its question', () => {
    const found = (name: string, more = '') => `<value xsi:type="CD" code="1" codeSystem="1.2.3" displayName="${name}">${more}</value>`
    const test = (value: string, ...cells: readonly string[]) => factsIn(documentWith('18725-2', '70', row(...cells), resultEntry(value)))[0]?.conflict ?? null
    const own = '<originalText><reference value="#v"/></originalText>'
    expect(test(found('Positif'), 'r=Streptocoque', 'Négatif')).toMatchObject({ field: 'value', coded: 'Positif', narrative: 'Streptocoque | Négatif' })
    expect(test(found('Négatif', own), 'r=Streptocoque', 'Méthode rapide', 'v=Présence')).toMatchObject({ field: 'value', coded: 'Négatif' })
    for (const cells of [['r=Streptocoque', 'Positif', 'Négatif'], ['r=Streptocoque', '++', 'Négatif'], ['r=Streptocoque', 'POSITIF (+++)']]) expect(test(found('Positif'), ...cells), cells.join()).toBeNull()
    expect(test(found('Non détecté'), 'r=Streptocoque', 'Absence')).toBeNull()
    expect(test(found('Négatif'), 'r=Streptocoque', 'non détectée')).toBeNull()
  })

  it('of a code that asks nothing is what there is', () => {
    const asserted = (more: string) => factsIn(documentWith('30954-2', '151', '', `<entry><observation moodCode="EVN" ${more}><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><value xsi:type="CD" code="MED-1" codeSystem="1.2.3" displayName="Microsaignements"/></observation></entry>`))
    expect(asserted('')).toMatchObject([{ kind: 'observation', label: 'Microsaignements', code: 'MED-1', value: null, negated: false }])
    expect(asserted('negationInd="true"')).toMatchObject([{ label: 'Microsaignements', negated: true, conflict: null }])
  })

  it('is told though no value is, where it was judged, denied or not made', () => {
    const none = '<value xsi:type="CD" nullFlavor="NA"/>'
    expect(answered(none, ['r=x'], { more: '<interpretationCode code="R" codeSystem="2.16.840.1.113883.5.83"/>' })).toMatchObject({ value: null, interpretation: 'R', status: null })
    expect(answered(none, ['r=x'], { negated: true })).toMatchObject({ kind: 'observation', negated: true, status: null })
    expect(answered(`<statusCode code="aborted"/>${none}`, ['r=x'])).toMatchObject({ kind: 'observation', status: 'aborted' })
    expect(answered(none, ['r=x'])).toMatchObject({ kind: 'narrative' })
  })

  it('on a part of what was found says of which', () => {
    const exon = `<entryRelationship typeCode="COMP"><observation moodCode="EVN">${entryTemplate('170')}<code code="51959-5" displayName="Exon"/><value xsi:type="INT" value="3"/></observation></entryRelationship>`
    const gene = (name: string) => `<entry><observation moodCode="EVN">${entryTemplate('102')}<code code="48018-6" displayName="Gène"/><value xsi:type="CD" code="${name}" displayName="${name}"/>${exon}</observation></entry>`
    expect(factsIn(documentWith('51969-4', '90', '', gene('AKT1') + gene('ALK'))).map(({ label }) => label)).toEqual(['Gène', 'Exon (AKT1)', 'Gène', 'Exon (ALK)'])
  })

  it('is interpreted by the flags of HL7, else in the words of another list', () => {
    const read = (code: string, system: string) => answered('<value xsi:type="INT" value="0"/>', ['r=x'], { more: `<interpretationCode code="${code}" codeSystem="${system}" displayName="Sans symptôme"/>` })?.interpretation
    expect(read('N', '2.16.840.1.113883.5.83')).toBe('N')
    expect(read('LA9622-7', '2.16.840.1.113883.6.1')).toBe('Sans symptôme')
  })
})

it('tells the mother in a child\'s document what is hers', () => {
  const height = `<entry><observation moodCode="EVN">${entryTemplate('53')}<code code="8302-2" codeSystem="2.16.840.1.113883.6.1" displayName="Taille"/><value xsi:type="PQ" value="172" unit="cm"/></observation></entry>`
  const read = (section: string, model: string) => factsIn(documentWith(section, section === '8716-3' ? '75' : '77', '', height, `<templateId root="1.2.250.1.213.1.1.1.${model}"/>`)).map(({ kind, value }) => `${kind}: ${value}`)
  expect(read('10162-6', '5.1')).toEqual(['observation: Mère : 172'])
  expect(read('8716-3', '5.1')).toEqual(['measurement: 172'])
  expect(read('10162-6', '12.1')).toEqual(['measurement: 172'])
})

describe('a culture', () => {
  const loinc = 'codeSystem="2.16.840.1.113883.6.1"'
  const antibiotic = (id: string, result: string) => `<component><observation moodCode="EVN">${entryTemplate('80')}<code code="20-8" ${loinc} displayName="Doucicilline"><originalText><reference value="#${id}"/></originalText></code><effectiveTime value="20260110"/>
    <value xsi:type="IVL_PQ"><low value="8" unit="mg/L"/></value><interpretationCode code="${result}"/></observation></component>`
  const germ = (code: string, name: string, id: string, result: string) => `<entryRelationship typeCode="COMP"><organizer classCode="CLUSTER" moodCode="EVN">${entryTemplate('79')}<effectiveTime value="20260110"/><specimen><specimenRole><specimenPlayingEntity><code code="${code}" codeSystem="2.16.840.1.113883.6.96" displayName="${name}"/></specimenPlayingEntity></specimenRole></specimen>
    <component><organizer classCode="BATTERY" moodCode="EVN">${antibiotic(id, result)}</organizer></component></organizer></entryRelationship>`
  const remark = `<entryRelationship typeCode="COMP"><act moodCode="EVN">${entryTemplate('32')}<code code="48767-8" ${loinc}/><text><reference value="#c"/></text></act></entryRelationship>`
  const text = `${row('a=Doucicilline', '>= 8', 'R')}${row('b=Doucicilline', '>= 8', 'S')}<paragraph ID="c">Traitement immédiat</paragraph>`
  const facts = factsIn(documentWith('18725-2', '70', text, `<entry><act moodCode="EVN">${germ('1', 'Germe un', 'a', 'R')}${germ('2', 'Germe deux', 'b', 'S')}${remark}</act></entry>`))

  it('tells the antibiotics of each germ under it, never as one series', () => {
    expect(facts.filter(({ interpretation }) => interpretation !== null)).toMatchObject([
      { label: 'Doucicilline (Germe un)', specimen: 'Germe un', interpretation: 'R' }, { label: 'Doucicilline (Germe deux)', specimen: 'Germe deux', interpretation: 'S' },
    ])
    const names = facts.filter(({ interpretation }) => interpretation !== null).flatMap(namesOf)
    expect(new Set(names).size).toBe(2)
  })

  it("gives the laboratory's remark on a chapter", () => {
    expect(facts.filter(({ kind }) => kind === 'narrative')).toMatchObject([{ label: 'Section', code: '18725-2', value: 'Traitement immédiat' }])
  })
})

describe('what is asked for', () => {
  const asked = (inside: string, mood = 'INT') => `<entry><observation moodCode="${mood}">${entryTemplate('27')}<code code="MED-1126" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Radiographie"/><text><reference value="#m"/></text><statusCode code="active"/><effectiveTime value="20260112"/>
    <targetSiteCode code="361291001" displayName="genou"><qualifier><value code="7771000" displayName="gauche"/></qualifier></targetSiteCode>${inside}</observation></entry>`
  const detail = `<entryRelationship typeCode="COMP"><observation moodCode="INT"><code code="GEN-297" codeSystem="1.2.250.1.213.1.1.4.322" displayName="Retour par téléphone"/><value xsi:type="BL" value="true"/></observation></entryRelationship>`
  const read = (inside: string, text = row('m=Radiographie', 'chute', '-')) => factsIn(documentWith('18776-5', '158', text, asked(inside)))

  it('says itself whatever details it, with its side, its urgency and what its row adds', () => {
    expect(read(`<priorityCode code="UR" displayName="Urgent"/>${detail}`)).toMatchObject([
      { kind: 'carePlan', label: 'Radiographie (genou, gauche)', value: 'chute', interpretation: 'Urgent', status: 'planned' }, { kind: 'carePlan', label: 'Retour par téléphone', value: 'true' },
    ])
    expect(read('', row('m=Radiographie'))).toMatchObject([{ label: 'Radiographie (genou, gauche)', value: null }])
    // A value that has no object answers nothing, and takes nothing back.
    const sansObjet = '<value xsi:type="CD" nullFlavor="NA"/>'
    expect(read(sansObjet)).toMatchObject([{ kind: 'carePlan', label: 'Radiographie (genou, gauche)', value: 'chute', status: 'planned' }])
    expect(read(sansObjet + detail)).toMatchObject([{ label: 'Radiographie (genou, gauche)', status: 'planned' }, { label: 'Retour par téléphone', value: 'true' }])
  })
})

it('knows an imaging result by the CCAM, and no image file for an answer', () => {
  const exam = (code: string, system: string, more = '') => factsIn(documentWith('30954-2', '151', '', `<entry><observation moodCode="EVN">${more}<code code="${code}" codeSystem="${system}" displayName="Examen"/><value xsi:type="ST">Normal</value></observation></entry>`))
  expect(exam('ACQK001', '1.2.250.1.215.300.1')).toMatchObject([{ kind: 'imaging', value: 'Normal' }])
  expect(exam('DEQP003', '1.2.250.1.215.300.1')).toMatchObject([{ kind: 'observation' }])
  expect(exam('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.2.6.1', entryTemplate('157'))).toEqual([])
})

it('says for whom each of several ranges is', () => {
  const range = (low: string, said = '') => `<referenceRange><observationRange>${said}<value xsi:type="IVL_PQ"><low value="${low}" unit="g/L"/><high value="9" unit="g/L"/></value></observationRange></referenceRange>`
  const read = (ranges: string) => factsIn(documentWith('18719-5', '70', '', `<entry><observation moodCode="EVN">${entryTemplate('80')}<code code="1-1" displayName="Dosage"/><value xsi:type="PQ" value="2" unit="g/L"/>${ranges}</observation></entry>`))[0]?.referenceRange
  expect(read(range('3', '<text>adulte</text>'))).toBe('3 - 9')
  expect(read(range('3') + range('4', '<text>femme enceinte : 4 à 9</text>'))).toBe('3 - 9 ; femme enceinte : 4 à 9')
})

describe('an entry in another form', () => {
  const lab = (inner: string, text = '') => factsIn(documentWith('18719-5', '70', text, `<entry><act><entryRelationship>${inner}</entryRelationship></act></entry>`))
  const sodium = (inner: string, code = '<code code="2951-2" codeSystem="2.16.840.1.113883.6.1" displayName="Sodium"/>') =>
    `<observation moodCode="EVN">${entryTemplate('80')}${code}<statusCode code="completed"/><effectiveTime value="20261110"/><value xsi:type="PQ" value="138" unit="mmol/L"/>${inner}</observation>`

  it('gives a germ its antibiotics where only IHE names the isolate, and a battery what it says it was made on', () => {
    const specimen = (name: string) => `<specimen><specimenRole><specimenPlayingEntity><code code="1" displayName="${name}"/></specimenPlayingEntity></specimenRole></specimen>`
    expect(lab(`<organizer classCode="CLUSTER"><templateId root="1.3.6.1.4.1.19376.1.3.1.5"/>${specimen('Germe')}<component>${sodium('')}</component></organizer>`)).toMatchObject([{ label: 'Germe' }, { label: 'Sodium (Germe)' }])
    expect(lab(`<organizer classCode="BATTERY">${specimen('Urine')}<component>${sodium('')}</component></organizer>`)).toMatchObject([{ label: 'Sodium', specimen: 'Urine' }])
  })

  it('calls a previous result that does not name itself after the new one, and no other', () => {
    const previous = (code: string) => `<entryRelationship typeCode="REFR"><observation moodCode="EVN">${code}<effectiveTime value="20260110"/><value xsi:type="PQ" value="140" unit="mmol/L"/></observation></entryRelationship>`
    const other = '<code code="9-9" codeSystem="2.16.840.1.113883.6.1"/>'
    expect(lab(sodium(previous('') + previous('<code code="2951-2" codeSystem="2.16.840.1.113883.6.1"/>') + previous(other))).map(({ label, date }) => `${label} ${date}`)).toEqual([
      'Sodium 2026-11-10', 'Sodium 2026-01-10', 'Sodium 2026-01-10', 'LOINC 9-9 2026-01-10',
    ])
  })

  it('takes the question of its row where no code asks, and who signed it rather than who signed the document', () => {
    expect(lab(sodium('<author><assignedAuthor><assignedPerson><name><given>Zoé</given><family>LABO</family></name></assignedPerson></assignedAuthor></author>', '<code nullFlavor="UNK"/><text><reference value="#n"/></text>'), row('Natrémie', 'n=138'))).toMatchObject([
      { label: 'Natrémie', value: '138', author: 'Zoé LABO' },
    ])
  })

  it('says that an analysis was not made though its value is said to be unknown', () => {
    const aborted = sodium('').replace('completed', 'aborted').replace('value="138" unit="mmol/L"', 'nullFlavor="NAV"')
    expect(lab(aborted)).toMatchObject([{ value: null, status: 'aborted' }])
  })

  it('names the limits that are not the usual ones', () => {
    const range = (code: string, high: string) => `<referenceRange><observationRange><value xsi:type="IVL_PQ"><high value="${high}" unit="mmol/L"/></value><interpretationCode code="${code}"/></observationRange></referenceRange>`
    expect(lab(sodium(range('N', '145') + range('HH', '160')))).toMatchObject([{ referenceRange: '<= 145 ; HH : <= 160' }])
  })

  it('keeps what a link denies denied, what is of somebody else theirs, an act an act, and a power of ten one', () => {
    const detail = (link: string, subject = '') => `<entryRelationship typeCode="COMP" ${link}><observation moodCode="EVN"><code code="d" displayName="Convulsions"/>${subject}<value xsi:type="BL" value="true"/></observation></entryRelationship>`
    const asked = (inner: string) => factsIn(documentWith('42545-4', '163', '', `<entry><observation moodCode="EVN">${entryTemplate('48')}<code code="q" displayName="Suivi"/><value xsi:type="BL" value="true"/>${inner}</observation></entry>`))
    expect(asked(detail('negationInd="true"'))).toMatchObject([{ negated: false }, { label: 'Convulsions', negated: true }])
    expect(asked(detail('', '<subject><relatedSubject><code code="CHILD" displayName="Fœtus"/></relatedSubject></subject>'))).toMatchObject([{}, { value: 'Fœtus : true' }])
    expect(asked(`<entryRelationship typeCode="COMP"><procedure moodCode="EVN"><code code="s" displayName="Suture"/></procedure></entryRelationship>`)).toMatchObject([{}, { kind: 'procedure', label: 'Suture' }])
    expect(lab(sodium('').replace(/<value [^>]*>/, '<value xsi:type="ED"><reference value="#v"/></value>'), row('GB', 'v=4,5 10<sup>9</sup>/L'))[0]?.value).toBe('4,5 10⁹/L')
  })
})

it('tells a measure with how it was made and with what tells its group from another', () => {
  const measure = (method: string) => `<component><observation moodCode="EVN">${entryTemplate('119')}<code code="1-1" displayName="Acuité"/><value xsi:type="INT" value="7"/>${method}<targetSiteCode code="1" displayName="œil droit"/></observation></component>`
  const group = (template: string, code: string, method = '') => `<entry><organizer classCode="CLUSTER" moodCode="EVN">${entryTemplate(template)}<code code="28631-0" displayName="Groupe">${code}</code><statusCode code="completed"/>${measure(method)}</organizer></entry>`
  const labels = (entry: string) => factsIn(documentWith('70938-6', '187', '', entry)).map(({ label }) => label)
  expect(labels(group('115', '<qualifier><name code="1" displayName="Observée"/><value code="2" displayName="sans correction"/></qualifier><qualifier><value nullFlavor="NA"/></qualifier>'))).toEqual(['Acuité (œil droit, sans correction)'])
  expect(labels(group('115', '', '<methodCode code="1" displayName="réfraction subjective"/>'))).toEqual(['Acuité (œil droit, réfraction subjective)'])
  expect(labels(group('118', '', '<methodCode nullFlavor="NA"/>'))).toEqual(['Acuité (œil droit, Groupe)'])
  expect(labels(group('115', ''))).toEqual(['Acuité (œil droit)'])
})

it('names no result of a laboratory by its reagent', () => {
  expect(factsIn(documentWith('18719-5', '70', '', resultEntry('<value xsi:type="PQ" value="1" unit="g"/>', '<methodCode code="1" displayName="Réactif"/>')))).toMatchObject([{ label: 'Analyse' }])
})

it('marks a day that its table gives a result in its column of dates, and no other', () => {
  const table = (head: string, day: string) => `<table><thead><tr><th>${head}</th><th>Examen</th><th>Résultat</th></tr></thead><tbody><tr><td>${day}</td><td><content ID="r">ECG</content></td><td>normal</td></tr></tbody></table>`
  const conflict = (text: string, value = '<value xsi:type="CD" code="1" displayName="normal"/>', more = '') => factsIn(documentWith('30954-2', '151', text, `<entry><observation moodCode="EVN">${entryTemplate('48')}<code code="1-1" displayName="ECG"/><text><reference value="#r"/></text><statusCode code="completed"/><effectiveTime value="20110622"/>${value}${more}</observation></entry>`)).map((found) => found.conflict)
  for (const head of ['Date', 'Date du résultat', 'Date de l’examen']) expect(conflict(table(head, '23/09/2018')), head).toEqual([{ field: 'date', coded: '2011-06-22', narrative: '23/09/2018 | ECG | normal' }])
  expect(conflict(table('Date', '22/06/2011'))).toEqual([null])
  for (const head of ['Date de prélèvement', 'Date du résultat antérieur', 'Début']) expect(conflict(table(head, '23/09/2018')), head).toEqual([null])
  expect(conflict(table('Date', '23/09/2018'), '<value xsi:type="TS" value="20180923"/>')).toEqual([null])
})
