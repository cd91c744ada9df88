import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordSummary, SummaryLine, SummaryList, SummaryListName } from '#shared/contract/summary.ts'
import { summaryLineQuery, summaryListQuery } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'

/** Which summary is on screen: what is asked of it is asked of that one alone. */
const SummaryOnScreen = createContext<Pick<RecordSummary, 'generation' | 'loadedAt' | 'begun'>>({ generation: -1, loadedAt: '', begun: null })

export function OfSummary({ summary, children }: { summary: Pick<RecordSummary, 'generation' | 'loadedAt' | 'begun'>; children: ReactNode }) {
  const { generation, loadedAt, begun } = summary
  // Its name alone: it is part of the name of each question, and each row asks whether there is one.
  const named = useMemo(() => ({ generation, loadedAt, begun }), [generation, loadedAt, begun])
  return <SummaryOnScreen.Provider value={named}>{children}</SummaryOnScreen.Provider>
}

/** What was painted first until the whole comes, and what stands for what is still missing. */
interface Whole<Painted> {
  readonly shown: Painted
  readonly missing: ReactNode
}

/** All of a list, asked for once it is wanted. */
export function useWholeList(name: SummaryListName, painted: SummaryList, isWanted: boolean): Whole<SummaryList> {
  const isMissing = isWanted && painted.lines.length + painted.older.length + painted.absences.length < painted.lineCount + painted.olderCount + painted.absenceCount
  const { data, error, refetch } = useQuery({ ...summaryListQuery({ ...useContext(SummaryOnScreen), list: name }), enabled: isMissing })
  return isMissing ? { shown: data ?? painted, missing: data ? null : <Missing isFailed={error !== null || data === null} onRetry={() => void refetch()} /> } : { shown: painted, missing: null }
}

/** All of a line, asked for once it is wanted. */
export function useWholeLine(name: SummaryListName, painted: SummaryLine, isWanted: boolean): Whole<SummaryLine> {
  const isMissing = isWanted && !painted.isWhole
  const { data, error, refetch } = useQuery({ ...summaryLineQuery({ ...useContext(SummaryOnScreen), list: name, key: painted.key }), enabled: isMissing })
  return isMissing ? { shown: data ?? painted, missing: data ? null : <Missing isFailed={error !== null || data === null} onRetry={() => void refetch()} /> } : { shown: painted, missing: null }
}

function Missing({ isFailed, onRetry }: { isFailed: boolean; onRetry: () => void }) {
  const { t } = useTranslation()
  if (!isFailed) return <Skeleton lines={2} label={t('summary.loading')} />
  return (
    <p className="fact-warning" data-testid="rest-failed">
      ◐ {t('summary.failed.rest')}{' '}
      <Act kind="plain" onPress={onRetry}>
        {t('reason.retry')}
      </Act>
    </p>
  )
}
