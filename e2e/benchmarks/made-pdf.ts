import { randomFillSync } from 'node:crypto'

/**
 * A sound PDF of one page and about `size` bytes, never twice the same: a stream of random bytes nobody draws stands for the
 * scanned picture that makes real letters large and that no compression makes smaller.
 */
export function madePdf(size: number, title: string): Buffer {
  const page = `BT /F1 14 Tf 72 760 Td (${title}) Tj ET`
  const before = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${page.length} >>\nstream\n${page}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  const offsets: number[] = []
  let text = '%PDF-1.7\n'
  for (const [index, body] of before.entries()) {
    offsets.push(text.length)
    text += `${index + 1} 0 obj\n${body}\nendobj\n`
  }
  offsets.push(text.length)
  const weight = randomFillSync(Buffer.alloc(Math.max(1, size - text.length - 500)))
  text += `6 0 obj\n<< /Length ${weight.length} >>\nstream\n`
  const tail = '\nendstream\nendobj\n'
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const end = `${tail}xref\n0 7\n0000000000 65535 f \n${table}trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n${text.length + weight.length + tail.length}\n%%EOF\n`
  return Buffer.concat([Buffer.from(text, 'latin1'), weight, Buffer.from(end, 'latin1')])
}
