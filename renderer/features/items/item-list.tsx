import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ItemState as State } from '#shared/contract/items.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { callFailure } from '../../app/failure.ts'
import { itemsQuery } from '../../app/queries.ts'
import { ReasonScene } from '../../app/reason-scene.tsx'
import { useNow } from '../../app/now.ts'
import { Act } from '../../ui/act.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ItemsTable } from './items-table.tsx'

interface ItemListProps {
  label: string
  states: readonly State[]
  /** Only what this reason stopped. */
  reason?: ReasonCode | null
  search: string
  empty: string
  onOpen: (id: string) => void
}

/** One of the lists of the sync window: pages of 200 as one scrolls, kept live by events. */
export function ItemList({ label, states, reason, search, empty, onOpen }: ItemListProps) {
  const { t } = useTranslation()
  const now = useNow()
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(itemsQuery({ states, search, limit: 200, ...(reason ? { reasons: [reason] } : {}) }))
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const total = data?.pages[0]?.total ?? 0

  if (!data && error) {
    return (
      <ReasonScene code={callFailure(error).code}>
        <Act kind="main" onPress={() => void refetch().then(() => announce(t('sync.loading')))}>
          {t('reason.retry')}
        </Act>
      </ReasonScene>
    )
  }
  if (!data) return <Skeleton lines={9} label={t('sync.loading')} />
  return (
    <>
      <p className="items-total" data-testid="results">
        {t('sync.results', { count: total })}
      </p>
      <ItemsTable
        label={label}
        items={items}
        now={now}
        empty={search ? t('sync.empty.search') : empty}
        loadingMore={isFetchingNextPage}
        onMore={() => {
          if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
        }}
        onOpen={onOpen}
      />
    </>
  )
}
