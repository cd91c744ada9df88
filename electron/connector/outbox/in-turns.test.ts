import { expect, it } from 'vitest'
import { inTurns } from './in-turns.ts'

it('takes one of each list in turns, nothing twice, as many as asked', () => {
  expect(inTurns([[1, 2, 3, 4], [4, 3, 2, 1], []], 3, (one) => one)).toEqual([1, 4, 2])
  expect(inTurns([[1, 2], [2, 1]], 9, (one) => one)).toEqual([1, 2])
  expect(inTurns([], 3, (one) => one)).toEqual([])
})
