import { isCancelledError } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { announce } from '../ui/live-regions.tsx'
import { callFailure } from './failure.ts'

/** Says at once why a question came to nothing. That nobody waits for its answer any more is no failure. */
export function announceFailure(failed: unknown, t: TFunction): void {
  if (!isCancelledError(failed)) announce(t(`reasons.${callFailure(failed).code}.title`), 'assertive')
}
