import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PanelView, RecordDocument } from '#shared/contract/history.ts'
import { announceFailure } from '../../app/announce-failure.ts'
import { callFailure } from '../../app/failure.ts'
import { otherStatesQuery } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { DocumentRow } from './document-row.tsx'
import './record-list.css'

interface OtherStatesProps {
  view: PanelView
  /** Names who speaks to the record: what one was shown is never another's to see. */
  speaker: string
  onOpen: (document: RecordDocument) => void
}

/**
 * The documents that the record holds and that are not in force: asked by a press alone, apart from the others, each marked by its state. Gone with the
 * list they were asked beside.
 */
export function OtherStates({ view, speaker, onOpen }: OtherStatesProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const id = useId()
  const query = otherStatesQuery(view, speaker)
  const name = JSON.stringify(query.queryKey)
  const [asked, setAsked] = useState<string | null>(null)
  const { data, error, fetchStatus } = useQuery({ ...query, enabled: false })
  const ask = () => {
    setAsked(name)
    void client.fetchQuery({ ...query, staleTime: 0 }).then(
      ({ length }) => announce(length === 0 ? t('documents.others.none') : t('documents.others.found', { count: length })),
      (failed: unknown) => announceFailure(failed, t),
    )
  }
  const isAsked = asked === name
  return (
    <>
      <div className="record-others-ask">
        <Act kind="plain" aria-expanded={isAsked} onPress={isAsked ? () => setAsked(null) : ask} data-testid="ask-other-states">
          <i aria-hidden="true">{isAsked ? '▾' : '▸'}</i> {t('documents.others.ask')}
        </Act>
      </div>
      {isAsked ? (
        <section className="record-list record-others" aria-labelledby={id} data-testid="other-states">
          <h2 id={id}>
            {t('documents.others.heading')} {data ? <small>{data.length}</small> : null}
          </h2>
          {fetchStatus === 'fetching' ? (
            <Skeleton lines={4} label={t('documents.others.loading')} />
          ) : error ? (
            <Failed {...callFailure(error)} onRetry={ask} />
          ) : data ? (
            <Documents documents={data} onOpen={onOpen} />
          ) : null}
        </section>
      ) : null}
    </>
  )
}

function Documents({ documents, onOpen }: { documents: readonly RecordDocument[]; onOpen: (document: RecordDocument) => void }) {
  const { t } = useTranslation()
  if (documents.length === 0) {
    return (
      <p className="record-list-none" data-testid="other-states-none">
        {t('documents.others.none')}
      </p>
    )
  }
  return (
    <>
      <p className="record-list-none">{t('documents.others.what')}</p>
      <RowList>
        <ul>
          {documents.map((document) => (
            <DocumentRow key={document.entryUuid} document={document} isNew={false} sort="date" testId="other-document" onOpen={document.status === 'deleted' ? null : onOpen} />
          ))}
        </ul>
      </RowList>
    </>
  )
}

function Failed({ code, recordText, onRetry }: ReturnType<typeof callFailure> & { onRetry: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="record-others-failed">
      <Notice shape="◐" title={t(`reasons.${code}.title`)} testId="other-states-failed">
        <p>{t('documents.others.notNone')}</p>
        <p>{t(`reasons.${code}.what`)}</p>
        {recordText ? <p>{recordText}</p> : null}
        <Act onPress={onRetry}>{t('reason.retry')}</Act>
      </Notice>
    </div>
  )
}
