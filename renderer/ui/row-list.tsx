import type { ReactNode } from 'react'
import { useEffect, useLayoutEffect, useRef } from 'react'

/**
 * Arrow keys, Home, End, Page Up and Page Down move among the rows (`data-row`) inside; only one row is in the tab order.
 * The rows stay ordinary buttons in ordinary lists, so a list of five hundred costs nothing to draw.
 */
export function RowList({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)

  // After each drawing: rows may have come or gone.
  useLayoutEffect(() => {
    const rows = rowsOf(box.current)
    const current = rows.find((row) => row === document.activeElement) ?? rows.find((row) => row.hasAttribute('data-current')) ?? rows[0]
    if (current) makeCurrent(rows, current)
  })

  useEffect(() => {
    const listened = box.current
    listened?.addEventListener('keydown', move)
    return () => listened?.removeEventListener('keydown', move)
  }, [])

  return <div ref={box}>{children}</div>
}

function move(event: KeyboardEvent): void {
  const rows = rowsOf(event.currentTarget as HTMLElement)
  const at = rows.findIndex((row) => row === document.activeElement)
  if (at < 0) return
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + 10, PageUp: at - 10 }
  const wanted = steps[event.key]
  if (wanted === undefined) return
  event.preventDefault()
  const next = rows[Math.max(0, Math.min(rows.length - 1, wanted))]
  if (!next) return
  makeCurrent(rows, next)
  next.focus()
}

function rowsOf(box: HTMLElement | null): HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
}

function makeCurrent(rows: HTMLElement[], current: HTMLElement): void {
  for (const row of rows) {
    row.tabIndex = row === current ? 0 : -1
    row.toggleAttribute('data-current', row === current)
  }
}
