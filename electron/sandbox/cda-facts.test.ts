import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readCda, utcOf } from './cda-facts.ts'
import { withXml } from './xml-reading.ts'

it('turns any CDA instant into UTC at its own precision', () => {
  const date = fc.date({ min: new Date('1950-01-01T00:00:00Z'), max: new Date('2090-01-01T00:00:00Z'), noInvalidDate: true })
  fc.assert(
    fc.property(date, fc.integer({ min: -720, max: 840 }), (utc, offset) => {
      const digits = (instant: number) => new Date(instant).toISOString().replace(/[-:T]/g, '').slice(0, 14)
      const written = `${offset < 0 ? '-' : '+'}${String(Math.trunc(Math.abs(offset) / 60)).padStart(2, '0')}${String(Math.abs(offset) % 60).padStart(2, '0')}`
      const local = digits(utc.getTime() + offset * 60_000)
      expect(utcOf(`${local}${written}`)).toBe(digits(utc.getTime()))
      expect(utcOf(`${local.slice(0, 12)}${written}`)).toBe(digits(utc.getTime()).slice(0, 12))
    }),
  )
})

it('does not guess a zone', () => {
  for (const text of ['', '20261121', '20261121101500', '2026-11-21T10:15:00+01:00']) expect(utcOf(text)).toBeNull()
})

it('finds the CDA inside a self-presenting document, and nothing in another style sheet', () => {
  const inside = '<c:ClinicalDocument xmlns:c="urn:hl7-org:v3"><c:id root="1.2.3"/><c:component><c:structuredBody/></c:component></c:ClinicalDocument>'
  const sheet = (content: string) => Buffer.from(`<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"><d:data xmlns:d="urn:d">${content}</d:data></x:stylesheet>`)
  expect(withXml(sheet(inside), readCda)).toMatchObject({ selfPresenting: true, id: { root: '1.2.3', extension: null }, hasBody: true, bodyMediaType: null })
  expect(withXml(sheet(''), readCda)).toBeNull()
  expect(withXml(Buffer.from('<ClinicalDocument/>'), readCda)).toBeNull()
})
