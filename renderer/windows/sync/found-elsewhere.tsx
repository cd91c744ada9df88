import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { count as figure } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { itemsQuery } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { statesOf, type TabName } from './sync-view.ts'

type OtherTab = Exclude<TabName, 'todo'>

/** Nothing to deal with matches what is searched: how many documents do in each of the other lists, one press away. */
export function FoundElsewhere({ search, onGo }: { search: string; onGo: (tab: OtherTab) => void }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const totals: Record<OtherTab, number | undefined> = { pending: useTotal('pending', search), sent: useTotal('sent', search), journal: useTotal('journal', search) }
  // The journal holds every document.
  const said = t(totals.journal === 0 ? 'sync.empty.search' : 'sync.empty.todoSearch')
  useEffect(() => announce(said), [said])
  return (
    <div className="items-empty" data-testid="found-elsewhere">
      <p>{said}</p>
      <div className="found-elsewhere">
        {(['pending', 'sent', 'journal'] as const).map((tab) => {
          const total = totals[tab]
          return total ? (
            <Act key={tab} onPress={() => onGo(tab)} data-testid={`found-in-${tab}`}>
              {t('app.labelled', { label: t(`sync.tabs.${tab}`), value: t('sync.group.count', { count: total, formatted: figure(total, language) }) })}
            </Act>
          ) : null
        })}
      </div>
    </div>
  )
}

function useTotal(tab: OtherTab, search: string): number | undefined {
  return useInfiniteQuery(itemsQuery({ states: statesOf[tab], search, limit: 1 })).data?.pages[0]?.total
}
