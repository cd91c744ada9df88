import { useTranslation } from 'react-i18next'
import type { SummaryEntry } from '#shared/contract/summary.ts'

const statusWords = ['active', 'recurrence', 'relapse', 'inactive', 'resolved', 'remission', 'refuted', 'prescribed', 'dispensed', 'planned', 'aborted', 'suspended', 'held', 'cancelled'] as const

/** Where a fact stands in the words of a clinician; empty where its document says nothing of it ("completed" is about the entry, not the illness). */
export function useStatusWord(): (entry: Pick<SummaryEntry, 'status' | 'negated' | 'denied' | 'kind' | 'value'>) => string {
  const { t } = useTranslation()
  return ({ status, negated, denied, kind, value }) => {
    if (negated && !denied) return ''
    if (negated) return t(kind === 'vaccine' || kind === 'treatment' || kind === 'procedure' ? 'summary.status.notDone' : 'summary.status.denied')
    // An analysis without a result was not made, or is not over.
    if (kind === 'labResult' && value === null) return status === 'aborted' || status === 'cancelled' ? t('summary.status.notDone') : status === 'active' ? t('summary.status.pending') : ''
    const known = statusWords.find((word) => word === status)
    if (known === undefined || kind === 'labResult' || kind === 'measurement') return ''
    return known === 'active' && kind !== 'problem' ? '' : t(`summary.status.${known}`)
  }
}
