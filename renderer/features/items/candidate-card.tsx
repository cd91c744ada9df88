import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { PatientCandidate, PatientLabel } from '#shared/contract/items.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Act } from '../../ui/act.tsx'
import { Tag } from '../../ui/tag.tsx'

interface CandidateCardProps {
  /** What is announced with the document. */
  patient: PatientLabel | null
  candidate: PatientCandidate
  /** To choose them is the act that is expected. */
  isMain: boolean
  isDisabled: boolean
  /** Why they cannot be chosen (yet). */
  note?: ReactNode
  onConfirm: (patientId: string) => void
}

const traits = ['birthName', 'givenName', 'birthDate', 'sex', 'ins'] as const

/** What was announced with a document (its sidecar, its name, its own header) beside one patient, trait by trait; what differs is said in a word, not only in colour. */
export function CandidateCard({ patient, candidate, isMain, isDisabled, note, onConfirm }: CandidateCardProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const value = (who: PatientLabel | null, trait: (typeof traits)[number]): string => {
    if (!who) return t('drawer.absent')
    if (trait === 'birthDate') return partialDate(who.birthDate, language) || t('drawer.absent')
    if (trait === 'sex') return who.sex ? t(`sex.${who.sex}`) : t('drawer.absent')
    return who[trait] || t('drawer.absent')
  }

  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span className="spoken">{t('trait.heading')}</span>
            </th>
            <th scope="col">{t('drawer.announced')}</th>
            <th scope="col">{t('drawer.known')}</th>
          </tr>
        </thead>
        <tbody>
          {traits.map((trait) => (
            <tr key={trait} data-differs={candidate.differs.includes(trait)}>
              <th scope="row">{t(`trait.${trait}`)}</th>
              <td>{value(patient, trait)}</td>
              <td>
                {value(candidate, trait)}
                {candidate.differs.includes(trait) ? <span className="differs"> ≠ {t('drawer.differs')}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="candidate-act">
        {candidate.qualified ? <Tag tone="good">✓ {t('identity.qualified')}</Tag> : <span className="quiet">{t('drawer.notQualified')}</span>}
        <Act kind={isMain ? 'main' : undefined} isDisabled={isDisabled || !candidate.qualified} onPress={() => onConfirm(candidate.patientId)}>
          {t('drawer.confirm')}
        </Act>
        {note ? <p className="candidate-note">{note}</p> : null}
      </div>
    </>
  )
}
