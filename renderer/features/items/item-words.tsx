import { useTranslation } from 'react-i18next'
import type { ItemSource, ItemView } from '#shared/contract/items.ts'
import { moment } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { patientName } from '../../app/patient-name.ts'
import { Mark } from '../../ui/tag.tsx'
import { itemMark } from './item-mark.ts'
import { isNotRead } from './not-read.ts'

/** The words for one item, the same in the table, the groups and the drawer. */
export function useItemWords() {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return {
    patient: (item: ItemView) => (item.patient ? patientName(item.patient) : t(isNotRead(item) ? 'item.notRead' : 'item.unknownPatient')),
    // What nothing else names is known to a person by the name of its file; a message's number tells them nothing.
    document: (item: ItemView) => item.title ?? item.documentTypeLabel ?? (item.source.kind === 'hl7' ? t('item.unknownDocument') : item.source.reference),
    /** The file as it came, or the number of the message, where the document is not called so already. */
    cameAs: (item: ItemView) => (item.title === null && item.documentTypeLabel === null && item.source.kind !== 'hl7' ? null : item.source.reference),
    // The name first: what a narrow column cuts is then the kind, which says less.
    source: (source: ItemSource) => `${source.name} · ${t(`source.${source.kind}`)}`,
    state: (item: ItemView, now: Date) => {
      const { words } = itemMark(item)
      switch (words.key) {
        case 'state':
          return t(`item.state.${item.state}`)
        case 'waiting':
          return item.waitingFor ? t(`item.waiting.${item.waitingFor}`) : t('item.state.waiting')
        case 'reason':
          return item.reason ? t(`reasons.${item.reason}.title`) : t(`item.state.${item.state}`)
        case 'ignored':
          return item.reason ? t('item.ignoredFor', { reason: t(`reasons.${item.reason}.title`) }) : t('item.state.ignored')
        case 'retryAt':
          return t('item.retryAt', { at: moment(words.at, now, language) })
        case 'sentAt':
          return t('item.sentAt', { at: moment(words.at, now, language) })
      }
    },
  }
}

/** An item's state: shape, word and colour. */
export function ItemState({ item, now }: { item: ItemView; now: Date }) {
  const words = useItemWords()
  const { shape, tone } = itemMark(item)
  return (
    <span data-testid="item-state" data-state={item.state} data-reason={item.reason ?? undefined}>
      <Mark tone={tone} shape={shape}>
        {words.state(item, now)}
      </Mark>
    </span>
  )
}
