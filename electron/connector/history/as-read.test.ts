import { expect, it } from 'vitest'
import { failure, success } from '#shared/contract/index.ts'
import { asRead } from './as-read.ts'

it('tells a question whose answer was lost as one that was not answered, and everything else as it is', () => {
  expect(asRead(failure('record-no-answer', { recordText: 'said' }))).toEqual({ ok: false, failure: { code: 'record-unreachable', class: 'transient', recordText: 'said' } })
  for (const other of [success(1), failure('record-answer-invalid'), failure('record-fault'), failure('access-not-granted')]) expect(asRead(other)).toBe(other)
})
