import { describe, expect, it } from 'vitest'
import { practiceFile, type DocumentMetadata, type Party, type Practice } from '#shared/contract/index.ts'
import { insOids, visibleToAll } from '#shared/terminology/index.ts'
import { cdaExample } from './cda-example.ts'
import { metadataOf } from './cda-metadata.ts'
import { checkDeposit, type DepositContext } from './check-deposit.ts'
import { readCdaHeader } from './read-cda-header.ts'
import { writeCda } from './write-cda.ts'

const now = Date.UTC(2026, 10, 21, 12)
const practice = practiceFile.parse({ structures: [cdaExample.structure], professionals: [cdaExample.professional] })
const [structure] = practice.structures
const [professional] = practice.professionals
if (!structure || !professional) throw new Error('the example has a practice')
const party: Party = { kind: 'professional', professional, structure }
const written = writeCda(cdaExample)
if (!written.ok) throw new Error(written.failure.detail)
const header = readCdaHeader(written.value)
if (!header.ok) throw new Error(header.failure.code)
const metadata = metadataOf(header.value, { visibility: visibleToAll, now })
if (!metadata.ok) throw new Error(metadata.failure.code)
const good = metadata.value
const prepared = { header: header.value, size: written.value.length, maxDocumentBytes: 5_000_000, now }

function judged(change: Partial<DocumentMetadata> = {}, context: Partial<DepositContext> = {}): string {
  const verdict = checkDeposit({ ...good, ...change }, { party, practice, environment: 'training', prepared, ...context })
  return verdict.ok ? 'passes' : `${verdict.failure.code} ${verdict.failure.detail ?? ''}`.trim()
}
const changed = (what: Partial<Practice['professionals'][number]>): Practice => ({ ...practice, professionals: [{ ...professional, ...what }] })
const traits = good.sourcePatientInfo

