import { PDFDocument, StandardFonts } from 'pdf-lib'

/** An invented PDF whose pages say these texts. */
export async function pdfExample(...pages: string[]): Promise<Uint8Array> {
  const pdf = await PDFDocument.create()
  const font = await pdf.embedFont(StandardFonts.Helvetica)
  for (const text of pages) pdf.addPage([400, 300]).drawText(text, { x: 20, y: 200, size: 12, font })
  return pdf.save()
}

/** An invented CDA with this narrative and, beside it, this PDF. */
export function cdaExample(narrative: string, pdf?: Uint8Array): Uint8Array {
  const media = pdf ? `<entry><observationMedia classCode="OBS" moodCode="EVN" ID="m"><value mediaType="application/pdf" representation="B64">${Buffer.from(pdf).toString('base64')}</value></observationMedia></entry>` : ''
  return Buffer.from(
    `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>Compte rendu</title><component><structuredBody><component><section><title>Conclusion</title><text><paragraph>${narrative}</paragraph></text>${media}</section></component></structuredBody></component></ClinicalDocument>`,
  )
}
