import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { announce, LiveRegions } from '../ui/live-regions.tsx'
import { useLink } from './connection.ts'
import { statusQuery } from './queries.ts'
import { useRegions } from './use-regions.ts'
import { useScan } from './use-scan.ts'

/** A window that takes no scan lets none press anything either. */
const leave = () => undefined

/** What every window has around its content: the training frame, the state of the link, the two live regions. */
export function WindowFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const link = useLink((state) => state.state)
  const { data: status } = useQuery(statusQuery)
  useScan(leave)
  useRegions()

  useEffect(() => {
    document.documentElement.toggleAttribute('data-training', status?.training ?? false)
  }, [status?.training])
  useEffect(() => {
    if (link === 'lost') announce(t('link.lost'))
  }, [link, t])

  return (
    <>
      <LiveRegions />
      {link === 'refused' ? (
        <main className="scene" data-tone="caution" data-testid="link-refused">
          <h1>{t('link.refusedTitle')}</h1>
          <p>{t('link.refused')}</p>
        </main>
      ) : (
        <div className="window">
          {status?.training ? (
            <aside className="band" data-kind="training" aria-label={t('training.label')} data-testid="training-band">
              {t('training.band')}
            </aside>
          ) : null}
          {link === 'lost' ? (
            <aside className="band" data-kind="lost" aria-label={t('link.label')} data-testid="link-lost">
              <span aria-hidden="true">◌</span> {t('link.lost')}
            </aside>
          ) : null}
          {children}
        </div>
      )}
    </>
  )
}
