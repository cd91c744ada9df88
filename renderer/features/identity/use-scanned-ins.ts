import { useEffect, useRef } from 'react'
import { readFrontEntry } from './front-entry.ts'

/** Between two keys of one number at most, in milliseconds; a scanner's come faster, even through a slow remote session. */
const togetherMs = 300
/** How the datamatrix of an INS begins, and an INS. */
const begun = /^\s*(?:IS01|[1-478]\s*\d\s*\d\s*\d)/i
/** Fewer characters are no patient. */
const fewest = 15

interface NamedIns {
  readonly ins: string
  readonly insOid?: string
}

/**
 * While a patient is open there is no field to scan into: the datamatrix of the next one, or an INS pasted beside every field, opens that one all the
 * same. Nothing else does, and what a scanner types never presses what happens to have the focus.
 */
export function useScannedIns(onOpen: (patient: NamedIns) => void): void {
  const opened = useRef(onOpen)
  useEffect(() => {
    opened.current = onOpen
  })
  useEffect(() => {
    let typed = ''
    let lastAt = Number.NEGATIVE_INFINITY
    let due: ReturnType<typeof setTimeout> | undefined
    const openWhole = (text: string) => {
      const entry = readFrontEntry(text)
      if (entry.kind === 'whole') opened.current({ ins: entry.ins, ...(entry.insOid === undefined ? {} : { insOid: entry.insOid }) })
    }
    const end = () => {
      clearTimeout(due)
      const whole = typed
      typed = ''
      if (whole.length >= fewest) openWhole(whole)
    }
    const onKey = (event: KeyboardEvent) => {
      if (isField(event.target) || event.metaKey || event.altKey) return
      const isFollowing = event.timeStamp - lastAt <= togetherMs
      if (event.key === 'Enter' || event.key === 'Tab') {
        if (!isFollowing || typed.length < fewest) return
        event.preventDefault()
        event.stopPropagation()
        end()
        return
      }
      if (event.key.length !== 1) return
      typed = isFollowing ? typed + event.key : event.key
      lastAt = event.timeStamp
      // A blank presses a button; one inside a name presses nothing.
      if (begun.test(typed)) {
        event.preventDefault()
        event.stopPropagation()
      }
      clearTimeout(due)
      due = setTimeout(end, togetherMs)
    }
    const onPaste = (event: ClipboardEvent) => {
      if (!isField(event.target)) openWhole(event.clipboardData?.getData('text/plain') ?? '')
    }
    window.addEventListener('keydown', onKey, true)
    window.addEventListener('paste', onPaste)
    return () => {
      clearTimeout(due)
      window.removeEventListener('keydown', onKey, true)
      window.removeEventListener('paste', onPaste)
    }
  }, [])
}

/** Somebody types there. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}
