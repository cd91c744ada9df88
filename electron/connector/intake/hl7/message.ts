import { decodeEscapedBytes, decodeMessage } from './charset.ts'

/** The five characters a message declares in MSH-1 and MSH-2. */
export interface Delimiters {
  readonly field: string
  readonly component: string
  readonly repetition: string
  readonly escape: string
  readonly subcomponent: string
}

/** One segment, fields numbered as in the standard (`fields[3]` is PID-3); `fields[0]` is the name. Fields are as received, escapes included. */
export interface Segment {
  readonly name: string
  readonly fields: readonly string[]
  /** Of an ED OBX: the data component of OBX-5 cut out before anything was decoded; its place in `fields[5]` is empty. */
  readonly data: Uint8Array | null
}

/** A message split, nothing interpreted. */
export interface Hl7Message {
  readonly bytes: Uint8Array
  readonly delimiters: Delimiters
  readonly segments: readonly Segment[]
  readonly encoding: string
  readonly charsetWarning: string | null
  readonly charsetProblem: string | null
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const letter = (byte: number | undefined) => byte !== undefined && byte >= 0x41 && byte <= 0x5a
const letterOrDigit = (byte: number | undefined) => letter(byte) || (byte !== undefined && byte >= 0x30 && byte <= 0x39)

interface Line {
  readonly start: number
  end: number
}

/** Lines of the bytes; one that does not begin like a segment belongs to the text of the one before. */
function segmentLines(bytes: Buffer, fieldByte: number): Line[] {
  const lines: Line[] = []
  let at = 0
  // Both ends are looked for once per terminator, not once per line: a CR-only message is not rescanned for LF.
  let cr = bytes.indexOf(carriageReturn)
  let lf = bytes.indexOf(lineFeed)
  while (at < bytes.length) {
    if (cr !== -1 && cr < at) cr = bytes.indexOf(carriageReturn, at)
    if (lf !== -1 && lf < at) lf = bytes.indexOf(lineFeed, at)
    const end = Math.min(cr === -1 ? bytes.length : cr, lf === -1 ? bytes.length : lf)
    const named = letter(bytes[at]) && letterOrDigit(bytes[at + 1]) && letterOrDigit(bytes[at + 2])
    const isSegment = named && (bytes[at + 3] === fieldByte || at + 3 === end)
    const before = lines.at(-1)
    if (end > at) {
      if (isSegment || !before) lines.push({ start: at, end })
      else before.end = end
    }
    at = end + 1
  }
  return lines
}

/** Where the data component of an ED OBX-5 lies, or null when the line is not an ED OBX. */
function embeddedRange(bytes: Buffer, line: Line, field: number, component: number): { start: number; end: number } | null {
  if (bytes.toString('latin1', line.start, line.start + 3) !== 'OBX') return null
  const fieldStarts: number[] = []
  let at = line.start
  while (fieldStarts.length < 6) {
    const next = bytes.indexOf(field, at)
    if (next === -1 || next >= line.end) break
    fieldStarts.push(next + 1)
    at = next + 1
  }
  const [, typeStart, identifierStart, , valueStart, valueEnd] = fieldStarts
  if (typeStart === undefined || identifierStart === undefined || valueStart === undefined) return null
  if (bytes.toString('latin1', typeStart, identifierStart - 1).trim() !== 'ED') return null
  const end = valueEnd === undefined ? line.end : valueEnd - 1
  let start = valueStart
  for (let count = 0; count < 4; count += 1) {
    const next = bytes.indexOf(component, start)
    if (next === -1 || next >= end) return { start: end, end }
    start = next + 1
  }
  return { start, end }
}

/**
 * Splits one message. Segment ends may be CR, LF or CRLF; delimiters are the message's own; the embedded document is cut out on
 * bytes (600 kB of base64 neither decoded nor searched for escapes). Null when there is no MSH.
 */
export function readMessage(input: Uint8Array): Hl7Message | null {
  const all = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  let start = 0
  if (all[0] === 0xef && all[1] === 0xbb && all[2] === 0xbf) start = 3
  while (start < all.length && (all[start]! <= 0x20 || all[start] === 0x1c)) start += 1
  if (all.toString('latin1', start, start + 3) !== 'MSH' || all.length < start + 9) return null
  const field = all[start + 3]!
  if (field < 0x21 || field > 0x7e || letterOrDigit(field)) return null
  const encodingEnd = all.indexOf(field, start + 4)
  if (encodingEnd === -1) return null
  const encodingCharacters = all.toString('latin1', start + 4, encodingEnd)
  if (!/^[!-/:-@[-`{-~]{1,5}$/.test(encodingCharacters)) return null
  const delimiters: Delimiters = {
    field: String.fromCharCode(field),
    component: encodingCharacters[0] ?? '^',
    repetition: encodingCharacters[1] ?? '~',
    escape: encodingCharacters[2] ?? '\\',
    subcomponent: encodingCharacters[3] ?? '&',
  }

  const body = all.subarray(start)
  const lines = segmentLines(body, field)
  const texts: Buffer[] = []
  const embedded: (Uint8Array | null)[] = []
  for (const line of lines) {
    const range = embeddedRange(body, line, field, delimiters.component.charCodeAt(0))
    embedded.push(range ? body.subarray(range.start, range.end) : null)
    const text = range ? Buffer.concat([body.subarray(line.start, range.start), body.subarray(range.end, line.end)]) : body.subarray(line.start, line.end)
    texts.push(text.includes(0) ? Buffer.from(text.filter((byte) => byte !== 0)) : text)
  }
  const msh18 = (texts[0]?.toString('latin1') ?? '').split(delimiters.field)[17] ?? ''
  // Joined by NUL, which no line holds any more, so that the charset is judged once for the whole message.
  const decoded = decodeMessage(Buffer.concat(texts.flatMap((text) => [text, Buffer.of(0)])), msh18)
  const segments = decoded.text
    .split('\0')
    .slice(0, lines.length)
    .map((text, index): Segment => {
      const fields = text.split(delimiters.field)
      if (index === 0) fields.splice(0, 2, 'MSH', delimiters.field, fields[1] ?? '')
      return { name: fields[0]!, fields, data: embedded[index] ?? null }
    })
  return { bytes: all, delimiters, segments, encoding: decoded.encoding, charsetWarning: decoded.warning, charsetProblem: decoded.problem }
}

/** The first segment of this name. */
export function segmentOf(message: Hl7Message, name: string): Segment | undefined {
  return message.segments.find((segment) => segment.name === name)
}

/** A field as received; empty when absent or when it says `""` (HL7's explicit "delete this value"). */
export function rawField(segment: Segment | undefined, number: number): string {
  const value = segment?.fields[number] ?? ''
  return value === '""' ? '' : value
}

/** Repetitions of a field; none for an empty field. */
export function repetitionsOf(message: Hl7Message, segment: Segment | undefined, number: number): string[] {
  const value = rawField(segment, number)
  return value === '' ? [] : value.split(message.delimiters.repetition)
}

/** Component (and sub-component) of one repetition, unescaped and trimmed; both count from 1. */
export function componentOf(message: Hl7Message, repetition: string, component: number, subcomponent?: number): string {
  const { delimiters } = message
  const value = repetition.split(delimiters.component)[component - 1] ?? ''
  const part = subcomponent === undefined ? value : (value.split(delimiters.subcomponent)[subcomponent - 1] ?? '')
  return part === '""' ? '' : unescape(part, message).trim()
}

/** Component of the first repetition of a field. */
export function valueOf(message: Hl7Message, segment: Segment | undefined, number: number, component = 1, subcomponent?: number): string {
  return componentOf(message, repetitionsOf(message, segment, number)[0] ?? '', component, subcomponent)
}

/** Text of a field with its escapes read; an unknown escape stays as it is. */
function unescape(text: string, { delimiters, encoding }: Hl7Message): string {
  const mark = delimiters.escape
  if (!text.includes(mark)) return text
  const parts = text.split(mark)
  let result = parts[0]!
  for (let index = 1; index < parts.length; index += 1) {
    const closed = index + 1 < parts.length
    const read = closed ? readEscape(parts[index]!, delimiters, encoding) : null
    if (read === null) {
      result += mark + parts[index]!
    } else {
      result += read + parts[index + 1]!
      index += 1
    }
  }
  return result
}

function readEscape(code: string, delimiters: Delimiters, encoding: string): string | null {
  switch (code) {
    case 'F':
      return delimiters.field
    case 'S':
      return delimiters.component
    case 'T':
      return delimiters.subcomponent
    case 'R':
      return delimiters.repetition
    case 'E':
      return delimiters.escape
    case '.br':
      return '\n'
    default:
      return /^X([0-9A-Fa-f]{2})+$/.test(code) ? decodeEscapedBytes(code.slice(1), encoding) : null
  }
}
