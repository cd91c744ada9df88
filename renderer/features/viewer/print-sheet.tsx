import type { ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import type { OpenedDocument } from '#shared/contract/history.ts'
import { clock, longDate, partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { patientName } from '../../app/patient-name.ts'
import { DrawnAsContext } from './drawn-as.ts'
import '../../app/print.css'
import './print.css'

interface PrintSheetProps {
  opened: OpenedDocument
  /** ISO 8601. */
  at: string
  /** A newer version exists: whoever holds the paper must know. */
  isReplaced: boolean
  training: boolean
  children: ReactNode
}

/**
 * What goes to paper, and nothing else of the page: on each sheet who the patient is, which document it is, by whom and of when, and when it was printed.
 * Not seen on the screen.
 */
export function PrintSheet({ opened, at, isReplaced, training, children }: PrintSheetProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { patient, document: printed } = opened
  const facts = [
    patient.usedName && patient.usedName.toUpperCase() !== patient.birthName.toUpperCase() ? t('identity.used', { name: patient.usedName.toLocaleUpperCase('fr') }) : '',
    patient.sex ? t(`sex.${patient.sex}`) : '',
    patient.birthDate ? t('viewer.print.born', { date: partialDate(patient.birthDate, language) }) : '',
    patient.ins ? `INS ${patient.ins}` : '',
  ]
  const authors = printed.authors.map((author) => [author.name, author.structure].filter(Boolean).join(', ')).join(' · ')
  const about = [printed.typeLabel, authors, longDate(printed.serviceStartTime ?? printed.creationTime, language)]
  return createPortal(
    <div className="print-sheet" data-testid="print-sheet">
      <div className="print-head">
        {training ? <p className="print-training">{t('training.band')}</p> : null}
        <p className="print-patient">
          <b>{patientName(patient)}</b> {facts.filter(Boolean).join(' · ')}
        </p>
        <p>
          <b>{printed.title || printed.typeLabel}</b> {about.filter(Boolean).join(' · ')}
        </p>
        <p className="print-at">
          {isReplaced ? <b>{t('viewer.print.replaced')} </b> : null}
          {t('viewer.print.at', { date: longDate(at, language), time: clock(at, language) })}
        </p>
      </div>
      <div className="print-body">
        <DrawnAsContext value={{ words: [], whole: true }}>{children}</DrawnAsContext>
      </div>
    </div>,
    document.body,
  )
}

/** Pages of a PDF, each on a sheet of its own. */
export function PrintedPages({ pages }: { pages: readonly string[] }) {
  const { t } = useTranslation()
  return pages.map((page, at) => <img key={page} className="print-page" src={page} alt={t('pdf.page', { page: at + 1, total: pages.length })} />)
}
