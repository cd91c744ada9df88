import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordDocument } from '#shared/contract/history.ts'
import { documentBadges } from '../../app/document-badges.ts'
import { clock, longDate, shortDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Tag } from '../../ui/tag.tsx'
import { authorName, documentDate, documentInstant, familyName, folded, titleBesideDate, type Sort } from './arrange.ts'
import './record-list.css'

interface DocumentRowProps {
  document: RecordDocument
  isNew: boolean
  /** Says its hour too: another row says the same words of the same day. */
  isTimed?: boolean
  sort: Sort
  testId: string
  /** Null = it can be opened no more. */
  onOpen: ((document: RecordDocument) => void) | null
}

/** One document: what, who, when, and what must be known of it before it is opened. */
export const DocumentRow = memo(function DocumentRow({ document, isNew, isTimed = false, sort, testId, onOpen }: DocumentRowProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const badges = documentBadges(document)
  const author = authorName(document) || t('documents.unknownAuthor')
  const date = documentDate(document)
  const type = document.typeLabel || document.typeCode
  const title = document.title && folded(document.title) !== folded(type) ? document.title : ''
  const told = { title: [title, type, author, longDate(date, language)].filter(Boolean).join('\n'), 'data-testid': testId, 'data-unique-id': document.uniqueId }
  const content = (
    <>
      <span className="record-row-what">
        <span>{title ? titleBesideDate(title, longDate(date, language)) : type}</span>
        {isTimed ? <small>{clock(documentInstant(document), language)}</small> : null}
        {sort !== 'type' && title ? <small>{type}</small> : null}
      </span>
      <span className="record-row-who">{sort === 'author' ? '' : familyName(author)}</span>
      <span className="record-row-when">{shortDate(date, language) || t('documents.unknownDate')}</span>
      {badges.length > 0 || isNew ? (
        <span className="record-row-badges">
          {isNew ? (
            <Tag tone="accent">
              <i aria-hidden="true">●</i> {t('summary.isNew')}
            </Tag>
          ) : null}
          {badges.map((badge) => (
            <Tag key={badge.key} tone={badge.tone}>
              <i aria-hidden="true">{badge.shape}</i> {t(`documents.badge.${badge.key}`)}
            </Tag>
          ))}
        </span>
      ) : null}
    </>
  )
  return (
    <li>
      {onOpen ? (
        <button {...told} type="button" className="record-row" data-row="" onClick={() => onOpen(document)}>
          {content}
        </button>
      ) : (
        <div {...told} className="record-row">
          {content}
        </div>
      )}
    </li>
  )
})
