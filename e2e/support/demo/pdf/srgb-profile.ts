/** A minimal ICC version 2 display profile of sRGB (primaries adapted to D50, gamma 2.2), for the output intent PDF/A asks for. */
export function srgbProfile(): Uint8Array {
  const xyz = (x: number, y: number, z: number): Buffer => {
    const data = Buffer.alloc(20)
    data.write('XYZ ', 0, 'latin1')
    for (const [index, value] of [x, y, z].entries()) data.writeInt32BE(Math.round(value * 65536), 8 + 4 * index)
    return data
  }
  const name = 'sRGB (Relais demo)'
  const description = Buffer.alloc(12 + name.length + 1 + 78)
  description.write('desc', 0, 'latin1')
  description.writeUInt32BE(name.length + 1, 8)
  description.write(name, 12, 'latin1')
  const copyright = Buffer.concat([Buffer.from('text\0\0\0\0', 'latin1'), Buffer.from('No copyright, use freely\0', 'latin1')])
  const curve = Buffer.alloc(14)
  curve.write('curv', 0, 'latin1')
  curve.writeUInt32BE(1, 8)
  curve.writeUInt16BE(Math.round(2.2 * 256), 12)
  const tags: ReadonlyArray<readonly [string, Buffer]> = [
    ['desc', description],
    ['cprt', copyright],
    ['wtpt', xyz(0.9505, 1, 1.0891)],
    ['rXYZ', xyz(0.43607, 0.22249, 0.01392)],
    ['gXYZ', xyz(0.38515, 0.71687, 0.09708)],
    ['bXYZ', xyz(0.14307, 0.06061, 0.7141)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ]
  const table = Buffer.alloc(4 + 12 * tags.length)
  table.writeUInt32BE(tags.length, 0)
  const bodies: Buffer[] = []
  const placed = new Map<Buffer, number>()
  let offset = 128 + table.length
  for (const [index, [tag, body]] of tags.entries()) {
    let at = placed.get(body)
    if (at === undefined) {
      at = offset
      placed.set(body, at)
      const block = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)])
      bodies.push(block)
      offset += block.length
    }
    table.write(tag, 4 + 12 * index, 'latin1')
    table.writeUInt32BE(at, 8 + 12 * index)
    table.writeUInt32BE(body.length, 12 + 12 * index)
  }
  const header = Buffer.alloc(128)
  header.writeUInt32BE(offset, 0)
  header.writeUInt32BE(0x02100000, 8)
  header.write('mntrRGB XYZ ', 12, 'latin1')
  for (const [index, part] of [2026, 1, 1, 0, 0, 0].entries()) header.writeUInt16BE(part, 24 + 2 * index)
  header.write('acsp', 36, 'latin1')
  for (const [index, value] of [0.9642, 1, 0.8249].entries()) header.writeInt32BE(Math.round(value * 65536), 68 + 4 * index)
  return new Uint8Array(Buffer.concat([header, table, ...bodies]))
}
