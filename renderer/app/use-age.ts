import { useTranslation } from 'react-i18next'
import { ageMonths, ageYears } from './format.ts'

/** Age as a clinician says it: months under two years, years after; empty when the birth date is not known. */
export function useAge(birthDate: string | null, now: Date): string {
  const { t } = useTranslation()
  const months = ageMonths(birthDate, now)
  if (months !== null) return t('age.months', { count: months })
  const years = ageYears(birthDate, now)
  return years === null ? '' : t('age.years', { count: years })
}
