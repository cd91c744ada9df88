import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { callFailure } from '../../app/failure.ts'
import { itemContentQuery } from '../../app/queries.ts'
import { ReasonScene } from '../../app/reason-scene.tsx'
import { Act } from '../../ui/act.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'

/** What draws documents is as large as the rest of the window: it is loaded with the first one that is asked for. */
const drawingQuery = queryOptions({ queryKey: ['item-drawing'], queryFn: () => import('./item-content.tsx'), structuralSharing: false })

/** The document of an item as it was received. */
export function ItemDocument({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation()
  const drawing = useQuery(drawingQuery)
  const content = useQuery(itemContentQuery(id))
  const failed = [content, drawing].find(({ error }) => error !== null)
  if (failed) {
    return (
      <ReasonScene code={callFailure(failed.error).code}>
        <Act kind="main" onPress={() => void failed.refetch()}>
          {t('reason.retry')}
        </Act>
      </ReasonScene>
    )
  }
  if (!drawing.data || !content.data) return <Skeleton lines={12} label={t('viewer.loading')} />
  const { DrawnContent } = drawing.data
  return <DrawnContent id={id} name={name} content={content.data} />
}
