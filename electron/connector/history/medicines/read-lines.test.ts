import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLines, type Line } from './read-lines.ts'
import { splitFields } from './split-fields.ts'

let folder: string
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-lines-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

async function read(bytes: Uint8Array | string) {
  const file = path.join(folder, 'a.txt')
  fs.writeFileSync(file, bytes)
  const { encoding, lines } = await openLines(file)
  const all: Line[] = []
  for await (const line of lines) all.push(line)
  return { encoding, lines: all }
}

describe('lines', () => {
  it('are UTF-8 when the whole file is, else windows-1252, without a byte order mark', async () => {
    expect(await read('\uFEFFé\r\nœuf')).toEqual({ encoding: 'utf-8', lines: [{ number: 1, text: 'é' }, { number: 2, text: 'œuf' }] })
    expect(await read(Buffer.from([0xe9, 0x0a, 0x9c, 0x75, 0x66]))).toEqual({ encoding: 'windows-1252', lines: [{ number: 1, text: 'é' }, { number: 2, text: 'œuf' }] })
    // One byte at the end of a long file decides for the whole of it.
    expect((await read(Buffer.concat([Buffer.from('é\n'.repeat(60_000)), Buffer.from([0xe9])]))).encoding).toBe('windows-1252')
  })

  it('are those of the file, wherever it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n\uFEFF]/g, '')), { minLength: 1, maxLength: 30 }), fc.integer({ min: 0, max: 40 }), async (texts, filler) => {
        const long = ['x'.repeat(65_520 + filler), ...texts, 'end']
        expect((await read(long.join('\n'))).lines.map(({ text }) => text)).toEqual(long)
      }),
      { numRuns: 25 },
    )
  })

  it('longer than any of these files are told so, and the next one is read', async () => {
    expect((await read(`a\n${'x'.repeat(3_000_000)}\nb\n`)).lines).toEqual([{ number: 1, text: 'a' }, { number: 2, text: null }, { number: 3, text: 'b' }])
  })
})

describe('fields', () => {
  it('are split as they were joined, quoted or not', () => {
    fc.assert(
      fc.property(fc.array(fc.string().map((text) => text.replace(/[\r\n\\]/g, '')), { minLength: 1, maxLength: 6 }), fc.constantFrom('\t', ';', ','), (fields, separator) => {
        expect(splitFields(fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(separator), separator)).toEqual(fields)
        const plain = fields.map((field) => field.replace(/["\t;,]/g, ''))
        expect(splitFields(plain.join(separator), separator)).toEqual(plain)
      }),
    )
  })

  it('may hold a quote after a backslash, a separator between quotes, and be empty', () => {
    expect(splitFields('"a \\"b\\" c";"d;e";;', ';')).toEqual(['a "b" c', 'd;e', '', ''])
    expect(splitFields('', '\t')).toEqual([''])
  })

  it('are none where a quote is not closed, or something follows it', () => {
    for (const line of ['"a;b', '"a"b;c', 'a;"']) expect(splitFields(line, ';'), line).toBeNull()
  })
})
