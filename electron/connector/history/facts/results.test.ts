import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
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
  ['<value xsi:type="PQ" nullFlavor="UNK"/>', null, null],
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
  expect(label('1-1', '2.16.840.1.113883.6.1')).toBe('1-1')
})
