import fs from 'node:fs'
import path from 'node:path'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { AFRelationship, PDFDocument, PDFHexString, PDFName, PDFString, StandardFonts } from 'pdf-lib'
import { beforeAll, describe, expect, it } from 'vitest'
import { pdfDigest } from './pdf-rendering.ts'

/** What stands on a document, and what rendering it again writes anew. */
interface Content { readonly text: string; readonly picture: number; readonly note: string; readonly attached: string | null; readonly title: string }
interface Run { readonly at: number; readonly id: string; readonly packed: boolean; readonly tag: string }

const png = (shade: number) => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', Buffer.from('00000001000000010800000000', 'hex')), chunk('IDAT', deflateSync(Buffer.from([0, shade]))), chunk('IEND', Buffer.alloc(0))])
function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind), data])
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  let sum = 0xff_ff_ff_ff
  for (const byte of body) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xed_b8_83_20 : sum >>> 1
  }
  crc.writeUInt32BE(~sum >>> 0)
  return Buffer.concat([length, body, crc])
}

function packet({ at, id }: Run): string {
  const date = new Date(at).toISOString()
  return `<?xpacket begin="\u00ef\u00bb\u00bf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description rdf:about="" xmp:MetadataDate="${date}" xmpMM:InstanceID='uuid:${id}'>`
    + `<xmp:CreateDate>${date}</xmp:CreateDate><xmp:ModifyDate>${date}</xmp:ModifyDate><xmpMM:DocumentID>uuid:${id}</xmpMM:DocumentID><dc:title>Ordonnance</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>${' '.repeat(200 - date.length)}<?xpacket end="w"?>`
}

async function rendered(content: Content, run: Run): Promise<Buffer> {
  const document = await PDFDocument.create()
  const font = await document.embedFont(StandardFonts.Helvetica)
  const page = document.addPage([200, 300])
  page.drawText(content.text, { x: 10, y: 200, size: 10, font })
  page.drawImage(await document.embedPng(png(content.picture)), { x: 10, y: 10, width: 50, height: 50 })
  const { context } = document
  page.node.set(PDFName.of('Annots'), context.obj([context.register(context.obj({ Type: 'Annot', Subtype: 'Text', Rect: [0, 0, 9, 9], Contents: PDFString.of(content.note) }))]))
  const subset = context.register(context.obj({ Type: 'FontDescriptor', FontName: `${run.tag}+Essai`, Flags: 4 }))
  document.catalog.set(PDFName.of('Kept'), subset)
  if (content.attached !== null) await document.attach(Buffer.from(content.attached), 'a.txt', { afRelationship: AFRelationship.Data, creationDate: new Date(0), modificationDate: new Date(0) })
  document.catalog.set(PDFName.of('Metadata'), context.register(context.stream(Buffer.from(packet(run), 'latin1'), { Type: 'Metadata', Subtype: 'XML' })))
  document.setTitle(content.title)
  document.setCreationDate(new Date(run.at))
  document.setModificationDate(new Date(run.at))
  context.trailerInfo.ID = context.obj([PDFHexString.of(run.id), PDFHexString.of(run.id)])
  return Buffer.from(await document.save({ useObjectStreams: run.packed }))
}

