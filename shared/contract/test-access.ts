import type { PanelAccess } from './access.ts'

/** The access of whoever reads normally, nothing being offered or asked: where tests start from. */
export function accessOf(change: Partial<PanelAccess> = {}): PanelAccess {
  return { mode: 'normal', since: null, until: null, reason: null, modes: [], authorise: null, consents: { deposit: null, consultation: null }, keepsConsents: true, information: { due: false, version: 1 }, ...change }
}
