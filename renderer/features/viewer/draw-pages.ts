import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { openPdf } from './pdf-document.ts'

/** Pixels of the longer side of a sheet: 200 dots per inch on A4, whatever size a page claims to have. */
const longestSide = 2340
/** What a computer of a practice can hold as pictures. */
const mostPages = 200

/** The pages of a PDF as pictures for paper: addresses of blobs, to be let go by `free`. */
export interface DrawnPages {
  readonly pages: readonly string[]
  readonly free: () => void
}

/** Draws every page of a PDF for printing, one after the other; null when it has too many. Rejects when one cannot be drawn: half a document is none. */
export async function drawPages(bytes: Blob): Promise<DrawnPages | null> {
  const pages: string[] = []
  const free = () => {
    for (const page of pages) URL.revokeObjectURL(page)
  }
  const task = openPdf(new Uint8Array(await bytes.arrayBuffer()))
  try {
    const pdf = await task.promise
    if (pdf.numPages > mostPages) return null
    for (let number = 1; number <= pdf.numPages; number += 1) pages.push(URL.createObjectURL(await drawPage(pdf, number)))
    return { pages, free }
  } catch (error) {
    free()
    throw error
  } finally {
    task.close()
  }
}

async function drawPage(pdf: PDFDocumentProxy, number: number): Promise<Blob> {
  const page = await pdf.getPage(number)
  const { width, height } = page.getViewport({ scale: 1 })
  const viewport = page.getViewport({ scale: longestSide / Math.max(width, height) })
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(viewport.width)
  canvas.height = Math.ceil(viewport.height)
  await page.render({ canvas, viewport, intent: 'print' }).promise
  const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92))
  // The memory of a canvas is given back at once by this alone.
  canvas.width = canvas.height = 0
  if (!drawn) throw new Error('a page that gives no picture')
  return drawn
}
