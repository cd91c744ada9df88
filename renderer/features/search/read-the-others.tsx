import { useTranslation } from 'react-i18next'
import { useAct } from '../../app/use-act.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'

interface ReadTheOthersProps {
  /** Documents whose text is not here. */
  count: number
  onRead: () => Promise<unknown>
}

/** The one way to search what nobody opened: it is read, by an act, for the patient sees each reading. */
export function ReadTheOthers({ count, onRead }: ReadTheOthersProps) {
  const { t } = useTranslation()
  const { busy, refused, run } = useAct()
  return (
    <div className="search-others" data-testid="search-others" aria-busy={busy}>
      <Act onPress={() => run(onRead, t('search.othersRead'))} isDisabled={busy} data-testid="read-others">
        {busy ? t('search.readingOthers', { count }) : t('search.readOthers', { count })}
      </Act>
      <small>{t('search.othersTraced')}</small>
      {refused ? (
        <Complaint testId="others-refused" code={refused.code} spoken={t(`reasons.${refused.code}.title`)}>
          <b>{t(`reasons.${refused.code}.title`)}.</b> {t(`reasons.${refused.code}.what`)} {refused.recordText}
        </Complaint>
      ) : null}
    </div>
  )
}
