import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Act } from '../../ui/act.tsx'
import { useDrawnAs } from './drawn-as.ts'

/** Rows of a table drawn at first, and by each act: a document may hold more than a page can. */
const some = 300

/** How many rows of `total` are drawn: those at first, at least `least`, and what a person asked for; all of them on paper. */
export function useRows(total: number, least = 0): { shown: number; more: () => void } {
  const [asked, ask] = useState(Math.max(some, least))
  const { whole } = useDrawnAs()
  return { shown: whole ? total : Math.min(asked, total), more: () => ask(asked + some) }
}

/** Says how many rows are not drawn, and draws more. */
export function MoreRows({ rows: { shown, more }, total }: { rows: ReturnType<typeof useRows>; total: number }) {
  const { t } = useTranslation()
  return shown < total ? (
    <Act kind="plain" onPress={more} data-testid="more-rows">
      {t('viewer.moreRows', { count: total - shown })}
    </Act>
  ) : null
}
