import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordDocument } from '#shared/contract/history.ts'
import { longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import type { Language } from '../../strings/index.ts'
import { Act } from '../../ui/act.tsx'
import { Choice } from '../../ui/choice.tsx'
import { ListFilter } from '../../ui/icons.ts'
import { announce } from '../../ui/live-regions.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { arrange, arrangementText, authorName, distinct, isFiltering, noFilter, sameToTheWord, type Filter, type Group, type Period, type Sort } from './arrange.ts'
import { DocumentRow } from './document-row.tsx'
import './record-list.css'

interface RecordListProps {
  documents: readonly RecordDocument[]
  /** Those that came since the reader looked last, by uniqueId. */
  news: ReadonlySet<string>
  now: Date
  /** `list` tells how the list is arranged. */
  onOpen: (document: RecordDocument, list: string) => void
}

/** The documents of the record: newest first, one line each, arrows to move, Enter to open. */
export function RecordList({ documents, news, now, onOpen }: RecordListProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const [filter, setFilter] = useState<Filter>(noFilter)
  const [sort, setSort] = useState<Sort>('date')
  const [filtersShown, showFilters] = useState(false)
  const filtersId = useId()
  const groups = useMemo(() => arrange(documents, filter, sort, now), [documents, filter, sort, now])
  const alike = useMemo(() => sameToTheWord(documents), [documents])
  const shown = groups.reduce((sum, group) => sum + group.documents.length, 0)

  // The rows are hundreds: those that say the same are left as they are, and open what is on screen by then.
  const latest = useRef(onOpen)
  useLayoutEffect(() => {
    latest.current = onOpen
  }, [onOpen])
  const list = arrangementText(filter, sort)
  const open = useCallback((document: RecordDocument) => latest.current(document, list), [list])

  const filtering = isFiltering(filter)
  useEffect(() => {
    if (filtering) announce(t('documents.shown', { shown, total: documents.length }))
  }, [filtering, shown, documents.length, t])

  return (
    <section className="record-list" aria-labelledby={`${filtersId}-title`}>
      <div className="record-list-head">
        <h2 id={`${filtersId}-title`}>
          {t('documents.heading')} <small data-testid="document-count">{documents.length}</small>
        </h2>
        <Choice<Sort>
          label={t('documents.sort')}
          value={sort}
          onChange={setSort}
          options={(['date', 'type', 'author', 'episode'] as const).map((value) => ({ value, label: t(`documents.sorts.${value}`) }))}
        />
        <Act kind="icon" aria-label={t('documents.filter')} aria-expanded={filtersShown} aria-controls={filtersId} onPress={() => showFilters(!filtersShown)}>
          <ListFilter size={16} aria-hidden="true" />
        </Act>
      </div>
      {filtersShown ? <Filters id={filtersId} documents={documents} filter={filter} onChange={setFilter} /> : null}
      {filtering ? (
        <p className="record-list-filtered" data-testid="filtered">
          {t('documents.shown', { shown, total: documents.length })}
          <Act kind="plain" onPress={() => setFilter(noFilter)}>
            {t('documents.showAll')}
          </Act>
        </p>
      ) : null}
      {shown === 0 ? <p className="record-list-none">{t('documents.noneMatch')}</p> : null}
      <RowList>
        {groups.map((group) => (
          <div key={`${group.heading} ${group.period?.from ?? ''}`} className="record-list-group" data-testid="document-group">
            {sort === 'date' ? null : (
              <h3>
                {group.heading || t(sort === 'episode' && !group.period ? 'documents.noEpisode' : 'documents.unknownAuthor')} {group.period ? `${daysOf(group.period, language)} ` : null}
                <small>{group.documents.length}</small>
              </h3>
            )}
            <ul>
              {group.documents.map((document) => (
                <DocumentRow key={document.uniqueId} document={document} isNew={news.has(document.uniqueId)} isTimed={alike.has(document.uniqueId)} sort={sort} testId="document-row" onOpen={open} />
              ))}
            </ul>
          </div>
        ))}
      </RowList>
    </section>
  )
}

/** `10/11/2026 – 14/11/2026`; one day once. */
function daysOf({ from, to }: NonNullable<Group['period']>, language: Language): string {
  return [...new Set([from, to].map((day) => longDate(day, language)))].join(' – ')
}

interface FiltersProps {
  id: string
  documents: readonly RecordDocument[]
  filter: Filter
  onChange: (filter: Filter) => void
}

function Filters({ id, documents, filter, onChange }: FiltersProps) {
  const { t } = useTranslation()
  const periods: Period[] = ['all', '3', '12', '60']
  return (
    <search id={id} className="record-list-filters">
      <input className="input" type="search" aria-label={t('documents.search')} placeholder={t('documents.search')} value={filter.text} onChange={(event) => onChange({ ...filter, text: event.target.value })} />
      <Choice
        label={t('documents.type')}
        value={filter.type}
        onChange={(type) => onChange({ ...filter, type })}
        options={[{ value: '', label: t('documents.allTypes') }, ...distinct(documents, (document) => document.typeLabel).map((value) => ({ value, label: value }))]}
      />
      <Choice
        label={t('documents.author')}
        value={filter.author}
        onChange={(author) => onChange({ ...filter, author })}
        options={[{ value: '', label: t('documents.allAuthors') }, ...distinct(documents, authorName).map((value) => ({ value, label: value }))]}
      />
      <Choice<Period> label={t('documents.period')} value={filter.period} onChange={(period) => onChange({ ...filter, period })} options={periods.map((value) => ({ value, label: t(`documents.periods.${value}`) }))} />
    </search>
  )
}
