import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { sheetLists, type PrintableSheet } from '#shared/contract/emergency-sheet.ts'
import { clock, longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { patientName } from '../../app/patient-name.ts'
import { CodePicture } from './code-picture.tsx'
import { SheetLists } from './sheet-lists.tsx'
import { useSheetIdentity } from './use-sheet-identity.ts'
import '../../app/print.css'
import './sheet-page.css'

/** The one page of an emergency sheet, for the printer alone: not seen on the screen. */
export function SheetPage({ printable, training }: { printable: PrintableSheet; training: boolean }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const identity = useSheetIdentity()
  const { sheet, code } = printable
  const { patient, printedAt, printedBy, practice, readAt, documents } = sheet
  const { facts, ins, said } = identity(patient)
  const moment = (iso: string) => t('sheet.moment', { date: longDate(iso, language), time: clock(iso, language) })
  const missing = sheetLists.flatMap((name) => (code.leftOut[name] > 0 ? t(`sheet.counts.${name}`, { count: code.leftOut[name] }) : []))
  const extent = (['read', 'unread', 'failed', 'unstructured'] as const).flatMap((part) => (part === 'read' || documents[part] > 0 ? t(`summary.documents.${part}`, { count: documents[part] }) : []))
  return createPortal(
    <div className="print-sheet emergency-page" data-testid="emergency-page">
      <div className="emergency-top">
        <div>
          {training ? <p className="print-training">{t('training.band')}</p> : null}
          <p className="emergency-title">{t('sheet.title')}</p>
          <p className="emergency-name">{patientName(patient)}</p>
          <p className="emergency-facts">{facts}</p>
          <p className="emergency-facts">
            {ins} · {said}
          </p>
          <p className="emergency-not">{t('sheet.notTheRecord')}</p>
          <p>{t(printedBy === null ? 'sheet.printedHere' : 'sheet.printedBy', { at: moment(printedAt), who: printedBy ?? '', practice })}</p>
          <p>
            {t('sheet.recordRead', { at: moment(readAt) })} {extent.join(' · ')}
          </p>
        </div>
        <div>
          <CodePicture rows={code.rows} />
          <p className="emergency-code">{missing.length > 0 ? t('sheet.code.without', { missing: new Intl.ListFormat(language).format(missing) }) : t('sheet.code.whole')}</p>
        </div>
      </div>
      <SheetLists sheet={sheet} />
      <p className="emergency-end">{t('sheet.mayBeIncomplete')}</p>
    </div>,
    document.body,
  )
}
