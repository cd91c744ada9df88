import { success } from '#shared/contract/index.ts'
import { withXml } from './xml-document.ts'

const namespaces = { p: 'http://www.aiim.org/pdfa/ns/id/' }
const packets = [['<x:xmpmeta', '</x:xmpmeta>'], ['<rdf:RDF', '</rdf:RDF>']] as const

/** The last XMP packet: an update appends its own after the former one. */
function xmpOf(bytes: Uint8Array): Uint8Array | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const [opening, closing] of packets) {
    const end = buffer.lastIndexOf(closing)
    const start = end < 0 ? -1 : buffer.lastIndexOf(opening, end)
    if (start >= 0) return buffer.subarray(start, end + closing.length)
  }
  return null
}

/**
 * The PDF/A part and level a PDF declares in its XMP (`1B`, `2A`, `3U`, `4`), null when it declares none that can be read:
 * PDF/A wants that packet plain, never compressed (ISO 19005-1, 6.7.2). A declaration is not a proof.
 */
export function pdfConformance(bytes: Uint8Array): string | null {
  const xmp = xmpOf(bytes)
  if (xmp === null) return null
  const read = withXml(xmp, (root) => {
    const said = (name: string) => root.find(`.//p:${name} | .//@p:${name}`, namespaces)[0]?.content.trim() ?? ''
    return success({ part: said('part'), level: said('conformance').toUpperCase() })
  })
  return read.ok && /^\d$/.test(read.value.part) && /^[A-Z]?$/.test(read.value.level) ? `${read.value.part}${read.value.level}` : null
}

/** True for what the CI-SIS asks of a PDF inside a CDA: PDF/A-1, level B or the wider A (dmp-interface.md section 3). */
export function isArchival(conformance: string | null): boolean {
  return conformance === '1A' || conformance === '1B'
}
