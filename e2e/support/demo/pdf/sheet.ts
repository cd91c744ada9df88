import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { PDFDocument, PDFHexString, PDFName, PDFString, type PDFRef } from 'pdf-lib'
import { srgbProfile } from './srgb-profile.ts'
import { readTrueType, type TrueTypeFont } from './true-type-subset.ts'
import { fromWindows1252, windows1252 } from './windows-1252.ts'

export type Face = 'regular' | 'bold' | 'italic'
export type Colour = readonly [number, number, number]
export interface TextStyle {
  readonly face?: Face
  readonly size?: number
  readonly colour?: Colour
  readonly align?: 'left' | 'right' | 'centre'
}

/** What the file says of itself; the same words stand in the information dictionary and in the XMP packet, as PDF/A asks. */
export interface FileFacts {
  readonly title: string
  readonly author: string
  /** ISO 8601 with offset. */
  readonly created: string
  readonly producer: string
}

export const pageWidth = 595.28
export const pageHeight = 841.89

const fontFiles: Record<Face, { file: string; name: string }> = {
  regular: { file: 'LiberationSans-Regular.ttf', name: 'LiberationSans' },
  bold: { file: 'LiberationSans-Bold.ttf', name: 'LiberationSans-Bold' },
  italic: { file: 'LiberationSans-Italic.ttf', name: 'LiberationSans-Italic' },
}
const faces = ['regular', 'bold', 'italic'] as const
const fonts = Object.fromEntries(
  faces.map((face) => [
    face,
    readTrueType(new Uint8Array(readFileSync(new URL(`../../../../node_modules/pdfjs-dist/standard_fonts/${fontFiles[face].file}`, import.meta.url)))),
  ]),
) as Record<Face, TrueTypeFont>

const number = (value: number): string => String(Math.round(value * 100) / 100)

/**
 * A4 pages drawn with embedded fonts, saved as PDF/A-1b. Lengths are points, y grows downwards from the top of the page.
 * The same drawing gives the same bytes.
 */
export class Sheet {
  #pages: string[][] = [[]]
  #used: Record<Face, Set<string>> = { regular: new Set(), bold: new Set(), italic: new Set() }

  get pageCount(): number {
    return this.#pages.length
  }

  newPage(): void {
    this.#pages.push([])
  }

