import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatientLabel } from '#shared/contract/items.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { patientName } from '../../app/patient-name.ts'
import { useAge } from '../../app/use-age.ts'
import { Tag } from '../../ui/tag.tsx'
import './identity.css'

interface IdentityBannerProps {
  patient: PatientLabel
  qualified: boolean
  treatingDoctor?: boolean
  /** False for a patient the practice has not announced: opened by number, vouched for by the software that did. */
  known?: boolean
  /** What stands at the end of the name's line. */
  children?: ReactNode
}

/** Who this is: always on top, always the same place, the one h1 of the window. */
export function IdentityBanner({ patient, qualified, treatingDoctor = false, known = true, children }: IdentityBannerProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const age = useAge(patient.birthDate, useNow())
  const facts = [patient.sex ? t(`sex.${patient.sex}`) : '', age, partialDate(patient.birthDate, language) || (known ? t('identity.noBirthDate') : '')]

  return (
    <header className="identity" aria-label={t('identity.landmark')} data-testid="identity">
      <div className="identity-name">
        <h1>
          <span data-testid="patient-name">{patientName(patient)}</span>
          {patient.usedName && patient.usedName.toUpperCase() !== patient.birthName.toUpperCase() ? <small> {t('identity.used', { name: patient.usedName.toLocaleUpperCase('fr') })}</small> : null}
        </h1>
        {children}
      </div>
      <p className="identity-facts">
        <span data-testid="patient-facts">{facts.filter(Boolean).join(' · ')}</span>
        {known ? null : <Tag tone="caution">◐ {t('identity.unknownHere')}</Tag>}
        {known && qualified ? <Tag tone="good">✓ {t('identity.qualified')}</Tag> : null}
        {known && !qualified ? <Tag tone="caution">◐ {patient.ins ? t('identity.notQualified') : t('identity.noIns')}</Tag> : null}
        {treatingDoctor ? <Tag tone="accent">{t('identity.treating')}</Tag> : null}
      </p>
    </header>
  )
}
