import type { ReactNode } from 'react'

export type Tone = 'good' | 'caution' | 'danger' | 'accent' | 'quiet'

/** A short word in a pill. The word carries the meaning, the tone only helps the eye. */
export function Tag({ tone = 'quiet', children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return (
    <span className="tag" data-tone={tone} title={title}>
      {children}
    </span>
  )
}

/** Shape + word + colour, always the three (ux.md principle 6). The shape is not read aloud: the word says it. */
export function Mark({ tone, shape, children }: { tone: Tone; shape: string; children: ReactNode }) {
  return (
    <span className="mark" data-tone={tone}>
      <i aria-hidden="true">{shape}</i>
      <span>{children}</span>
    </span>
  )
}
