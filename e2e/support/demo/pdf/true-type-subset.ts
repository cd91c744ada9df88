/**
 * Cuts a TrueType font down to the glyphs a document uses, so that PDF/A's embedded fonts stay small.
 * Hinting is dropped: documents are shown by renderers that do not use it.
 */
export interface TrueTypeFont {
  /** Advance width of a character, in thousandths of the font size. Throws for a character the font lacks. */
  width(codePoint: number): number
  /** A font program with these characters only. The same set gives the same bytes. */
  subset(codePoints: ReadonlySet<number>): Uint8Array
  readonly ascent: number
  readonly descent: number
  readonly box: readonly [number, number, number, number]
}

/** Reads a TrueType font program with a Unicode (3,1) character map. */
export function readTrueType(bytes: Uint8Array): TrueTypeFont {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tables = tableDirectory(bytes, view)
  const table = (tag: string): Uint8Array => {
    const found = tables.get(tag)
    if (!found) throw new Error(`font without ${tag} table`)
    return found
  }
  const head = dataView(table('head'))
  const unitsPerEm = head.getUint16(18)
  const longLoca = head.getInt16(50) === 1
  const hhea = dataView(table('hhea'))
  const metricCount = hhea.getUint16(34)
  const hmtx = dataView(table('hmtx'))
  const loca = dataView(table('loca'))
  const glyf = table('glyf')
  const glyphOf = characterMap(table('cmap'))
  const thousandths = (units: number): number => Math.round((units * 1000) / unitsPerEm)
  const advance = (glyph: number): number => hmtx.getUint16(4 * Math.min(glyph, metricCount - 1))
  const bearing = (glyph: number): number =>
    glyph < metricCount ? hmtx.getInt16(4 * glyph + 2) : hmtx.getInt16(4 * metricCount + 2 * (glyph - metricCount))
  const offset = (glyph: number): number => (longLoca ? loca.getUint32(4 * glyph) : 2 * loca.getUint16(2 * glyph))
  const outline = (glyph: number): Uint8Array => glyf.subarray(offset(glyph), offset(glyph + 1))
  const required = (codePoint: number): number => {
    const glyph = glyphOf.get(codePoint)
    if (glyph === undefined) throw new Error(`font without U+${codePoint.toString(16)}`)
    return glyph
  }

  return {
    ascent: thousandths(hhea.getInt16(4)),
    descent: thousandths(hhea.getInt16(6)),
    box: [thousandths(head.getInt16(36)), thousandths(head.getInt16(38)), thousandths(head.getInt16(40)), thousandths(head.getInt16(42))],
    width: (codePoint) => thousandths(advance(required(codePoint))),
    subset(codePoints) {
      const characters = [...codePoints].sort((a, b) => a - b)
      const glyphs = [0]
      const renumber = (glyph: number): number => {
        const known = glyphs.indexOf(glyph)
        if (known >= 0) return known
        glyphs.push(glyph)
        return glyphs.length - 1
      }
      const map = characters.map((character) => [character, renumber(required(character))] as const)
      const outlines: Uint8Array[] = []
      for (let index = 0; index < glyphs.length; index += 1) outlines.push(withoutHints(outline(glyphs[index] ?? 0), renumber))

      const newLoca = new DataView(new ArrayBuffer(4 * (outlines.length + 1)))
      let end = 0
      for (const [index, each] of outlines.entries()) {
        newLoca.setUint32(4 * index, end)
        end += each.length
      }
      newLoca.setUint32(4 * outlines.length, end)
      const newHmtx = new DataView(new ArrayBuffer(4 * glyphs.length))
      for (const [index, glyph] of glyphs.entries()) {
        newHmtx.setUint16(4 * index, advance(glyph))
        newHmtx.setInt16(4 * index + 2, bearing(glyph))
      }
      const newHead = copied(table('head'))
      newHead.setUint32(8, 0)
      newHead.setInt16(50, 1)
      const newHhea = copied(table('hhea'))
      newHhea.setUint16(34, glyphs.length)
      const newMaxp = copied(table('maxp'))
      newMaxp.setUint16(4, glyphs.length)
      const post = new DataView(new ArrayBuffer(32))
      post.setUint32(0, 0x00030000)
      return assemble([
        ['cmap', writeCharacterMap(map)],
        ['glyf', joined(outlines)],
        ['head', bytesOf(newHead)],
        ['hhea', bytesOf(newHhea)],
        ['hmtx', bytesOf(newHmtx)],
        ['loca', bytesOf(newLoca)],
        ['maxp', bytesOf(newMaxp)],
        ['post', bytesOf(post)],
      ])
    },
  }
}

