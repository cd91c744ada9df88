import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { itemQuery } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { useItemWords } from './item-words.tsx'

/** Reasons why an item stands beside another one, of which one at most is right. */
const besideReasons: readonly ReasonCode[] = ['announced-otherwise', 'visibility-changed', 'number-used-twice']
/** Other reasons whose detail may be the id of another item: the one it is a copy of, or a later version. */
const namingReasons: readonly ReasonCode[] = [...besideReasons, 'already-received', 'version-superseded']

/** Whether an item that stands for a reason is to be looked at beside another one. */
export const standsBeside = (reason: ReasonCode | null) => reason !== null && besideReasons.includes(reason)

/** The id of the other item that a reason's detail is, which says nothing to a person; null where it is words. */
export function otherItemOf(reason: ReasonCode | null, detail: string | null): string | null {
  return reason !== null && namingReasons.includes(reason) && detail !== null && /^\S+$/.test(detail) ? detail : null
}

/** Another item by the name of its document and when it came; pressed, it is shown. */
export function OtherItem({ id, onOpen }: { id: string; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const words = useItemWords()
  const { data, error } = useQuery(itemQuery(id))
  if (!data) return error ? t('drawer.otherGone') : null
  return (
    <Act kind="plain" onPress={() => onOpen(id)} data-testid="trace-other">
      {t('drawer.otherItem', { document: words.document(data.item), at: longDate(data.item.receivedAt, language) })}
    </Act>
  )
}
