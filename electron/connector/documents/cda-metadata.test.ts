import { describe, expect, it } from 'vitest'
import type { DocumentMetadata } from '#shared/contract/index.ts'
import { visibleToAll } from '#shared/terminology/index.ts'
import { cdaExample } from './cda-example.ts'
import { metadataOf } from './cda-metadata.ts'
import { claimFromCda, claimFromHints } from './identity-claims.ts'
import { readCdaHeader } from './read-cda-header.ts'
import { writeCda } from './write-cda.ts'

const now = Date.UTC(2026, 10, 21, 12)
const written = writeCda(cdaExample)
if (!written.ok) throw new Error(written.failure.detail)
const example = Buffer.from(written.value).toString()

type Change = readonly [found: string | RegExp, instead: string]

function changed(...changes: readonly Change[]): string {
  return changes.reduce((text, [found, instead]) => {
    const next = text.replace(found, instead)
    if (next === text) throw new Error(`nothing to change: ${String(found)}`)
    return next
  }, example)
}

function metadata(bytes: string | Uint8Array, visibility = visibleToAll) {
  const header = readCdaHeader(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
  return header.ok ? metadataOf(header.value, { visibility, now }) : header
}

function metadataOfValid(bytes: string | Uint8Array) {
  const result = metadata(bytes)
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail}`)
  return result.value
}

describe('metadata of a CDA', () => {
  it('reads the example whole', () => {
    expect(metadataOfValid(example)).toEqual({
      uniqueId: '1.2.250.1.999.77.3.20261121.1',
      setId: '1.2.250.1.999.77.3.20261121',
      versionNumber: 1,
      replaces: null,
      mimeType: 'text/xml',
      typeCode: { code: '57833-6', system: '2.16.840.1.113883.6.1', label: 'Prescription de produits de santé' },
      classCode: { code: '42', system: '1.2.250.1.213.1.1.4.1', label: 'Prescription' },
      formatCode: { code: 'urn:ihe:iti:xds-sd:pdf:2008', system: '1.3.6.1.4.1.19376.1.2.3', label: 'Document à corps non structuré en Pdf/A-1' },
      healthcareFacilityType: { code: 'SA07', system: '1.2.250.1.71.4.2.4', label: 'Cabinet individuel' },
      practiceSetting: { code: 'AMBULATOIRE', system: '1.2.250.1.213.1.1.4.9', label: 'Ambulatoire' },
      confidentiality: [{ code: 'N', system: '2.16.840.1.113883.5.25', label: 'Normal' }],
      eventCodes: [],
      ins: { value: '284069999999968', oid: '1.2.250.1.213.1.4.10' },
      sourcePatientId: { value: 'P000482', oid: '1.2.250.1.999.77.2' },
      sourcePatientInfo: { birthName: 'ESSAI', givenName: 'CAMILLE', birthDate: '19840612', sex: 'F' },
      creationTime: '20261121091500',
      serviceStartTime: '20261121090000',
      serviceStopTime: '20261121091500',
      languageCode: 'fr-FR',
      title: 'Ordonnance du 21/11/2026',
      authors: [
        {
          kind: 'professional',
          person: { id: '899900000012', family: 'GENERIQUE', given: 'Alix' },
          institution: { id: '499900000012001', name: 'CABINET DR GENERIQUE' },
          specialty: { code: 'G15_10/SM54', system: '1.2.250.1.213.1.1.4.5', label: 'Médecin - Médecine Générale (SM)' },
          role: null,
        },
      ],
      legalAuthenticator: { id: '899900000012', family: 'GENERIQUE', given: 'Alix' },
    })
  })

  it('reads any encoding the file declares, with comments and instructions before the root', () => {
    const accents = changed(['ESSAI', 'ÉLÈVE'], ['<ClinicalDocument', '<?xml-stylesheet type="text/xsl" href="../a.xsl"?>\n<!-- <!DOCTYPE not one> -->\n<ClinicalDocument'])
    const latin = Buffer.from(accents.replace('UTF-8', 'ISO-8859-15').replace('œ', 'oe'), 'latin1')
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(accents.replace('UTF-8', 'UTF-16'), 'utf16le')])
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(accents)])
    for (const bytes of [latin, wide, wide.subarray(2), marked]) expect(metadataOfValid(bytes).sourcePatientInfo.birthName).toBe('ÉLÈVE')
  })

  it('reads a self-presenting document, prefixes and all, without running it', () => {
    const inside = example.slice(example.indexOf('<ClinicalDocument'))
    const prefixed = inside.replace('xmlns="urn:hl7-org:v3"', 'xmlns:c="urn:hl7-org:v3"').replace(/<(\/?)([A-Za-z])/g, '<$1c:$2')
    const sheet = `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#"?><xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><script>alert(1)</script></xsl:template>${prefixed}</xsl:stylesheet>`
    expect(metadataOfValid(sheet)).toEqual({ ...metadataOfValid(example), mimeType: 'application/xslt+xml' })
  })

  it.each<[string, string, Change[]]>([
    ['cda-id-invalid', 'with an extension', [['<id root="1.2.250.1.999.77.3.20261121.1"/>', '<id root="1.2.250.1.999.77.3" extension="20261121"/>']]],
    ['cda-id-invalid', 'not an OID', [['<id root="1.2.250.1.999.77.3.20261121.1"/>', '<id root="8D5E778C-E155-4685-95C6-5FF65A362964"/>']]],
    ['cda-restricted', 'restricted', [['confidentialityCode code="N"', 'confidentialityCode code="R"']]],
    ['type-not-accepted', 'a type outside the list', [['code="57833-6"', 'code="51851-4"']]],
    ['type-not-accepted', 'a type of the wrong system', [[/code="57833-6"(.*?)codeSystem="2.16.840.1.113883.6.1"/, 'code="57833-6"$1codeSystem="1.2.3"']]],
    ['cda-header-incomplete', 'no title', [[/<title>.*<\/title>/, '']]],
    ['cda-header-incomplete', 'no legal authenticator', [[/<legalAuthenticator>[\s\S]*<\/legalAuthenticator>/, '']]],
    ['cda-header-incomplete', 'no act with a start', [[/<low value="[^"]*"\/><high/, '<high']]],
    ['cda-header-incomplete', 'no place of care', [[/<healthCareFacility>[\s\S]*<\/healthCareFacility>/, '']]],
    ['date-impossible', 'of 2099', [[/<effectiveTime value="2026/, '<effectiveTime value="2099']]],
    ['date-impossible', 'of 1899', [[/<effectiveTime value="2026/, '<effectiveTime value="1899']]],
    ['date-impossible', 'an act on 30 February', [['<low value="20261121', '<low value="20260230']]],
    ['cda-no-patient', 'without recordTarget', [[/<recordTarget>[\s\S]*<\/recordTarget>/, '']]],
    ['cda-patient-ambiguous', 'two patients', [[/(<recordTarget>[\s\S]*<\/recordTarget>)/, '$1$1']]],
    ['cda-patient-ambiguous', 'two INS', [['<id root="1.2.250.1.999.77.2" extension="P000482"/>', '<id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>']]],
    ['ins-missing', 'no INS', [[/<id root="1.2.250.1.213.1.4.10"[^>]*>/, '']]],
    ['cda-body-unreadable', 'a body of a type nobody takes', [['mediaType="application/pdf"', 'mediaType="video/mp4"']]],
    ['xml-doctype', 'a DOCTYPE', [['<ClinicalDocument', '<!DOCTYPE ClinicalDocument [<!ENTITY a "b">]>\n<ClinicalDocument']]],
    ['xml-malformed', 'cut', [[/<component>[\s\S]*/, '']]],
    ['xml-malformed', 'a control character', [['ESSAI', 'ES\u0001SAI']]],
  ])('refuses with %s: %s', (code, _, changes) => {
    const result = metadata(changed(...changes))
    expect(result.ok ? 'read' : result.failure.code).toBe(code)
    if (!result.ok && code === 'cda-header-incomplete') expect(result.failure.detail).not.toBe('')
  })

  it('says in one go everything that is missing', () => {
    const result = metadata(changed([/<title>.*<\/title>/, ''], [/<legalAuthenticator>[\s\S]*<\/legalAuthenticator>/, '']))
    expect(result).toMatchObject({ ok: false, failure: { code: 'cda-header-incomplete', detail: 'title, legalAuthenticator' } })
  })

  it('refuses an encoding that lies, depth and bombs, and loads nothing', () => {
    const lying = Buffer.from(changed(['ESSAI', 'ÉLÈVE']), 'latin1')
    expect(metadata(lying)).toMatchObject({ failure: { code: 'xml-malformed' } })
    expect(metadata(`<a>${'<b>'.repeat(100_000)}`)).toMatchObject({ failure: { code: 'xml-too-deep' } })
    const bomb = `<?xml version="1.0"?>\n<!-- -->\n<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><ClinicalDocument xmlns="urn:hl7-org:v3">&lol2;</ClinicalDocument>`
    for (const encoding of ['utf8', 'utf16le'] as const) expect(metadata(Buffer.from(bomb, encoding))).toMatchObject({ failure: { code: 'xml-doctype' } })
    expect(metadata(Buffer.from([0, 0, 0, 0x3c, 0, 0, 0, 0x61]))).toMatchObject({ failure: { code: 'xml-malformed' } })
    expect(metadata('<other/>')).toMatchObject({ failure: { code: 'format-unknown' } })
  })

  it('takes the practice setting of another act, and derives none', () => {
    const setting = /<standardIndustryClassCode[^>]*\/>/
    const second = `</documentationOf><documentationOf><serviceEvent><performer typeCode="PRF"><assignedEntity><representedOrganization><standardIndustryClassCode code="SAD" displayName="Soins à domicile" codeSystem="1.2.250.1.213.1.1.4.9"/></representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>`
    expect(metadataOfValid(changed([setting, ''], ['</documentationOf>', second])).practiceSetting.code).toBe('SAD')
    expect(metadata(changed([setting, '']))).toMatchObject({ ok: false, failure: { code: 'cda-header-incomplete', detail: 'standardIndustryClassCode' } })
  })

  it('takes the start of the first act that has one, and the acts as event codes once each', () => {
    const act = (code: string, start: string) => `<documentationOf><serviceEvent><code code="${code}" displayName="${code}" codeSystem="1.2.3"/>${start}</serviceEvent></documentationOf>`
    const acts = act('A', '') + act('A', '<effectiveTime value="20261120"/>') + act('B', '<effectiveTime><low value="20261101"/></effectiveTime>')
    const read = metadataOfValid(changed(['<documentationOf>', `${acts}<documentationOf>`]))
    expect(read.serviceStartTime).toBe('20261119230000')
    expect(read.serviceStopTime).toBeNull()
    expect(read.eventCodes.map(({ code }) => code)).toEqual(['A', 'B'])
  })

  it('reads devices, authors without code or structure name, and replacements', () => {
    const device = '<assignedAuthoringDevice><manufacturerModelName>.</manufacturerModelName><softwareName>Automate</softwareName></assignedAuthoringDevice>'
    const read = metadataOfValid(
      changed(
        [/<assignedPerson>[\s\S]*?<\/assignedPerson>/, device],
        [/<code code="G15_10\/SM54"[^>]*>/, ''],
        [/<name>CABINET DR GENERIQUE<\/name>/, ''],
        ['<componentOf>', '<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.3" extension="4"/></parentDocument></relatedDocument><componentOf>'],
      ),
    )
    expect(read.authors).toEqual([
      { kind: 'device', person: { id: '899900000012', family: 'Automate', given: '' }, institution: { id: '499900000012001', name: 'CABINET DR GENERIQUE' }, specialty: null, role: null },
    ])
    expect(read.replaces).toBe('1.2.3^4')
    const alone = metadataOfValid(changed([/<representedOrganization>[\s\S]*?<\/representedOrganization>/, '']))
    expect(alone.authors[0]?.institution).toBeNull()
  })

  it('leaves a number to whoever gave it', () => {
    const domains = ({ authors, legalAuthenticator }: DocumentMetadata) => [authors[0]?.person, legalAuthenticator].map((person) => person?.domain)
    const numbers = (root: string) => domains(metadataOfValid(changed([/(<assignedAuthor>\s*<id root=")[^"]*/, `$1${root}`], [/(<legalAuthenticator>[\s\S]*?<id root=")[^"]*/, `$1${root}`])))
    expect(domains(metadataOfValid(example))).toEqual([undefined, undefined])
    expect(numbers('1.2.3.4.5')).toEqual(['1.2.3.4.5', '1.2.3.4.5'])
    expect(numbers('1.2.250.1.213.1.4.10')).toEqual(['1.2.250.1.213.1.4.10', '1.2.250.1.213.1.4.10'])
  })

  it('tells the orders it answers, once each, and none that nobody gave', () => {
    const order = (id: string) => `<inFulfillmentOf><order>${id}</order></inFulfillmentOf>`
    const ids = ['<id root="1.2.3" extension="134467653"/>', '<id root="1.2.3" extension="134467653"/>', '<id root="1.2.4" extension="A^7"/>', '<id root="1.2.5"/>', '<id root="6F9619FF-8B86" extension="1"/>', '<id root="1.2.3" extension=" 2"/>', `<id root="1.2.3" extension="${'9'.repeat(41)}"/>`, '<id nullFlavor="UNK"/>']
    expect(metadataOfValid(changed(['<documentationOf>', `${ids.map(order).join('')}<documentationOf>`])).referenceIds).toEqual([
      { value: '134467653', oid: '1.2.3', type: 'urn:ihe:iti:xds:2013:order' },
      { value: 'A^7', oid: '1.2.4', type: 'urn:ihe:iti:xds:2013:order' },
    ])
  })

  it('adds to N the visibility asked for', () => {
    const result = metadata(example, { masked: true, hiddenFromPatient: true, hiddenFromRepresentatives: true })
    expect(result.ok && result.value.confidentiality.map(({ code }) => code)).toEqual(['N', 'MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REPRESENTANTS_LEGAUX'])
  })

  it('gives structured documents the format of their model', () => {
    const structured = (template: string): Change[] => [
      [/<nonXMLBody>[\s\S]*<\/nonXMLBody>/, '<structuredBody/>'],
      ['<templateId root="1.3.6.1.4.1.19376.1.2.20"/>', `<templateId root="1.3.6.1.4.1.19376.1.3.3"/><templateId root="${template}"/>`],
    ]
    expect(metadataOfValid(changed(...structured('1.2.250.1.213.1.1.1.13'))).formatCode).toMatchObject({ code: 'urn:asip:ci-sis:vsm:2012', system: '1.2.250.1.213.1.1.4.2.282' })
    expect(metadataOfValid(changed(...structured('1.2.3'))).formatCode).toMatchObject({ code: 'urn:ihe:lab:xd-lab:2008', system: '1.3.6.1.4.1.19376.1.2.3' })
    const none = changed([/<nonXMLBody>[\s\S]*<\/nonXMLBody>/, '<structuredBody/>'])
    expect(metadataOfValid(none).formatCode.code).toBe('urn:asipSante:modelesHorsProfils:2011')
  })
})

describe('claims of identity', () => {
  const claim = (text: string) => {
    const header = readCdaHeader(Buffer.from(text))
    if (!header.ok) throw new Error(header.failure.code)
    return claimFromCda(header.value)
  }

  it('tells names by their qualifier', () => {
    const name = '<name><given qualifier="BR">RUTH</given><given>RUTH ISABELLE</given><family qualifier="SP">DECOURCY</family><family qualifier="BR">NESSI</family></name>'
    expect(claim(changed([/<name>\s*<family[\s\S]*?<\/name>/, name]))).toMatchObject({
      ok: true,
      value: { selfQualified: true, claim: { birthName: 'NESSI', givenName: 'RUTH', givenNames: 'RUTH ISABELLE', usedName: 'DECOURCY', birthDate: '1984-06-12', origin: 'document' } },
    })
  })

  it('does not take a name without qualifier for a birth name', () => {
    const result = claim(changed(['<family qualifier="BR">', '<family>'], ['<given qualifier="BR">', '<given>']))
    expect(result.ok && result.value.claim.birthName).toBeUndefined()
    expect(result.ok && result.value.claim.givenName).toBeUndefined()
  })

  it('is not self-qualified without an INS', () => {
    const result = claim(changed([/<id root="1.2.250.1.213.1.4.10"[^>]*>/, '<id root="1.2.250.1.213.1.4.2" extension="1234567890123456789012"/>']))
    expect(result).toMatchObject({ ok: true, value: { selfQualified: false, claim: { localId: 'P000482' } } })
  })

  it('believes a message that vouches for itself, never a sidecar', () => {
    const identity = { ins: '284069999999968', insOid: '1.2.250.1.213.1.4.10', qualified: true }
    expect(claimFromHints({ identity }, 'message')).toMatchObject({ selfQualified: true, claim: { origin: 'message', ins: '284069999999968' } })
    expect(claimFromHints({ identity }, 'sidecar')?.selfQualified).toBe(false)
    expect(claimFromHints({ identity: { qualified: true } }, 'message')?.selfQualified).toBe(false)
    expect(claimFromHints({}, 'file-name')).toBeUndefined()
  })
})
