import { expect, it } from 'vitest'
import { cardHolderKind } from './card-holder.ts'

const type = (code: number) => Buffer.from([0x02, 0x01, code])

it.each([
  ['a CPS', type(0), '899900000012', 'professional'],
  ['a CPF', type(1), '899900000012', 'professional'],
  ['a CPE', type(2), '3750803447/0007', 'staff'],
  ['a CPE, however its holder is numbered', type(2), '899900000012', 'staff'],
  ['a CPS of somebody numbered by a hospital', type(0), '3750803447/0007', 'professional'],
  ['a CPA, for which the record has no column', type(3), '3750803447/0007', null],
] as const)('takes the word of the certificate: %s', (_, extension, id, kind) => {
  expect(cardHolderKind(extension, id)).toBe(kind)
})

it.each([
  ['899900000012', 'professional'],
  ['0123456789', 'professional'],
  ['3750803447/0007', 'staff'],
  ['699900000012001/2', 'staff'],
  ['3750803447', 'professional'],
] as const)('goes by who numbered the holder where the certificate says nothing: %s', (id, kind) => {
  expect(cardHolderKind(null, id)).toBe(kind)
  for (const unknown of [Buffer.from([0x30, 0x00]), type(9)]) expect(cardHolderKind(unknown, id)).toBe(kind)
})
