import { PDFDocument, StandardFonts } from 'pdf-lib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openPdfTextReader, openReadingThread, type PdfTextReader } from './pdf-text-reader.ts'

let reader: PdfTextReader
afterEach(() => reader.close())

/** An invented PDF whose pages say these texts. */
async function pdf(...pages: string[]): Promise<Uint8Array> {
  const made = await PDFDocument.create()
  const font = await made.embedFont(StandardFonts.Helvetica)
  for (const text of pages) {
    const page = made.addPage([600, 800])
    if (text !== '') page.drawText(text, { x: 20, y: 780, size: 4, lineHeight: 5, font })
  }
  return made.save()
}

const threads = () => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort' || kind === 'Worker').length

describe('the text whose a PDF is read by', () => {
  it('is that of its pages, or nothing', async () => {
    reader = openPdfTextReader()
    const bytes = await pdf('Née le 15/01/1990', 'Suite')
    expect(await reader.read(bytes, 'a')).toEqual({ text: 'Née le 15/01/1990\nSuite', isWhole: true })
    expect(bytes.length).toBeGreaterThan(0)
    expect(await reader.read(await pdf(''), 'b')).toEqual({ text: '', isWhole: true })
    for (const [index, unread] of [new Uint8Array(), Buffer.from('<a/>'), bytes.subarray(0, 300)].entries()) expect(await reader.read(unread, `c${index}`)).toEqual({ text: '', isWhole: false })
  })

  it('is what could be read of a PDF whose later page is broken, and said so', async () => {
    reader = openPdfTextReader()
    const made = await PDFDocument.load(await pdf('Née le 15/01/1990', 'Suite'))
    const pages = made.catalog.Pages()
    pages.Kids().set(1, made.context.obj(7))
    expect(await reader.read(await made.save(), 'a')).toEqual({ text: 'Née le 15/01/1990', isWhole: false })
  })

  it('is its beginning when it is long', async () => {
    reader = openPdfTextReader()
    const page = Array.from({ length: 120 }, (_, line) => `${line} ${'mot '.repeat(40)}`).join('\n')
    const read = await reader.read(await pdf(...Array.from({ length: 5 }, () => page)), 'a')
    expect([read?.text.length, read?.isWhole]).toEqual([20_000, true])
  })

  it('is given up when it costs too much, said so, and the next is read', async () => {
    const given: string[] = []
    reader = openPdfTextReader({ thread: openReadingThread({ time: 1, memory: 200_000_000 }), onGivenUp: () => given.push('up') })
    expect(await reader.read(await pdf('Trop tard'), 'a')).toEqual({ text: '', isWhole: false })
    expect(given).toEqual(['up'])
    await reader.close()
    reader = openPdfTextReader()
    expect(await reader.read(await pdf('Suivant'), 'b')).toEqual({ text: 'Suivant', isWhole: true })
  })

  /** A reader whose thread gives up all but what is `readable`. */
  function givingUp(readable?: number) {
    const asked: number[] = []
    const read = openPdfTextReader({
      thread: {
        ask: async ({ bytes }) => {
          asked.push(bytes.length)
          return bytes.length === readable ? { answer: { text: 'lu', isWhole: true } } : { none: 'gave-up' }
        },
        rest: async () => undefined,
      },
    })
    reader = read
    return { read, asked }
  }

  it('is not asked for again in this run once it was given up', async () => {
    const { read, asked } = givingUp(2)
    for (let time = 0; time < 3; time++) expect(await read.read(new Uint8Array(1), 'a')).toEqual({ text: '', isWhole: false })
    expect(asked).toEqual([1])
    // Another, and the same that could be read, are asked for.
    for (let time = 0; time < 2; time++) expect(await read.read(new Uint8Array(2), 'b')).toEqual({ text: 'lu', isWhole: true })
    expect(asked).toEqual([1, 2, 2])
  })

  it('forgets the oldest of a great many that were given up', async () => {
    const { read, asked } = givingUp()
    for (let number = 0; number <= 1000; number++) await read.read(new Uint8Array(1), `${number}`)
    await read.read(new Uint8Array(1), '1')
    expect(asked).toHaveLength(1001)
    await read.read(new Uint8Array(1), '0')
    expect(asked).toHaveLength(1002)
  })

  it('says nothing of a document once the reader is closed, and what is being read does not hold the end up', async () => {
    const given: string[] = []
    reader = openPdfTextReader({ onGivenUp: () => given.push('up') })
    const reading = [reader.read(await pdf('Un'), 'a'), reader.read(await pdf('Deux'), 'b')]
    await reader.close()
    expect(await Promise.all(reading)).toEqual([null, null])
    expect(await reader.read(await pdf('Trois'), 'c')).toBeNull()
    expect(given).toEqual([])
  })

  it('is told to whoever asked when no thread is to be had, and the memory is given back nevertheless', async () => {
    let rested = 0
    const thread = { ask: () => Promise.reject(new Error('no thread')), rest: async () => void (rested += 1) }
    reader = openPdfTextReader({ thread, idleMs: 1 })
    await expect(reader.read(new Uint8Array(3), 'a')).rejects.toThrow('no thread')
    await vi.waitFor(() => expect(rested).toBe(1))
  })

  it('has its thread given back when nothing comes, and another started for the next', async () => {
    const before = threads()
    reader = openPdfTextReader({ idleMs: 1 })
    const reading = reader.read(await pdf('Un'), 'a')
    await vi.waitFor(() => expect(threads()).toBeGreaterThan(before))
    expect((await reading)?.text).toBe('Un')
    await vi.waitFor(() => expect(threads()).toBe(before))
    expect((await reader.read(await pdf('Deux'), 'b'))?.text).toBe('Deux')
  })
})
