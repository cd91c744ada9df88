import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFacts } from './read-facts.ts'

const entry = (root: string) => `<templateId root="1.2.250.1.213.1.1.3.${root}"/>`

/** An invented document with one section. */
function documentWith(sectionCode: string, sectionTemplate: string, text: string, entries: string): Uint8Array {
  return Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="1.2.3"/>
    <component><structuredBody><component><section><templateId root="1.2.250.1.213.1.1.2.${sectionTemplate}"/>
    <code code="${sectionCode}" codeSystem="2.16.840.1.113883.6.1"/><title>Section</title><text>${text}</text>${entries}</section></component></structuredBody></component></ClinicalDocument>`)
}

function facts(bytes: Uint8Array) {
  const read = readFacts(bytes, '1.2.3')
  if (!read.ok) throw new Error(read.failure.code)
  return read.value
}

function problemEntry(value: string, more = '', negated = false): string {
  return `<entry><act>${entry('39')}<statusCode code="active"/><effectiveTime><low value="2026"/></effectiveTime><entryRelationship typeCode="SUBJ">
    <observation moodCode="EVN" negationInd="${negated}">${entry('37')}<text><reference value="#p"/></text><effectiveTime><low value="201903"/></effectiveTime>${value}${more}</observation></entryRelationship></act></entry>`
}
const asthma = '<value xsi:type="CD" code="J45" codeSystem="2.16.840.1.113883.6.3" displayName="Asthme"/>'

function resultEntry(value: string, more = ''): string {
  return `<entry><act><entryRelationship><observation moodCode="EVN">${entry('80')}<code code="1-1" codeSystem="2.16.840.1.113883.6.1" displayName="Analyse">
    <originalText><reference value="#r"/></originalText></code><statusCode code="completed"/><effectiveTime value="20260102"/>${value}${more}</observation></entryRelationship></act></entry>`
}

describe('problems', () => {
  it('takes what the patient has, its own date with its precision, and the status of the list', () => {
    expect(facts(documentWith('11450-4', '132', '', problemEntry(asthma)))).toMatchObject([
      { kind: 'problem', label: 'Asthme', code: 'J45', date: '2019-03', status: 'active', negated: false, conflict: null, document: '1.2.3', section: 'Section' },
    ])
  })

  it('keeps a denied problem denied, and says when the signed row answers otherwise', () => {
    const row = '<table><tbody><tr><td>Asthme</td><td><content ID="p">Oui</content></td></tr></tbody></table>'
    expect(facts(documentWith('11450-4', '132', row, problemEntry(asthma, '', true)))).toMatchObject([
      { negated: true, conflict: { field: 'negation', coded: 'non', narrative: 'Asthme | Oui' } },
    ])
  })

  it('tells none known, not recorded and hidden apart', () => {
    const absent = (code: string) => `<value xsi:type="CD" code="${code}" codeSystem="2.16.840.1.113883.5.1150.1" displayName="x"/>`
    const status = (value: string) => facts(documentWith('11450-4', '132', '', problemEntry(value))).map((one) => one.status)
    expect(status(absent('no-known-problems'))).toEqual(['noneKnown'])
    expect(status(absent('no-problem-info'))).toEqual(['notRecorded'])
    expect(status('<value xsi:type="CD" nullFlavor="MSK"/>')).toEqual(['hiddenHere'])
    expect(status('<value xsi:type="CD" nullFlavor="UNK"/>')).toEqual([])
  })

  it('never gives a relative\'s illness to the patient', () => {
    const family = `<entry><organizer>${entry('59')}<subject><relatedSubject><code code="MTH" displayName="Mère"/></relatedSubject></subject>
      <component><observation moodCode="EVN">${entry('51')}${asthma}</observation></component></organizer></entry>`
    expect(facts(documentWith('10157-6', '139', '', family))).toMatchObject([{ kind: 'familyHistory', label: 'Asthme', value: 'Mère' }])
  })
})

describe('results', () => {
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
    expect(facts(documentWith('18719-5', '70', '', resultEntry(value)))).toMatchObject([{ kind: 'labResult', label: 'Analyse', value: expected, unit, date: '2026-01-02' }])
  })

  it('marks a number its row does not hold', () => {
    const row = '<table><tbody><tr><td><content ID="r">Analyse</content></td><td>7,5</td></tr></tbody></table>'
    const conflict = (value: string) => facts(documentWith('18719-5', '70', row, resultEntry(`<value xsi:type="PQ" value="${value}" unit="g"/>`)))[0]?.conflict
    expect(conflict('7.5')).toBeNull()
    expect(conflict('8.2')).toEqual({ field: 'value', coded: '8.2', narrative: 'Analyse | 7,5' })
  })

  it('gives what was written, whatever the values', () => {
    const result = fc.record({ value: fc.double({ min: 0.001, max: 100_000, noNaN: true }).map((one) => one.toFixed(3)), unit: fc.constantFrom('g/L', 'mmol/L', '%'), flag: fc.constantFrom('N', 'H', 'LL') })
    fc.assert(fc.property(fc.array(result, { minLength: 1, maxLength: 8 }), (results) => {
      const entries = results.map(({ value, unit, flag }) => resultEntry(`<value xsi:type="PQ" value="${value}" unit="${unit}"/><interpretationCode code="${flag}"/>`))
      const read = facts(documentWith('18719-5', '70', '', entries.join('')))
      expect(read.map(({ value, unit, interpretation }) => ({ value, unit, flag: interpretation }))).toEqual(results)
    }))
  })
})

it('keeps as text what no reader understands', () => {
  expect(facts(documentWith('10161-8', '74', 'Amiante', ''))).toMatchObject([{ kind: 'narrative', label: 'Section', code: '10161-8', value: 'Amiante' }])
})

it('refuses what is hostile, as a value', () => {
  const deep = documentWith('10161-8', '74', `${'<content>'.repeat(5_000)}x${'</content>'.repeat(5_000)}`, '')
  expect(readFacts(deep, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'xml-too-deep' } })
  expect(readFacts(Buffer.from('<!DOCTYPE a><a/>'), '1.2.3')).toMatchObject({ ok: false, failure: { code: 'xml-doctype' } })
  expect(readFacts(Buffer.from('%PDF'), '1.2.3').ok).toBe(false)
})
