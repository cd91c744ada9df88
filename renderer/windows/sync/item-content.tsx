import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs'
import type { OpenedAttachment } from '#shared/contract/history.ts'
import type { ItemContent } from '#shared/contract/item-content.ts'
import { itemAttachmentQuery } from '../../app/queries.ts'
import { Carried } from '../../features/viewer/carried.tsx'
import { Narrative } from '../../features/viewer/narrative.tsx'
import { useAttachmentLabels } from '../../features/viewer/use-attachment-labels.ts'
import { Notice } from '../../ui/notice.tsx'

/** What a document holds, drawn by what draws the documents of the record: its text, each file it carries, or its raw words. */
export function DrawnContent({ id, name, content: { sections, attachments, text } }: { id: string; name: string; content: ItemContent }) {
  const { t } = useTranslation()
  const labelled = useAttachmentLabels(attachments)
  if (text) return <RawText text={text} />
  const parts = [
    ...(sections.length > 0 ? [{ id: 'text', label: t('viewer.tabs.text'), content: <Narrative sections={sections} /> }] : []),
    ...labelled.map((one) => ({ ...one, content: <ItemAttachment id={id} attachment={one.attachment} name={one.attachment.title || name} /> })),
  ]
  if (parts.length === 1) return parts[0]!.content
  return (
    <Tabs className="viewer-tabs">
      <TabList className="tabs" aria-label={t('viewer.tabs.label')}>
        {parts.map((part) => (
          <Tab key={part.id} id={part.id} className="tab" data-testid={`document-${part.id}`}>
            {part.label}
          </Tab>
        ))}
      </TabList>
      {parts.map((part) => (
        <TabPanel key={part.id} id={part.id} className="viewer-panel">
          {part.content}
        </TabPanel>
      ))}
    </Tabs>
  )
}

function ItemAttachment({ id, attachment, name }: { id: string; attachment: OpenedAttachment; name: string }) {
  return <Carried asked={useQuery(itemAttachmentQuery(id, attachment.index))} attachment={attachment} name={name} />
}

/** A message, a sidecar: as it is, never taken for markup; a page knows no line that ends as those of HL7 do. */
function RawText({ text: { value, isCut } }: { text: NonNullable<ItemContent['text']> }) {
  const { t } = useTranslation()
  return (
    <div data-testid="raw-text">
      {isCut ? (
        <div className="document-cut">
          <Notice tone="quiet" shape="–" title={t('drawer.cut')} />
        </div>
      ) : null}
      <pre className="plain-text">{value.replaceAll(/\r\n?/g, '\n')}</pre>
    </div>
  )
}
