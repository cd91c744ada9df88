import { useEffect, useRef } from 'react'
import { isField, useScan } from '../../app/use-scan.ts'
import { readFrontEntry } from './front-entry.ts'

interface NamedIns {
  readonly ins: string
  readonly insOid?: string
}

/**
 * Beside every field, and while a patient is open there is none to scan into, the datamatrix of an INS or an INS pasted opens that patient all the same;
 * the code of an emergency sheet is read where one may be (`onSheet`). Nothing else opens anything.
 */
export function useScannedIns(onOpen: (patient: NamedIns) => void, onSheet: ((code: string) => void) | null): void {
  const take = (text: string) => {
    const entry = readFrontEntry(text)
    if (entry.kind === 'whole') onOpen({ ins: entry.ins, ...(entry.insOid === undefined ? {} : { insOid: entry.insOid }) })
    else if (entry.kind === 'sheet') onSheet?.(entry.code)
  }
  useScan(take)
  const taken = useRef(take)
  useEffect(() => {
    taken.current = take
  })
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      if (!isField(event.target)) taken.current(event.clipboardData?.getData('text/plain') ?? '')
    }
    window.addEventListener('paste', onPaste)
    return () => window.removeEventListener('paste', onPaste)
  }, [])
}
