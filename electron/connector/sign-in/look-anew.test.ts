import { expect, it } from 'vitest'
import { looksWithoutLibrary, mustInitialise } from './look-anew.ts'

it.each([
  [0, 1, false],
  [0, 2, true],
  [1, 2, false],
  [1, 29, false],
  [1, 30, true],
])('with %i empty readers, after %i looks: %s', (emptyReaders, looks, anew) => {
  expect(mustInitialise({ emptyReaders, looks })).toBe(anew)
})

it('starts a lost library again soon, then ever more rarely, a minute at most', () => {
  expect([1, 2, 3, 6, 7, 5_000].map(looksWithoutLibrary)).toEqual([2, 4, 8, 60, 60, 60])
})
