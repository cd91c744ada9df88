import { expect, it } from 'vitest'
import { mustInitialise } from './look-anew.ts'

it.each([
  [0, 1, false],
  [0, 2, true],
  [1, 2, false],
  [1, 29, false],
  [1, 30, true],
])('with %i empty readers, after %i looks: %s', (emptyReaders, looks, anew) => {
  expect(mustInitialise({ emptyReaders, looks })).toBe(anew)
})
