import fc from 'fast-check'
import { PDFDocument, PDFName, PDFString, StandardFonts } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { checkPdf } from './check-pdf.ts'
import { usualPdfLimits } from './pdf-limits.ts'

async function pdf(build: (document: PDFDocument) => void | Promise<void> = () => undefined, objectStreams = true): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  const page = document.addPage()
  page.setFont(await document.embedFont(StandardFonts.Helvetica))
  page.drawText('Ordonnance inventee', { x: 50, y: 700 })
  await build(document)
  return document.save({ useObjectStreams: objectStreams })
}

/** A protected PDF, as far as its structure says it: what a reader asks a password for. */
async function protectedPdf(): Promise<Uint8Array> {
  const text = Buffer.from(await pdf(undefined, false)).toString('latin1')
  const lock = '<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <' + '00'.repeat(32) + '> /U <' + '11'.repeat(32) + '> >>'
  return Buffer.from(text.replace('trailer\n<<', `trailer\n<<\n/ID [<00> <00>]\n/Encrypt ${lock}`), 'latin1')
}

const code = (result: { ok: boolean; failure?: { code: string } }) => (result.ok ? 'ok' : result.failure?.code)

describe('checking a PDF from its bytes', () => {
  it.each([true, false])('takes an ordinary one and counts its pages (object streams: %s)', async (streams) => {
    const bytes = await pdf((document) => void [document.addPage(), document.addPage()], streams)
    expect(checkPdf(bytes)).toEqual({ ok: true, value: { pageCount: 3 } })
  })

  it.each([true, false])('refuses scripts, programs and hidden files (object streams: %s)', async (streams) => {
    const script = await pdf((document) => document.addJavaScript('a', 'app.alert(1)'), streams)
    const launch = await pdf((document) => document.catalog.set(PDFName.of('OpenAction'), document.context.obj({ S: 'Launch', F: PDFString.of('calc.exe') })), streams)
    const file = await pdf(async (document) => document.attach(Buffer.from('x'), 'x.txt', { mimeType: 'text/plain' }), streams)
    for (const bytes of [script, launch, file]) expect(code(checkPdf(bytes))).toBe('pdf-active-content')
  })

  it('sees names hidden by escapes', async () => {
    const plain = Buffer.from(await pdf((document) => document.addJavaScript('a', 'x'), false)).toString('latin1')
    const hidden = plain.replaceAll('/JavaScript', '/J#61vaScript').replaceAll('/JS', '/#4AS')
    expect(hidden).not.toBe(plain)
    expect(code(checkPdf(Buffer.from(hidden, 'latin1')))).toBe('pdf-active-content')
  })

  it('does not take the text of a page for active content', async () => {
    const bytes = await pdf((document) => document.getPage(0).drawText('/JavaScript /Launch /Encrypt 1 0 R', { x: 50, y: 600 }), false)
    expect(code(checkPdf(bytes))).toBe('ok')
  })

  it('refuses protected, cut, too long and empty ones', async () => {
    expect(code(checkPdf(await protectedPdf()))).toBe('pdf-encrypted')
    const bytes = await pdf()
    expect(code(checkPdf(bytes.subarray(0, bytes.length / 2)))).toBe('pdf-truncated')
    expect(code(checkPdf(bytes, { ...usualPdfLimits, pages: 0 }))).toBe('file-too-large')
    expect(code(checkPdf(Buffer.from('%PDF-1.4\n%%EOF')))).toBe('pdf-unreadable')
    expect(code(checkPdf(Buffer.from('bonjour')))).toBe('pdf-not-pdf')
    expect(code(checkPdf(new Uint8Array()))).toBe('file-empty')
  })

  it.each([true, false])('refuses a picture no screen can hold (declared size; object streams: %s)', async (streams) => {
    const picture = (side: number) => (document: PDFDocument) =>
      void document.context.register(document.context.stream('x', { Type: 'XObject', Subtype: 'Image', Width: side, Height: side, BitsPerComponent: 8 }))
    expect(checkPdf(await pdf(picture(30_000), streams))).toMatchObject({ failure: { code: 'file-too-large', detail: 'picture too large' } })
    expect(code(checkPdf(await pdf(picture(10_000), streams)))).toBe('ok')
  })

  it('answers whatever is done to the bytes, and soon', async () => {
    const good = await pdf()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 40 }), (damages) => {
        const bytes = new Uint8Array(good)
        for (const [at, value] of damages) bytes[at] = value
        expect(typeof checkPdf(bytes).ok).toBe('boolean')
      }),
    )
    const hostile = [`%PDF-1.4\n${'/Count 1 '.repeat(200_000)}%%EOF`, `%PDF-1.4\n${'stream\n'.repeat(200_000)}%%EOF`, `%PDF-1.4\n${'/Filespec '.repeat(200_000)}%%EOF`, `%PDF-1.4\n${'/Width 1 '.repeat(200_000)}%%EOF`, `%PDF-1.4 /${'a'.repeat(2_000_000)}%%EOF`]
    for (const text of hostile) {
      const before = process.cpuUsage()
      checkPdf(Buffer.from(text))
      const { user, system } = process.cpuUsage(before)
      expect((user + system) / 1e6, text.slice(9, 20)).toBeLessThan(5)
    }
  })
})
