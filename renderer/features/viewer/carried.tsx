import type { UseQueryResult } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenedAttachment } from '#shared/contract/history.ts'
import { callFailure } from '../../app/failure.ts'
import { fileSize } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { ReasonScene } from '../../app/reason-scene.tsx'
import { Act } from '../../ui/act.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { PdfView } from './pdf-view.tsx'

/** Media types shown as a picture. */
export const pictures: readonly string[] = ['image/jpeg', 'image/png', 'image/gif']

interface CarriedProps {
  /** Its bytes, wherever they are asked. */
  asked: Pick<UseQueryResult<Blob>, 'data' | 'error' | 'refetch'>
  attachment: OpenedAttachment
  name: string
  page?: number
}

/** Bytes a document carries, by their type: a PDF, a picture, plain words; other formats are named, never guessed. */
export function Carried({ asked: { data, error, refetch }, attachment, name, page = 1 }: CarriedProps) {
  const { t } = useTranslation()
  if (error) {
    return (
      <ReasonScene code={callFailure(error).code} recordText={callFailure(error).recordText} byHand>
        <Act kind="main" onPress={() => void refetch()}>
          {t('reason.retry')}
        </Act>
      </ReasonScene>
    )
  }
  if (!data) return <Skeleton lines={12} label={t('pdf.loading')} />
  if (attachment.mediaType === 'application/pdf') return <PdfView bytes={data} name={name} startAt={page} />
  if (pictures.includes(attachment.mediaType)) return <Picture bytes={data} mediaType={attachment.mediaType} name={name} />
  if (attachment.mediaType === 'text/plain') return <PlainText bytes={data} />
  return <Unshown attachment={attachment} />
}

function Unshown({ attachment }: { attachment: OpenedAttachment }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return (
    <div className="scene" data-testid="attachment-unshown">
      <p>{t('viewer.unshown', { type: attachment.mediaType, size: fileSize(attachment.size, language) })}</p>
    </div>
  )
}

function Picture({ bytes, mediaType, name }: { bytes: Blob; mediaType: string; name: string }) {
  const picture = useRef<HTMLImageElement>(null)
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: mediaType }))
    if (picture.current) picture.current.src = made
    return () => URL.revokeObjectURL(made)
  }, [bytes, mediaType])
  return (
    <div className="picture">
      <img ref={picture} alt={name} />
    </div>
  )
}

function PlainText({ bytes }: { bytes: Blob }) {
  const [text, setText] = useState('')
  useEffect(() => {
    void bytes.text().then(setText)
  }, [bytes])
  return <pre className="plain-text">{text}</pre>
}
