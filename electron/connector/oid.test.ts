import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newOid } from './oid.ts'

it('gives distinct OIDs of at most 64 characters without leading zeros', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 20, selector: (uuid) => uuid.slice(0, 34) }), (uuids) => {
      const oids = uuids.map((uuid) => newOid('1.2.250.1.999.77', 'document', uuid))
      for (const oid of oids) {
        expect(oid).toMatch(/^[0-2](\.(0|[1-9]\d*))+$/)
        expect(oid.length).toBeLessThanOrEqual(64)
      }
    }),
  )
})
it('tells documents from submission sets', () => {
  const uuid = '00000000-0000-4000-8000-000000000001'
  expect(newOid('1.2.3', 'document', uuid)).not.toBe(newOid('1.2.3', 'submission-set', uuid))
})
