import { expect, it } from 'vitest'
import { bandOf } from './reference-band.ts'

it.each<[string | null, ReturnType<typeof bandOf>]>([
  ['45 - 84', { low: 45, high: 84 }],
  ['0.270 - 4.200', { low: 0.27, high: 4.2 }],
  ['-2,5 - 3', { low: -2.5, high: 3 }],
  ['<= 5.0', { low: null, high: 5 }],
  ['<= 5.0 mg/L', { low: null, high: 5 }],
  ['> 60', { low: 60, high: null }],
  ['≥ 60', { low: 60, high: null }],
  // Of another unit, of nothing, or of more than one.
  ['0.0 - 6.0 g/L', null],
  ['3.89 - 3.89', null],
  ['84 - 45', null],
  ['H 45 - 84, F 40 - 70', null],
  ['45 - 84, 40 - 70', null],
  ['négatif', null],
  [null, null],
])('reads %s', (range, band) => {
  expect(bandOf(range, 'mg/L')).toEqual(band)
})