describe('the check before a deposit', () => {
  it('passes the example, for its author and for its structure, being prepared and again', () => {
    expect([judged(), judged({}, { party: { kind: 'structure', structure } }), judged({}, { prepared: null })]).toEqual(['passes', 'passes', 'passes'])
  })

  it.each<[string, Partial<DocumentMetadata>, string]>([
    ['INS whose key is wrong', { ins: { ...good.ins, value: '284069999999900' } }, 'ins-invalid wrong key'],
    ['INS of no known OID', { ins: { ...good.ins, oid: '1.2.3' } }, 'ins-invalid OID 1.2.3 is not one of the INS'],
    ['INS of production', { ins: { ...good.ins, oid: insOids.nir } }, 'ins-production-in-training'],
    ['authenticated under an INS-C', { legalAuthenticator: { ...good.legalAuthenticator, domain: '1.2.250.1.213.1.4.2' } }, 'ins-invalid INS-C is withdrawn'],
    ['authenticated under a number of no OID', { legalAuthenticator: { ...good.legalAuthenticator, domain: 'F4A2' } }, 'cda-header-invalid legalAuthenticator'],
    ['patient without given name', { sourcePatientInfo: { ...traits, givenName: ' ' } }, 'traits-incomplete givenName'],
    ['patient without birth date nor sex', { sourcePatientInfo: { ...traits, birthDate: '1984', sex: '' } }, 'traits-incomplete birthDate, sex'],
    ['masked and invisible', { confidentiality: [...good.confidentiality, ...['MASQUE_PS', 'INVISIBLE_PATIENT'].map((code) => ({ code, system: '1.2.250.1.213.1.1.4.13', label: code }))] }, 'visibility-forbidden'],
    ['type whose class is another', { classCode: { ...good.classCode, code: '10' } }, 'type-not-accepted class 10 for 57833-6'],
    ['sector outside JDV_J61', { healthcareFacilityType: { ...good.healthcareFacilityType, code: 'SA99' } }, 'care-place-not-accepted SA99 of 1.2.250.1.71.4.2.4'],
    ['setting outside JDV_J62', { practiceSetting: { ...good.practiceSetting, code: 'VILLE' } }, 'care-place-not-accepted VILLE of 1.2.250.1.213.1.1.4.9'],
    ['created in two days', { creationTime: '20261123130000' }, 'date-impossible effectiveTime'],
    ['begun in two days', { serviceStartTime: '20261123130000' }, 'date-impossible serviceEvent/effectiveTime/low'],
    ['ended before it began', { serviceStopTime: '20261121085959' }, 'date-impossible serviceEvent/effectiveTime/high before low'],
    ['written before its patient was born', { sourcePatientInfo: { ...traits, birthDate: '20261123' } }, 'date-impossible effectiveTime before birth'],
    ['id of 65 characters', { uniqueId: `1.2.${'9'.repeat(61)}` }, 'cda-id-invalid id'],
    ['setId of words', { setId: 'version' }, 'cda-id-invalid setId'],
    ['title of 129 characters', { title: 'é'.repeat(129) }, 'cda-header-invalid title'],
    ['legal authenticator without a number', { legalAuthenticator: { ...good.legalAuthenticator, id: '' } }, 'cda-header-invalid legalAuthenticator'],
    ['language of no form', { languageCode: 'français' }, 'cda-header-invalid languageCode français'],
    ['format of another body', { formatCode: { ...good.formatCode, code: 'urn:ihe:iti:xds-sd:text:2008' } }, 'cda-body-unreadable format urn:ihe:iti:xds-sd:text:2008'],
    ['other patient than the document names', { ins: { ...good.ins, value: '279035121518989' } }, 'patient-mismatch recordTarget'],
  ])('refuses a document: %s', (_, change, verdict) => {
    expect(judged(change)).toBe(verdict)
  })

  it.each<[string, Partial<DocumentMetadata>]>([
    ['an act that ends on the day it began', { serviceStartTime: '20261121090000', serviceStopTime: '20261121' }],
    ['an act that goes on', { serviceStopTime: '20270101' }],
    ['the day of a birth, far from Greenwich', { sourcePatientInfo: { ...traits, birthDate: '20261122' } }],
    ['a birth whose month is not known', { sourcePatientInfo: { ...traits, birthDate: '19843200' } }],
    ['a setId by UUID', { setId: '0b7f1b1e-8a52-4a7e-9f6e-0d9cf1a2b3c4^x' }],
    ['no setId', { setId: null }],
  ])('passes %s', (_, change) => {
    expect(judged(change)).toBe('passes')
  })

  it('wants the party to be the author or the legal authenticator (EX_2.1-1140)', () => {
    const someone = { id: '899999999999', family: 'AUTRE', given: 'Dominique' }
    const by = (person: typeof someone | null, institution: string) => good.authors.map((author) => ({ ...author, person, institution: { id: institution, name: 'Z' } }))
    expect(judged({ authors: by(someone, structure.id), legalAuthenticator: someone })).toBe('author-not-ours 899900000012')
    expect(judged({ authors: by(someone, '499999999999001') })).toBe('passes')
    expect(judged({ authors: by(null, '499999999999001') }, { party: { kind: 'structure', structure } })).toBe('author-not-ours 499900000012001')
    expect(judged({ authors: good.authors.map((author) => ({ ...author, person: null, institution: null })) })).toBe('cda-header-incomplete author without a number')
  })

  it('takes in a structure’s name nothing by a professional whom the practice does not list, unless one of its own wrote or answers for it', () => {
    const asStructure: Partial<DepositContext> = { party: { kind: 'structure', structure } }
    const of = (id: string, domain?: string) => ({ id, family: 'AUTRE', given: 'Dominique', ...(domain !== undefined && { domain }) })
    const by = (...people: ReturnType<typeof of>[]) => people.flatMap((person) => good.authors.map((author) => ({ ...author, person, institution: { id: structure.id, name: 'Z' } })))
    const stranger = of('899999999999')
    for (const id of ['899999999999', '99999999999', '0759999999']) expect(judged({ authors: by(of(id)), legalAuthenticator: of(id) }, asStructure)).toBe(`author-not-ours AUTRE Dominique (${id})`)
    expect(judged({ authors: by(stranger), legalAuthenticator: of('899999999998') }, asStructure)).toBe('author-not-ours AUTRE Dominique (899999999999)')
    expect(judged({ authors: by(stranger), legalAuthenticator: stranger }, { ...asStructure, prepared: null })).toBe('author-not-ours AUTRE Dominique (899999999999)')
    expect(judged({ authors: by(stranger), legalAuthenticator: stranger }, { ...asStructure, practice: { ...practice, professionals: [] } })).toBe('passes')
    expect(judged({ authors: by(stranger) }, asStructure)).toBe('passes')
    expect(judged({ authors: by(stranger, of(professional.id)), legalAuthenticator: stranger }, asStructure)).toBe('passes')
    // A bare RPPS, somebody of the structure's staff, a number of elsewhere.
    for (const one of [of(professional.id.slice(1)), of(`${structure.id}/0007`), of('899999999999', '1.2.3.4.5')]) expect(judged({ authors: by(one), legalAuthenticator: stranger }, asStructure)).toBe('passes')
  })

  it('takes from a CPE what somebody of its own structure wrote, and nothing of another (TD2.2)', () => {
    const member = { id: '699900000012001/2', family: 'MODELE', given: 'Nadia', structure: structure.id }
    const party: Party = { kind: 'staff', member, structure }
    const someone = { id: '899999999999', family: 'AUTRE', given: 'Dominique' }
    const by = (institution: string | null) => good.authors.map((author) => ({ ...author, person: someone, institution: institution === null ? null : { id: institution, name: 'Z' } }))
    expect(judged({}, { party })).toBe('passes')
    expect(judged({ authors: by(structure.id) }, { party })).toBe('passes')
    expect(judged({ authors: by(structure.id), legalAuthenticator: someone }, { party })).toBe('author-not-ours AUTRE Dominique (899999999999)')
    expect(judged({ authors: by('499999999999001') }, { party })).toBe('card-of-another-structure 699900000012001/2 499900000012001')
    expect(judged({ authors: by(null) }, { party })).toBe('card-of-another-structure 699900000012001/2 499900000012001')
    // The practice file need not name them; where it does, it says where they work.
    expect(judged({}, { party, practice: { ...practice, staff: [member] } })).toBe('passes')
    expect(judged({}, { party, practice: { ...practice, staff: [{ ...member, structure: '1750000000' }] } })).toBe('situation-changed 699900000012001/2 499900000012001')
    expect(judged({}, { party, practice: { ...practice, structures: [{ ...structure, sector: 'SA52' }] } })).toBe('situation-changed 499900000012001 SA07')
    expect(judged({}, { party: { ...party, member: { ...member, id: 'a b' } } })).toBe('cda-header-invalid practice file')
  })

  it('wants one exercise situation of the practice file as it is now', () => {
    expect(judged({}, { practice: { ...practice, structures: [{ ...structure, sector: 'SA52' }] } })).toBe('situation-changed 499900000012001 SA07')
    expect(judged({}, { practice: { ...practice, professionals: [] } })).toBe('situation-changed 899900000012 499900000012001')
    expect(judged({}, { practice: changed({ specialty: 'SM26' }) })).toBe('situation-changed 899900000012 499900000012001')
    expect(judged({}, { practice: changed({ profession: '21' }) })).toBe('situation-changed 899900000012 499900000012001')
    expect(judged({}, { practice: changed({ title: 'Pr', family: 'AUTREMENT' }) })).toBe('passes')
    const elsewhere: Party = { kind: 'professional', professional: { ...professional, structure: '1750000000' }, structure }
    expect(judged({}, { party: elsewhere })).toBe('situation-changed 899900000012 499900000012001')
  })

  it.each([
    ['10', 'speciality-missing 899900000012'],
    ['21', 'speciality-missing 899900000012'],
    ['60', 'passes'],
  ])('wants the know-how of a profession %s: %s', (profession, verdict) => {
    const { specialty: _, ...without } = { ...professional, profession }
    expect(judged({}, { practice: { ...practice, professionals: [without] }, party: { kind: 'professional', professional: without, structure } })).toBe(verdict)
  })

  it('looks at size and clock while the document is prepared only', () => {
    expect(judged({}, { prepared: { ...prepared, maxDocumentBytes: 10 } })).toBe(`file-too-large ${prepared.size} bytes`)
    const setBack = Date.UTC(2020, 0, 1)
    expect(judged({}, { prepared: { ...prepared, now: setBack } })).toBe('date-impossible effectiveTime')
    expect(judged({}, { prepared: null })).toBe('passes')
  })
})
