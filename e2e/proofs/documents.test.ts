import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { demoPatients } from '../../resources/demo/patients.ts'
import { openDocumentSource, type Delivery } from './documents.ts'
import { openRandom } from './random.ts'

const mixture = { pdf: 0.2, cdaByFolder: 0.25, replacement: 0.3, repeat: 0.1, overwritten: 0.1, parking: 0.05 }
const drawn = (seed: number): Delivery[] => {
  const source = openDocumentSource(openRandom(seed), '1.2.250.1.999.78.9.1', mixture)
  return Array.from({ length: 300 }, () => source.next(() => true))
}
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

test('the same seed gives the same deliveries', () => {
  expect(drawn(5)).toEqual(drawn(5))
})

test('references are all different; contents are what is handed over; patients are of the demo practice', () => {
  const deliveries = drawn(6)
  const own = deliveries.filter(({ given }) => !given?.isOverwritten)
  expect(new Set(own.map(({ door, given }) => `${door} ${given?.reference}`)).size).toBe(own.length)
  expect(deliveries.length - own.length).toBeGreaterThan(10)
  const known = new Set(demoPatients().patients.map(({ ins }) => ins))
  for (const delivery of deliveries) {
    const given = delivery.given!
    expect(known).toContain(given.ins)
    if (delivery.door === 'folder') expect(delivery.files.map(([, bytes]) => sha256(bytes))).toContain(given.content)
    else {
      expect(delivery.message.split('\r')[0]).toContain(`|${delivery.controlId}|`)
      const document = /\^Base64\^([^|]*)/.exec(delivery.message)![1]!
      expect(sha256(Buffer.from(document, 'base64'))).toBe(given.content)
    }
  }
})

test('each replaced document was given before, is replaced once, and the message says "replace" everywhere', () => {
  const deliveries = drawn(7)
  const seen = new Set<string>()
  const replaced: string[] = []
  for (const delivery of deliveries) {
    const { replaces, uniqueId } = delivery.given!
    if (replaces !== null) {
      expect(seen).toContain(replaces)
      replaced.push(replaces)
      if (delivery.door === 'hl7') expect(delivery.message).toMatch(/\rORC\|RO\|[\s\S]*\rOBX\|1\|ED\|[^\r]*\|C\r/)
    }
    if (uniqueId !== null) seen.add(uniqueId)
  }
  expect(replaced.length).toBeGreaterThan(20)
  expect(new Set(replaced).size).toBe(replaced.length)
})
