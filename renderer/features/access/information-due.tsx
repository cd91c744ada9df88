import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { signInQuery, usePanelActs } from '../../app/queries.ts'
import { InformationNotice } from './information-notice.tsx'
import './access.css'

/** What whoever deposits or opens documents here owes the patients, until they confirmed it by one act; it keeps nothing from going or being read. */
export function InformationDue() {
  const { t } = useTranslation()
  const { data: who } = useQuery(signInQuery)
  const { confirmInformation } = usePanelActs()
  return who?.information.due ? (
    <aside className="information-due" aria-label={t('access.information.title')}>
      <InformationNotice version={who.information.version} onConfirm={confirmInformation} />
    </aside>
  ) : null
}
