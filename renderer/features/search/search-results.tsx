import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { FoundDocument, FoundPlace, RecordDocument, RecordSearch } from '#shared/contract/history.ts'
import { documentBadges } from '../../app/document-badges.ts'
import { longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { announce } from '../../ui/live-regions.tsx'
import { Marked } from '../../ui/marked.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Tag } from '../../ui/tag.tsx'
import { ReadTheOthers } from './read-the-others.tsx'
import './search.css'

/** Opens a document where words were found in it. */
export type OpenFound = (document: RecordDocument, place: FoundPlace) => void

interface SearchResultsProps {
  search: RecordSearch
  /** Documents of the list that is searched. */
  listed: number
  onOpen: OpenFound
  /** Reads the documents nobody opened. */
  onReadOthers: () => Promise<unknown>
}

/** Where words were found, document by document, newest first; and in how much of the record they were looked for: never passed for all of it. */
export function SearchResults({ search: { found, total, searched }, listed, onOpen, onReadOthers }: SearchResultsProps) {
  const { t } = useTranslation()
  const told = t('search.found', { count: total })
  useEffect(() => announce(told), [told])
  return (
    <section className="search-results" aria-label={t('search.results')} data-testid="search-results">
      <p className="search-found" data-testid="search-found">
        <b>{told}</b> {found.length < total ? t('search.shown', { shown: found.length }) : null}
      </p>
      <p className="search-extent" data-testid="search-extent">
        {t('search.extent', { texts: searched.texts, listed })} {searched.texts < listed ? t('search.unread') : null} {searched.titles < listed ? t('search.unsearched', { count: listed - searched.titles }) : null}
      </p>
      {searched.texts < listed ? <ReadTheOthers count={listed - searched.texts} onRead={onReadOthers} /> : null}
      <RowList>
        <ul>
          {found.map((one) => (
            <Found key={one.document.uniqueId} found={one} onOpen={onOpen} />
          ))}
        </ul>
      </RowList>
    </section>
  )
}

function Found({ found: { document, passages }, onOpen }: { found: FoundDocument; onOpen: OpenFound }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const author = document.authors[0]
  const facts = [document.typeLabel || document.typeCode, longDate(document.serviceStartTime ?? document.creationTime, language), author ? author.name || author.structure : null]
  const title = passages.find(({ place }) => place.kind === 'title')
  const inside = passages.filter(({ place }) => place.kind !== 'title')
  return (
    <li className="search-document" data-testid="found" data-unique-id={document.uniqueId}>
      <button type="button" className="search-row search-title" data-row="" onClick={() => onOpen(document, inside[0]?.place ?? { kind: 'title' })}>
        <b>{title ? <Marked parts={title.parts} /> : document.title || document.typeLabel}</b>
        <small>{facts.filter(Boolean).join(' · ')}</small>
        {documentBadges(document).map((badge) => (
          <Tag key={badge.key} tone={badge.tone}>
            <i aria-hidden="true">{badge.shape}</i> {t(`documents.badge.${badge.key}`)}
          </Tag>
        ))}
      </button>
      {inside.length > 0 ? (
        <ul>
          {inside.map(({ place, parts }, at) => (
            <li key={at}>
              <button type="button" className="search-row search-passage" data-row="" data-testid="passage" data-place={place.kind} onClick={() => onOpen(document, place)}>
                <small>{place.kind === 'page' ? t('search.place.page', { page: place.page }) : t(`search.place.${place.kind}`)}</small>
                <span>
                  <Marked parts={parts} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  )
}
