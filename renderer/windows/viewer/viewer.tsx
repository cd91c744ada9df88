import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenedDocument, RecordDocument, RecordWay } from '#shared/contract/history.ts'
import { reasons, type ReasonCode } from '#shared/contract/reasons.ts'
import { useLink } from '../../app/connection.ts'
import { callFailure } from '../../app/failure.ts'
import { patientName } from '../../app/patient-name.ts'
import { PrintNotice } from '../../app/print-notice.tsx'
import { documentQuery, wayQuery } from '../../app/queries.ts'
import { ReasonScene } from '../../app/reason-scene.tsx'
import { writeViewerAddress, type ViewerAddress } from '../../app/viewer-address.ts'
import { Act } from '../../ui/act.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Opened } from './opened-document.tsx'

/** One document of the record, with the patient's identity always on top. */
export function Viewer({ address: first }: { address: ViewerAddress | null }) {
  const { t } = useTranslation()
  const [address, setAddress] = useState(first)
  /** The document that was shown before this one; null = this is the first. */
  const [before, setBefore] = useState<string | null>(null)
  const shown = address?.document.uniqueId ?? null
  /** Another document of the same patient takes its place, in this window and in its address: a reload shows the same. */
  const go = useCallback((uniqueId: string) => {
    setBefore(shown)
    setAddress((at) => at && { document: { ...at.document, uniqueId }, found: null, list: at.list })
  }, [shown])
  useEffect(() => {
    if (!address) return
    const query = new URLSearchParams(location.search)
    for (const name of ['words', 'at']) query.delete(name)
    for (const [name, text] of Object.entries(writeViewerAddress(address))) query.set(name, text)
    history.replaceState(null, '', `?${query.toString()}`)
  }, [address])
  if (!address) {
    return (
      <main className="scene">
        <h1 className="scene-title">{t('viewer.noAddress')}</h1>
        <p>{t('viewer.noAddressHint')}</p>
      </main>
    )
  }
  return (
    <>
      <PrintNotice text={t('viewer.print.byButton')} />
      <DocumentAt key={address.document.uniqueId} address={address} onGo={go} before={before} takesFocus={before !== null} />
    </>
  )
}

interface DocumentAtProps {
  address: ViewerAddress
  /** Shows another document of the same patient. */
  onGo: (uniqueId: string) => void
  /** The one that was shown before it, to go back to where this one cannot be had. */
  before: string | null
  /** It came in the place of another: whoever uses the keyboard is at its title. */
  takesFocus: boolean
}

/** A document is on screen no longer than the way in lasts by which it was read; then it is asked for again by an act. */
function DocumentAt(at: DocumentAtProps) {
  const { t } = useTranslation()
  const [over, setOver] = useState<ReasonCode | null>(null)
  if (over === null) return <DocumentWhile {...at} onOver={setOver} />
  return (
    <main className="viewer-body">
      <h1 className="spoken">{t('viewer.title')}</h1>
      <ReasonScene code={over}>
        <Act kind="main" onPress={() => setOver(null)}>
          {t('viewer.openAgain')}
        </Act>
      </ReasonScene>
    </main>
  )
}

function DocumentWhile({ onOver, ...at }: DocumentAtProps & { onOver: (code: ReasonCode) => void }) {
  const { t } = useTranslation()
  const address = at.address.document
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(documentQuery(address))
  const way = useQuery({ ...wayQuery(address, data?.way ?? ''), enabled: data !== undefined })
  const [made, setMade] = useState<RecordDocument | null>(null)
  const gone = goneFor(error)
  const over = data ? (gone === 'document-not-found' && made?.maskedToProfessionals ? 'document-out-of-sight' : (gone ?? endOf(data, way))) : null
  const refused = error ?? (way.data ? null : way.error)
  useEffect(() => {
    if (!over) return
    for (const held of ['document', 'attachment', 'versions', 'way']) client.removeQueries({ queryKey: [held] })
    onOver(over)
  }, [over, client, onOver])
  // What an emergency brought in may be over, with nobody to say so.
  const isLost = useLink((link) => link.state) === 'lost'
  const isShown = data && way.data && !over && !(isLost && way.data.mode !== 'normal')
  const title = isShown ? `${data.document.title || data.document.typeLabel} — ${patientName(data.patient)}` : t('viewer.title')
  useEffect(() => {
    document.title = title
  }, [title])

  if (isShown) return <Opened {...at} opened={data} way={way.data} onMade={setMade} onOver={onOver} />
  return (
    <main className="viewer-body">
      <h1 className="spoken">{t('viewer.title')}</h1>
      {refused ? (
        <ReasonScene code={callFailure(refused).code} recordText={callFailure(refused).recordText} byHand>
          <Act kind="main" onPress={() => void (error ? refetch() : way.refetch())}>
            {t('reason.retry')}
          </Act>
          {at.before === null ? null : (
            <Act onPress={() => at.onGo(at.before!)} data-testid="back-to-before">
              {t('viewer.backToBefore')}
            </Act>
          )}
        </ReasonScene>
      ) : (
        <Skeleton lines={12} label={t('viewer.loading')} />
      )}
    </main>
  )
}

/** Why what was shown is given no more, when it was asked for again: masked, a document may be out of one's own sight. What passes by itself takes nothing away. */
function goneFor(error: Error | null): ReasonCode | null {
  const code = error ? callFailure(error).code : null
  return code && reasons[code] !== 'transient' ? code : null
}

/** Why a document is shown no more; a link that is lost is told by the window's frame, and asked again once it is back. */
function endOf(opened: OpenedDocument, way: { data: RecordWay | undefined; error: Error | null }): ReasonCode | null {
  const code = goneFor(way.error)
  if (code) return code
  return way.data && way.data.way !== opened.way ? 'access-changed' : null
}
