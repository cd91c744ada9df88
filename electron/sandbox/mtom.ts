/** One part of a multipart/related message. */
export interface MimePart {
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

/** A message that is not the multipart/related it says it is. */
export class MultipartRefused extends Error {}

/** Splits a header value into its first token and its parameters (quoted or not), names in lower case. */
export function headerParameters(value: string): { value: string; parameters: Record<string, string> } {
  const parameters: Record<string, string> = {}
  const first = /^[^;]*/.exec(value)?.[0] ?? ''
  for (const match of value.slice(first.length).matchAll(/;\s*([^=;\s]+)\s*=\s*("((?:[^"\\]|\\.)*)"|[^;]*)/g)) {
    parameters[(match[1] ?? '').toLowerCase()] = match[3] === undefined ? (match[2] ?? '').trim() : match[3].replace(/\\(.)/g, '$1')
  }
  return { value: first.trim().toLowerCase(), parameters }
}

/** Reads the parts of a multipart body (RFC 2046). Throws `MultipartRefused`; nothing of the body is copied. */
export function readMultipart(body: Buffer, boundary: string): MimePart[] {
  if (!/^[\w'()+,./:=? -]{1,70}$/.test(boundary)) throw new MultipartRefused('boundary absent ou invalide')
  const delimiter = Buffer.from(`--${boundary}`, 'latin1')
  const parts: MimePart[] = []
  let start = body.indexOf(delimiter)
  if (start < 0 || (start > 0 && body.subarray(start - 2, start).toString('latin1') !== '\r\n')) throw new MultipartRefused('première partie introuvable')
  const inner = Buffer.from(`\r\n--${boundary}`, 'latin1')
  for (;;) {
    let position = start + delimiter.length
    if (body.subarray(position, position + 2).toString('latin1') === '--') return parts
    while (body[position] === 0x20 || body[position] === 0x09) position += 1
    if (body.subarray(position, position + 2).toString('latin1') !== '\r\n') throw new MultipartRefused('délimiteur de partie mal formé')
    position += 2
    // A part without headers starts with the blank line itself.
    const bare = body.subarray(position, position + 2).toString('latin1') === '\r\n'
    const headersEnd = bare ? position - 2 : body.indexOf('\r\n\r\n', position, 'latin1')
    const end = body.indexOf(inner, bare ? position : headersEnd)
    if (headersEnd < 0 || end < 0) throw new MultipartRefused('partie non terminée')
    const headers: Record<string, string> = {}
    if (!bare) {
      for (const line of body.subarray(position, headersEnd).toString('latin1').replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
        const colon = line.indexOf(':')
        if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
      }
    }
    parts.push({ headers, bytes: body.subarray(Math.min(headersEnd + 4, end), end) })
    start = end + 2
  }
}

/** Content of a `Content-ID` header, without its angle brackets. */
export function contentIdOf(part: MimePart): string {
  return (part.headers['content-id'] ?? '').replace(/^<|>$/g, '')
}

/** Writes an MTOM message: the root first, then one binary part for each attachment. */
export function writeMultipart(boundary: string, root: { contentId: string; contentType: string; bytes: Uint8Array }, attachments: readonly { contentId: string; contentType: string; bytes: Uint8Array }[]): Buffer {
  const pieces: Uint8Array[] = []
  for (const part of [root, ...attachments]) {
    pieces.push(
      Buffer.from(`--${boundary}\r\nContent-Type: ${part.contentType}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <${part.contentId}>\r\n\r\n`, 'latin1'),
      part.bytes,
      Buffer.from('\r\n', 'latin1'),
    )
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`, 'latin1'))
  return Buffer.concat(pieces)
}
