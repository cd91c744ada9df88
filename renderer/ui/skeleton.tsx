import { useEffect, useState } from 'react'

/** True once `delayMs` have passed: what comes fast shows nothing in between. */
export function useAfter(delayMs: number): boolean {
  const [passed, setPassed] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), delayMs)
    return () => clearTimeout(timer)
  }, [delayMs])
  return passed
}

/** Grey lines of the height of what is coming, shown only when it takes more than 300 ms (ux.md 3.2). */
export function Skeleton({ lines, label }: { lines: number; label: string }) {
  const late = useAfter(300)
  return (
    <div aria-busy="true" data-testid="loading">
      <span className="spoken">{label}</span>
      {late ? (
        <div className="skeleton" aria-hidden="true">
          {Array.from({ length: lines }, (_, line) => (
            <span key={line} />
          ))}
        </div>
      ) : null}
    </div>
  )
}