const dataView = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const bytesOf = (view: DataView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
const copied = (bytes: Uint8Array): DataView => dataView(Uint8Array.from(bytes))

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function tableDirectory(bytes: Uint8Array, view: DataView): Map<string, Uint8Array> {
  const tables = new Map<string, Uint8Array>()
  for (let index = 0; index < view.getUint16(4); index += 1) {
    const at = 12 + 16 * index
    const tag = String.fromCharCode(...bytes.subarray(at, at + 4))
    const start = view.getUint32(at + 8)
    tables.set(tag, bytes.subarray(start, start + view.getUint32(at + 12)))
  }
  return tables
}

/** Reads the (3,1) format 4 map: character to glyph. */
function characterMap(cmap: Uint8Array): Map<number, number> {
  const view = dataView(cmap)
  const map = new Map<number, number>()
  for (let index = 0; index < view.getUint16(2); index += 1) {
    const at = 4 + 8 * index
    if (view.getUint16(at) !== 3 || view.getUint16(at + 2) !== 1) continue
    const start = view.getUint32(at + 4)
    if (view.getUint16(start) !== 4) continue
    const segments = view.getUint16(start + 6) / 2
    for (let segment = 0; segment < segments; segment += 1) {
      const last = view.getUint16(start + 14 + 2 * segment)
      const firstAt = start + 16 + 2 * segments + 2 * segment
      const first = view.getUint16(firstAt)
      const delta = view.getUint16(firstAt + 2 * segments)
      const rangeAt = firstAt + 4 * segments
      const range = view.getUint16(rangeAt)
      for (let character = first; character <= last && character !== 0xffff; character += 1) {
        const raw = range === 0 ? character : view.getUint16(rangeAt + range + 2 * (character - first))
        const glyph = raw === 0 ? 0 : (raw + delta) & 0xffff
        if (glyph !== 0) map.set(character, glyph)
      }
    }
  }
  return map
}

/** A (3,1) format 4 map with one segment per character. */
function writeCharacterMap(map: ReadonlyArray<readonly [number, number]>): Uint8Array {
  const segments = map.length + 1
  const power = 2 ** Math.floor(Math.log2(segments))
  const length = 16 + 8 * segments
  const view = new DataView(new ArrayBuffer(12 + length))
  view.setUint16(2, 1)
  view.setUint16(4, 3)
  view.setUint16(6, 1)
  view.setUint32(8, 12)
  view.setUint16(12, 4)
  view.setUint16(14, length)
  view.setUint16(18, 2 * segments)
  view.setUint16(20, 2 * power)
  view.setUint16(22, Math.log2(power))
  view.setUint16(24, 2 * (segments - power))
  for (const [index, [character, glyph]] of [...map, [0xffff, 0] as const].entries()) {
    view.setUint16(26 + 2 * index, character)
    view.setUint16(28 + 2 * segments + 2 * index, character)
    view.setUint16(28 + 4 * segments + 2 * index, (glyph - character) & 0xffff)
  }
  return bytesOf(view)
}

/** One glyph without its instructions, its components renumbered, padded to four bytes. */
function withoutHints(glyph: Uint8Array, renumber: (glyph: number) => number): Uint8Array {
  if (glyph.length === 0) return glyph
  const view = copied(glyph)
  const contours = view.getInt16(0)
  if (contours >= 0) {
    const lengthAt = 10 + 2 * contours
    const instructions = view.getUint16(lengthAt)
    view.setUint16(lengthAt, 0)
    const bytes = bytesOf(view)
    return padded(joined([bytes.subarray(0, lengthAt + 2), bytes.subarray(lengthAt + 2 + instructions)]))
  }
  let at = 10
  for (;;) {
    const flags = view.getUint16(at)
    view.setUint16(at, flags & ~0x0100)
    view.setUint16(at + 2, renumber(view.getUint16(at + 2)))
    at += 4 + (flags & 0x0001 ? 4 : 2) + (flags & 0x0008 ? 2 : flags & 0x0040 ? 4 : flags & 0x0080 ? 8 : 0)
    if (!(flags & 0x0020)) break
  }
  return padded(bytesOf(view).subarray(0, at))
}

function padded(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array((bytes.length + 3) & ~3)
  result.set(bytes)
  return result
}

function checksum(bytes: Uint8Array): number {
  const view = dataView(padded(bytes))
  let sum = 0
  for (let at = 0; at < view.byteLength; at += 4) sum = (sum + view.getUint32(at)) >>> 0
  return sum
}

function assemble(tables: ReadonlyArray<readonly [string, Uint8Array]>): Uint8Array {
  const power = 2 ** Math.floor(Math.log2(tables.length))
  const directory = new DataView(new ArrayBuffer(12 + 16 * tables.length))
  directory.setUint32(0, 0x00010000)
  directory.setUint16(4, tables.length)
  directory.setUint16(6, 16 * power)
  directory.setUint16(8, Math.log2(power))
  directory.setUint16(10, 16 * (tables.length - power))
  let offset = directory.byteLength
  let headAt = 0
  for (const [index, [tag, bytes]] of tables.entries()) {
    const at = 12 + 16 * index
    for (let letter = 0; letter < 4; letter += 1) directory.setUint8(at + letter, tag.charCodeAt(letter))
    directory.setUint32(at + 4, checksum(bytes))
    directory.setUint32(at + 8, offset)
    directory.setUint32(at + 12, bytes.length)
    if (tag === 'head') headAt = offset
    offset += padded(bytes).length
  }
  const font = joined([bytesOf(directory), ...tables.map(([, bytes]) => padded(bytes))])
  dataView(font).setUint32(headAt + 8, (0xb1b0afba - checksum(font)) >>> 0)
  return font
}
