import { useTranslation } from 'react-i18next'
import type { VaccinationShown, VaccineDue } from '#shared/contract/vaccination.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Mark, type Tone } from '../../ui/tag.tsx'

const marks: Readonly<Record<VaccineDue['status'], { shape: string; tone: Tone }>> = { due: { shape: '◇', tone: 'accent' }, cannotTell: { shape: '?', tone: 'quiet' }, done: { shape: '✓', tone: 'good' } }
const order: readonly VaccineDue['status'][] = ['due', 'cannotTell', 'done']

/** Vaccines the calendar would have proposed. */
export function vaccinesToPropose({ vaccines }: Pick<VaccinationShown, 'vaccines'>): number {
  return vaccines.filter(({ status }) => status === 'due').length
}

/** What the calendar says of the doses told, above them: to propose, done, or why it cannot be told. Never that the patient is up to date. */
export function VaccinesDue({ vaccination, isWhole }: { vaccination: VaccinationShown; isWhole: boolean }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { vaccines, ageUnknown, documents, rules } = vaccination
  const remark = ageUnknown ? 'ageUnknown' : !isWhole ? 'notLoaded' : documents === 0 ? 'noVaccination' : null
  if (vaccines.length === 0 && !ageUnknown) return null
  return (
    <div className="vaccines-due" data-testid="vaccines-due">
      <h3>{t('summary.vaccination.title')}</h3>
      {remark ? <p>{t(`summary.vaccination.${remark}`)}</p> : null}
      <ul>
        {vaccines
          // The remark above says it once.
          .filter(({ reason }) => reason !== 'not-loaded' && reason !== 'no-vaccination')
          .toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status))
          .map((vaccine) => (
            <li key={vaccine.rule} data-testid="vaccine-due" data-status={vaccine.status}>
              <span>{vaccine.name[language]}</span>
              <Mark tone={marks[vaccine.status].tone} shape={marks[vaccine.status].shape}>
                <VaccineWords vaccine={vaccine} />
              </Mark>
            </li>
          ))}
      </ul>
      <small>{t('summary.vaccination.basis', { count: documents, title: rules.title, version: rules.version })}</small>
      {rules.refused ? <p>{t('summary.exams.refused', { detail: rules.refused })}</p> : null}
    </div>
  )
}

function VaccineWords({ vaccine: { reason, last, next, doses, needed, atAge } }: { vaccine: VaccineDue }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const words = reason === 'done' && next ? 'doneNext' : reason === 'date-vague' && last === null ? 'undated' : reason
  return t(`summary.vaccination.reason.${words}`, { last: partialDate(last, language), next: partialDate(next?.slice(0, 7) ?? null, language), doses, needed: needed ?? '', atAge: atAge ?? '' })
}
