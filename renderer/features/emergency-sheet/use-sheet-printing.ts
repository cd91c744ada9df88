import { useEffect, useRef, useState } from 'react'
import type { PrintableSheet, SheetInput } from '#shared/contract/emergency-sheet.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { connector } from '../../app/connection.ts'
import { callFailure } from '../../app/failure.ts'
import { printPage } from '../../app/print-page.ts'

/** What becomes of the act of printing a sheet. */
export type SheetPrinting = { readonly state: 'idle' } | { readonly state: 'asking' } | { readonly state: 'refused'; readonly code: ReasonCode } | { readonly state: 'printing'; readonly printable: PrintableSheet }

/** Prints a sheet of the patient on screen. The connector is asked first: it tells the trace, or refuses, and nothing is on paper then. */
export function useSheetPrinting(input: SheetInput, onPrinted: () => void): { printing: SheetPrinting; print: () => void } {
  const [printing, setPrinting] = useState<SheetPrinting>({ state: 'idle' })
  const isGone = useRef(false)
  const over = useRef(onPrinted)
  useEffect(() => {
    over.current = onPrinted
  })
  useEffect(() => {
    isGone.current = false
    return () => {
      isGone.current = true
    }
  }, [])
  useEffect(() => {
    if (printing.state !== 'printing') return
    const printed = () => {
      setPrinting({ state: 'idle' })
      over.current()
    }
    window.addEventListener('afterprint', printed)
    printPage()
    return () => window.removeEventListener('afterprint', printed)
  }, [printing])

  const print = () => {
    setPrinting({ state: 'asking' })
    connector.sheets.print(input).then(
      (printable) => (isGone.current ? undefined : setPrinting({ state: 'printing', printable })),
      (error: unknown) => (isGone.current ? undefined : setPrinting({ state: 'refused', code: callFailure(error).code })),
    )
  }
  return { printing, print }
}
