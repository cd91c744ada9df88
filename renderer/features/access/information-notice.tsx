import { useTranslation } from 'react-i18next'
import { useAct } from '../../app/use-act.ts'
import { Act } from '../../ui/act.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RefusedAct } from './refused-act.tsx'
import './access.css'

/** What a professional owes the patient whose record they read, until they confirmed it. */
export function InformationNotice({ version, onConfirm }: { version: number; onConfirm: () => Promise<unknown> }) {
  const { t } = useTranslation()
  const { busy, refused, run } = useAct()
  return (
    <Notice tone="quiet" shape="○" title={t('access.information.title')} testId="information">
      <p>{t('access.information.necessary')}</p>
      <p>{t('access.information.traced')}</p>
      <p>{t('access.information.emergency')}</p>
      <Act onPress={() => run(onConfirm, t('access.information.done'))} isDisabled={busy} data-version={version}>
        {t('access.information.confirm')}
      </Act>
      <RefusedAct refused={refused} />
    </Notice>
  )
}
