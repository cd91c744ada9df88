import { inflateSync } from 'node:zlib'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { latin1 } from './media-type.ts'
import { usualPdfLimits, type PdfLimits } from './pdf-limits.ts'
import { hasPdfEnd } from './recognise.ts'

/** What the bytes of a PDF say of it, without interpreting it. */
export interface PdfFacts {
  readonly pageCount: number
}

/** Object streams larger than this once inflated are not looked into: no document's structure needs it. */
const inflatedMost = 8_000_000
/** All object streams of one file together. */
const inflatedTotal = 64_000_000

/** Stands for a part of the structure written so that only a full reader could see it: no ordinary writer does that. */
const unreadableStructure = '/UnreadableObjStm'

/** Names are compared without the `#xx` escapes that hide them. */
function plainNames(text: string): string {
  return text.replace(/\/[^\s/<>[\](){}%]*#[0-9a-fA-F]{2}[^\s/<>[\](){}%]*/g, (name) =>
    name.replace(/#([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16))),
  )
}

/** The structure of a PDF as text: what is outside streams, and what object streams hold. */
function structureOf(bytes: Uint8Array): string {
  const text = latin1(bytes, 0, bytes.length)
  const outside: string[] = []
  let inflated = 0
  let at = 0
  for (;;) {
    const found = /\bstream\r?\n/g
    found.lastIndex = at
    const start = found.exec(text)
    if (start === null) break
    const end = text.indexOf('endstream', start.index + start[0].length)
    if (end < 0) break
    const before = text.slice(at, start.index)
    outside.push(before)
    const dictionary = before.slice(Math.max(0, before.lastIndexOf(' obj')))
    if (/\/Type\s*\/ObjStm/.test(plainNames(dictionary)) && inflated < inflatedTotal) {
      const plain = !/\/Filter/.test(dictionary) || /\/Filter\s*(\[\s*)?\/(FlateDecode|Fl)\s*(\]|\/(?!\w*Decode)|>>|$)/m.test(plainNames(dictionary))
      const body = plain ? inflate(bytes.subarray(start.index + start[0].length, end)) : unreadableStructure
      inflated += body.length
      outside.push(body)
    }
    at = end + 'endstream'.length
  }
  outside.push(text.slice(at))
  return plainNames(outside.join('\n'))
}

function inflate(stream: Uint8Array): string {
  try {
    return inflateSync(stream, { maxOutputLength: inflatedMost, finishFlush: 2 }).toString('latin1')
  } catch {
    // Not Flate, damaged, or too large: readers that can open it are asked next, in a worker.
    return ''
  }
}

const activeContent: readonly (readonly [RegExp, string])[] = [
  [/\/(JavaScript|JS)\b/, 'JavaScript'],
  [/\/Launch\b/, 'launches a program'],
  [/\/UnreadableObjStm\b/, 'hidden structure'],
  [/\/(EmbeddedFiles|EmbeddedFile|Filespec\b[^>]{0,400}\/EF)\b/, 'embedded files'],
  [/\/(RichMedia|Movie|Sound)\b/, 'media'],
  [/\/XFA\b/, 'dynamic form'],
  [/\/(SubmitForm|ImportData|GoToE|GoToR)\b/, 'leads to another file'],
]

/** Pixels of the largest picture, by the sizes its dictionary declares. */
function largestPicture(structure: string): number {
  const sizes = [...structure.matchAll(/\/(Width|Height)\s{0,20}(\d{1,9})[^>]{0,500}?\/(Width|Height)\s{0,20}(\d{1,9})/g)]
  return Math.max(0, ...sizes.filter(([, one, , other]) => one !== other).map(([, , one, , other]) => Number(one) * Number(other)))
}

/**
 * Checks a PDF from its bytes: whole (`pdf-truncated`), not protected (`pdf-encrypted`), nothing that runs or hides inside
 * (`pdf-active-content`, the detail says what), pages that can be counted (`pdf-unreadable`), not too many pages nor too
 * large a picture (`file-too-large`). Nothing of it is executed or drawn.
 */
export function checkPdf(bytes: Uint8Array, limits: PdfLimits = usualPdfLimits): Result<PdfFacts> {
  if (bytes.length === 0) return failure('file-empty')
  if (!latin1(bytes, 0, 1024).includes('%PDF-')) return failure('pdf-not-pdf')
  if (!hasPdfEnd(bytes)) return failure('pdf-truncated')
  const structure = structureOf(bytes)
  if (/\/Encrypt\s+(\d+\s+\d+\s+R|<<)/.test(structure)) return failure('pdf-encrypted')
  const active = activeContent.find(([pattern]) => pattern.test(structure))
  if (active !== undefined) return failure('pdf-active-content', { detail: active[1] })
  const pages = structure.match(/\/Type\s*\/Page(?![A-Za-z])/g)?.length ?? 0
  const declared = Math.max(0, ...[...structure.matchAll(/\/Type\s*\/Pages\b[^>]{0,2000}?\/Count\s+(\d+)|\/Count\s+(\d+)[^>]{0,2000}?\/Type\s*\/Pages\b/g)].map((match) => Number(match[1] ?? match[2])))
  const pageCount = Math.max(pages, declared)
  if (pageCount === 0) return failure('pdf-unreadable', { detail: 'no page' })
  if (pageCount > limits.pages) return failure('file-too-large', { detail: `${pageCount} pages` })
  if (largestPicture(structure) > limits.pixels) return failure('file-too-large', { detail: 'picture too large' })
  return success({ pageCount })
}
