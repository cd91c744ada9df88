import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { TextLayer } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SearchWord } from '#shared/text/search-words.ts'
import { Act } from '../../ui/act.tsx'
import { ChevronLeft, ChevronRight, Minus, Plus } from '../../ui/icons.ts'
import { Notice } from '../../ui/notice.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useDrawnAs } from './drawn-as.ts'
import { markedParts } from './marked-parts.ts'
import { openPdf } from './pdf-document.ts'
import './pdf.css'

type Opened = { state: 'opening' } | { state: 'failed' } | { state: 'open'; pdf: PDFDocumentProxy; width: number; height: number }

const zooms = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4]

/** A PDF, page under page: canvas for the eye, text layer for selection, search and screen readers. Opens at a page; words looked for are marked. */
export function PdfView({ bytes, name, startAt }: { bytes: Blob; name: string; startAt: number }) {
  const { t } = useTranslation()
  const opened = useOpened(bytes)
  if (opened.state === 'opening') return <Skeleton lines={12} label={t('pdf.loading')} />
  if (opened.state === 'failed') {
    return (
      <div className="scene" data-testid="pdf-failed">
        <Notice tone="danger" shape="■" title={t('pdf.failedTitle')}>
          <p>{t('pdf.failed')}</p>
        </Notice>
      </div>
    )
  }
  return <Pages pdf={opened.pdf} width={opened.width} height={opened.height} name={name} startAt={startAt} />
}

/** Opens the bytes once and closes the document with the view. */
function useOpened(bytes: Blob): Opened {
  const [opened, setOpened] = useState<Opened>({ state: 'opening' })
  useEffect(() => {
    let gone = false
    let close = () => {}
    const open = async () => {
      const task = openPdf(new Uint8Array(await bytes.arrayBuffer()))
      close = task.close
      if (gone) return close()
      const pdf = await task.promise
      const first = (await pdf.getPage(1)).getViewport({ scale: 1 })
      if (!gone) setOpened({ state: 'open', pdf, width: first.width, height: first.height })
    }
    open().catch(() => {
      if (!gone) setOpened({ state: 'failed' })
    })
    return () => {
      gone = true
      close()
    }
  }, [bytes])
  return opened
}

