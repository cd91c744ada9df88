import type { PanelAccess } from '#shared/contract/access.ts'

/** The acts on the access, each for the patient on screen when it is done. */
export interface AccessDeeds {
  /** TD0.3, the patient's consent having been confirmed. */
  readonly authorise: () => Promise<unknown>
  readonly unauthorise: () => Promise<unknown>
  readonly breakGlass: (reason: NonNullable<PanelAccess['reason']>, words: string) => Promise<unknown>
  readonly regulate: () => Promise<unknown>
  readonly recordConsent: (kind: 'deposit' | 'consultation', choice: 'agreed' | 'opposed') => Promise<unknown>
}
