import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LinePlace } from './journal.ts'
import { openJournal } from './journal.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'relais-journal-'))
})
afterEach(() => rm(dir, { recursive: true }))

async function linesOf(file: string): Promise<unknown[]> {
  const lines: unknown[] = []
  const journal = await openJournal(file, (value) => lines.push(value))
  await journal.close()
  return lines
}

it('gives back every line, by replay and by place', async () => {
  const file = path.join(dir, 'a', 'journal.jsonl')
  const values = Array.from({ length: 50 }, (_, index) => ({ index, text: 'é\n'.repeat(index) }))
  const journal = await openJournal(file, () => {})
  const places = await Promise.all(values.map((value) => journal.append(value)))
  expect(places.map((place) => journal.read(place))).toEqual(values)
  await journal.close()
  expect(await linesOf(file)).toEqual(values)
})

it('keeps the whole lines of a file cut anywhere, and writes on after them', async () => {
  const file = path.join(dir, 'journal.jsonl')
  const values = [{ a: 'é' }, { b: 2 }, { c: [3, 'x\ny'] }]
  const journal = await openJournal(file, () => {})
  const places: LinePlace[] = []
  for (const value of values) places.push(await journal.append(value))
  await journal.close()
  const bytes = await readFile(file)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (cut) => {
      await writeFile(file, bytes.subarray(0, cut))
      const whole = values.filter((_, index) => (places[index]?.offset ?? 0) + (places[index]?.length ?? 0) < cut)
      expect(await linesOf(file)).toEqual(whole)
      const again = await openJournal(file, () => {})
      const place = await again.append({ next: true })
      expect(again.read(place)).toEqual({ next: true })
      await again.close()
      expect(await linesOf(file)).toEqual([...whole, { next: true }])
    }),
    { numRuns: 40 },
  )
})

it('replays lines that are longer than what it reads at once', async () => {
  const file = path.join(dir, 'journal.jsonl')
  const long = { text: 'x'.repeat(3 << 20) }
  await writeFile(file, `${JSON.stringify(long)}\nnot json\n{"after":1}\n`)
  expect(await linesOf(file)).toEqual([long, { after: 1 }])
})
