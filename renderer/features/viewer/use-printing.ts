import { useEffect, useRef, useState, type ReactNode } from 'react'
import { connector } from '../../app/connection.ts'
import { callFailure } from '../../app/failure.ts'
import { printPage } from '../../app/print-page.ts'
import type { DocumentAddress } from '../../app/queries.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'

/** What goes to paper; `free` once it has. */
export interface Printed {
  readonly content: ReactNode
  readonly free?: () => void
}

/** `refused`: by its code; `undrawable`: it cannot be put on paper here, or has too many pages. */
export type Printing =
  | { readonly state: 'idle' }
  | { readonly state: 'preparing' }
  | { readonly state: 'undrawable' }
  | { readonly state: 'refused'; readonly code: ReasonCode }
  | { readonly state: 'printing'; readonly at: string; readonly printed: Printed }

const idle: Printing = { state: 'idle' }

/**
 * Prints a document opened by `way`. The connector is asked last, once all is drawn: it tells the trace, and refuses when the way in has ended; nothing
 * is on paper then. Given up with the window's document.
 */
export function usePrinting(address: DocumentAddress, way: string): { printing: Printing; print: (prepare: () => Promise<Printed | null>) => void } {
  const [printing, setPrinting] = useState<Printing>(idle)
  const turn = useRef(0)

  useEffect(
    () => () => {
      turn.current += 1
    },
    [],
  )
  useEffect(() => {
    if (printing.state !== 'printing') return
    const over = () => setPrinting(idle)
    window.addEventListener('afterprint', over)
    let gone = false
    const printWhenDrawn = async () => {
      const sheets = [...document.querySelectorAll<HTMLImageElement>('.print-sheet img')]
      await Promise.allSettled(sheets.map((sheet) => sheet.decode()))
      if (!gone) printPage()
    }
    void printWhenDrawn()
    return () => {
      gone = true
      window.removeEventListener('afterprint', over)
      printing.printed.free?.()
    }
  }, [printing])

  const print = (prepare: () => Promise<Printed | null>) => {
    const mine = (turn.current += 1)
    const show = (next: Printing) => {
      if (mine === turn.current) setPrinting(next)
    }
    const work = async () => {
      show({ state: 'preparing' })
      const printed = await prepare().catch(() => null)
      if (!printed || mine !== turn.current) {
        printed?.free?.()
        return show({ state: 'undrawable' })
      }
      const asked = await connector.record.print(address).catch((error: unknown) => callFailure(error))
      if (mine === turn.current && !('code' in asked) && asked.way === way) return show({ state: 'printing', at: asked.at, printed })
      printed.free?.()
      show({ state: 'refused', code: 'code' in asked ? asked.code : 'access-changed' })
    }
    void work()
  }
  return { printing, print }
}