  #draw(operators: string, page = this.#pages.length - 1): void {
    this.#pages[page]?.push(operators)
  }

  /** Width of a text, in points. */
  width(text: string, { face = 'regular', size = 10 }: TextStyle = {}): number {
    return Array.from(text).reduce((sum, character) => sum + fonts[face].width(character.codePointAt(0) ?? 0), 0) * (size / 1000)
  }

  /** One line of text whose baseline is at `y`; with `align` the text ends at or is centred on `x`. */
  text(x: number, y: number, text: string, style: TextStyle = {}, page = this.#pages.length - 1): void {
    const { face = 'regular', size = 10, colour = [0, 0, 0], align = 'left' } = style
    for (const character of text) this.#used[face].add(character)
    const left = align === 'left' ? x : x - this.width(text, style) / (align === 'right' ? 1 : 2)
    const codes = Buffer.from(Array.from(text, windows1252)).toString('hex')
    this.#draw(`BT /${face} ${number(size)} Tf ${colour.map(number).join(' ')} rg ${number(left)} ${number(pageHeight - y)} Td <${codes}> Tj ET`, page)
  }

  /** Breaks a text into lines no wider than `width`. */
  lines(text: string, width: number, style: TextStyle = {}): string[] {
    const lines: string[] = []
    for (const block of text.split('\n')) {
      let line = ''
      for (const word of block.split(' ')) {
        const longer = line === '' ? word : `${line} ${word}`
        if (line !== '' && this.width(longer, style) > width) {
          lines.push(line)
          line = word
        } else line = longer
      }
      lines.push(line)
    }
    return lines
  }

  /** A wrapped text from baseline `y`; gives the baseline after its last line. */
  paragraph(x: number, y: number, width: number, text: string, style: TextStyle & { readonly leading?: number } = {}): number {
    const leading = style.leading ?? (style.size ?? 10) * 1.38
    let at = y
    for (const line of this.lines(text, width, style)) {
      this.text(x, at, line, style)
      at += leading
    }
    return at
  }

  line(x1: number, y1: number, x2: number, y2: number, { colour = [0, 0, 0] as Colour, thickness = 0.6 } = {}): void {
    this.#draw(`${colour.map(number).join(' ')} RG ${number(thickness)} w ${number(x1)} ${number(pageHeight - y1)} m ${number(x2)} ${number(pageHeight - y2)} l S`)
  }

  /** A rectangle, its upper left corner at (x, y), filled or framed. */
  box(x: number, y: number, width: number, height: number, { fill, frame, thickness = 0.6 }: { fill?: Colour; frame?: Colour; thickness?: number }): void {
    const shape = `${number(x)} ${number(pageHeight - y - height)} ${number(width)} ${number(height)} re`
    if (fill) this.#draw(`${fill.map(number).join(' ')} rg ${shape} f`)
    if (frame) this.#draw(`${frame.map(number).join(' ')} RG ${number(thickness)} w ${shape} S`)
  }

  /** A smooth curve through control points: start, then triples (two handles and an end). */
  curve(points: ReadonlyArray<readonly [number, number]>, { colour = [0, 0, 0] as Colour, thickness = 1, fill = false } = {}): void {
    const pair = ([x, y]: readonly [number, number]): string => `${number(x)} ${number(pageHeight - y)}`
    const start = points[0]
    if (!start) return
    const path = [`${pair(start)} m`]
    for (let at = 1; at + 2 < points.length; at += 3) path.push(`${points.slice(at, at + 3).map(pair).join(' ')} c`)
    const ink = colour.map(number).join(' ')
    this.#draw(fill ? `${ink} rg ${path.join(' ')} f` : `${ink} RG ${number(thickness)} w 1 J 1 j ${path.join(' ')} S`)
  }

  circle(x: number, y: number, radius: number, colour: Colour): void {
    const k = radius * 0.5523
    this.curve(
      [
        [x + radius, y],
        [x + radius, y + k], [x + k, y + radius], [x, y + radius],
        [x - k, y + radius], [x - radius, y + k], [x - radius, y],
        [x - radius, y - k], [x - k, y - radius], [x, y - radius],
        [x + k, y - radius], [x + radius, y - k], [x + radius, y],
      ],
      { colour, fill: true },
    )
  }

  /** The file: PDF 1.4, fonts embedded, XMP, sRGB output intent, neither transparency nor object streams. */
  async save(facts: FileFacts): Promise<Uint8Array> {
    const pdf = await PDFDocument.create({ updateMetadata: false })
    const { context } = pdf
    const fontRefs = Object.fromEntries(faces.filter((face) => this.#used[face].size > 0).map((face) => [face, this.#embed(pdf, face)]))
    for (const operators of this.#pages) {
      const page = pdf.addPage([pageWidth, pageHeight])
      page.node.set(PDFName.of('Resources'), context.obj({ Font: fontRefs }))
      page.node.set(PDFName.of('Contents'), context.register(context.flateStream(operators.join('\n'))))
    }
    const pdfDate = `D:${facts.created.slice(0, 19).replace(/[-:T]/g, '')}${facts.created.slice(19, 22)}'${facts.created.slice(23, 25)}'`
    context.trailerInfo.Info = context.register(
      context.obj({
        Title: PDFHexString.fromText(facts.title),
        Author: PDFHexString.fromText(facts.author),
        Creator: PDFString.of(facts.producer),
        Producer: PDFString.of(facts.producer),
        CreationDate: PDFString.of(pdfDate),
        ModDate: PDFString.of(pdfDate),
      }),
    )
    const id = PDFHexString.of(createHash('md5').update(JSON.stringify([facts, this.#pages])).digest('hex'))
    context.trailerInfo.ID = context.obj([id, id])
    const metadata = context.stream(Buffer.from(xmp(facts), 'utf8'), { Type: 'Metadata', Subtype: 'XML' })
    pdf.catalog.set(PDFName.of('Metadata'), context.register(metadata))
    const profile = context.register(context.flateStream(srgbProfile(), { N: 3 }))
    pdf.catalog.set(
      PDFName.of('OutputIntents'),
      context.obj([
        { Type: 'OutputIntent', S: 'GTS_PDFA1', OutputConditionIdentifier: PDFString.of('sRGB'), Info: PDFString.of('sRGB'), DestOutputProfile: profile },
      ]),
    )
    const bytes = await pdf.save({ useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false })
    // pdf-lib always writes 1.7 in the header; PDF/A-1 is PDF 1.4.
    bytes.set(Buffer.from('%PDF-1.4', 'latin1'))
    return bytes
  }

  #embed(pdf: PDFDocument, face: Face): PDFRef {
    const { context } = pdf
    const font = fonts[face]
    const characters = new Set([...this.#used[face]].map((character) => character.codePointAt(0) ?? 0))
    const program = font.subset(characters)
    const tag = [...createHash('sha256').update(program).digest().subarray(0, 6)].map((byte) => String.fromCharCode(65 + (byte % 26))).join('')
    const name = `${tag}+${fontFiles[face].name}`
    const descriptor = context.register(
      context.obj({
        Type: 'FontDescriptor',
        FontName: name,
        Flags: face === 'italic' ? 96 : 32,
        FontBBox: [...font.box],
        ItalicAngle: face === 'italic' ? -12 : 0,
        Ascent: font.ascent,
        Descent: font.descent,
        CapHeight: 729,
        StemV: face === 'bold' ? 140 : 88,
        FontFile2: context.register(context.flateStream(program, { Length1: program.length })),
      }),
    )
    const widths = Array.from({ length: 224 }, (_, index) => {
      const codePoint = fromWindows1252(index + 32).codePointAt(0) ?? 0
      return characters.has(codePoint) ? font.width(codePoint) : 0
    })
    return context.register(
      context.obj({
        Type: 'Font',
        Subtype: 'TrueType',
        BaseFont: name,
        FirstChar: 32,
        LastChar: 255,
        Widths: widths,
        Encoding: 'WinAnsiEncoding',
        FontDescriptor: descriptor,
      }),
    )
  }
}

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

function xmp({ title, author, created, producer }: FileFacts): string {
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escaped(title)}</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>${escaped(author)}</rdf:li></rdf:Seq></dc:creator></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>${created}</xmp:CreateDate><xmp:ModifyDate>${created}</xmp:ModifyDate><xmp:CreatorTool>${escaped(producer)}</xmp:CreatorTool></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>${escaped(producer)}</pdf:Producer></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`
}
