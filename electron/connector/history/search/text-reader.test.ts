import { deflateSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { cdaExample, pdfExample } from './text-example.ts'
import { openTextReader, type TextReader } from './text-reader.ts'

let reader: TextReader
afterEach(() => reader.rest())

/** A PDF of one page whose drawing is this stream, as written. */
function pdfWith(stream: Uint8Array, filter: string): Uint8Array {
  const head = `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>endobj\n4 0 obj<</Length ${stream.length}/Filter${filter}>>stream\n`
  return Buffer.concat([Buffer.from(head), stream, Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF')])
}

describe('the text of a document', () => {
  it('is its narrative and the pages of its PDFs, each where it stands', async () => {
    reader = openTextReader()
    const pdf = await pdfExample('Prescription de kinésithérapie', 'Renouvellement')
    expect(await reader.read(cdaExample('Fracture  du <content>poignet</content>', pdf))).toEqual([
      { kind: 'text', attachment: null, page: null, text: 'Conclusion Fracture du poignet' },
      { kind: 'page', attachment: 0, page: 1, text: 'Prescription de kinésithérapie' },
      { kind: 'page', attachment: 0, page: 2, text: 'Renouvellement' },
    ])
    expect(await reader.read(pdf)).toMatchObject([{ kind: 'page', attachment: null, page: 1 }, { page: 2 }])
  })

  it('comes in pieces that are not too long, cut between words, and not without end', async () => {
    reader = openTextReader()
    const pieces = await reader.read(cdaExample('mesure 12345 '.repeat(40_000)))
    expect(pieces.length).toBeGreaterThan(30)
    expect(Math.max(...pieces.map(({ text }) => text.length))).toBeLessThanOrEqual(8_000)
    expect(new Set(pieces.slice(1, -1).flatMap(({ text }) => text.split(' ')))).toEqual(new Set(['mesure', '12345']))
    expect(pieces.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(300_000)
  })

  it('is nothing for what cannot be read', async () => {
    reader = openTextReader()
    const cut = (await pdfExample('coupé')).subarray(0, 300)
    for (const bytes of [new Uint8Array(), Buffer.from('<a'), Buffer.from('<!DOCTYPE a><a/>'), cut]) expect(await reader.read(bytes)).toEqual([])
  })

  it('is given up when the document costs too much time or memory, and the next is read', async () => {
    // Blanks packed twice: 300 MB out of a few hundred bytes.
    const document = cdaExample('Lisible', pdfWith(deflateSync(deflateSync(Buffer.alloc(300_000_000, ' '))), '[/FlateDecode/FlateDecode]'))
    reader = openTextReader({ time: 60_000, memory: 150_000_000 })
    expect(await reader.read(document)).toEqual([])
    expect(await reader.read(await pdfExample('Suivant'))).toMatchObject([{ text: 'Suivant' }])
    await reader.rest()
    reader = openTextReader({ time: 1, memory: 200_000_000 })
    expect(await reader.read(await pdfExample('Trop tard'))).toEqual([])
  })
})
