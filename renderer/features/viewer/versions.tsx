import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { OpenedDocument, RecordDocument } from '#shared/contract/history.ts'
import { longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { versionsQuery, type DocumentAddress } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { Notice } from '../../ui/notice.tsx'
import './viewer.css'

/**
 * Other versions of a document. The record is asked only where there is something to ask: the document says that it replaces one, is not in force, or is
 * on the list of the panel no more.
 */
export function useVersions({ document, replaces, version }: OpenedDocument, address: DocumentAddress, isListed: boolean) {
  const isAsked = replaces !== null || (version ?? 1) > 1 || document.status !== 'approved' || !isListed
  const { data, error, refetch } = useQuery({ ...versionsQuery(address), enabled: isAsked })
  const isReplaced = document.status === 'deprecated' || (data?.later.length ?? 0) > 0
  return { versions: data, failed: error !== null, retry: () => void refetch(), isReplaced }
}

interface VersionsProps {
  opened: OpenedDocument
  chain: ReturnType<typeof useVersions>
  onGo: (uniqueId: string) => void
}

/** A newer version in plain sight above what is shown, with the way to it; earlier ones in a quiet line. */
export function Versions({ opened: { replaces }, chain: { versions, failed, retry, isReplaced }, onGo }: VersionsProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const name = (document: RecordDocument) => [longDate(document.creationTime, language), document.title || document.typeLabel].filter(Boolean).join(' · ')
  const [newest] = versions?.later ?? []
  const earlier = versions?.earlier ?? []
  return (
    <>
      {isReplaced ? (
        <Notice shape="◐" title={t('viewer.isReplaced')} testId="newer-version">
          {newest ? (
            <Act onPress={() => onGo(newest.uniqueId)} data-testid="open-newest">
              {t('viewer.openNewest', { name: name(newest) })}
            </Act>
          ) : null}
        </Notice>
      ) : null}
      {earlier.length > 0 ? (
        <p className="viewer-versions" data-testid="earlier-versions">
          {t('viewer.earlier', { count: earlier.length })}{' '}
          {earlier.map((document) => (
            <Act key={document.uniqueId} kind="plain" onPress={() => onGo(document.uniqueId)}>
              {name(document)}
            </Act>
          ))}
        </p>
      ) : null}
      {earlier.length === 0 && replaces !== null && (versions || failed) ? (
        <p className="viewer-versions" data-testid="earlier-versions">
          <Act kind="plain" onPress={() => onGo(replaces)}>
            {t('viewer.openEarlier')}
          </Act>
        </p>
      ) : null}
      {failed ? (
        <p className="viewer-versions" data-testid="versions-failed">
          {t('viewer.versionsFailed')}{' '}
          <Act kind="plain" onPress={retry}>
            {t('reason.retry')}
          </Act>
        </p>
      ) : null}
    </>
  )
}
