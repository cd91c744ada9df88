import { createHash } from 'node:crypto'
import { mediaTypeOf } from './media-type.ts'
import { pdfDigest } from './pdf-rendering.ts'
import { readCdaBody, type CdaBody } from './read-cda-body.ts'

/** By what a document is known when it is rendered again, or comes in another wrapping: a PDF by itself, or as all that a CDA holds. */
export type Rendering = `${'pdf' | 'cda'} ${string}`

/** Of a PDF: its digest; of one that is not written plainly enough for one, its very bytes. */
export function renderingOfPdf(bytes: Uint8Array): Rendering {
  return `pdf ${digestOf(bytes)}`
}

/** Of a CDA that is a PDF with a header (level 1); null when it says more than that. */
export function renderingOfCda({ sections, attachments: [only, ...others] }: CdaBody): Rendering | null {
  if (sections.length > 0 || only?.mediaType !== 'application/pdf' || others.length > 0) return null
  return `cda ${digestOf(only.bytes)}`
}

/** Of any document as it was received; null when there is no PDF by which it could be known. */
export function renderingOf(bytes: Uint8Array): Rendering | null {
  if (mediaTypeOf(bytes) === 'application/pdf') return renderingOfPdf(bytes)
  const body = readCdaBody(bytes)
  return body.ok ? renderingOfCda(body.value) : null
}

/**
 * What a document of this rendering is the same as. A PDF is the same as that PDF, in a CDA or not; a CDA as that PDF alone: two CDA around it have ids of their
 * own, and say themselves whether one replaces the other.
 */
export function sameRenderings(rendering: Rendering): readonly Rendering[] {
  const digest = rendering.slice(4)
  return rendering.startsWith('pdf ') ? [`pdf ${digest}`, `cda ${digest}`] : [`pdf ${digest}`]
}

function digestOf(bytes: Uint8Array): string {
  return pdfDigest(bytes) ?? createHash('sha256').update(bytes).digest('hex')
}
