import type { GlobalState } from '#shared/contract/status.ts'
import type { Tone } from '../../ui/tag.tsx'

const looks: Record<GlobalState, { shape: string; tone: Tone }> = {
  locked: { shape: '⊘', tone: 'danger' },
  setup: { shape: '◍', tone: 'caution' },
  offline: { shape: '☁', tone: 'caution' },
  'needs-user': { shape: '◐', tone: 'caution' },
  error: { shape: '■', tone: 'danger' },
  paused: { shape: '‖', tone: 'caution' },
  sending: { shape: '◔', tone: 'accent' },
  idle: { shape: '●', tone: 'good' },
}

/** Shape and tone of what the whole program is doing (ux.md 3.1); the word is `state.<state>`. */
export function stateLook(state: GlobalState): { shape: string; tone: Tone } {
  return looks[state]
}
