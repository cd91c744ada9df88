import { useTranslation } from 'react-i18next'
import type { OpenedAttachment } from '#shared/contract/history.ts'

/** How the tab of an attachment is named: by what it is, with its number where there are several. */
export function useAttachmentLabels(attachments: readonly OpenedAttachment[]): { attachment: OpenedAttachment; id: string; label: string }[] {
  const { t } = useTranslation()
  const labels = { pdf: t('viewer.tabs.pdf'), image: t('viewer.tabs.image'), attachment: t('viewer.tabs.attachment') }
  const several = attachments.length > 1
  return attachments.map((attachment) => {
    const kind = attachment.mediaType === 'application/pdf' ? 'pdf' : attachment.mediaType.startsWith('image/') ? 'image' : 'attachment'
    return { attachment, id: several ? `${kind}-${attachment.index}` : kind, label: several ? `${labels[kind]} ${attachment.index + 1}` : labels[kind] }
  })
}
