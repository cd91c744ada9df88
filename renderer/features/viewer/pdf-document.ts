// The legacy build carries what older engines lack: the same viewer must open on every host.
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
// Vite gives the address of the built worker; the file itself exports nothing.
// oxlint-disable-next-line import/default
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url'

GlobalWorkerOptions.workerSrc = workerUrl

/** The fourteen standard fonts a PDF may name without carrying them; built beside the page, so nothing is fetched from elsewhere. */
const standardFonts = import.meta.glob<string>('../../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}', { query: '?url', import: 'default', eager: true })

/** Gives pdf.js its fonts by the names our build gave them. */
class BuiltFonts {
  async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const found = kind === 'standardFontDataUrl' ? Object.entries(standardFonts).find(([path]) => path.endsWith(`/${filename}`)) : undefined
    if (!found) throw new Error(`no ${kind} ${filename} beside the page`)
    const answer = await fetch(found[1])
    return new Uint8Array(await answer.arrayBuffer())
  }
}

/**
 * Opens a PDF from its bytes, in a worker. What a PDF could do beyond being read is off: no scripts, no XFA forms, no
 * WebAssembly decoders (the page's policy allows none), nothing fetched.
 */
export function openPdf(bytes: Uint8Array): { promise: Promise<PDFDocumentProxy>; close: () => void } {
  const task = getDocument({ data: bytes, enableXfa: false, useWasm: false, useWorkerFetch: false, isEvalSupported: false, stopAtErrors: false, BinaryDataFactory: BuiltFonts } as Parameters<typeof getDocument>[0])
  return { promise: task.promise, close: () => void task.destroy() }
}
