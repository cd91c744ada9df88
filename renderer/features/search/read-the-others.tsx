import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { announce } from '../../ui/live-regions.tsx'

interface ReadTheOthersProps {
  /** Documents whose text is not here. */
  count: number
  onRead: () => Promise<unknown>
}

/** The one way to search what nobody opened: it is read, by an act, for the patient sees each reading. */
export function ReadTheOthers({ count, onRead }: ReadTheOthersProps) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const read = async () => {
    setBusy(true)
    setRefused(null)
    try {
      await onRead()
      announce(t('search.othersRead'))
    } catch (error) {
      setRefused(callFailure(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="search-others" data-testid="search-others" aria-busy={busy}>
      <Act onPress={() => void read()} isDisabled={busy} data-testid="read-others">
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
