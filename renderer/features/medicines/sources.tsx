import { useTranslation } from 'react-i18next'
import type { MedicineSource } from '#shared/contract/medicines.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Act } from '../../ui/act.tsx'

/** Opens the document something stands in; one on its way is shown where it goes from. */
export type OpenMedicineSource = (source: MedicineSource) => void

/** The documents something was read in, each opened by one act, with who wrote it and when. */
export function Sources({ sources, onOpen }: { sources: readonly MedicineSource[]; onOpen: OpenMedicineSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return (
    <ul className="medicine-sources">
      {sources.map((source, at) => (
        <li key={`${source.document} ${at}`}>
          <Act kind="plain" onPress={() => onOpen(source)} data-testid="open-medicine-source">
            {source.onItsWay ? t('medicines.onItsWay', { title: source.title ?? '' }) : (source.title ?? t('medicines.unlisted'))}
          </Act>{' '}
          <small>{[source.author, partialDate(source.documentDate, language)].filter(Boolean).join(' · ')}</small>
        </li>
      ))}
    </ul>
  )
}
