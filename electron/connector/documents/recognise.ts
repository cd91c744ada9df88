import { fileTypeFromBuffer } from 'file-type'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { latin1, mediaTypeOf } from './media-type.ts'
import { rootTag, utf16Of } from './xml-document.ts'

/** What a file is, by its bytes: the kinds Relais can take in. */
export type Recognised =
  | { readonly kind: 'pdf' }
  | { readonly kind: 'cda'; readonly selfPresenting: boolean }
  | { readonly kind: 'hl7' }

/** How far the beginning of a file is looked at. */
const headLength = 65_536

/** The beginning as text, whatever its encoding, without marks and leading blanks. */
function headText(bytes: Uint8Array): string {
  const head = bytes.subarray(0, headLength)
  const utf16 = utf16Of(head)
  const text = utf16 === null ? latin1(head, 0, headLength) : new TextDecoder(utf16).decode(head)
  return text.replace(/^(\u00ef\u00bb\u00bf|\ufeff)/, '').replace(/^[\s\u000b]+/, '')
}

/** What an XML file is by its root element; null when the bytes do not begin like XML. */
function recogniseXml(bytes: Uint8Array): Result<Recognised> | null {
  const tag = rootTag(bytes)
  if (tag === null) return null
  if (/^<!doctype\s+html/i.test(tag)) return failure('format-unsupported', { detail: 'web page' })
  if (/^<!doctype/i.test(tag)) return failure('xml-doctype')
  const [, prefix, name, attributes] = /^<(?:([\w.-]+):)?([\w.-]+)([^>]*)/.exec(tag) ?? []
  if (name === undefined) return failure('xml-malformed')
  if (name === 'ClinicalDocument') return success({ kind: 'cda', selfPresenting: false })
  const mark = prefix === undefined ? 'xmlns' : `xmlns:${prefix}`
  const style = attributes?.includes(`${mark}="http://www.w3.org/1999/XSL/Transform"`) ?? false
  if (style && ['stylesheet', 'transform'].includes(name)) return success({ kind: 'cda', selfPresenting: true })
  if (name === 'SubmitObjectsRequest') return failure('format-unsupported', { detail: 'XDM metadata without its archive' })
  if (/^(evenements|acquittements)/i.test(name)) return failure('format-unsupported', { detail: 'HPRIM XML (acts and stays, no document)' })
  if (name.toLowerCase() === 'html') return failure('format-unsupported', { detail: 'web page' })
  return failure('format-unknown', { detail: `XML ${name}` })
}

/** Formats of the trade that are text; the order of export-formats.md section 1. */
function recogniseText(text: string, fileName: string): Result<Recognised> | null {
  if (/^(MSH|FHS|BHS)\|/.test(text)) return success({ kind: 'hl7' })
  if (/^H\|[^\r\n]*[\r\n]+P\|/.test(text)) return failure('format-unsupported', { detail: 'HPRIM Santé' })
  const lines = text.split(/\r\n?|\n/)
  const date = /\d\d\/\d\d\/\d{2,4}/
  const hprim = /\*{4}(FIN|FINFICHIER|LAB)\*{4}/.test(text) && lines.length >= 12 && (date.test(lines[6] ?? '') || date.test(lines[9] ?? ''))
  if (hprim) return failure('format-unsupported', { detail: 'HPRIM Médecin' })
  if (/^\d{3}8000\d{4}\r?\n/.test(text)) return failure('format-unsupported', { detail: 'GDT (xDT)' })
  if (/\$APICRYPT|\[apicrypt\]/i.test(text) || /\.apz$|smime\.p7m$/i.test(fileName)) return failure('format-unsupported', { detail: 'still encrypted (Apicrypt or S/MIME)' })
  if (/^UN[AB]['+:]/.test(text)) return failure('format-unsupported', { detail: 'EDIFACT' })
  return null
}

/** Names of files that run something, whatever they hold. */
const runnable = /\.(exe|com|bat|cmd|scr|msi|ps1|vbs|vbe|js|jse|wsf|hta|lnk|jar|dll|sys|app|sh|reg|cpl|pif)$/i

const refusals: Readonly<Record<string, string>> = {
  'image/jpeg': 'picture (JPEG)',
  'image/png': 'picture (PNG)',
  'image/gif': 'picture (GIF)',
  'image/tiff': 'picture (TIFF)',
  'image/bmp': 'picture (BMP)',
  'image/heic': 'picture (HEIC)',
  'application/dicom': 'DICOM object',
  'text/rtf': 'office document (RTF)',
  'application/msword': 'office document',
}

function recogniseZip(bytes: Uint8Array): Result<Recognised> {
  const names = latin1(bytes, 0, bytes.length)
  if (/IHE_XDM\/[^/\u0000]+\/METADATA\.XML/i.test(names)) return failure('format-unsupported', { detail: 'XDM archive: received mail, not a document of the practice' })
  if (/word\/document\.xml|xl\/workbook\.xml|content\.xml/.test(names)) return failure('format-unsupported', { detail: 'office document' })
  return failure('format-unsupported', { detail: 'archive (ZIP)' })
}

/** True when a PDF has its end mark near its end, where readers look for it. */
export function hasPdfEnd(tail: Uint8Array): boolean {
  return latin1(tail, tail.length - 2048, tail.length).includes('%%EOF')
}

/**
 * Says what a file is from its bytes; the name only serves the messages (and refuses what runs). Sniffs in the order of
 * export-formats.md section 1. Failures: `file-empty`, `pdf-not-pdf`, `pdf-truncated`, `type-forbidden`,
 * `format-unsupported` (recognised, but not something that is deposited: the detail says what), `format-unknown`.
 */
export async function recognise(bytes: Uint8Array, fileName: string): Promise<Result<Recognised>> {
  if (bytes.length === 0) return failure('file-empty')
  const shown = mediaTypeOf(bytes)
  if (shown === 'application/x-executable' || runnable.test(fileName)) return failure('type-forbidden', { detail: 'program' })
  if (shown === 'application/pdf') return hasPdfEnd(bytes) ? success({ kind: 'pdf' }) : failure('pdf-truncated')
  if (shown === 'application/zip') return recogniseZip(bytes)
  const text = headText(bytes)
  if (text.startsWith('#!')) return failure('type-forbidden', { detail: 'program' })
  const known = recogniseXml(bytes) ?? recogniseText(text, fileName)
  if (known !== null) return known.ok || known.failure.code !== 'format-unknown' || !/\.pdf$/i.test(fileName) ? known : failure('pdf-not-pdf')
  const refusal = shown === null ? undefined : refusals[shown]
  if (refusal !== undefined) return failure('format-unsupported', { detail: refusal })
  const other = await fileTypeFromBuffer(bytes.subarray(0, headLength))
  if (other !== undefined && /executable|x-msdownload|x-elf|mach-binary|x-dosexec/.test(other.mime)) return failure('type-forbidden', { detail: 'program' })
  if (/\.pdf$/i.test(fileName)) return failure('pdf-not-pdf')
  return other === undefined ? failure('format-unknown') : failure('format-unsupported', { detail: other.mime })
}
