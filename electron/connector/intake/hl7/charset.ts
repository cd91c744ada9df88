import iconv from 'iconv-lite'

/** How a message's bytes became text. */
export interface DecodedText {
  readonly text: string
  /** Encoding used, as iconv-lite names it; the answer goes back in it. */
  readonly encoding: string
  /** The declaration was wrong but the text is certain. */
  readonly warning: string | null
  /** The text is not certain: no identity may be read from it. */
  readonly problem: string | null
}

/**
 * MSH-18 as the field writes it. iconv-lite knows none of these names. `8859/1` is read as windows-1252, the superset that
 * Windows senders really emit.
 */
const declared: Readonly<Record<string, string>> = {
  'UNICODE UTF-8': 'utf8',
  UNICODE: 'utf8',
  'UTF-8': 'utf8',
  UTF8: 'utf8',
  ASCII: 'utf8',
  '8859/1': 'win1252',
  'ISO-8859-1': 'win1252',
  '8859/15': 'iso-8859-15',
  'ISO-8859-15': 'iso-8859-15',
  'WINDOWS-1252': 'win1252',
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Strict UTF-8, or null. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return null
  }
}

const isAscii = (bytes: Uint8Array) => bytes.every((byte) => byte < 0x80)

/** Decodes a message's bytes by its MSH-18 (hl7-feed section 4). Never puts U+FFFD in a name without saying so in `problem`. */
export function decodeMessage(bytes: Uint8Array, msh18: string): DecodedText {
  const name = msh18.split('~')[0]!.trim().toUpperCase()
  const encoding = declared[name]
  const asUtf8 = decodeUtf8(bytes)
  if (name === '') {
    if (asUtf8 !== null) return { text: asUtf8, encoding: 'utf8', warning: null, problem: null }
    return { text: iconv.decode(Buffer.from(bytes), 'win1252'), encoding: 'win1252', warning: 'MSH-18 empty, read as windows-1252', problem: null }
  }
  if (encoding === undefined) {
    if (asUtf8 !== null) return { text: asUtf8, encoding: 'utf8', warning: isAscii(bytes) ? null : `MSH-18 "${name}" unknown, bytes are UTF-8`, problem: null }
    return { text: iconv.decode(Buffer.from(bytes), 'win1252'), encoding: 'win1252', warning: null, problem: `MSH-18 "${name}" is not supported` }
  }
  if (encoding === 'utf8') {
    if (asUtf8 !== null) return { text: asUtf8, encoding, warning: null, problem: null }
    return { text: iconv.decode(Buffer.from(bytes), 'win1252'), encoding, warning: null, problem: `MSH-18 says ${name}, the bytes are not` }
  }
  if (asUtf8 !== null && !isAscii(bytes)) return { text: asUtf8, encoding: 'utf8', warning: `MSH-18 says ${name}, the bytes are UTF-8`, problem: null }
  return { text: iconv.decode(Buffer.from(bytes), encoding), encoding, warning: null, problem: null }
}

/** Text back to bytes in the charset of the request. */
export function encodeText(text: string, encoding: string): Uint8Array {
  return iconv.encode(text, encoding)
}

/** Bytes of a `\Xhh..\` escape, read in the charset of the message. */
export function decodeEscapedBytes(hex: string, encoding: string): string {
  return iconv.decode(Buffer.from(hex, 'hex'), encoding)
}
