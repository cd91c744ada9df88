import { expect, it } from 'vitest'
import { comparable, dimensionOf, numberOf } from './quantity.ts'

it('compares what two documents write in two ways, and tells giga from gram', () => {
  expect(comparable('6,40', '%')).toBe(comparable('6.4', '%'))
  expect(comparable('170', 'cm')).toBe(comparable('1.70', 'm'))
  expect(comparable('69500', 'g')).toBe(comparable('69.5', 'kg'))
  expect(comparable('4.2', 'G/L')).toBe(comparable('4,2', '10*9/L'))
  expect(comparable('120 000', '/mm3')).toBe(comparable('120000', '/mm3'))
  expect(comparable('1.05', 'g/L')).not.toBe(comparable('1.05', 'G/L'))
  expect(comparable('< 1.0', 'mg/L')).not.toBe(comparable('1.0', 'mg/L'))
  expect(comparable('98', 'umol/L')).not.toBe(comparable('98', null))
})

it('reads one number with its sign, and nothing else as a number', () => {
  expect(numberOf('<= 0,6')).toEqual({ value: 0.6, sign: '<' })
  expect(numberOf('75.0')).toEqual({ value: 75, sign: null })
  for (const value of ['3.9 - 6.0', 'paille', '1/80', '', null, '2026-11-10', '100 '.repeat(200)]) expect(numberOf(value)).toBeNull()
  expect(dimensionOf('µg/L')).toBe(dimensionOf('ng/mL'))
})
