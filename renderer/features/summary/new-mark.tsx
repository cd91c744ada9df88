import { createContext, use } from 'react'
import { useTranslation } from 'react-i18next'
import type { SummaryEntry } from '#shared/contract/summary.ts'
import { Mark } from '../../ui/tag.tsx'

/** Documents that came since the reader looked last, by their uniqueId. */
export const NewDocuments = createContext<ReadonlySet<string>>(new Set())

/** True when every document that states a datum came since the reader looked last: what one of before stated is not new. */
export function isNewEntry({ sources, otherDocuments }: Pick<SummaryEntry, 'sources' | 'otherDocuments'>, news: ReadonlySet<string>): boolean {
  return sources.every(({ document }) => news.has(document)) && otherDocuments.every((document) => news.has(document))
}

/** Marks a datum that the reader has not seen. */
export function NewMark({ entry }: { entry: Pick<SummaryEntry, 'sources' | 'otherDocuments'> }) {
  const { t } = useTranslation()
  return isNewEntry(entry, use(NewDocuments)) ? (
    <span className="fact-new" data-testid="new-fact">
      {' '}
      <Mark tone="accent" shape="●">
        {t('summary.isNewSmall')}
      </Mark>
    </span>
  ) : null
}