function Pages({ pdf, width, height, name, startAt }: { pdf: PDFDocumentProxy; width: number; height: number; name: string; startAt: number }) {
  const { t } = useTranslation()
  const box = useRef<HTMLElement>(null)
  const [room, setRoom] = useState(0)
  const [zoom, setZoom] = useState(1)
  const [page, setPage] = useState(1)
  const [scanned, setScanned] = useState(false)

  useLayoutEffect(() => {
    const measured = box.current
    if (!measured) return
    const observer = new ResizeObserver(() => setRoom(measured.clientWidth))
    observer.observe(measured)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    void firstPagesHaveText(pdf).then((found) => setScanned(!found))
  }, [pdf])

  // 100 % is the width of the window, up to what print looks like at arm's length.
  const fit = room > 0 ? Math.min((room - 32) / width, 1.5) : 0
  const scale = fit * zoom
  const change = (step: 1 | -1) => setZoom((now) => (step > 0 ? (zooms.find((value) => value > now) ?? now) : (zooms.findLast((value) => value < now) ?? now)))
  const go = (to: number) => box.current?.querySelector(`[data-page="${to}"]`)?.scrollIntoView({ block: 'start' })

  // What was at the top of the window stays there when the scale changes.
  const scaleBefore = useRef(scale)
  useLayoutEffect(() => {
    const scrolled = box.current
    if (scrolled && scaleBefore.current > 0 && scale > 0) scrolled.scrollTop *= scale / scaleBefore.current
    scaleBefore.current = scale
  }, [scale])

  const isDrawn = scale > 0
  useLayoutEffect(() => {
    if (isDrawn && startAt > 1) box.current?.querySelector(`[data-page="${startAt}"]`)?.scrollIntoView({ block: 'start' })
  }, [isDrawn, startAt])

  return (
    <div className="pdf">
      <div className="pdf-bar" role="toolbar" aria-label={t('pdf.toolbar')}>
        <Act kind="icon" aria-label={t('pdf.previous')} isDisabled={page <= 1} onPress={() => go(page - 1)}>
          <ChevronLeft size={16} aria-hidden="true" />
        </Act>
        <span data-testid="pdf-page">
          {t('pdf.page', { page, total: pdf.numPages })}
        </span>
        <Act kind="icon" aria-label={t('pdf.next')} isDisabled={page >= pdf.numPages} onPress={() => go(page + 1)}>
          <ChevronRight size={16} aria-hidden="true" />
        </Act>
        <span className="pdf-gap" />
        <Act kind="icon" aria-label={t('pdf.zoomOut')} isDisabled={zoom <= 0.5} onPress={() => change(-1)}>
          <Minus size={16} aria-hidden="true" />
        </Act>
        <span data-testid="pdf-zoom">{Math.round(zoom * 100)} %</span>
        <Act kind="icon" aria-label={t('pdf.zoomIn')} isDisabled={zoom >= 4} onPress={() => change(1)}>
          <Plus size={16} aria-hidden="true" />
        </Act>
        <Act kind="plain" isDisabled={zoom === 1} onPress={() => setZoom(1)}>
          {t('pdf.fit')}
        </Act>
      </div>
      {scanned ? (
        <div className="pdf-scan">
          <Notice tone="quiet" shape="–" title={t('pdf.scan')} />
        </div>
      ) : null}
      {/* Scrolled by keyboard: it holds no control of its own. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section ref={box} className="pdf-pages" tabIndex={0} aria-label={name}>
        {scale > 0 ? Array.from({ length: pdf.numPages }, (_, at) => <Page key={at} pdf={pdf} number={at + 1} scale={scale} guess={{ width, height }} onSeen={setPage} />) : null}
      </section>
    </div>
  )
}

/** False for a scan: nothing to select, search or read aloud on the first three pages. */
async function firstPagesHaveText(pdf: PDFDocumentProxy): Promise<boolean> {
  for (let number = 1; number <= Math.min(pdf.numPages, 3); number += 1) {
    const content = await (await pdf.getPage(number)).getTextContent()
    if (content.items.some((item) => 'str' in item && item.str.trim() !== '')) return true
  }
  return false
}

interface PageProps {
  pdf: PDFDocumentProxy
  number: number
  scale: number
  /** Size of the first page at scale 1: what others are taken to be until they are drawn. */
  guess: { width: number; height: number }
  onSeen: (number: number) => void
}

/** One page, drawn only when near the window and let go when far from it, so a long scan costs no more than a short one. */
function Page({ pdf, number, scale, guess, onSeen }: PageProps) {
  const { t } = useTranslation()
  const { words: sought } = useDrawnAs()
  const frame = useRef<HTMLElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const text = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(number === 1)
  const [size, setSize] = useState(guess)

  useEffect(() => {
    const watched = frame.current
    if (!watched) return
    const close = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? false), { rootMargin: '800px' })
    const middle = new IntersectionObserver(([entry]) => (entry?.isIntersecting ? onSeen(number) : undefined), { rootMargin: '-50% 0px -50% 0px' })
    close.observe(watched)
    middle.observe(watched)
    return () => {
      close.disconnect()
      middle.disconnect()
    }
  }, [number, onSeen])

  useEffect(() => {
    const [sheet, words] = [canvas.current, text.current]
    if (!near || !sheet || !words) return
    let stop = () => {}
    let gone = false
    const draw = async () => {
      const page = await pdf.getPage(number)
      if (gone) return
      const { width, height } = page.getViewport({ scale: 1 })
      setSize({ width, height })
      stop = paint(page, scale, sheet, words, sought)
    }
    draw().catch(() => {
      // A page that cannot be drawn stays white under its number; the others are still read.
    })
    return () => {
      gone = true
      stop()
    }
  }, [near, number, pdf, scale, sought])

  return (
    <section ref={frame} className="pdf-page" data-page={number} aria-label={t('pdf.page', { page: number, total: pdf.numPages })} style={{ width: size.width * scale, height: size.height * scale }}>
      {near ? (
        <>
          <canvas ref={canvas} aria-hidden="true" />
          <div ref={text} className="textLayer" />
        </>
      ) : null}
    </section>
  )
}

/** Draws a page and its text; gives how to stop. */
function paint(page: PDFPageProxy, scale: number, sheet: HTMLCanvasElement, words: HTMLDivElement, sought: readonly SearchWord[]): () => void {
  const density = Math.min(window.devicePixelRatio || 1, 2)
  const viewport = page.getViewport({ scale })
  sheet.width = Math.floor(viewport.width * density)
  sheet.height = Math.floor(viewport.height * density)
  words.replaceChildren()
  words.style.setProperty('--total-scale-factor', String(scale))
  const drawing = page.render({ canvas: sheet, viewport, ...(density === 1 ? {} : { transform: [density, 0, 0, density, 0, 0] }) })
  const layer = new TextLayer({ textContentSource: page.streamTextContent(), container: words, viewport })
  const ignored = () => {
    // Cancelled because the page went away or the scale changed.
  }
  drawing.promise.catch(ignored)
  layer.render().then(() => markLayer(words, sought), ignored)
  return () => {
    drawing.cancel()
    layer.cancel()
  }
}

/** Marks in the text of a page what was looked for, by elements made here: what the page says stays text. */
function markLayer(layer: HTMLElement, sought: readonly SearchWord[]): void {
  if (sought.length === 0) return
  for (const line of layer.querySelectorAll('span')) {
    if (line.childElementCount > 0) continue
    const parts = markedParts(line.textContent, sought)
    if (!parts.some(({ marked }) => marked)) continue
    line.replaceChildren(
      ...parts.map(({ text, marked }) => {
        if (!marked) return text
        const mark = document.createElement('mark')
        mark.textContent = text
        return mark
      }),
    )
  }
}
