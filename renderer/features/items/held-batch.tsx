import { useInfiniteQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DialogTrigger } from 'react-aria-components/Dialog'
import { Popover } from 'react-aria-components/Popover'
import type { BatchReason, ReasonCode } from '#shared/contract/reasons.ts'
import { count as figure, enumeration, moment } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { itemsQuery } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { batchFacts } from './batch-facts.ts'
import { CauseBox, useGroupActs } from './cause-box.tsx'
import { DismissForm } from './dismiss-form.tsx'

/** As many as one answer may hold: enough to tell where nearly every batch comes from, without drawing any of it. */
const looked = 500

/** Names beyond which a list of sources is no longer one glance. */
const namedSources = 3

interface HeldBatchProps {
  reason: BatchReason
  count: number
  search: string
  onSee: (reason: ReasonCode) => void
}

/** Documents held together, as one thing: why, how many, from where, since when; sent together, set aside together, or looked at. */
export function HeldBatch({ reason, count, search, onSee }: HeldBatchProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { busy, refused, retry, dismiss } = useGroupActs(reason)
  const [asking, setAsking] = useState(false)
  const [dismissing, setDismissing] = useState(false)
  const question = useId()
  const { data } = useInfiniteQuery(itemsQuery({ states: ['parked', 'waiting'], reasons: [reason], search, limit: looked }))
  const facts = useFactsInWords(search ? undefined : data?.pages[0])

  if (search && data?.pages[0]?.total === 0) return null
  const formatted = figure(count, language)
  return (
    <CauseBox
      reason={reason}
      count={count}
      refused={refused}
      facts={facts}
      acts={
        <>
          <Act onPress={() => onSee(reason)} aria-label={t('app.labelled', { label: t('sync.batch.see'), value: t(`reasons.${reason}.title`) })} data-testid="batch-see">
            {t('sync.batch.see')}
          </Act>
          <DialogTrigger isOpen={dismissing} onOpenChange={setDismissing}>
            <Act isDisabled={busy} aria-label={t('app.labelled', { label: t('drawer.dismiss'), value: t(`reasons.${reason}.title`) })} data-testid="batch-dismiss">
              {t('drawer.dismiss')}
            </Act>
            <Popover className="popover-box confirm" placement="bottom end" aria-label={t('sync.batch.dismissWhy', { count, formatted })} data-testid="batch-dismiss-form">
              <DismissForm
                label={t('sync.batch.dismissWhy', { count, formatted })}
                hint={t('sync.batch.dismissHint')}
                confirm={t('sync.batch.dismiss', { count, formatted })}
                busy={busy}
                onCancel={() => setDismissing(false)}
                onDismiss={(why) => {
                  setDismissing(false)
                  dismiss(reason, why)
                }}
              />
            </Popover>
          </DialogTrigger>
          <DialogTrigger isOpen={asking} onOpenChange={setAsking}>
            <Act isDisabled={busy} data-testid="batch-send">
              {t('sync.batch.send', { count, formatted })}
            </Act>
            <Popover className="popover-box confirm" placement="bottom end" aria-labelledby={question} data-testid="batch-confirm">
              <h3 id={question}>{t('sync.batch.confirm', { count, formatted })}</h3>
              <p>{t('sync.batch.confirmWhat')}</p>
              <div className="drawer-acts">
                <Act
                  kind="main"
                  onPress={() => {
                    setAsking(false)
                    retry()
                  }}
                  data-testid="batch-confirmed"
                >
                  {t('sync.batch.send', { count, formatted })}
                </Act>
                <Act onPress={() => setAsking(false)}>{t('drawer.cancel')}</Act>
              </div>
            </Popover>
          </DialogTrigger>
        </>
      }
    />
  )
}

/** Where the batch comes from and since when, as far as what was looked at can tell. */
function useFactsInWords(page: { items: Parameters<typeof batchFacts>[0]; total: number } | undefined): string | null {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const now = useNow()
  if (!page || page.items.length === 0) return null
  const { sources, since } = batchFacts(page.items, page.total)
  const whole = page.items.length >= page.total
  const names = sources.map((source) => (sources.length > 1 && whole ? t('sync.batch.sourceOf', { name: source.name, formatted: figure(source.count, language) }) : source.name))
  const from = sources.length > namedSources ? t('sync.batch.fromMany', { count: sources.length }) : t(whole ? 'sync.batch.from' : 'sync.batch.fromLatest', { sources: enumeration(names, language) })
  return since ? `${from} · ${t('sync.batch.since', { at: moment(since, now, language) })}` : from
}
