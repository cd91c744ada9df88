import { useTranslation } from 'react-i18next'
import type { ItemVisibility } from '#shared/contract/items.ts'
import { Tag } from '../../ui/tag.tsx'
import { visibilityMarks } from './visibility.ts'

/** Words beside a document that not everybody entitled will see, one for each thing that is not normal; nothing beside the others. */
export function VisibilityMarks({ visibility }: { visibility: ItemVisibility }) {
  const { t } = useTranslation()
  return visibilityMarks(visibility).map(({ key, shape }) => (
    <Tag key={key} tone="caution" title={t(`visibility.${key}.hint`)}>
      <i aria-hidden="true">{shape}</i> {t(`visibility.${key}.mark`)}
    </Tag>
  ))
}

/** The same in one small mark, for the row of a list. */
export function VisibilityMark({ visibility }: { visibility: ItemVisibility }) {
  const { t } = useTranslation()
  const [first, ...others] = visibilityMarks(visibility)
  if (!first) return null
  const names = [first, ...others].map(({ key }) => t(`visibility.${key}.name`)).join(', ')
  return (
    <Tag tone="caution" title={names}>
      <span data-testid="visibility-mark">
        <i aria-hidden="true">{first.shape}</i> <span className="spoken">{names}</span>
        <span aria-hidden="true">{[t(`visibility.${first.key}.mark`), ...others.map(({ key }) => t(`visibility.${key}.also`))].join(', ')}</span>
      </span>
    </Tag>
  )
}
