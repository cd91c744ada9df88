import { PDFDocument, PDFName, PDFString } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { isArchival, pdfConformance } from './pdf-conformance.ts'

const xmp = (inside: string, attributes = '') =>
  `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"${attributes}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

/** A PDF with this packet, plain as PDF/A wants it, or compressed as it must not be. */
async function pdf(packet: string, compressed = false): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage()
  const { context } = document
  const entries = { Type: PDFName.of('Metadata'), Subtype: PDFName.of('XML') }
  const stream = compressed ? context.flateStream(packet, entries) : context.stream(packet, entries)
  document.catalog.set(PDFName.of('Metadata'), context.register(stream))
  return document.save({ useObjectStreams: false })
}

describe('what a PDF declares of PDF/A', () => {
  it.each([
    ['elements', xmp('<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>'), '1B', true],
    ['attributes', xmp('', ' pdfaid:part="1" pdfaid:conformance="A"'), '1A', true],
    ['small letters', xmp('<pdfaid:part> 2 </pdfaid:part><pdfaid:conformance>u</pdfaid:conformance>'), '2U', false],
    ['a part without level', xmp('', ' pdfaid:part="4"'), '4', false],
    ['no part', xmp('<pdfaid:conformance>B</pdfaid:conformance>'), null, false],
    ['another namespace under the same prefix', xmp('<pdfaid:part>1</pdfaid:part>').replace('www.aiim.org', 'example.org'), null, false],
    ['words', xmp('<pdfaid:part>one</pdfaid:part>'), null, false],
    ['broken XML', xmp('<pdfaid:part>1'), null, false],
  ])('reads %s', async (_, packet, expected, archival) => {
    const found = pdfConformance(await pdf(packet))
    expect([found, isArchival(found)]).toEqual([expected, archival])
  })

  it('reads no packet that is compressed, nor one that is not there', async () => {
    expect(pdfConformance(await pdf(xmp('', ' pdfaid:part="1" pdfaid:conformance="B"'), true))).toBeNull()
    const document = await PDFDocument.create()
    document.addPage()
    document.catalog.set(PDFName.of('Note'), PDFString.of('pdfaid:part'))
    expect(pdfConformance(await document.save())).toBeNull()
  })

  it('takes the last packet, the one of the last update, and loads nothing', () => {
    const packet = (part: number) => xmp('', ` pdfaid:part="${part}" pdfaid:conformance="B"`)
    expect(pdfConformance(Buffer.from(`%PDF-1.4 ${packet(3)} ... ${packet(1)}`))).toBe('1B')
    const rdf = packet(1).replace(/<\/?x:xmpmeta[^>]*>/g, '')
    expect(pdfConformance(Buffer.from(rdf))).toBe('1B')
    expect(pdfConformance(Buffer.from(packet(1).replace('<x:xmpmeta', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><x:xmpmeta')))).toBe('1B')
  })
})
