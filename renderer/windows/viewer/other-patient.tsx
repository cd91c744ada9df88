import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { patientName } from '../../app/patient-name.ts'
import { panelQuery, type DocumentAddress } from '../../app/queries.ts'
import { isOfPatient } from './is-of-patient.ts'

/** That another patient is in front by now: whoever looks up from them would read this document as theirs. */
export function OtherPatient({ address }: { address: DocumentAddress }) {
  const { t } = useTranslation()
  const { data } = useQuery(panelQuery)
  const inFront = data?.view.patient ?? null
  if (inFront === null || isOfPatient(address, inFront)) return null
  return (
    <aside className="band" data-kind="other-patient" aria-label={t('viewer.otherPatient.label')} data-testid="other-patient">
      <i aria-hidden="true">▲</i> <output>{t('viewer.otherPatient.text', { name: patientName(inFront) })}</output>
    </aside>
  )
}
