import { expect, it } from 'vitest'
import { isNamed } from './is-named.ts'

const nobody = { ins: null, insOid: null, birthName: '', givenName: '', usedName: null, birthDate: '1971-11-23', sex: 'M' as const }

it('tells a document that came without a patient’s name from one whose patient is not known', () => {
  expect([null, nobody].map(isNamed)).toEqual([false, false])
  expect([{ ...nobody, birthName: 'VASSEUR' }, { ...nobody, usedName: 'GARNIER' }, { ...nobody, ins: '290017512345678' }].map(isNamed)).toEqual([true, true, true])
})
