/** One MIME part; header names are lower case. */
export interface MimePart {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** A media type with its parameters, names in lower case, quotes removed. */
export interface MediaType {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
}

/** Reads a Content-Type value (RFC 2045): parameters may be quoted and hold escaped characters. */
export function parseMediaType(value: string): MediaType {
  const type = /^\s*([^;\s]+)/.exec(value)?.[1]?.toLowerCase() ?? ''
  const parameters: Record<string, string> = {}
  for (const [, name, quoted, bare] of value.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g)) {
    if (name !== undefined) parameters[name.toLowerCase()] = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1')
  }
  return { type, parameters }
}

/**
 * Writes parts one after the other, in binary, byte for byte, as pieces to be sent in a row: a document is not copied. The boundary must
 * not occur in them: give a random one.
 */
export function writeMultipart(parts: readonly MimePart[], boundary: string): Uint8Array[] {
  const pieces = parts.flatMap(({ headers, body }, index) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    return [Buffer.from(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${lines.join('')}\r\n`, 'utf8'), body]
  })
  return [...pieces, Buffer.from(`\r\n--${boundary}--\r\n`)]
}

function parseHeaders(block: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of block.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
  return headers
}

function decoded(headers: Record<string, string>, body: Uint8Array): Uint8Array {
  const encoding = headers['content-transfer-encoding']?.toLowerCase()
  return encoding === 'base64' ? Buffer.from(Buffer.from(body).toString('latin1'), 'base64') : body
}

/** Finds the next delimiter line at or after `from`; `start` is where the line begins, its leading CRLF included. */
function nextDelimiter(body: Buffer, boundary: string, from: number): { start: number; end: number; last: boolean } | null {
  const mark = Buffer.from(`--${boundary}`)
  for (let at = body.indexOf(mark, from); at >= 0; at = body.indexOf(mark, at + 1)) {
    const leading = at === 0 ? 0 : body[at - 2] === 13 && body[at - 1] === 10 ? 2 : -1
    const after = body.subarray(at + mark.length, at + mark.length + 128).toString('latin1')
    const tail = /^(--)?[ \t]*(\r\n|$)/.exec(after)
    if (leading >= 0 && at - leading >= from - 2 && tail) {
      return { start: at - leading, end: at + mark.length + tail[0].length, last: tail[1] !== undefined }
    }
  }
  return null
}

/** Splits a multipart body (RFC 2046) into its parts, exact bytes; `null` when it is cut or has no part. */
export function readMultipart(body: Uint8Array, boundary: string): MimePart[] | null {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const parts: MimePart[] = []
  let delimiter = nextDelimiter(buffer, boundary, 0)
  while (delimiter && !delimiter.last) {
    const headersFrom = delimiter.end
    // A part without headers begins with the empty line itself.
    const blank = buffer.indexOf('\r\n', headersFrom) === headersFrom ? headersFrom - 2 : buffer.indexOf('\r\n\r\n', headersFrom)
    if (blank < 0) return null
    const bodyFrom = blank + 4
    const next = nextDelimiter(buffer, boundary, bodyFrom)
    if (!next) return null
    const headers = parseHeaders(buffer.subarray(headersFrom, Math.max(headersFrom, blank)).toString('utf8'))
    parts.push({ headers, body: decoded(headers, buffer.subarray(bodyFrom, Math.max(bodyFrom, next.start))) })
    delimiter = next
  }
  return delimiter && parts.length > 0 ? parts : null
}

/** The bytes between the angle brackets of a Content-ID. */
export function contentId(part: MimePart): string {
  return (part.headers['content-id'] ?? '').replace(/^<|>$/g, '')
}
