import { useTranslation } from 'react-i18next'
import type { PanelAccess } from '#shared/contract/access.ts'
import { clock } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { useAct } from '../../app/use-act.ts'
import { Act } from '../../ui/act.tsx'
import { RefusedAct } from './refused-act.tsx'
import { minutesLeft } from './minutes-left.ts'
import './access.css'

interface EmergencyBandProps {
  access: Pick<PanelAccess, 'mode' | 'since' | 'until' | 'reason'>
  onLeave?: () => Promise<unknown>
  onStay?: () => Promise<unknown>
}

/**
 * While the record is entered otherwise than normally: said all the time, under the patient's name, with the one way out where it can be left. Its last
 * minutes are counted down, with the one way on.
 */
export function EmergencyBand({ access, onLeave, onStay }: EmergencyBandProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { busy, refused, run } = useAct()
  const left = minutesLeft(access.until, useNow())
  if (access.mode === 'normal') return null
  return (
    <aside className="emergency-band" aria-label={t('access.band.label')} data-testid="emergency-band" data-mode={access.mode}>
      <p>
        <i aria-hidden="true">▲</i> <b>{t(`access.band.${access.mode}`)}</b> {access.reason ? t('access.band.why', { reason: t(`access.reason.${access.reason}`) }) : null} {t('access.band.since', { at: clock(access.since, language) })} {onLeave ? t('access.band.notKept') : null}
      </p>
      {onLeave ? (
        <Act onPress={() => run(onLeave, t('access.band.left'))} isDisabled={busy} data-testid="leave-emergency">
          {t('access.band.leave')}
        </Act>
      ) : null}
      {left === null ? null : (
        <p className="emergency-end" data-testid="emergency-end">
          <i aria-hidden="true">◷</i> <output>{t('access.band.endsIn', { count: left })}</output>
          {onStay ? (
            <Act onPress={() => run(onStay, t('access.band.stayed'))} isDisabled={busy} data-testid="stay-emergency">
              {t('access.band.stay')}
            </Act>
          ) : null}
        </p>
      )}
      <RefusedAct refused={refused} />
    </aside>
  )
}
