import { useTranslation } from 'react-i18next'
import type { OpenedDocument } from '#shared/contract/history.ts'
import { documentBadges } from '../../app/document-badges.ts'
import { fileSize, longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'

/** The document's description as the record keeps it. */
export function Details({ opened }: { opened: OpenedDocument }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { document } = opened
  const visibility = documentBadges(document).filter((badge) => badge.key === 'masked' || badge.key === 'hiddenFromPatient' || badge.key === 'hiddenFromRepresentatives')
  const facts: [string, string][] = [
    [t('details.type'), `${document.typeLabel} (${document.typeCode})`],
    [t('details.class'), document.classLabel],
    ...document.authors.map((author): [string, string] => [t('details.author'), [author.name, author.role, author.structure].filter(Boolean).join(', ')]),
    [t('details.act'), longDate(document.serviceStartTime, language)],
    [t('details.created'), longDate(document.creationTime, language)],
    [t('details.status'), document.status === 'approved' ? t('details.approved') : t(`documents.badge.${document.status}`)],
    [t('details.visibility'), visibility.length === 0 ? t('details.everyone') : visibility.map((badge) => t(`documents.badge.${badge.key}`)).join(', ')],
    [t('details.version'), opened.version === null ? '' : String(opened.version)],
    [t('details.replaces'), opened.replaces ?? ''],
    [t('details.format'), `${document.mimeType} · ${document.formatCode}`],
    [t('details.size'), document.size === null ? '' : fileSize(document.size, language)],
    [t('details.hash'), document.hash ?? ''],
    [t('details.uniqueId'), document.uniqueId],
  ]
  return (
    <dl className="details" data-testid="details">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name + value}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
