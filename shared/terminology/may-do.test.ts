import { describe, expect, it } from 'vitest'
import { reasons } from '#shared/contract/reasons.ts'
import { accessModes, recordActs, rightsHolders, type AccessMode, type RecordAct, type RightsHolder } from './access-rights.ts'
import { mayDo, type AccessSituation } from './may-do.ts'

/** Columns and lines of the sheet as published, allowed or refused, its footnotes left out: they have tests of their own. */
const head: readonly (readonly [RightsHolder, AccessMode])[] = [
  ['non-doctor', 'normal'], ['non-doctor', 'regulation'], ['non-doctor', 'break-glass'], ['doctor', 'normal'], ['doctor', 'regulation'], ['doctor', 'break-glass'],
  ['occupational-doctor', 'normal'], ['treating-doctor', 'normal'], ['treating-doctor', 'break-glass'], ['staff', 'normal'], ['structure', 'normal'], ['structure', 'regulation'],
]
const published = `
| test-existence | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ |
| authorise-self | ✔ | · | · | ✔ | · | · | · | ✔ | · | ✔ | · | · |
| unauthorise-self | ✔ | · | · | ✔ | · | · | · | ✔ | · | · | · | · |
| leave-treating-doctor | · | · | · | · | · | · | · | ✔ | · | · | · | · |
| list-records | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · |
| find-without-ins | · | ✔ | · | · | ✔ | · | · | · | · | · | · | ✔ |
| open-web | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | · |
| read-administrative | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ |
| list-authorised | ✔ | · | · | ✔ | · | · | ✔ | ✔ | · | · | · | · |
| deposit | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | ✔ | ✔ |
| deposit-by-staff | · | · | · | · | · | · | · | · | · | ✔ | · | · |
| search | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | · | · |
| find-reference | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ |
| read | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | ✔ | ✔ | · | · | · |
| read-masked | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | ✔ | ✔ | · | · | · |
| read-hidden | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | ✔ | ✔ | · | · | · |
| read-archived | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | ✔ | ✔ | · | · | · |
| read-obsolete | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | ✔ | ✔ | · | · | · |
| read-deleted | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | ✔ | ✔ | · | · | · |
| mask | ✔ | · | · | ✔ | · | · | ✔ | ✔ | · | · | · | · |
| unmask | ✔ | · | · | ✔ | · | · | ✔ | ✔ | · | · | · | · |
| show-to-patient | ✔ | · | · | ✔ | · | · | ✔ | ✔ | · | · | · | · |
| archive | ✔ | · | · | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | · | · |
| unarchive | ✔ | · | · | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | · | · | · |
| delete | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ | ✔ |
`
const lines = published.trim().split('\n').map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))

const own = { isOwn: true, isOfStructure: true, isFromPatient: false }
const others = { isOwn: false, isOfStructure: false, isFromPatient: false }
const situation = (holder: RightsHolder, mode: AccessMode, more: Partial<AccessSituation> = {}): AccessSituation => ({ holder, mode, document: own, patientAllows: true, ...more })
const outcome = (act: RecordAct, at: AccessSituation): string => {
  const permission = mayDo(act, at)
  return permission.allowed ? '✔' : permission.reason
}
const everywhere = rightsHolders.flatMap((holder) => accessModes.map((mode) => [holder, mode] as const))

describe('the rights sheet', () => {
  it('has a line for every act', () => {
    expect(lines.map(([act]) => act).sort()).toEqual([...recordActs].sort())
    for (const line of lines) expect(line).toHaveLength(head.length + 1)
  })

  it.each(lines)('says of %s what is published', (act, ...cells) => {
    const found = head.map(([holder, mode]) => (mayDo(act as RecordAct, situation(holder, mode)).allowed ? '✔' : '·'))
    expect(found).toEqual(cells)
  })

  it('refuses what has no column, with a reason', () => {
    const without = everywhere.filter(([holder, mode]) => !head.some(([who, how]) => who === holder && how === mode))
    expect(without).toEqual([['occupational-doctor', 'regulation'], ['occupational-doctor', 'break-glass'], ['treating-doctor', 'regulation'], ['staff', 'regulation'], ['staff', 'break-glass'], ['structure', 'break-glass']])
    for (const [holder, mode] of without) for (const act of recordActs) expect(mayDo(act, situation(holder, mode)).allowed).toBe(false)
  })

  it('gives each refusal a reason of the catalogue', () => {
    for (const [holder, mode] of everywhere) {
      for (const act of recordActs) {
        for (const document of [null, own, others, { ...others, isFromPatient: true }]) {
          const permission = mayDo(act, situation(holder, mode, { document, patientAllows: null }))
          if (!permission.allowed) expect(Object.keys(reasons)).toContain(permission.reason)
        }
      }
    }
  })
})

