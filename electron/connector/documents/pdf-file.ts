import { inflateSync } from 'node:zlib'
import { integerOf, isName, NotPlain, PdfValueReader, type PdfBudget, type PdfDictionary, type PdfReference, type PdfValue } from './pdf-values.ts'

/** An object, and the bytes of its stream as they lie in the file when it is one. */
export interface PdfObject {
  readonly value: PdfValue
  readonly stream: Buffer | null
}

/** A PDF as its cross-references give it (ISO 32000-1, 7.5). */
export interface PdfFile {
  readonly version: string
  readonly root: PdfValue | undefined
  readonly info: PdfValue | undefined
  object(reference: PdfReference): PdfObject
}

type Entry = { readonly kind: 'free' } | { readonly kind: 'at'; readonly at: number; readonly generation: number } | { readonly kind: 'within'; readonly stream: number; readonly index: number }
type Section = Map<number, Entry>

/** A report has some thousands of values outside its streams; beyond, it is not worth the time. */
const mostValues = 200_000
const mostSections = 100
const inflatedMost = 8_000_000
const inflatedTotal = 16_000_000

/**
 * Opens a PDF whose cross-references leave no doubt about what each object is: newest section first, tables, streams and both together.
 * Throws `NotPlain` for everything that readers would have to mend or might take differently: then, or when an object is asked for.
 */
