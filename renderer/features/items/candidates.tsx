import { useTranslation } from 'react-i18next'
import type { PatientCandidate, PatientLabel } from '#shared/contract/items.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Act } from '../../ui/act.tsx'
import { Tag } from '../../ui/tag.tsx'

interface CandidatesProps {
  patient: PatientLabel | null
  candidates: readonly PatientCandidate[]
  /** The document is on screen: only then is the choice the act that is expected. */
  isSeen: boolean
  busy: boolean
  onConfirm: (patientId: string) => void
}

const traits = ['birthName', 'givenName', 'birthDate', 'sex', 'ins'] as const

/** What was announced with the document (its sidecar, its name, its own header) beside each patient it could be, trait by trait; what differs is said in a word, not only in colour. */
export function Candidates({ patient, candidates, isSeen, busy, onConfirm }: CandidatesProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const value = (who: PatientLabel | null, trait: (typeof traits)[number]): string => {
    if (!who) return t('drawer.absent')
    if (trait === 'birthDate') return partialDate(who.birthDate, language) || t('drawer.absent')
    if (trait === 'sex') return who.sex ? t(`sex.${who.sex}`) : t('drawer.absent')
    return who[trait] || t('drawer.absent')
  }

  return (
    <section className="candidates" data-testid="candidates">
      <h3>{t('drawer.candidates')}</h3>
      {candidates.length === 0 ? <p className="quiet">{t('drawer.noCandidate')}</p> : null}
      {candidates.map((candidate) => (
        <div key={candidate.patientId} className="candidate" data-testid="candidate" data-patient={candidate.patientId}>
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
            <Act kind={isSeen && candidate.differs.length === 0 ? 'main' : undefined} isDisabled={busy || !candidate.qualified} onPress={() => onConfirm(candidate.patientId)}>
              {t('drawer.confirm')}
            </Act>
          </div>
        </div>
      ))}
    </section>
  )
}
