import { useTranslation } from 'react-i18next'
import type { CallFailure } from '../../app/failure.ts'
import { Complaint } from '../../ui/complaint.tsx'

/** Why an act on the access was refused, in the record's own words too when it gave some. */
export function RefusedAct({ refused }: { refused: CallFailure | null }) {
  const { t } = useTranslation()
  return refused ? (
    <Complaint testId="access-refused" code={refused.code} spoken={t(`reasons.${refused.code}.title`)}>
      <b>{t(`reasons.${refused.code}.title`)}.</b> {t(`reasons.${refused.code}.what`)} {t(`reasons.${refused.code}.action`)} {refused.recordText}
    </Complaint>
  ) : null
}
