import type { ReactNode } from 'react'
import { useEffect } from 'react'
import { announce } from './live-regions.tsx'

interface ComplaintProps {
  /** What is said at once to whoever cannot see it. */
  spoken: string
  children: ReactNode
  id?: string
  code?: string
  testId?: string
}

/** Why an act was refused, beside where it was asked; spoken once through the window's own live region. */
export function Complaint({ spoken, children, id, code, testId }: ComplaintProps) {
  useEffect(() => announce(spoken, 'assertive'), [spoken])
  return (
    <p id={id} className="complaint" data-testid={testId} data-code={code}>
      {children}
    </p>
  )
}