const contents: fc.Arbitrary<Content> = fc.record({ text: fc.stringMatching(/^[a-zA-Z ]{1,30}$/), picture: fc.nat(255), note: fc.stringMatching(/^[a-z(]{0,20}$/).map((note) => note.replaceAll('(', '\\(')), attached: fc.option(fc.stringMatching(/^[a-z]{1,9}$/)), title: fc.stringMatching(/^[a-z]{0,9}$/) })
const runs: fc.Arbitrary<Run> = fc.record({ at: fc.integer({ min: 0, max: Date.UTC(2090, 0) }), id: fc.stringMatching(/^([0-9a-f]{2}){1,20}$/), packed: fc.boolean(), tag: fc.stringMatching(/^[A-Z]{6}$/) })
const content: Content = { text: 'Paracetamol 1 g', picture: 7, note: 'lu', attached: 'brut', title: 'Ordonnance' }
const run: Run = { at: Date.UTC(2026, 10, 21), id: 'ab12', packed: false, tag: 'ABCDEF' }

let plain: Buffer
beforeAll(async () => {
  plain = await rendered({ ...content, attached: null }, run)
})
const digestOf = (text: string) => pdfDigest(Buffer.from(text, 'latin1'))
/** The same with some text of it changed, by a writer that then counts anew where things lie. */
const changed = (from: string | RegExp, to: string) => relaid(plain.toString('latin1').replace(from, to))

/** The cross-references of a file with a table, made anew from what stands in it; the later of two objects of one number counts, or the earlier. */
function relaid(text: string, counts: 'earlier' | 'later' = 'later'): string {
  const trailer = /trailer\s*([^]*?)startxref/.exec(text)![1]!.replace(/Size \d+/, 'Size 900')
  const body = text.slice(0, text.lastIndexOf('xref\n', text.lastIndexOf('trailer')))
  const at = new Map<number, number>()
  for (const found of body.matchAll(/(\d+) 0 obj/g)) if (counts === 'later' || !at.has(Number(found[1]))) at.set(Number(found[1]), found.index)
  const table = [...at].sort(([one], [other]) => one - other).map(([number, offset]) => `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`)
  return `${body}xref\n0 1\n0000000000 65535 f \n${table.join('')}trailer\n${trailer}startxref\n${body.length}\n%%EOF\n`
}

describe('the digest of a PDF', () => {
  it('is the same however often it is rendered: dates, ids, subset letters, layout of the file', async () => {
    await fc.assert(fc.asyncProperty(contents, runs, runs, async (what, one, other) => {
      const [first, second] = [pdfDigest(await rendered(what, one)), pdfDigest(await rendered(what, other))]
      expect(first).toMatch(/^[0-9a-f]{64}$/)
      expect(second).toBe(first)
    }), { numRuns: 60 })
  })

  it('is another for another text, picture, annotation, attachment or title', async () => {
    await fc.assert(fc.asyncProperty(contents, contents, runs, async (what, other, at) => {
      const reference = pdfDigest(await rendered(what, at))
      for (const name of Object.keys(what) as (keyof Content)[]) {
        const differs = { ...what, [name]: other[name] }
        expect(pdfDigest(await rendered(differs, at)) === reference, name).toBe(differs[name] === what[name])
      }
    }), { numRuns: 25 })
  })

  it('is another, or none, for any byte changed but in what rendering again writes, and in blanks', () => {
    const reference = pdfDigest(plain)
    const same: number[] = []
    for (let at = 0; at < plain.length; at += 1) {
      const bytes = Buffer.from(plain)
      bytes[at]! ^= 1
      if (pdfDigest(bytes) === reference) same.push(at)
    }
    const isWrittenAnew = /(<xmp:\w+Date>|MetadataDate="|InstanceID='|<xmpMM:DocumentID>)[^<"']*$|(CreationDate|ModDate) \([^)]*$|\/ID \[[^\]]*$|FontName \/[A-Z]{0,5}$/
    // A comment, what is said of an entry that nothing uses, and names in the trailer that no reader knows.
    const isNothing = /%PDF-1\.\d\n[^\n]*$|xref\n0 \d+\n\d* ?\d*$|\/Size \d*$|\/Info \d+ 0 R\n\/I?$/
    const others = same.filter((at) => !/\s/.test(plain.toString('latin1', at, at + 1)) && ![isWrittenAnew, isNothing].some((place) => place.test(plain.toString('latin1', Math.max(0, at - 60), at))))
    expect(others.map((at) => plain.toString('latin1', at - 20, at + 5))).toEqual([])
    expect(same.length).toBeGreaterThan(100)
  })

  it('is another when what looks like a date is none', () => {
    const reference = pdfDigest(plain)
    expect(digestOf(changed(/\/CreationDate \(D:\d+Z\)/, '/CreationDate (D:19990101)'))).toBe(reference)
    expect(digestOf(changed(/\/CreationDate \(D:\d+Z\)/, '/CreationDate (MARTIN)'))).not.toBe(reference)
    expect(digestOf(changed('/Title', '/Subject'))).not.toBe(reference)
    const date = new Date(run.at).toISOString()
    const xmp = (to: string) => digestOf(relaid(plain.toString('latin1').replaceAll(`>${date}<`, `>${to.padEnd(date.length)}<`)))
    expect(xmp('2027-01-01T00:00:00Z')).toBe(reference)
    expect(xmp('MARTIN')).not.toBe(reference)
  })

  it('takes a date that is an object of its own, of any length', () => {
    const reference = pdfDigest(plain)
    const apart = (date: string) => relaid(plain.toString('latin1').replace(/\/CreationDate \(D:\d+Z\)/, '/CreationDate 90 0 R').replace(/xref\n0 /, `90 0 obj\n(${date})\nendobj\nxref\n0 `))
    expect([digestOf(apart('D:2026')), digestOf(apart("D:20261121120000+01'00'"))]).toEqual([reference, reference])
    expect(digestOf(apart('MARTIN'))).not.toBe(reference)
  })

  it('knows again what a browser prints, on another day', () => {
    const printed = fs.readFileSync(path.resolve(import.meta.dirname, '../../../resources/demo/documents/certificat-noe.pdf'))
    const later = Buffer.from(printed.toString('latin1').replaceAll(/(Date \(D:)\d{8}/g, (_, before: string) => `${before}20310203`), 'latin1')
    expect(later.equals(printed)).toBe(false)
    expect(pdfDigest(printed)).not.toBeNull()
    expect(pdfDigest(later)).toBe(pdfDigest(printed))
  })

  it('follows the cross-references, not what merely lies in the file', () => {
    const text = plain.toString('latin1')
    const page = /(\d+) 0 obj\n<<\n\/Type \/Page\n[^]*?endobj\n/.exec(text)!
    const turned = page[0].replace('/Type /Page\n', '/Type /Page\n/Rotate 90\n')
    const both = text.replace(/xref\n0 /, `${turned}xref\n0 `)
    const [upright, rotated] = [digestOf(relaid(both, 'earlier')), digestOf(relaid(both, 'later'))]
    expect(upright).toBe(pdfDigest(plain))
    expect(rotated).not.toBe(upright)
    expect(rotated).not.toBeNull()
  })

  it('follows what was added at the end of a file', () => {
    const text = plain.toString('latin1')
    const page = /(\d+) 0 obj\n<<\n\/Type \/Page\n[^]*?endobj\n/.exec(text)!
    const before = /startxref\n(\d+)/.exec(text)![1]
    const root = /\/Root (\d+ 0 R)/.exec(text)![1]
    const info = /\/Info (\d+ 0 R)/.exec(text)![1]
    const update = (object: string) => `${text}\n${object}xref\n${page[1]} 1\n${String(text.length + 1).padStart(10, '0')} 00000 n \ntrailer\n<</Size 900 /Root ${root} /Info ${info} /Prev ${before}>>\nstartxref\n${text.length + 1 + object.length}\n%%EOF\n`
    expect(digestOf(update(page[0]))).toBe(pdfDigest(plain))
    const turned = digestOf(update(page[0].replace('/Type /Page\n', '/Type /Page\n/Rotate 90\n')))
    expect(turned).not.toBeNull()
    expect(turned).not.toBe(pdfDigest(plain))
  })

  it.each([
    ['is cut short', () => plain.subarray(0, -30)],
    ['says more after its end', () => Buffer.concat([plain, Buffer.from('more')])],
    ['begins after something else', () => Buffer.concat([Buffer.from('\n'), plain])],
    ['is protected', () => Buffer.from(changed('/Size', '/Encrypt 1 0 R /Size'), 'latin1')],
    ['says a thing twice', () => Buffer.from(changed('/Type /Page\n', '/Type /Page\n/Rotate 0\n/Rotate 90\n'), 'latin1')],
    ['leads to something that is not there', () => Buffer.from(changed('/Type /Page\n', '/Type /Page\n/Thumb 99 0 R\n'), 'latin1')],
    ['has a stream of another length than it says', () => Buffer.from(changed(/\/Length (\d+)/, '/Length 1'), 'latin1')],
    ['points beside its objects', () => Buffer.from(plain.toString('latin1').replace(/\d{10} 00000 n/, '0000000003 00000 n'), 'latin1')],
    ['goes round in circles', () => Buffer.from(changed('/Size', `/Prev ${/xref\n/.exec(relaid(plain.toString('latin1')))!.index} /Size`), 'latin1')],
    ['is no PDF', () => Buffer.from('%PDF-1.4\nstartxref\n99999\n%%EOF')],
  ])('is none when the file %s', (_, bytes) => {
    expect(pdfDigest(bytes())).toBeNull()
  })

  it('is none for objects that lie in each other', () => {
    const nested = (count: number) => {
      let inside = 'ab'
      for (let number = 90; number < 90 + count; number += 1) inside = `${number} 0 obj\n<< /Length ${inside.length} >>\nstream\n${inside}\nendstream\nendobj\n`
      const leads = Array.from({ length: count }, (_, index) => `${90 + index} 0 R`).join(' ')
      return digestOf(relaid(plain.toString('latin1').replace('/Type /Page\n', `/Type /Page\n/Kept [${leads}]\n`).replace(/xref\n0 /, `${inside}xref\n0 `)))
    }
    expect(nested(1)).not.toBeNull()
    expect(nested(400)).toBeNull()
  })

  it('is none, and soon, for a structure made to take long', () => {
    expect(digestOf(changed('/Type /Page\n', `/Type /Page\n/Deep ${'['.repeat(100_000)}\n`))).toBeNull()
    expect(digestOf(changed('/Type /Page\n', `/Type /Page\n/Wide [${'0 '.repeat(300_000)}]\n`))).toBeNull()
  })
})
