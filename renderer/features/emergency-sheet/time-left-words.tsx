import { useTranslation } from 'react-i18next'
import { timeLeft } from './time-left.ts'

/** `Effacée dans 41 h 12 min`. */
export function TimeLeft({ until, now }: { until: string; now: Date }) {
  const { t } = useTranslation()
  const { hours, minutes } = timeLeft(until, now)
  return hours > 0 ? t('sheet.left.hours', { hours, minutes }) : t('sheet.left.minutes', { minutes })
}
