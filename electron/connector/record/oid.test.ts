import fc from 'fast-check'
import { expect, it } from 'vitest'
import { recordConfig } from '#shared/contract/index.ts'
import { newOid } from './oid.ts'

it('gives distinct OIDs that leave a signature its two characters of 64, without leading zeros, under any root a configuration may name', () => {
  const roots = fc.integer({ min: 5, max: 38 }).map((length) => '1.2.250.1.213.4.5.6.7.8.9.10.11.12.13.14'.slice(0, length).replace(/\.$/, '9'))
  fc.assert(
    fc.property(roots, fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 20, selector: (uuid) => uuid.slice(0, 18) }), (root, uuids) => {
      expect(recordConfig.shape.installationOid.parse(root)).toBe(root)
      const oids = uuids.map((uuid) => newOid(root, 'submission-set', uuid))
      for (const uuid of uuids) expect(newOid(root, 'document', uuid).length).toBeLessThanOrEqual(64)
      expect(new Set(oids).size).toBe(uuids.length)
      for (const oid of oids) {
        expect(oid).toMatch(/^[0-2](\.(0|[1-9]\d*))+$/)
        expect(`${oid}.1`.length).toBeLessThanOrEqual(64)
      }
    }),
  )
})
it('gives the same ids as ever under a short root', () => {
  expect(newOid('1.2.250.1.999.77', 'document', 'ffffffff-ffff-4fff-bfff-ffffffffffff')).toBe('1.2.250.1.999.77.3.18446744073709506559.72057594037927935')
  expect(newOid('1.2.250.1.213.4.5.6.777', 'document', 'ffffffff-ffff-4fff-bfff-ffffffffffff')).toBe('1.2.250.1.213.4.5.6.777.3.18446744073709506559.72057594037927935')
})
it('is given no root it has no room for', () => {
  expect(recordConfig.shape.installationOid.safeParse('1.2.250.1.213.4.5.6.7.8.9.10.11.12.13.1').success).toBe(false)
  expect(recordConfig.shape.installationOid.safeParse('1.2.250.01').success).toBe(false)
})
it('tells documents from submission sets', () => {
  const uuid = '00000000-0000-4000-8000-000000000001'
  expect(newOid('1.2.3', 'document', uuid)).not.toBe(newOid('1.2.3', 'submission-set', uuid))
})
