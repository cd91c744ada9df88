import type { TextItem } from 'pdfjs-dist/types/src/display/api.d.ts'

/** More pages than a letter or a report has; of a longer document the first are read. */
const mostPages = 300

/** What was read of a PDF; `isWhole`: nothing of what was asked for was broken or protected. */
export interface PdfPages {
  readonly pages: string[]
  readonly isWhole: boolean
}

/**
 * The text of a PDF, page by page, until `characters` of it are read; what cannot be read is missing, and said so. To be called on a thread that can be ended: what a
 * PDF made to harm costs in time and memory is for the caller to bound. Nothing of it runs, is drawn, or is fetched.
 */
export async function readPdfText(bytes: Uint8Array, { characters }: { readonly characters: number }): Promise<PdfPages> {
  // Not of this file's own imports: heavy, and for the one thread that reads.
  const { getDocument, GlobalWorkerOptions, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  // Where there is no page to start a thread from, pdf.js runs its other half here.
  GlobalWorkerOptions.workerSrc = import.meta.resolve('pdfjs-dist/legacy/build/pdf.worker.mjs')
  // pdf.js takes the bytes it is given away.
  const task = getDocument({ data: Uint8Array.from(bytes), verbosity: VerbosityLevel.ERRORS, enableXfa: false, useWasm: false, useWorkerFetch: false, isEvalSupported: false, disableFontFace: true, useSystemFonts: false } as Parameters<typeof getDocument>[0])
  const pages: string[] = []
  let isWhole = true
  try {
    const document = await task.promise
    for (let number = 1, read = 0; number <= Math.min(document.numPages, mostPages) && read < characters; number++) {
      const page = await document.getPage(number)
      const { items } = await page.getTextContent()
      const text = items.filter((item): item is TextItem => 'str' in item).map(({ str, hasEOL }) => (hasEOL ? `${str}\n` : str)).join('')
      page.cleanup()
      pages.push(text)
      read += text.length
    }
  } catch {
    // Damaged or protected: what was read until here is searched.
    isWhole = false
  } finally {
    await task.destroy()
  }
  return { pages, isWhole }
}
