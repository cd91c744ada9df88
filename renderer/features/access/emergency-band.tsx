import { useTranslation } from 'react-i18next'
import type { PanelAccess } from '#shared/contract/access.ts'
import { clock } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Act } from '../../ui/act.tsx'
import { RefusedAct } from './refused-act.tsx'
import { useAccessAct } from './use-access-act.ts'
import './access.css'

/** While the record is entered otherwise than normally: said all the time, under the patient's name, with the one way out where it can be left. */
export function EmergencyBand({ access, onLeave }: { access: Pick<PanelAccess, 'mode' | 'since' | 'reason'>; onLeave?: () => Promise<unknown> }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { busy, refused, run } = useAccessAct()
  if (access.mode === 'normal') return null
  return (
    <aside className="emergency-band" aria-label={t('access.band.label')} data-testid="emergency-band" data-mode={access.mode}>
      <p>
        <i aria-hidden="true">▲</i> <b>{t(`access.band.${access.mode}`)}</b> {access.reason ? t('access.band.why', { reason: t(`access.reason.${access.reason}`) }) : null} {t('access.band.since', { at: clock(access.since, language) })}
      </p>
      {onLeave ? (
        <Act onPress={() => run(onLeave, t('access.band.left'))} isDisabled={busy} data-testid="leave-emergency">
          {t('access.band.leave')}
        </Act>
      ) : null}
      <RefusedAct refused={refused} />
    </aside>
  )
}
