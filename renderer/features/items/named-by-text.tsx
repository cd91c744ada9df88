import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { PatientLabel } from '#shared/contract/items.ts'
import { namedByTextQuery } from '../../app/queries.ts'
import { CandidateCard } from './candidate-card.tsx'

interface NamedByTextProps {
  itemId: string
  patient: PatientLabel | null
  /** Shown above already: what their cards say is not said twice. */
  candidates: readonly { readonly patientId: string }[]
  /** Nobody chooses before they have seen the document. */
  isLocked: boolean
  busy: boolean
  onConfirm: (patientId: string) => void
}

/** Whom the document's own text names, among the patients known here; nothing while it is read, or where it names none. */
export function NamedByText({ itemId, patient, candidates, isLocked, busy, onConfirm }: NamedByTextProps) {
  const { t } = useTranslation()
  const { data = [] } = useQuery(namedByTextQuery(itemId))
  const named = data.filter(({ patientId }) => !candidates.some((other) => other.patientId === patientId))
  if (named.length === 0) return null
  return (
    <section className="candidates" data-testid="named-by-text">
      <h3>{t('drawer.namedByText')}</h3>
      {named.map((one) => (
        <div key={one.patientId} className="candidate" data-testid="named-patient" data-patient={one.patientId}>
          <CandidateCard patient={patient} candidate={one} isMain={false} isDisabled={busy || isLocked} note={isLocked ? t('findPatient.seeFirst') : null} onConfirm={onConfirm} />
        </div>
      ))}
    </section>
  )
}
