import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visibleToAll } from '#shared/terminology/index.ts'
import { anyCda } from './any-cda.test.data.ts'
import { cdaExample } from './cda-example.ts'
import { metadataOf } from './cda-metadata.ts'
import { ruleBreaches } from './cda-rules.test.data.ts'
import { instantOfDtm } from './cda-time.ts'
import { claimFromCda } from './identity-claims.ts'
import { readCdaBody } from './read-cda-body.ts'
import { readCdaHeader } from './read-cda-header.ts'
import { withoutBody, writeCda } from './write-cda.ts'

const now = Date.UTC(2091, 0, 1)

describe('writing a CDA around a PDF', () => {
  it('keeps every rule of the profile, and gives back what it was given', () => {
    fc.assert(
      fc.property(anyCda, (input) => {
        const written = writeCda(input)
        if (!written.ok) throw new Error(JSON.stringify(written.failure))
        expect(ruleBreaches(written.value)).toEqual([])

        const header = readCdaHeader(written.value)
        if (!header.ok) throw new Error(JSON.stringify(header.failure))
        const metadata = metadataOf(header.value, { visibility: visibleToAll, now })
        if (!metadata.ok) throw new Error(JSON.stringify(metadata.failure))
        const { value } = metadata
        expect(value).toMatchObject({
          uniqueId: input.id, setId: input.setId, versionNumber: input.versionNumber, replaces: input.replaces, mimeType: 'text/xml', title: input.title,
          typeCode: { code: input.typeCode }, formatCode: { code: 'urn:ihe:iti:xds-sd:pdf:2008' },
          healthcareFacilityType: { code: input.structure.sector }, practiceSetting: { code: input.structure.practiceSetting },
          ins: { value: input.patient.ins, oid: input.patient.insOid }, sourcePatientId: input.patient.localId,
          legalAuthenticator: { id: input.professional.id, family: input.professional.family, given: input.professional.given },
        })
        expect(value.authors).toEqual([
          {
            kind: 'professional',
            person: { id: input.professional.id, family: input.professional.family, given: input.professional.given },
            institution: { id: input.structure.id, name: input.structure.name },
            specialty: expect.objectContaining({ code: `G15_${input.professional.profession}/${input.professional.specialty}` }),
            role: null,
          },
        ])
        expect(instantOfDtm(value.creationTime)).toBe(input.createdAt)
        expect(instantOfDtm(value.serviceStartTime)).toBe(input.serviceStart)
        expect(value.serviceStopTime === null ? null : instantOfDtm(value.serviceStopTime)).toBe(input.serviceStop)

        const claim = claimFromCda(header.value)
        if (!claim.ok) throw new Error(JSON.stringify(claim.failure))
        const { localId, usedName, usedGivenName, birthPlaceName, ...sure } = input.patient
        expect(claim.value.selfQualified).toBe(true)
        expect(claim.value.claim).toEqual({
          ...sure, origin: 'document', localId: localId?.value, localIdOid: localId?.oid,
          usedName: usedName ?? undefined, usedGivenName: usedGivenName ?? undefined, birthPlaceName: birthPlaceName ?? undefined,
        })
        const body = readCdaBody(written.value)
        expect(body).toEqual({ ok: true, value: { sections: [], attachments: [{ mediaType: 'application/pdf', title: input.title, bytes: input.body.bytes }], problems: [] } })
      }),
      { numRuns: 500 },
    )
  })

  it('says that an address or a telephone is unknown', () => {
    const { address: _, phone: __, ...bare } = cdaExample.structure
    const written = writeCda({ ...cdaExample, structure: bare })
    if (!written.ok) throw new Error(written.failure.detail)
    expect(ruleBreaches(written.value)).toEqual([])
    expect(Buffer.from(written.value).toString()).toContain('<addr nullFlavor="NAV"/>\n<telecom nullFlavor="NAV"/>')
  })

  it.each([
    [{ line: '', postalCode: ' ', city: '' }, '<addr nullFlavor="NAV"/>'],
    [{ line: '', postalCode: '76000', city: 'ROUEN' }, '<addr><postalCode>76000</postalCode><city>ROUEN</city></addr>'],
    [{ line: '1', postalCode: '', city: '' }, '<addr><streetName>1</streetName></addr>'],
  ])('never writes an empty part of an address: %j', (address, expected) => {
    const written = writeCda({ ...cdaExample, structure: { ...cdaExample.structure, address } })
    if (!written.ok) throw new Error(written.failure.detail)
    expect(ruleBreaches(written.value)).toEqual([])
    expect(Buffer.from(written.value).toString()).toContain(expected)
  })

  it.each([
    ['Dr', '<name><given>Alix</given><family>GENERIQUE</family><suffix>DR</suffix></name>'],
    ['Mme.', '<name><prefix>MME</prefix><given>Alix</given><family>GENERIQUE</family></name>'],
    ['Me', '<name><given>Alix</given><family>GENERIQUE</family></name>'],
  ])('writes the title %s as the profile codes it', (title, expected) => {
    const written = writeCda({ ...cdaExample, professional: { ...cdaExample.professional, title } })
    if (!written.ok) throw new Error(written.failure.detail)
    expect(Buffer.from(written.value).toString().split(expected).length - 1).toBe(3)
  })

  it('writes only speciality codes of the national list', () => {
    const written = writeCda({ ...cdaExample, professional: { ...cdaExample.professional, profession: '21', specialty: 'SM54' } })
    if (!written.ok) throw new Error(written.failure.detail)
    expect(ruleBreaches(written.value)).toEqual([])
    expect(Buffer.from(written.value).toString()).toContain('<code code="G15_21" displayName="Pharmacien" codeSystem="1.2.250.1.213.1.1.4.5"/>')
  })

  it('does not write an end that is the start', () => {
    const written = writeCda({ ...cdaExample, serviceStop: cdaExample.serviceStart })
    if (!written.ok) throw new Error(written.failure.detail)
    expect(ruleBreaches(written.value)).toEqual([])
    expect(Buffer.from(written.value).toString()).not.toContain('<high')
  })

  it('reads the same header with the body left out, whatever its texts hold', () => {
    const written = writeCda({ ...cdaExample, title: 'representation="B64"> et suite', body: { mediaType: 'application/pdf', bytes: Buffer.alloc(100_000, 'B64">') } })
    if (!written.ok) throw new Error(written.failure.detail)
    expect(withoutBody(written.value).length).toBeLessThan(10_000)
    expect(readCdaHeader(withoutBody(written.value))).toEqual(readCdaHeader(written.value))
    expect(readCdaHeader(written.value)).toMatchObject({ ok: true, value: { title: 'representation="B64"> et suite' } })
  })

  it('gives the same bytes for the same input', () => {
    expect(writeCda(cdaExample)).toEqual(writeCda({ ...cdaExample }))
  })

  it.each([
    ['type-not-accepted', { typeCode: '51851-4' }],
    ['input-invalid', { id: '1.2.250.01' }],
    ['input-invalid', { id: `1.2.${'9'.repeat(70)}` }],
    ['input-invalid', { title: 'x'.repeat(129) }],
    ['input-invalid', { title: '  ' }],
    ['input-invalid', { versionNumber: 0 }],
    ['input-invalid', { replaces: cdaExample.id }],
    ['input-invalid', { patient: { ...cdaExample.patient, birthPlace: 'ROUEN' } }],
    ['input-invalid', { patient: { ...cdaExample.patient, birthDate: '1984-06' } }],
    ['input-invalid', { patient: { ...cdaExample.patient, givenName: ' ' } }],
    ['input-invalid', { serviceStop: cdaExample.serviceStart - 1000 }],
  ])('refuses with %s: %j', (code, change) => {
    const written = writeCda({ ...cdaExample, ...change })
    expect(written.ok ? 'written' : written.failure.code).toBe(code)
  })

  it('is checked by rules that do see faults', () => {
    const written = writeCda({ ...cdaExample, replaces: `${cdaExample.id}.0`, versionNumber: 2 })
    if (!written.ok) throw new Error(written.failure.detail)
    const text = Buffer.from(written.value).toString()
    const faults: [string, string][] = [
      ['<realmCode code="FR"/>\n', ''],
      ['<versionNumber value="2"/>', '<versionNumber value="0"/>'],
      ['<versionNumber value="2"/>', '<versionNumber value="1"/>'],
      ['encoding="UTF-8"', 'encoding="utf-8"'],
      ['codeSystem="2.16.840.1.113883.6.1"', 'codeSystem="1.2.250.1.213.1.1.4.12"'],
      [`<parentDocument><id root="${cdaExample.id}.0"/>`, `<parentDocument><id root="${cdaExample.id}"/>`],
      ['extension="284069999999968"', 'extension="284069999999967"'],
      ['<id root="1.2.250.1.999.77.2" extension="P000482"/>', '<id root="1.2.250.1.213.1.4.11" extension="P000482"/>'],
      ['value="tel:0200000001"', 'value="0200000001"'],
      ['<city>ROUEN</city>', '<city/>'],
      ['codeSystemName="LOINC"', 'codeSystemName=""'],
      ['<high value="20261121101500+0100"/>', '<high value="20261121095900+0100"/>'],
      ['root="1.2.250.1.71.4.2.1" extension="8', 'root="1.2.250.1.71.4.2.1" extension="9'],
      ['root="1.2.250.1.71.4.2.2" extension="4', 'root="1.2.250.1.71.4.2.2" extension="7'],
      ['<healthCareFacility>\n<id root="1.2.250.1.71.4.2.2"', '<healthCareFacility>\n<id root="1.2.250.1.999"'],
      ['representation="B64">JVBER', 'representation="B64">AVBER'],
      ['<family qualifier="BR">ESSAI</family>', '<family>ESSAI</family>'],
      ['<signatureCode code="S"/>', ''],
      ['nonXMLBody', 'structuredBody'],
      ['@patient.mssante.fr', '@example.org'],
      ['<id root="1.2.250.1.999.77.3.20261121.1"/>', '<id root="1.2.250.1.999.77.3.20261121.1" extension="x"/>'],
      ['codeSystem="1.2.250.1.213.1.1.4.9"', 'codeSystem="1.2.3"'],
      ['<postalCode>76000</postalCode>', '<postalCode></postalCode>'],
      ['code="G15_10/SM54"', 'code="G15_21/SM54"'],
      ['<suffix>DR</suffix>', '<suffix>Dr</suffix>'],
    ]
    for (const [good, bad] of faults) {
      expect(text).toContain(good)
      expect(ruleBreaches(Buffer.from(text.replaceAll(good, bad))), bad).not.toEqual([])
    }
  })
})
