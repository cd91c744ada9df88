import { expect, it } from 'vitest'
import { practiceFile } from '#shared/contract/index.ts'
import { readCdaHeader, type DocumentHints } from './documents/index.ts'
import { checkIns } from './patients/index.ts'
import { setIdOf, wrapPdf } from './wrap-pdf.ts'

const practice = practiceFile.parse({
  structures: [{ id: '499900000012001', name: 'Cabinet', sector: 'SA07' }],
  professionals: [{ id: '899900000012', family: 'GENERIQUE', given: 'Alix', profession: '10', specialty: 'SM54', structure: '499900000012001' }],
})
const ins = checkIns('284069999999968', '1.2.250.1.213.1.4.10')
if (!ins.ok) throw new Error(ins.failure.code)

function titleGiven(hints: Partial<DocumentHints>): string | null {
  if (!ins.ok) return null
  const wrapped = wrapPdf({
    bytes: Buffer.from('%PDF-1.4\n%%EOF\n'), hints: { typeCode: '57833-6', ...hints }, ins: ins.value, localIds: [], practice,
    identity: { birthName: 'ESSAI', givenName: 'CAMILLE', givenNames: 'CAMILLE ROSE', birthDate: '1984-06-12', sex: 'F', birthPlace: '99999' },
    uniqueId: '1.2.250.1.999.77.3.1', version: { setId: setIdOf('1.2.250.1.999.77.3.1'), versionNumber: 1, replaces: null }, receivedAt: Date.UTC(2026, 10, 21, 9),
  })
  if (!wrapped.ok) throw new Error(JSON.stringify(wrapped.failure))
  const header = readCdaHeader(wrapped.value)
  return header.ok ? header.value.title : null
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
  expect(titleGiven({ title })).toBe(expected)
})
