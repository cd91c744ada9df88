import { useTranslation } from 'react-i18next'
import { ageYears } from '../../app/format.ts'
import { Notice } from '../../ui/notice.tsx'

/** A minor's record is read by their legal representatives too; said before anything is put in it. Nothing when the age is not known. */
export function MinorNotice({ birthDate, now }: { birthDate: string | null; now: Date }) {
  const { t } = useTranslation()
  const age = ageYears(birthDate, now)
  return age !== null && age < 18 ? (
    <Notice tone="quiet" shape="◐" title={t('access.minor.title')} testId="minor">
      <p>{t('access.minor.what')}</p>
    </Notice>
  ) : null
}