describe('the footnotes', () => {
  it.each(['non-doctor', 'doctor'] as const)('a %s reads masked documents: their own in normal mode, with the patient’s leave in the others', (holder) => {
    expect(outcome('read-masked', situation(holder, 'normal', { document: others }))).toBe('right-author-or-treating-doctor')
    for (const mode of ['regulation', 'break-glass'] as const) {
      expect(outcome('read-masked', situation(holder, mode, { document: others }))).toBe('✔')
      for (const patientAllows of [false, null]) expect(outcome('read-masked', situation(holder, mode, { patientAllows }))).toBe('right-patient-forbids')
    }
  })

  it('the treating doctor reads every masked document, and unmasks it', () => {
    const at = situation('treating-doctor', 'normal', { document: others, patientAllows: false })
    expect([outcome('read-masked', at), outcome('unmask', at), outcome('read', at)]).toEqual(['✔', '✔', '✔'])
  })

  it.each(['non-doctor', 'doctor', 'occupational-doctor'] as const)('a %s unmasks, archives and deletes only what they wrote', (holder) => {
    const at = situation(holder, 'normal', { document: others })
    expect([outcome('mask', at), outcome('show-to-patient', at)]).toEqual(['✔', '✔'])
    expect([outcome('unmask', at), outcome('archive', at), outcome('unarchive', at), outcome('delete', at)]).toEqual(['right-author-or-treating-doctor', 'right-author-only', 'right-author-only', 'right-author-only'])
  })

  it('a doctor archives any document from a regulation centre or in break-glass, and deletes only their own', () => {
    for (const mode of ['regulation', 'break-glass'] as const) {
      expect([outcome('archive', situation('doctor', mode, { document: others })), outcome('delete', situation('doctor', mode, { document: others }))]).toEqual(['✔', 'right-author-only'])
    }
  })

  it.each(['staff', 'structure'] as const)('a %s deletes only what the structure wrote', (holder) => {
    expect(outcome('delete', situation(holder, 'normal', { document: { ...others, isOfStructure: true } }))).toBe('✔')
    expect(outcome('delete', situation(holder, 'normal', { document: others }))).toBe('right-own-structure-only')
  })

  it('only the treating doctor touches what the patient deposited', () => {
    const document = { isOwn: false, isOfStructure: false, isFromPatient: true }
    for (const act of ['archive', 'unarchive', 'delete'] as const) {
      expect(outcome(act, situation('treating-doctor', 'normal', { document }))).toBe('✔')
      for (const holder of ['non-doctor', 'doctor', 'occupational-doctor'] as const) expect(outcome(act, situation(holder, 'normal', { document }))).toBe('right-patient-document')
    }
    expect(outcome('read', situation('doctor', 'normal', { document }))).toBe('✔')
  })

  it('leaves open what depends on a document while none is chosen', () => {
    expect(outcome('delete', situation('structure', 'normal', { document: null }))).toBe('✔')
    expect(outcome('unmask', situation('doctor', 'normal', { document: null }))).toBe('✔')
  })

  it.each([
    ['authorise-self', 'staff', 'for-a-professional'],
    ['list-records', 'staff', 'same-structure'],
    ['list-records', 'structure', 'new-only'],
    ['deposit', 'structure', 'imputed-to-structure'],
    ['deposit-by-staff', 'staff', 'imputed-to-structure'],
    ['find-reference', 'staff', 'reference-only'],
    ['find-reference', 'structure', 'reference-only'],
    ['find-reference', 'doctor', null],
    ['deposit', 'doctor', null],
  ] as const)('%s by a %s is allowed with the remark %s', (act, holder, remark) => {
    expect(mayDo(act, situation(holder, 'normal'))).toEqual({ allowed: true, remark })
  })
})

describe('why not', () => {
  it.each([
    ['search', 'structure', 'normal', 'reading-needs-professional'],
    ['read', 'structure', 'regulation', 'reading-needs-professional'],
    ['search', 'staff', 'normal', 'staff-card-deposits-only'],
    ['read', 'staff', 'normal', 'staff-card-deposits-only'],
    ['mask', 'staff', 'normal', 'right-professional-only'],
    ['open-web', 'structure', 'normal', 'right-professional-only'],
    ['mask', 'structure', 'normal', 'right-professional-only'],
    ['unauthorise-self', 'staff', 'normal', 'right-professional-only'],
    ['read', 'occupational-doctor', 'normal', 'right-not-occupational'],
    ['authorise-self', 'occupational-doctor', 'normal', 'right-not-occupational'],
    ['authorise-self', 'doctor', 'break-glass', 'right-normal-mode-only'],
    ['unmask', 'doctor', 'regulation', 'right-normal-mode-only'],
    ['deposit', 'structure', 'break-glass', 'right-normal-mode-only'],
    ['find-without-ins', 'doctor', 'normal', 'right-regulation-only'],
    ['find-without-ins', 'staff', 'normal', 'right-regulation-only'],
    ['leave-treating-doctor', 'doctor', 'normal', 'right-treating-doctor-only'],
    ['leave-treating-doctor', 'treating-doctor', 'break-glass', 'right-normal-mode-only'],
    ['deposit', 'staff', 'normal', 'right-other-deposit'],
    ['deposit-by-staff', 'doctor', 'normal', 'right-other-deposit'],
  ] as const)('%s by a %s in %s mode: %s', (act, holder, mode, reason) => {
    expect(mayDo(act, situation(holder, mode))).toEqual({ allowed: false, reason })
  })
})
