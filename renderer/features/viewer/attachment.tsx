import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenedDocument } from '#shared/contract/history.ts'
import { callFailure } from '../../app/failure.ts'
import { fileSize } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { attachmentQuery, type DocumentAddress } from '../../app/queries.ts'
import { ReasonScene } from '../../app/reason-scene.tsx'
import { Act } from '../../ui/act.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { drawPages } from './draw-pages.ts'
import { PdfView } from './pdf-view.tsx'
import { PrintedPages } from './print-sheet.tsx'
import type { Printed } from './use-printing.ts'

type AttachmentInfo = OpenedDocument['attachments'][number]

const pictures: readonly string[] = ['image/jpeg', 'image/png', 'image/gif']

/** The same on paper; null for what is not shown here, or has too many pages. */
export async function printedAttachment(bytes: Blob, { mediaType }: AttachmentInfo, name: string): Promise<Printed | null> {
  if (mediaType === 'application/pdf') {
    const drawn = await drawPages(bytes)
    return drawn && { content: <PrintedPages pages={drawn.pages} />, free: drawn.free }
  }
  if (mediaType === 'text/plain') return { content: <pre className="plain-text">{await bytes.text()}</pre> }
  if (!pictures.includes(mediaType)) return null
  const picture = URL.createObjectURL(new Blob([bytes], { type: mediaType }))
  return { content: <img className="print-page" src={picture} alt={name} />, free: () => URL.revokeObjectURL(picture) }
}

/** What a document carries beside its text: a PDF, a picture, plain words; other formats are named, never guessed. */
export function Attachment({ address, attachment, name, page = 1 }: { address: DocumentAddress; attachment: AttachmentInfo; name: string; page?: number }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(attachmentQuery(address, attachment.index))
  if (error) {
    return (
      <ReasonScene code={callFailure(error).code} recordText={callFailure(error).recordText}>
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

function Unshown({ attachment }: { attachment: AttachmentInfo }) {
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
