import { useTranslation } from 'react-i18next'
import type { MyRecord } from '#shared/contract/my-records.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { patientName } from '../../app/patient-name.ts'
import { Tag } from '../../ui/tag.tsx'

interface RecordLineProps {
  record: MyRecord
  /** Opened from the list since it was asked: it may say more by now, or less. */
  isOpened: boolean
  onOpen: () => void
}

/** One patient of the list: who, what came when, and what is to be known before their record is opened. */
export function RecordLine({ record, isOpened, onOpen }: RecordLineProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { usedName, birthDate, lastAddAt, lastAccessAt, wordAgainst } = record
  const isRefused = wordAgainst === 'consultation-refused'
  const access = lastAccessAt ? t('myRecords.access', { date: partialDate(lastAccessAt, language) }) : t('myRecords.noAccess')
  return (
    <li>
      <button type="button" className="my-record" data-row="" data-testid="my-record" data-ins={record.ins} onClick={onOpen}>
        <span className="my-record-who">
          <b>{patientName(record)}</b>
          {usedName && usedName.toUpperCase() !== record.birthName.toUpperCase() ? <small> {t('identity.used', { name: usedName.toLocaleUpperCase('fr') })}</small> : null}
        </span>
        <span className="my-record-when">{lastAddAt ? t(record.sinceMyAccess === 'deposit-day' ? 'myRecords.addedOnDepositDay' : 'myRecords.added', { date: partialDate(lastAddAt, language) }) : isRefused ? '' : t('myRecords.noAddition')}</span>
        <small className="my-record-facts">{[birthDate ? t('myRecords.born', { date: partialDate(birthDate, language) }) : t('identity.noBirthDate'), isRefused ? '' : access].filter(Boolean).join(' · ')}</small>
        <Tags record={record} isOpened={isOpened} />
      </button>
    </li>
  )
}

function Tags({ record, isOpened }: { record: MyRecord; isOpened: boolean }) {
  const { t } = useTranslation()
  const { sinceMyAccess, isTreatingDoctor, identity, wordAgainst } = record
  const isNew = sinceMyAccess === 'added'
  const isMarked = isOpened || isNew || sinceMyAccess === 'same-day' || sinceMyAccess === 'deposit-day'
  if (!isMarked && !isTreatingDoctor && identity === 'qualified' && wordAgainst === null) return null
  return (
    <span className="my-record-tags">
      {isOpened ? (
        <Tag tone="good">
          <i aria-hidden="true">✓</i> {t('myRecords.opened')}
        </Tag>
      ) : isMarked ? (
        <Tag tone="accent">
          <i aria-hidden="true">{isNew ? '●' : '◐'}</i> {t(isNew ? 'myRecords.isNew' : 'myRecords.mayBeNew')}
        </Tag>
      ) : null}
      {isTreatingDoctor ? <Tag tone="quiet">{t('identity.treating')}</Tag> : null}
      {wordAgainst ? (
        <Tag tone="caution">
          <i aria-hidden="true">◐</i> {t(`reasons.${wordAgainst}.title`)}
        </Tag>
      ) : null}
      {identity === 'qualified' ? null : (
        <Tag tone="caution">
          <i aria-hidden="true">◐</i> {t(identity === null ? 'identity.unknownHere' : 'identity.notQualified')}
        </Tag>
      )}
    </span>
  )
}
