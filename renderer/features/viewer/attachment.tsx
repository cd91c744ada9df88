import { useQuery } from '@tanstack/react-query'
import type { OpenedAttachment } from '#shared/contract/history.ts'
import { attachmentQuery, type DocumentAddress } from '../../app/queries.ts'
import { Carried, pictures } from './carried.tsx'
import { drawPages } from './draw-pages.ts'
import { PrintedPages } from './print-sheet.tsx'
import type { Printed } from './use-printing.ts'

/** The same on paper; null for what is not shown here, or has too many pages. */
export async function printedAttachment(bytes: Blob, { mediaType }: OpenedAttachment, name: string): Promise<Printed | null> {
  if (mediaType === 'application/pdf') {
    const drawn = await drawPages(bytes)
    return drawn && { content: <PrintedPages pages={drawn.pages} />, free: drawn.free }
  }
  if (mediaType === 'text/plain') return { content: <pre className="plain-text">{await bytes.text()}</pre> }
  if (!pictures.includes(mediaType)) return null
  const picture = URL.createObjectURL(new Blob([bytes], { type: mediaType }))
  return { content: <img className="print-page" src={picture} alt={name} />, free: () => URL.revokeObjectURL(picture) }
}

/** What a document of the record carries beside its text, asked when it is shown. */
export function Attachment({ address, attachment, name, page = 1 }: { address: DocumentAddress; attachment: OpenedAttachment; name: string; page?: number }) {
  const asked = useQuery(attachmentQuery(address, attachment.index))
  return <Carried asked={asked} attachment={attachment} name={name} page={page} />
}
