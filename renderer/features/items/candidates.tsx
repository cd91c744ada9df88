import { useTranslation } from 'react-i18next'
import type { PatientCandidate, PatientLabel } from '#shared/contract/items.ts'
import { CandidateCard } from './candidate-card.tsx'
import { isNamed } from './is-named.ts'

interface CandidatesProps {
  patient: PatientLabel | null
  candidates: readonly PatientCandidate[]
  /** The document is on screen: only then is the choice the act that is expected. */
  isSeen: boolean
  /** Nobody chooses before they have seen it. */
  isLocked: boolean
  busy: boolean
  onConfirm: (patientId: string) => void
}

/** Each patient the document could be of, beside what was announced with it. */
export function Candidates({ patient, candidates, isSeen, isLocked, busy, onConfirm }: CandidatesProps) {
  const { t } = useTranslation()
  return (
    <section className="candidates" data-testid="candidates">
      <h3>{t('drawer.candidates')}</h3>
      {candidates.length === 0 ? <p className="quiet">{t(isNamed(patient) ? 'drawer.noCandidate' : 'drawer.nobodyAnnounced')}</p> : null}
      {candidates.map((candidate) => (
        <div key={candidate.patientId} className="candidate" data-testid="candidate" data-patient={candidate.patientId}>
          <CandidateCard patient={patient} candidate={candidate} isMain={isSeen && candidate.differs.length === 0} isDisabled={busy || isLocked} note={isLocked && candidate.qualified ? t('findPatient.seeFirst') : null} onConfirm={onConfirm} />
        </div>
      ))}
    </section>
  )
}
