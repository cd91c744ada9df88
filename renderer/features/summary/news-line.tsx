import { Button } from 'react-aria-components/Button'
import { useTranslation } from 'react-i18next'
import type { RecordDocument } from '#shared/contract/history.ts'
import { longDate, shortDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Fold } from '../../ui/fold.tsx'
import { RowList } from '../../ui/row-list.tsx'
import './summary.css'

interface NewsLineProps {
  /** When the reader looked last, ISO 8601; null = they did not yet: `documents` are those of the last months. */
  since: string | null
  /** How many documents came since; null = the list is awaited. */
  count: number | null
  /** Those of them that are at hand, newest first. */
  documents: readonly RecordDocument[]
  /** The record was just read: that nothing came may be said. */
  isFresh: boolean
  onOpen: (document: RecordDocument) => void
}

/** One line on what came since the reader looked last, or on what is recent to who never did; it unfolds into those documents. */
export function NewsLine({ since, count, documents, isFresh, onOpen }: NewsLineProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const date = since === null ? null : longDate(since, language)
  if (date === null && (count ?? 0) === 0) {
    // It holds the place of the line that comes with the list.
    return (
      <p className="news news-none news-recent" data-testid="news">
        {t(count === null ? 'summary.news.recentAwaited' : 'summary.news.noneRecent')}
      </p>
    )
  }
  if (count === null) return null
  if (count === 0) {
    return isFresh ? (
      <p className="news news-none" data-testid="news">
        {t('summary.news.none', { date })}
      </p>
    ) : null
  }
  return (
    <Fold
      className="news"
      data-testid="news"
      head={
        <h2>
          <Button slot="trigger" className="summary-head">
            <span aria-hidden="true" className="summary-arrow">
              ▸
            </span>
            {date === null ? null : (
              <span className="news-dot" aria-hidden="true">
                ●
              </span>
            )}
            {date === null ? t('summary.news.recent', { count }) : t('summary.news.heading', { count, date })}
          </Button>
        </h2>
      }
    >
      <RowList>
        <ul>
          {documents.map((document) => (
            <li key={document.uniqueId}>
              <button type="button" className="fact-row" data-row="" data-testid="news-row" onClick={() => onOpen(document)}>
                <span>
                  {document.title || document.typeLabel} <small>{document.authors[0]?.structure ?? document.authors[0]?.name}</small>
                </span>
                <span className="fact-when">{shortDate(document.serviceStartTime ?? document.creationTime, language)}</span>
              </button>
            </li>
          ))}
        </ul>
      </RowList>
    </Fold>
  )
}
