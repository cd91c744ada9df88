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
    expect(await reader.read(bytes)).toBe('Née le 15/01/1990\nSuite')
    expect(bytes.length).toBeGreaterThan(0)
    for (const unread of [new Uint8Array(), Buffer.from('<a/>'), bytes.subarray(0, 300), await pdf('')]) expect(await reader.read(unread)).toBe('')
  })

  it('is its beginning when it is long', async () => {
    reader = openPdfTextReader()
    const page = Array.from({ length: 120 }, (_, line) => `${line} ${'mot '.repeat(40)}`).join('\n')
    const text = await reader.read(await pdf(...Array.from({ length: 5 }, () => page)))
    expect(text).toHaveLength(20_000)
  })

  it('is given up when it costs too much, said so, and the next is read', async () => {
    const given: string[] = []
    reader = openPdfTextReader({ thread: openReadingThread({ time: 1, memory: 200_000_000 }), onGivenUp: () => given.push('up') })
    expect(await reader.read(await pdf('Trop tard'))).toBe('')
    expect(given).toEqual(['up'])
    await reader.close()
    reader = openPdfTextReader()
    expect(await reader.read(await pdf('Suivant'))).toBe('Suivant')
  })

  it('is asked for again when the machine slept meanwhile', async () => {
    const answers = [{ none: 'gave-up' }, { answer: 'Né le 15/01/1990' }] as const
    let asked = 0
    reader = openPdfTextReader({ thread: { ask: async () => answers[asked++]!, rest: async () => undefined } })
    expect(await reader.read(new Uint8Array(3))).toBe('Né le 15/01/1990')
    expect(asked).toBe(2)
  })

  it('says nothing of a document once the reader is closed, and what is being read does not hold the end up', async () => {
    const given: string[] = []
    reader = openPdfTextReader({ onGivenUp: () => given.push('up') })
    const reading = [reader.read(await pdf('Un')), reader.read(await pdf('Deux'))]
    await reader.close()
    expect(await Promise.all(reading)).toEqual([null, null])
    expect(await reader.read(await pdf('Trois'))).toBeNull()
    expect(given).toEqual([])
  })

  it('is told to whoever asked when no thread is to be had, and the memory is given back nevertheless', async () => {
    let rested = 0
    const thread = { ask: () => Promise.reject(new Error('no thread')), rest: async () => void (rested += 1) }
    reader = openPdfTextReader({ thread, idleMs: 1 })
    await expect(reader.read(new Uint8Array(3))).rejects.toThrow('no thread')
    await vi.waitFor(() => expect(rested).toBe(1))
  })

  it('has its thread given back when nothing comes, and another started for the next', async () => {
    const before = threads()
    reader = openPdfTextReader({ idleMs: 1 })
    const reading = reader.read(await pdf('Un'))
    await vi.waitFor(() => expect(threads()).toBeGreaterThan(before))
    expect(await reading).toBe('Un')
    await vi.waitFor(() => expect(threads()).toBe(before))
    expect(await reader.read(await pdf('Deux'))).toBe('Deux')
  })
})
