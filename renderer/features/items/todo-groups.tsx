import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { needsSignIn } from '#shared/contract/needs-sign-in.ts'
import { isBatchReason, type ReasonCode } from '#shared/contract/reasons.ts'
import type { StatusView } from '#shared/contract/status.ts'
import { dayAndClock } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { itemsQuery } from '../../app/queries.ts'
import { reasonDetail } from '../../app/reason-detail.ts'
import { Act } from '../../ui/act.tsx'
import { CauseBox, useGroupActs } from './cause-box.tsx'
import { HeldBatch } from './held-batch.tsx'
import { reasonLook } from './item-mark.ts'
import { useItemWords } from './item-words.tsx'
import { otherItemOf } from './other-item.tsx'
import { VisibilityMark } from './visibility-marks.tsx'
import './items.css'

/** Reasons a person settles by looking at who the patient is. */
export const patientReasons: readonly ReasonCode[] = ['ins-missing', 'ins-not-qualified', 'traits-incomplete', 'traits-differ', 'patient-unknown', 'patient-to-confirm', 'patient-ambiguous', 'text-names-another']

interface TodoGroupsProps {
  groups: StatusView['needsUser']
  search: string
  /** What stands where nothing of this matches the search. */
  notFound: ReactNode
  onOpen: (id: string) => void
  /** Shows everything stopped for one reason as a list. */
  onSee: (reason: ReasonCode) => void
  /** Shows where somebody signs in: what waits for that goes by itself afterwards. */
  onSignIn: () => void
}

/** What waits for a person, one box for each cause, what can be settled first. One button frees a whole group. */
export function TodoGroups({ groups, search, notFound, onOpen, onSee, onSignIn }: TodoGroupsProps) {
  const { t } = useTranslation()
  const sorted = groups.filter((group) => group.count > 0).sort((a, b) => rank(a.reason) - rank(b.reason) || b.count - a.count || a.reason.localeCompare(b.reason))
  const isSearched = search.trim() !== ''
  const matching = useInfiniteQuery({ ...itemsQuery({ states: ['parked', 'waiting'], reasons: sorted.map(({ reason }) => reason), search, limit: 1 }), enabled: isSearched && sorted.length > 0 })
  if (isSearched && (sorted.length === 0 || matching.data?.pages[0]?.total === 0)) return notFound
  if (sorted.length === 0) {
    return (
      <p className="items-empty" data-testid="todo-empty">
        {t('sync.empty.todo')}
      </p>
    )
  }
  return (
    <div className="causes">
      {sorted.map(({ reason, count }) =>
        isBatchReason(reason) ? (
          <HeldBatch key={reason} reason={reason} count={count} search={search} onSee={onSee} />
        ) : (
          <Cause key={reason} reason={reason} count={count} search={search} onOpen={onOpen} onSignIn={onSignIn} />
        ),
      )}
    </div>
  )
}

function rank(reason: ReasonCode): number {
  return reasonLook(reason).tone === 'caution' ? 0 : 1
}

/** Where one thing is lacking that somebody says in the drawer. */
const choiceOf: { readonly [Reason in ReasonCode]?: `sync.group.choose${'Type' | 'Author' | 'Place'}` } = { 'type-unknown': 'sync.group.chooseType', 'author-missing': 'sync.group.chooseAuthor', 'situation-unknown': 'sync.group.choosePlace' }

interface CauseProps {
  reason: ReasonCode
  count: number
  search: string
  onOpen: (id: string) => void
  onSignIn: () => void
}

function Cause({ reason, count, search, onOpen, onSignIn }: CauseProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const words = useItemWords()
  const { busy, refused, retry } = useGroupActs(reason)
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(itemsQuery({ states: ['parked', 'waiting'], reasons: [reason], search, limit: 20 }))
  const items = data?.pages.flatMap((page) => page.items).filter((item) => item.reason === reason) ?? []
  const act = t(patientReasons.includes(reason) ? 'sync.group.compare' : (choiceOf[reason] ?? 'sync.group.open'))
  // What somebody held back one by one is let go one by one: each of them was a choice about one document.
  // Of two announcements one at most is right, and what a text says of another patient is looked at document by document.
  const together = reason !== 'held-by-user' && reason !== 'announced-otherwise' && reason !== 'text-names-another'

  if (search && data && items.length === 0) return null
  return (
    <CauseBox
      reason={reason}
      count={count}
      refused={refused}
      acts={
        needsSignIn(reason) ? (
          <Act kind="main" onPress={onSignIn} data-testid="lead-to-sign-in">
            {t('signIn.lead')}
          </Act>
        ) : together ? (
          <Act onPress={retry} isDisabled={busy}>
            {t('sync.group.retry')}
          </Act>
        ) : null
      }
    >
      <ul>
        {items.map((item) => (
          <li key={item.id} className="cause-item" data-testid="todo-item" data-item={item.id}>
            <span>{words.patient(item)}</span>
            <span className="item-document">
              <span>{words.document(item)}</span>
              <VisibilityMark visibility={item.visibility} />
            </span>
            <span className="quiet">{dayAndClock(item.receivedAt, language)}</span>
            <span className="quiet cause-came-as">{[words.cameAs(item), item.reasonDetail === null || otherItemOf(reason, item.reasonDetail) !== null ? null : reasonDetail(reason, item.reasonDetail, language, t)].filter(Boolean).join(' · ')}</span>
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
    </CauseBox>
  )
}