export function openPdf(bytes: Uint8Array): PdfFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const budget: PdfBudget = { values: mostValues, bytes: 2 * bytes.length + inflatedTotal }
  let inflated = 0
  let streamed = 0
  const version = /^%PDF-\d\.\d/.exec(buffer.toString('latin1', 0, 8))?.[0]
  const last = /startxref\s+(\d{1,15})\s+%%EOF[\0\s]*$/.exec(buffer.toString('latin1', Math.max(0, buffer.length - 1024)))
  if (!version || !last) throw new NotPlain()
  const entries: Section = new Map()
  const packed = new Map<number, { numbers: number[]; offsets: number[]; first: number; body: Buffer }>()
  const trailer = readSections(Number(last[1]))
  const size = integerOf(trailer.entries.get('Size'))

  function readSections(newest: number): PdfDictionary {
    const read = new Set<number>()
    let own: PdfDictionary | null = null
    for (let at: number | null = newest; at !== null; ) {
      if (read.has(at) || read.size >= mostSections) throw new NotPlain()
      read.add(at)
      const { section, trailer: found } = sectionAt(at)
      if (found.entries.has('Encrypt')) throw new NotPlain()
      for (const [number, entry] of section) if (!entries.has(number)) entries.set(number, entry)
      own ??= found
      const before = found.entries.get('Prev')
      at = before === undefined ? null : integerOf(before)
    }
    return own!
  }

  function sectionAt(at: number): { section: Section; trailer: PdfDictionary } {
    const reader = new PdfValueReader(buffer, at, budget)
    if (reader.word() !== 'xref') return streamSectionAt(at)
    const section = tableOf(reader)
    const trailer = reader.value()
    if (trailer.kind !== 'dictionary') throw new NotPlain()
    const beside = trailer.entries.get('XRefStm')
    // What older readers are not to see: free in the table, in use in the stream.
    for (const [number, entry] of beside === undefined ? [] : streamSectionAt(integerOf(beside)).section) {
      const known = section.get(number)
      if (known === undefined || known.kind === 'free') section.set(number, entry)
      else if (JSON.stringify(known) !== JSON.stringify(entry)) throw new NotPlain()
    }
    return { section, trailer }
  }

  function tableOf(reader: PdfValueReader): Section {
    const section: Section = new Map()
    for (let word = reader.word(); word !== 'trailer'; word = reader.word()) {
      if (!/^\d{1,10}$/.test(word)) throw new NotPlain()
      const first = Number(word)
      for (let left = reader.integer(), number = first; left > 0; left -= 1, number += 1) {
        if (--budget.values < 0) throw new NotPlain()
        const [at, generation, use] = [reader.integer(), reader.integer(), reader.word()]
        if ((use !== 'n' && use !== 'f') || section.has(number)) throw new NotPlain()
        section.set(number, use === 'f' ? { kind: 'free' } : { kind: 'at', at, generation })
      }
    }
    return section
  }

  function streamSectionAt(at: number): { section: Section; trailer: PdfDictionary } {
    const { value, stream } = objectAt(at, null)
    if (value.kind !== 'dictionary' || stream === null || !isName(value.entries.get('Type'), 'XRef')) throw new NotPlain()
    const widths = integersOf(value.entries.get('W'))
    const ranges = value.entries.has('Index') ? integersOf(value.entries.get('Index')) : [0, integerOf(value.entries.get('Size'))]
    if (widths.length !== 3 || widths.some((width) => width > 6) || ranges.length % 2 !== 0) throw new NotPlain()
    const rows = unpredicted(plainBytes(value, stream), value.entries.get('DecodeParms'))
    const section: Section = new Map()
    let position = 0
    const field = (width: number, missing: number): number => {
      if (position + width > rows.length) throw new NotPlain()
      const number = width === 0 ? missing : rows.readUIntBE(position, width)
      position += width
      return number
    }
    for (let range = 0; range < ranges.length; range += 2) {
      for (let left = ranges[range + 1]!, number = ranges[range]!; left > 0; left -= 1, number += 1) {
        if (--budget.values < 0) throw new NotPlain()
        const [kind, second, third] = [field(widths[0]!, 1), field(widths[1]!, 0), field(widths[2]!, 0)]
        if (kind > 2 || section.has(number)) throw new NotPlain()
        section.set(number, kind === 0 ? { kind: 'free' } : kind === 1 ? { kind: 'at', at: second, generation: third } : { kind: 'within', stream: second, index: third })
      }
    }
    return { section, trailer: value }
  }

  /** The object written at this offset, which must be the one that is expected there. */
  function objectAt(at: number, expected: Pick<PdfReference, 'number' | 'generation'> | null): PdfObject {
    const reader = new PdfValueReader(buffer, at, budget)
    // Some readers pass over blanks here, some mend the file.
    if (!/^\d$/.test(buffer.toString('latin1', at, at + 1))) throw new NotPlain()
    const [number, generation] = [reader.integer(), reader.integer()]
    if (expected && (number !== expected.number || generation !== expected.generation)) throw new NotPlain()
    reader.expect('obj')
    const value = reader.value()
    const next = reader.word()
    if (next === 'endobj') return { value, stream: null }
    if (next !== 'stream' || value.kind !== 'dictionary') throw new NotPlain()
    const start = reader.at + (buffer[reader.at] === 13 && buffer[reader.at + 1] === 10 ? 2 : 1)
    if (buffer[start - 1] !== 10) throw new NotPlain()
    const end = start + lengthOf(value)
    if (end > buffer.length || !/^[\0\s]{0,4}endstream[\0\s]+endobj/.test(buffer.toString('latin1', end, end + 40))) throw new NotPlain()
    // Each stream is asked for once: together they are larger than the file only when one lies in another.
    streamed += end - start
    if (streamed > buffer.length) throw new NotPlain()
    return { value, stream: buffer.subarray(start, end) }
  }

  function lengthOf({ entries: own }: PdfDictionary): number {
    const length = own.get('Length')
    if (length?.kind !== 'reference') return integerOf(length)
    const entry = entries.get(length.number)
    // Asked of the object streams too, it would go round in circles.
    if (entry?.kind !== 'at' || entry.generation !== length.generation) throw new NotPlain()
    const { value, stream } = objectAt(entry.at, length)
    if (stream !== null) throw new NotPlain()
    return integerOf(value)
  }

  function plainBytes(dictionary: PdfDictionary, stream: Buffer): Buffer {
    const plain = decodedStream(dictionary, stream)
    if (plain === null) throw new NotPlain()
    inflated += plain.length
    if (inflated > inflatedTotal) throw new NotPlain()
    return plain
  }

  function packedIn(number: number): NonNullable<ReturnType<typeof packed.get>> {
    const known = packed.get(number)
    if (known) return known
    const entry = entries.get(number)
    if (entry?.kind !== 'at' || entry.generation !== 0) throw new NotPlain()
    const { value, stream } = objectAt(entry.at, { number, generation: 0 })
    if (value.kind !== 'dictionary' || stream === null || !isName(value.entries.get('Type'), 'ObjStm') || value.entries.has('DecodeParms')) throw new NotPlain()
    const body = plainBytes(value, stream)
    const reader = new PdfValueReader(body, 0, budget)
    const found = { numbers: [] as number[], offsets: [] as number[], first: integerOf(value.entries.get('First')), body }
    for (let left = integerOf(value.entries.get('N')); left > 0; left -= 1) {
      if (--budget.values < 0) throw new NotPlain()
      found.numbers.push(reader.integer())
      found.offsets.push(reader.integer())
    }
    packed.set(number, found)
    return found
  }

  return {
    version,
    root: trailer.entries.get('Root'),
    info: trailer.entries.get('Info'),
    object(reference) {
      const entry = entries.get(reference.number)
      // Something that is not there is nothing to some readers, and a damage to mend to others.
      if (entry === undefined || entry.kind === 'free' || reference.number >= size) throw new NotPlain()
      if (reference.generation !== (entry.kind === 'at' ? entry.generation : 0)) throw new NotPlain()
      if (entry.kind === 'at') return objectAt(entry.at, reference)
      const { numbers, offsets, first, body } = packedIn(entry.stream)
      if (numbers[entry.index] !== reference.number) throw new NotPlain()
      return { value: new PdfValueReader(body, first + offsets[entry.index]!, budget).value(), stream: null }
    },
  }
}

