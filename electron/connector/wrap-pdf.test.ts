import { describe, expect, it } from 'vitest'
import { newDocuments } from '../../e2e/support/demo/new-documents.ts'
import { demoPatients, firstGivenName } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { demoPreload } from '../../resources/demo/preload.ts'
import { practiceFile } from '#shared/contract/index.ts'
import { ruleBreaches } from './documents/cda-rules.test.data.ts'
import { readCdaHeader, type CdaHeader, type DocumentHints } from './documents/index.ts'
import { checkIns } from './patients/index.ts'
import { setIdOf, wrapPdf } from './wrap-pdf.ts'

const practice = practiceFile.parse({
  structures: [{ id: '499900000012001', name: 'Cabinet', sector: 'SA07' }],
  professionals: [{ id: '899900000012', family: 'GENERIQUE', given: 'Alix', profession: '10', specialty: 'SM54', structure: '499900000012001' }],
})
const ins = checkIns('284069999999968', '1.2.250.1.213.1.4.10')
if (!ins.ok) throw new Error(ins.failure.code)

const day = 86_400_000

function wrappedOf(hints: Partial<DocumentHints>, daysSince = 0): CdaHeader | null {
  const wrapped = wrap(hints, daysSince)
  if (!wrapped.ok) throw new Error(JSON.stringify(wrapped.failure))
  const header = readCdaHeader(wrapped.value)
  return header.ok ? header.value : null
}

/** It came on 21 November 2026 at 9, by the clock of then, and is wrapped so many days later. */
function wrap(hints: Partial<DocumentHints>, daysSince: number) {
  if (!ins.ok) throw new Error(ins.failure.code)
  return wrapPdf({
    bytes: Buffer.from('%PDF-1.4\n%%EOF\n'), hints: { typeCode: '57833-6', ...hints }, ins: ins.value, localIds: [], practice,
    identity: { birthName: 'ESSAI', givenName: 'CAMILLE', givenNames: 'CAMILLE ROSE', birthDate: '1984-06-12', sex: 'F', birthPlace: '99999' },
    uniqueId: '1.2.250.1.999.77.3.1', version: { setId: setIdOf('1.2.250.1.999.77.3.1'), versionNumber: 1, replaces: null }, receivedAt: Date.UTC(2026, 10, 21, 9), now: Date.UTC(2026, 10, 21, 9) + daysSince * day,
  })
}

it.each([
  ['Ordonnance\tdu  10\u00a0janvier ', 'Ordonnance du 10 janvier'],
  ['é'.repeat(128), 'é'.repeat(128)],
  ['é'.repeat(129), `${'é'.repeat(127)}…`],
  [`x${'😀'.repeat(70)}`, `x${'😀'.repeat(63)}…`],
  ['😀'.repeat(70), `${'😀'.repeat(63)}…`],
  ['  ', 'Prescription de produits de santé du 21/11/2026'],
  [undefined, 'Prescription de produits de santé du 21/11/2026'],
])('gives the title %j as the profile takes it', (title, expected) => {
  expect(wrappedOf({ title })?.title).toBe(expected)
})

it('takes a date after it came for impossible only while it is still to come: the clock it came by may have stood behind', () => {
  expect(wrap({ documentDate: '2026-11-25' }, 0)).toMatchObject({ ok: false, failure: { code: 'date-impossible', detail: '2026-11-25' } })
  for (const days of [2, 3]) expect(wrap({ documentDate: '2026-11-25T18:00:00+01:00' }, days)).toMatchObject({ ok: false, failure: { code: 'date-impossible' } })
  for (const days of [5, 6]) expect(wrappedOf({ documentDate: '2026-11-25T18:00:00+01:00' }, days)?.effectiveTime).toBe('20261125180000+0100')
  expect(wrap({ documentDate: '2026-11-25' }, 2)).toMatchObject({ ok: false, failure: { code: 'date-impossible' } })
  expect(wrappedOf({ documentDate: '2026-11-25' }, 10)?.effectiveTime).toBe('20261125000000+0100')
  // One of tomorrow, by a clock that stands right, is of when it came.
  expect(wrappedOf({ documentDate: '2026-11-22' }, 10)?.effectiveTime).toBe('20261121100000+0100')
})

