import { describe, expect, it } from 'vitest'
import { documentWith, entryTemplate, factsIn, row } from './facts-example.ts'

/** What a document of today would say, and says nothing of by name. */
const j45 = 'code="J45" codeSystem="2.16.840.1.113883.6.3"'
const illness = (value: string, text = '') => factsIn(documentWith('11450-4', '132', text, `<entry><observation moodCode="EVN">${entryTemplate('37')}<code code="55607006" codeSystem="2.16.840.1.113883.6.96"/>
  <text><reference value="#p"/></text><statusCode code="active"/>${value}</observation></entry>`))[0]
const asked = (code: string, value: string, text = '', section = '42545-4') => factsIn(documentWith(section, '163', text, `<entry><observation moodCode="EVN">${entryTemplate('48')}${code}<text><reference value="#q"/></text>
  <statusCode code="completed"/>${value}</observation></entry>`))[0]

describe('a code without a name', () => {
  it('is called as a translation calls it, by name or by the words it points at, one within another too', () => {
    expect(illness(`<value xsi:type="CD" ${j45}><translation code="R96" codeSystem="2.16.840.1.113883.6.139" displayName="Asthme (CISP)"/></value>`)).toMatchObject({ label: 'Asthme (CISP)', code: 'J45' })
    expect(illness(`<value xsi:type="CD" ${j45}><translation code="R96" codeSystem="2.16.840.1.113883.6.139"><originalText><reference value="#w"/></originalText></translation></value>`, row('w=Asthme allergique'))).toMatchObject({ label: 'Asthme allergique' })
    expect(illness('<value xsi:type="CD" nullFlavor="NA"><translation><translation code="R96" codeSystem="2.16.840.1.113883.6.139" displayName="Asthme"/></translation></value>')).toMatchObject({ label: 'Asthme', code: 'R96' })
  })

  it('is shown with the name of its list, never bare and never dropped', () => {
    expect(illness(`<value xsi:type="CD" ${j45}/>`)).toMatchObject({ kind: 'problem', label: 'CIM-10 J45', code: 'J45', conflict: null })
    expect(illness('<value xsi:type="CD" code="X1" codeSystem="1.2.3" codeSystemName="Liste locale"/>')).toMatchObject({ label: 'Liste locale X1' })
    expect(illness('<value xsi:type="CD" code="X1" codeSystem="1.2.3"/>')).toMatchObject({ label: 'X1' })
    expect(asked('<code code="MED-1" codeSystem="1.2.250.1.213.1.1.4.322"/>', '<value xsi:type="CD" code="24028007" codeSystem="2.16.840.1.113883.6.96"/>', row('q=Côté atteint', 'droit', 'à revoir'))).toMatchObject({ label: 'TA_ASIP MED-1', value: 'SNOMED CT 24028007', conflict: null })
  })

  it('is called by the words its entry points at, never by an answer', () => {
    const bare = `<value xsi:type="CD" ${j45}/>`
    expect(illness(bare, row('p=Asthme', '2019'))).toMatchObject({ label: 'Asthme' })
    expect(illness(bare, row('Asthme', 'p=Oui'))).toMatchObject({ label: 'Asthme', negated: false })
    for (const answer of ['oui', 'Non.', '-', '50 ans', '12/03/2024', '3 900 g', 'Ne sait pas', 'Aucun', '1 cp le soir']) expect(illness(bare, row('2019', `p=${answer}`)), answer).toMatchObject({ label: 'CIM-10 J45' })
    expect(illness(`<value xsi:type="CD" ${j45}><originalText><reference value="#p"/></originalText></value>`, row('2019', 'p=Oui'))).toMatchObject({ label: 'CIM-10 J45' })
    expect(illness(bare.replace('J45"', 'J45" displayName="Asthme"'), row('Toux', 'p=Oui'))).toMatchObject({ label: 'Asthme' })
  })

  it('asks what the row of one question and one answer asks, no other row', () => {
    const [code, value] = ['<code code="8302-2" codeSystem="2.16.840.1.113883.6.1"/>', '<value xsi:type="PQ" value="170" unit="cm"/>']
    expect(asked(code, value, row('q=Taille', '170 cm'))).toMatchObject({ label: 'Taille', value: '170' })
    expect(asked(code, value, row('Taille', 'q=170 cm'))).toMatchObject({ label: 'Taille', value: '170' })
    // The document may point at the row itself.
    const whole = '<table><tbody><tr ID="q"><td>Taille</td><td>170 cm</td></tr></tbody></table>'
    expect(asked(code, value, whole)).toMatchObject({ label: 'Taille', value: '170' })
    expect(asked('<code code="x" codeSystem="1.2.3" displayName="Taille"/>', '', whole)).toMatchObject({ label: 'Taille', value: '170 cm' })
    expect(asked(code, value, row('Sonde', '12/03/2024', 'q=170 cm'))).toMatchObject({ label: 'LOINC 8302-2' })
    expect(asked(code, value, row('12/03/2024', 'q=170 cm'))).toMatchObject({ label: 'LOINC 8302-2' })
    expect(asked(code, value, row('Tension', 'q=120/80'))).toMatchObject({ label: 'LOINC 8302-2' })
    expect(asked(code, '<value xsi:type="TS" value="20260312"/>', row('Date de la visite', 'q=12/03/2026'))).toMatchObject({ label: 'Date de la visite' })
    expect(asked(code, value, '<table><tbody><tr><th ID="q">Examen</th><th>Valeur</th></tr></tbody></table>')).toMatchObject({ label: 'LOINC 8302-2' })
  })
})

it('takes no question of LOINC for an illness, whatever section it stands in', () => {
  const heading = `<value xsi:type="CD" code="42349-1" codeSystem="2.16.840.1.113883.6.1" displayName="Motif"/>`
  expect(factsIn(documentWith('x', '999', 'Douleur', `<entry><observation moodCode="EVN">${entryTemplate('37')}${heading}</observation></entry>`))).toMatchObject([{ kind: 'narrative', value: 'Douleur' }])
  expect(illness(heading.replace('42349-1', 'LA6111-4'))).toMatchObject({ kind: 'problem', label: 'Motif' })
})

it('calls a list declared empty by its denial, of acts and devices too', () => {
  const absent = (list: string) => `<code code="no-known-${list}" codeSystem="2.16.840.1.113883.5.1150.1"/>`
  const told = (entry: string) => factsIn(documentWith('47519-4', '136', row('n=Aucun'), `<entry>${entry}</entry>`))
  expect(told(`<procedure moodCode="EVN">${entryTemplate('62')}${absent('procedures')}<text><reference value="#n"/></text></procedure>`)).toMatchObject([{ label: 'Aucun', status: 'noneKnown' }])
  expect(told(`<supply moodCode="EVN">${entryTemplate('20')}<text><reference value="#n"/></text><participant typeCode="DEV"><participantRole><playingDevice>${absent('devices')}</playingDevice></participantRole></participant></supply>`)).toMatchObject([{ label: 'Aucun', status: 'noneKnown' }])
})