/** A stream without its compression: null when it has another than Flate, or is too large or damaged. */
export function decodedStream({ entries }: PdfDictionary, stream: Buffer): Buffer | null {
  const filter = entries.get('Filter')
  if (filter === undefined) return stream
  const [only, ...others] = filter.kind === 'array' ? filter.items : [filter]
  if (others.length > 0 || !isName(only, 'FlateDecode')) return null
  try {
    return inflateSync(stream, { maxOutputLength: inflatedMost })
  } catch {
    return null
  }
}

function integersOf(value: PdfValue | undefined): number[] {
  if (value?.kind !== 'array') throw new NotPlain()
  return value.items.map((item) => integerOf(item))
}

/** Takes back the PNG predictor of cross-reference streams, as their writers use it: none, or the row above (ISO 32000-1, 7.4.4.4). */
function unpredicted(bytes: Buffer, parameters: PdfValue | undefined): Buffer {
  if (parameters === undefined) return bytes
  if (parameters.kind !== 'dictionary' || integerOf(parameters.entries.get('Colors'), 1) !== 1 || integerOf(parameters.entries.get('BitsPerComponent'), 8) !== 8) throw new NotPlain()
  if (integerOf(parameters.entries.get('Predictor'), 1) === 1) return bytes
  if (integerOf(parameters.entries.get('Predictor')) < 10) throw new NotPlain()
  const columns = integerOf(parameters.entries.get('Columns'), 1)
  if (columns < 1 || bytes.length % (columns + 1) !== 0) throw new NotPlain()
  const rows = Buffer.alloc((bytes.length / (columns + 1)) * columns)
  for (let row = 0; row * columns < rows.length; row += 1) {
    const predictor = bytes[row * (columns + 1)]!
    if (predictor !== 0 && predictor !== 2) throw new NotPlain()
    for (let column = 0; column < columns; column += 1) {
      const above = predictor === 0 || row === 0 ? 0 : rows[(row - 1) * columns + column]!
      rows[row * columns + column] = (bytes[row * (columns + 1) + 1 + column]! + above) & 255
    }
  }
  return rows
}
