import type { DemoDocument, DocumentBody, LaboratoryRow, PrescriptionLine } from '../document-model.ts'
import { isoOf } from '../paris-time.ts'
import { footers, grey, letterhead, margin, patientBlock, placeAndDate, printedName, signature, textWidth } from './letterhead.ts'
import { pageWidth, Sheet, type Colour } from './sheet.ts'

const bottom = 780

/** Draws a document as its author's software prints it: letterhead, patient, date, body, signature. PDF/A-1b, same input same bytes. */
export async function drawDocument(document: DemoDocument, producer: string): Promise<Uint8Array> {
  const sheet = new Sheet()
  const { author } = document
  if (author === 'patient') return drawDeposit(sheet, document, producer)
  letterhead(sheet, author)
  const below = patientBlock(sheet, document, 96)
  placeAndDate(sheet, author, document.at, 156)
  const end = bodyOf(sheet, document.body, author.structure.colour, Math.max(below, 168) + 30)
  signature(sheet, author, room(sheet, end + 14, 74), document.at)
  footers(sheet, document, author)
  return sheet.save({ title: document.title, author: printedName(author), created: isoOf(document.at), producer })
}

/** What a patient typed and deposited: no letterhead, no signature. */
function drawDeposit(sheet: Sheet, document: DemoDocument, producer: string): Promise<Uint8Array> {
  const below = patientBlock(sheet, document, 54)
  bodyOf(sheet, document.body, [0.2, 0.2, 0.22], below + 44)
  footers(sheet, document, null)
  return sheet.save({ title: document.title, author: `${document.patient.usedGivenName} ${document.patient.usedName}`, created: isoOf(document.at), producer })
}

/** Baseline for something `height` tall: `y`, or the top of a new page when it would not fit. */
function room(sheet: Sheet, y: number, height: number): number {
  if (y + height <= bottom) return y
  sheet.newPage()
  return 64
}

function heading(sheet: Sheet, text: string, colour: Colour, y: number): number {
  sheet.text(pageWidth / 2, y, text, { face: 'bold', size: 14, align: 'centre', colour })
  return y + 28
}

function flowing(sheet: Sheet, text: string, y: number, style: { size?: number; face?: 'regular' | 'bold' | 'italic'; x?: number } = {}): number {
  const { size = 10.5, face = 'regular', x = margin } = style
  let at = y
  for (const line of sheet.lines(text, pageWidth - margin - x, { size, face })) {
    at = room(sheet, at, size * 1.45)
    sheet.text(x, at, line, { size, face })
    at += size * 1.45
  }
  return at
}

function bodyOf(sheet: Sheet, body: DocumentBody, colour: Colour, y: number): number {
  switch (body.kind) {
    case 'prescription':
      return prescription(sheet, body, colour, y)
    case 'letter': {
      let at = y
      for (const line of body.to) {
        sheet.text(pageWidth - margin - 220, at, line, { size: 10 })
        at += 13.5
      }
      at += 14
      for (const paragraph of body.paragraphs) at = flowing(sheet, paragraph, at) + 7
      return body.copies ? flowing(sheet, `Copie : ${body.copies}`, at + 4, { size: 8.5, face: 'italic' }) : at
    }
    case 'report': {
      let at = heading(sheet, body.heading, colour, y)
      for (const { title, text } of body.sections) {
        at = room(sheet, at, 34)
        sheet.text(margin, at, title, { face: 'bold', size: 10.5, colour })
        sheet.line(margin, at + 4, pageWidth - margin, at + 4, { colour: [0.82, 0.84, 0.86], thickness: 0.5 })
        at = flowing(sheet, text, at + 19, { size: 10 }) + 9
      }
      return at
    }
    case 'certificate': {
      let at = heading(sheet, body.heading, colour, y + 10) + 12
      for (const paragraph of body.paragraphs) at = flowing(sheet, paragraph, at, { size: 11 }) + 10
      return at + 10
    }
    case 'laboratory':
      return laboratory(sheet, body, colour, y)
    case 'tables':
      return tables(sheet, body, colour, y)
  }
}

function prescription(sheet: Sheet, body: Extract<DocumentBody, { kind: 'prescription' }>, colour: Colour, y: number): number {
  let at = heading(sheet, body.heading, colour, y)
  if (body.longTermIllness) {
    at = zone(sheet, at, "Prescriptions relatives au traitement de l'affection de longue durée reconnue (liste ou hors liste)\n(AFFECTION EXONÉRANTE)", body.longTermIllness)
    at = zone(sheet, at + 10, "Prescriptions SANS RAPPORT avec l'affection de longue durée\n(MALADIES INTERCURRENTES)", body.lines)
  } else at = prescribed(sheet, at + 4, body.lines)
  return body.note ? flowing(sheet, body.note, at + 6, { size: 9.5, face: 'italic' }) : at
}

/** One half of the two-zone form (cerfa bizone). */
function zone(sheet: Sheet, y: number, title: string, lines: readonly PrescriptionLine[]): number {
  const titles = title.split('\n')
  sheet.box(margin, y - 10, textWidth, 12 * titles.length + 8, { fill: [0.93, 0.94, 0.95], frame: [0.45, 0.47, 0.5] })
  for (const [index, line] of titles.entries()) {
    sheet.text(pageWidth / 2, y + 3 + 12 * index, line, { size: 8.5, face: index === 0 ? 'regular' : 'bold', align: 'centre' })
  }
  const start = y - 2 + 12 * titles.length
  const end = Math.max(prescribed(sheet, start + 20, lines), start + 70)
  sheet.box(margin, start, textWidth, end - start, { frame: [0.45, 0.47, 0.5] })
  return end + 12
}

