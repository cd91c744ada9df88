import type { PanelView } from '#shared/contract/history.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { StatusView } from '#shared/contract/status.ts'
import { isStale } from './format.ts'

/** Remark above a list that is shown although it is old or could not be renewed. */
export type PanelRemark = { readonly kind: 'offline' } | { readonly kind: 'stale' } | { readonly kind: 'failed'; readonly code: ReasonCode }

/**
 * The one thing the panel shows. "Nothing was read" (`not-loaded`, `failed`, `loading`) and "it was read and there is
 * nothing" (`empty`) are different scenes, never one.
 */
export type PanelScene =
  | { readonly kind: 'no-patient' }
  | { readonly kind: 'reason'; readonly code: ReasonCode; readonly recordText: string | null }
  | { readonly kind: 'loading' }
  /** The list is awaited, and what is asked for before it is in. */
  | { readonly kind: 'begun' }
  | { readonly kind: 'not-loaded' }
  | { readonly kind: 'failed'; readonly code: ReasonCode; readonly recordText: string | null; readonly retryAt: string | null }
  | { readonly kind: 'empty'; readonly loadedAt: string; readonly remark: PanelRemark | null }
  | { readonly kind: 'documents'; readonly loadedAt: string; readonly remark: PanelRemark | null }

/** Failures that are a state of the patient's record or of who is reading, not an incident: the whole panel says so. */
const wholePanel: readonly ReasonCode[] = [
  'ins-missing',
  'ins-invalid',
  'ins-not-qualified',
  'ins-production-in-training',
  'ins-test-in-production',
  'record-absent',
  'record-closed',
  'record-opposed',
  'professional-blocked',
  'reading-needs-professional',
  'staff-card-deposits-only',
  'access-not-granted',
  'consultation-refused',
  'consent-to-renew',
  'emergency-opposed',
  'mode-not-offered',
  'right-normal-mode-only',
  'right-professional-only',
  'right-not-occupational',
  'certificate-missing',
  'certificate-expired',
]

/** Decides what the panel shows, from the connector's view alone. `offline` comes from the global state. */
export function panelScene(view: PanelView, status: Pick<StatusView, 'state'> | undefined, now: Date): PanelScene {
  if (!view.patient) return { kind: 'no-patient' }
  const { failure, standing, loadedAt } = view
  const recordText = failure?.recordText ?? null
  const reason = (code: ReasonCode): PanelScene => ({ kind: 'reason', code, recordText: failure?.code === code ? recordText : null })

  if (!view.patient.qualified) return reason(failure && wholePanel.includes(failure.code) ? failure.code : 'ins-not-qualified')
  if (standing?.existence === 'absent') return reason('record-absent')
  if (standing?.existence === 'closed') return reason('record-closed')
  if (standing?.authorisation === 'blocked') return reason('professional-blocked')
  // A refusal hides what was read before it: the patient's present choice wins over our older copy.
  if (failure && wholePanel.includes(failure.code)) return reason(failure.code)

  if (loadedAt === null) {
    if (view.refreshing) return { kind: view.begun === null ? 'loading' : 'begun' }
    if (failure) return { kind: 'failed', code: failure.code, recordText, retryAt: failure.retryAt }
    return { kind: 'not-loaded' }
  }
  const remark = remarkOn(view, status, loadedAt, now)
  return { kind: view.listed.count === 0 ? 'empty' : 'documents', loadedAt, remark }
}

function remarkOn(view: PanelView, status: Pick<StatusView, 'state'> | undefined, loadedAt: string, now: Date): PanelRemark | null {
  if (status?.state === 'offline') return { kind: 'offline' }
  if (view.failure) return { kind: 'failed', code: view.failure.code }
  return isStale(loadedAt, now) ? { kind: 'stale' } : null
}
