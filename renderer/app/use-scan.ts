import { useEffect, useRef } from 'react'
import { isScan, noBurst, settledScan, takeKey, togetherMs } from './key-burst.ts'

/** Takes what a scanner types outside every field, whole, and lets nothing of it press what has the focus. */
export function useScan(onScan: (text: string) => void): void {
  const taken = useRef(onScan)
  useEffect(() => {
    taken.current = onScan
  })
  useEffect(() => {
    let burst = noBurst
    let due: ReturnType<typeof setTimeout> | undefined
    const onKey = (event: KeyboardEvent) => {
      if (event.repeat || isField(event.target) || event.metaKey || event.altKey || event.ctrlKey) return
      const { burst: next, isSwallowed, scan } = takeKey(burst, event.key, event.timeStamp)
      burst = next
      if (isSwallowed) {
        event.preventDefault()
        event.stopPropagation()
      }
      clearTimeout(due)
      if (scan !== null) taken.current(scan)
      else if (isScan(burst)) due = setTimeout(end, togetherMs)
    }
    const end = () => {
      const scan = settledScan(burst)
      burst = noBurst
      if (scan !== null) taken.current(scan)
    }
    window.addEventListener('keydown', onKey, true)
    return () => {
      clearTimeout(due)
      window.removeEventListener('keydown', onKey, true)
    }
  }, [])
}

/** Somebody types there: not where a key only presses or ticks. */
export function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select'))
}
