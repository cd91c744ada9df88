import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { StatusView } from '#shared/contract/status.ts'
import { connector } from '../../app/connection.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { dayAndClock } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { itemsQuery } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { reasonLook } from './item-mark.ts'
import { useItemWords } from './item-words.tsx'
import './items.css'

/** Reasons a person settles by looking at who the patient is. */
export const patientReasons: readonly ReasonCode[] = ['ins-missing', 'ins-not-qualified', 'traits-incomplete', 'traits-differ', 'patient-unknown', 'patient-to-confirm', 'patient-ambiguous']

interface TodoGroupsProps {
  groups: StatusView['needsUser']
  search: string
  onOpen: (id: string) => void
}

/** What waits for a person, one box for each cause, what can be settled first. One button frees a whole group. */
export function TodoGroups({ groups, search, onOpen }: TodoGroupsProps) {
  const { t } = useTranslation()
  const sorted = groups.filter((group) => group.count > 0).sort((a, b) => rank(a.reason) - rank(b.reason) || b.count - a.count || a.reason.localeCompare(b.reason))
  if (sorted.length === 0) {
    return (
      <p className="items-empty" data-testid="todo-empty">
        {t('sync.empty.todo')}
      </p>
    )
  }
  return (
    <div className="causes">
      {sorted.map((group) => (
        <Cause key={group.reason} reason={group.reason} count={group.count} search={search} onOpen={onOpen} />
      ))}
    </div>
  )
}

function rank(reason: ReasonCode): number {
  return reasonLook(reason).tone === 'caution' ? 0 : 1
}

interface CauseProps {
  reason: ReasonCode
  count: number
  search: string
  onOpen: (id: string) => void
}

function Cause({ reason, count, search, onOpen }: CauseProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const words = useItemWords()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(itemsQuery({ states: ['parked', 'waiting'], reason, search, limit: 20 }))
  const items = data?.pages.flatMap((page) => page.items).filter((item) => item.reason === reason) ?? []
  const look = reasonLook(reason)
  const act = t(patientReasons.includes(reason) ? 'sync.group.compare' : 'sync.group.open')

  const retry = () => {
    setBusy(true)
    setRefused(null)
    void connector.items
      .retry({ reason })
      .then(({ moved }) => announce(t('sync.group.moved', { count: moved })))
      .catch((error: unknown) => setRefused(callFailure(error)))
      .finally(() => setBusy(false))
  }

  if (search && data && items.length === 0) return null
  return (
    <section className="cause" data-tone={look.tone} data-testid="cause" data-code={reason} aria-labelledby={`cause-${reason}`}>
      <div className="cause-head">
        <div>
          <h2 id={`cause-${reason}`}>
            <i aria-hidden="true">{look.shape}</i> {t(`reasons.${reason}.title`)} — {t('sync.group.count', { count })}
          </h2>
          <p>
            {t(`reasons.${reason}.what`)} {t(`reasons.${reason}.action`)}
          </p>
        </div>
        <Act onPress={retry} isDisabled={busy}>
          {t('sync.group.retry')}
        </Act>
      </div>
      {refused ? (
        <div className="cause-refused">
          <Complaint code={refused.code} testId="cause-refused" spoken={t(`reasons.${refused.code}.title`)}>
            {t(`reasons.${refused.code}.title`)}. {t(`reasons.${refused.code}.action`)}
          </Complaint>
        </div>
      ) : null}
      <ul>
        {items.map((item) => (
          <li key={item.id} className="cause-item" data-testid="todo-item" data-item={item.id}>
            <span>{words.patient(item)}</span>
            <span>{words.document(item)}</span>
            <span className="quiet">{dayAndClock(item.receivedAt, language)}</span>
            <span className="quiet">{item.reasonDetail ?? item.source.reference}</span>
            <Act kind="plain" aria-label={t('app.labelled', { label: act, value: `${words.patient(item)}, ${words.document(item)}` })} onPress={() => onOpen(item.id)}>
              {act} ›
            </Act>
          </li>
        ))}
      </ul>
      {hasNextPage ? (
        <div className="cause-more">
          <Act kind="plain" isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
            {t('sync.group.more')}
          </Act>
        </div>
      ) : null}
    </section>
  )
}