function prescribed(sheet: Sheet, y: number, lines: readonly PrescriptionLine[]): number {
  let at = y
  if (lines.length === 0) {
    sheet.line(margin + 30, at + 30, pageWidth - margin - 30, at, { colour: grey })
    return at + 40
  }
  for (const { what, how } of lines) {
    at = room(sheet, at, 40)
    sheet.box(margin + 12, at - 6, 4, 4, { fill: [0.25, 0.27, 0.3] })
    at = flowing(sheet, what, at, { face: 'bold', size: 10.5, x: margin + 24 })
    at = flowing(sheet, how, at, { size: 10, x: margin + 34 }) + 6
  }
  return at
}

const columns = [
  { title: 'Analyse', at: 0 },
  { title: 'Résultat', at: 190 },
  { title: 'Unité', at: 262 },
  { title: 'Valeurs de référence', at: 326 },
  { title: 'Antériorité', at: 432 },
] as const

function laboratory(sheet: Sheet, body: Extract<DocumentBody, { kind: 'laboratory' }>, colour: Colour, y: number): number {
  let at = heading(sheet, "COMPTE RENDU D'EXAMENS DE BIOLOGIE MÉDICALE", colour, y) - 8
  sheet.text(margin, at, `Prescripteur : ${body.prescriber}`, { size: 9 })
  sheet.text(pageWidth - margin, at, `Prélevé le ${body.sampled}`, { size: 9, align: 'right' })
  at += 22
  for (const panel of body.panels) {
    at = room(sheet, at, 70)
    sheet.box(margin, at - 12, textWidth, 18, { fill: colour })
    sheet.text(margin + 8, at + 1, panel.title.toUpperCase(), { face: 'bold', size: 9.5, colour: [1, 1, 1] })
    at += 19
    if (panel.method) {
      sheet.text(margin + 4, at, panel.method, { face: 'italic', size: 8, colour: grey })
      at += 14
    }
    for (const { title, at: x } of columns) sheet.text(margin + 4 + x, at, title, { size: 8, colour: grey })
    sheet.line(margin, at + 4, pageWidth - margin, at + 4, { colour: [0.7, 0.72, 0.75], thickness: 0.5 })
    at += 18
    for (const row of panel.rows) {
      at = room(sheet, at, 18)
      laboratoryRow(sheet, row, at)
      at += 16
    }
    at += 12
  }
  if (body.conclusion) {
    at = room(sheet, at, 40)
    sheet.text(margin, at, 'Conclusion', { face: 'bold', size: 10 })
    at = flowing(sheet, body.conclusion, at + 15, { size: 10 })
  }
  return at
}

function laboratoryRow(sheet: Sheet, row: LaboratoryRow, at: number): void {
  const x = (index: number): number => margin + 4 + (columns[index]?.at ?? 0)
  const red: Colour = [0.72, 0.08, 0.08]
  sheet.text(x(0), at, row.name, { size: 9.5 })
  sheet.text(x(1), at, row.outside ? `${row.value}  ${row.outside === 'H' ? '+' : '-'}` : row.value, { size: 9.5, face: 'bold', colour: row.outside ? red : [0, 0, 0] })
  sheet.text(x(2), at, row.unit, { size: 9 })
  sheet.text(x(3), at, row.reference, { size: 9 })
  if (row.previous) sheet.text(x(4), at, row.previous, { size: 8.5, colour: grey })
  sheet.line(margin, at + 4.5, pageWidth - margin, at + 4.5, { colour: [0.9, 0.91, 0.92], thickness: 0.4 })
}

function tables(sheet: Sheet, body: Extract<DocumentBody, { kind: 'tables' }>, colour: Colour, y: number): number {
  let at = heading(sheet, body.heading, colour, y)
  if (body.introduction) at = flowing(sheet, body.introduction, at, { size: 9.5, face: 'italic' }) + 8
  for (const { title, columns, rows } of body.tables) {
    const step = textWidth / columns.length
    at = room(sheet, at, 60)
    sheet.text(margin, at, title, { face: 'bold', size: 10.5, colour })
    at += 16
    for (const [index, column] of columns.entries()) sheet.text(margin + index * step, at, column, { size: 8, colour: grey })
    sheet.line(margin, at + 4, pageWidth - margin, at + 4, { colour: [0.7, 0.72, 0.75], thickness: 0.5 })
    at += 17
    for (const row of rows) {
      const cells = row.map((cell) => sheet.lines(cell, step - 8, { size: 9.5 }))
      const height = 12.5 * Math.max(...cells.map((lines) => lines.length))
      at = room(sheet, at, height + 8)
      for (const [index, lines] of cells.entries()) {
        for (const [line, text] of lines.entries()) sheet.text(margin + index * step, at + 12.5 * line, text, { size: 9.5 })
      }
      at += height + 4
    }
    at += 10
  }
  return at
}
