import type { ReactNode } from 'react'

interface NoticeProps {
  tone?: 'caution' | 'danger' | 'quiet'
  shape: string
  title: string
  children?: ReactNode
  testId?: string
}

/** A quiet box above content that stays: what is the matter, and what it means for what is shown. */
export function Notice({ tone = 'caution', shape, title, children, testId }: NoticeProps) {
  return (
    <div className="notice" data-tone={tone} data-testid={testId}>
      <i aria-hidden="true">{shape}</i>
      <div>
        <b>{title}</b>
        {children}
      </div>
    </div>
  )
}