describe('where the author of a PDF wrote it', () => {
  const [cabinet] = practice.structures
  const atBoth = practiceFile.parse({
    structures: [cabinet, { id: '1750000002', name: 'Clinique', sector: 'SA04' }, { id: '1750000003', name: 'Maison', sector: 'SA52' }],
    professionals: [...practice.professionals, { ...practice.professionals[0]!, structure: '1750000002' }],
  })
  const writtenAt = (structureId?: string, chosen: string | null = null, of = atBoth): string => {
    const wrapped = wrapPdf({
      bytes: Buffer.from('%PDF-1.4\n%%EOF\n'), hints: { typeCode: '57833-6', authorId: '899900000012', ...(structureId !== undefined && { structureId }) }, ins: ins.ok ? ins.value : expect.fail('no INS'), localIds: [], practice: of, chosenSituation: () => chosen,
      identity: { birthName: 'ESSAI', givenName: 'CAMILLE', givenNames: 'CAMILLE ROSE', birthDate: '1984-06-12', sex: 'F', birthPlace: '99999' },
      uniqueId: '1.2.250.1.999.77.3.1', version: { setId: setIdOf('1.2.250.1.999.77.3.1'), versionNumber: 1, replaces: null }, receivedAt: Date.UTC(2026, 10, 21, 9), now: Date.UTC(2026, 10, 21, 9),
    })
    const header = wrapped.ok ? readCdaHeader(wrapped.value) : wrapped
    return header.ok ? (header.value.authors[0]?.organisation?.id?.extension ?? '') : header.failure.code
  }

  it('is what its source says, else where they signed in, else their only place, and never a guess', () => {
    expect(writtenAt('1750000002')).toBe('1750000002')
    expect(writtenAt('750000002')).toBe('1750000002')
    expect(writtenAt('1750000002', cabinet!.id)).toBe('1750000002')
    expect(writtenAt(undefined, '1750000002')).toBe('1750000002')
    expect(writtenAt(undefined, null, practice)).toBe(cabinet!.id)
    expect(writtenAt()).toBe('situation-to-choose')
    // A word that is no number says nothing.
    expect(writtenAt('CabinetVoltaire')).toBe('situation-to-choose')
    // Of a structure where they have no situation.
    expect(writtenAt('1750000003', '1750000002')).toBe('author-not-ours')
  })
})

it.each([
  ['2026-11-20', '20261120000000+0100'],
  ['2026-07-14', '20260714000000+0200'],
  ['2026-11-20T18:30:00+01:00', '20261120183000+0100'],
])('dates a document of %s', (documentDate, expected) => {
  const header = wrappedOf({ documentDate })
  expect([header?.effectiveTime, header?.acts[0]?.start]).toEqual([expected, expected])
})

describe('the documents of the demo practice', () => {
  const { patients, insOid, localIdOid } = demoPatients()
  const types = [...new Set([...newDocuments.map(({ type }) => type), ...demoPreload().map(({ metadata }) => metadata.typeCode.code)])]
  const pdf = playFile('ordonnance-morel.pdf')

  it.each(types)('keep the rules of the national profile, whoever wrote a %s for whom', (typeCode) => {
    // Of all twelve, some: what differs between them is names.
    for (const patient of patients.filter((_, index) => index % 4 === 0)) {
      for (const { id } of demoPractice().professionals) {
        const number = checkIns(patient.ins, insOid)
        if (!number.ok) throw new Error(number.failure.code)
        const wrapped = wrapPdf({
          bytes: pdf, hints: { typeCode, authorId: id, documentDate: '2026-11-20' }, ins: number.value, localIds: [{ system: localIdOid, value: patient.localId }], practice: demoPractice(),
          identity: { ...patient, givenName: firstGivenName(patient), birthPlace: patient.birthPlace.code, birthPlaceName: patient.birthPlace.city },
          uniqueId: '1.2.250.1.999.77.3.1', version: { setId: setIdOf('1.2.250.1.999.77.3.1'), versionNumber: 1, replaces: null }, receivedAt: Date.UTC(2026, 10, 21, 9), now: Date.UTC(2026, 10, 21, 9),
        })
        if (!wrapped.ok) throw new Error(JSON.stringify(wrapped.failure))
        expect(ruleBreaches(wrapped.value), `${patient.localId} by ${id}`).toEqual([])
      }
    }
  })
})
