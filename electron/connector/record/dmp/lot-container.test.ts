import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packLot, unpackLot } from './lot-container.ts'

const lot = fc.record({
  documentSha256: fc.string(),
  documentMediaType: fc.string(),
  patientId: fc.string(),
  parts: fc.record({ document: fc.string(), signature: fc.string() }),
  body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  signature: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
})

it('gives back what it packed', () => {
  fc.assert(
    fc.property(lot, (one) => {
      expect(unpackLot(packLot(one))).toEqual(one)
    }),
  )
})

it('refuses cut or foreign bytes, never throws', () => {
  fc.assert(
    fc.property(lot, fc.nat(), (one, at) => {
      const packed = packLot(one)
      expect(unpackLot(packed.subarray(0, at % packed.length))).toBeNull()
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(unpackLot(bytes)).toBeNull()
    }),
  )
})
