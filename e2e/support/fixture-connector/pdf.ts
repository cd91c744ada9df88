import { PDFDocument, StandardFonts } from 'pdf-lib'

/** A PDF of `pages` pages of French text in a font it does not carry; with `text: false`, shapes only, like a scan; with `script`, one that wants to run it. */
export async function makePdf(pages: number, { text = true, script = '' } = {}): Promise<Uint8Array> {
  const pdf = await PDFDocument.create()
  if (script) pdf.addJavaScript('main', script)
  const font = await pdf.embedFont(StandardFonts.Helvetica)
  const bold = await pdf.embedFont(StandardFonts.HelveticaBold)
  for (let number = 1; number <= pages; number += 1) {
    const page = pdf.addPage([595, 842])
    page.drawRectangle({ x: 56, y: 760, width: 483, height: 2 })
    if (!text) continue
    page.drawText('Laboratoire Voltaire', { x: 56, y: 775, size: 18, font: bold })
    page.drawText(`Compte rendu d’examens biologiques, page ${number}`, { x: 56, y: 730, size: 12, font })
    for (let line = 0; line < 24; line += 1) page.drawText(`Analyse ${line + 1} : résultat dans les valeurs usuelles, contrôlé le 10/11.`, { x: 56, y: 700 - line * 22, size: 11, font })
  }
  return pdf.save()
}
