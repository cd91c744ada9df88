import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packLot, unpackLot } from './lot-container.ts'

const lot = fc.record({
  documents: fc.array(fc.record({ sha256: fc.string(), mediaType: fc.string(), part: fc.string() }), { minLength: 1, maxLength: 3 }),
  patientId: fc.string(),
  signaturePart: fc.string(),
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

it('still reads a lot of the former format, byte for byte', () => {
  const head = { format: 'dmp-lot/1', documentSha256: 'ab', documentMediaType: 'text/xml', patientId: 'p', parts: { document: 'document@relais', signature: 'signature@relais' }, bodyBytes: 3, signatureBytes: 2 }
  const former = Buffer.from(`${JSON.stringify(head)}\n<a>xy`)
  expect(unpackLot(former)).toEqual({
    documents: [{ sha256: 'ab', mediaType: 'text/xml', part: 'document@relais' }],
    patientId: 'p',
    signaturePart: 'signature@relais',
    body: Buffer.from('<a>'),
    signature: Buffer.from('xy'),
  })
  expect(unpackLot(former.subarray(0, former.length - 1))).toBeNull()
  expect(unpackLot(Buffer.from(former.toString().replace('dmp-lot/1', 'dmp-lot/3')))).toBeNull()
})
