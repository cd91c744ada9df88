import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { WaitingSheet } from '#shared/contract/emergency-sheet.ts'
import { longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { patientName } from '../../app/patient-name.ts'
import { RowList } from '../../ui/row-list.tsx'
import { TimeLeft } from './time-left-words.tsx'
import './emergency-sheet.css'

/** Sheets read from paper whose patient's record is still to be read, soonest gone first. Nothing where none waits. */
export function WaitingSheets({ sheets, isOfPatient = false, onOpen }: { sheets: readonly WaitingSheet[]; isOfPatient?: boolean; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const now = useNow()
  const id = useId()
  if (sheets.length === 0) return null
  return (
    <section className="waiting-sheets" aria-labelledby={id} data-testid="waiting-sheets">
      <h2 id={id}>{isOfPatient ? t('sheet.waiting.ofPatient') : t('sheet.waiting.title', { count: sheets.length })}</h2>
      <p className="sheet-quiet">{t(isOfPatient ? 'sheet.waiting.notLoaded' : 'sheet.waiting.what')}</p>
      <RowList>
        <ul>
          {sheets.map((sheet) => (
            <li key={sheet.id}>
              <button type="button" className="waiting-sheet" data-row="" data-testid="waiting-sheet" onClick={() => onOpen(sheet.id)}>
                <b>{patientName(sheet.patient)}</b>
                <span className="waiting-sheet-left">
                  <span aria-hidden="true">◷ </span>
                  <TimeLeft until={sheet.until} now={now} />
                </span>
                <small>{t('sheet.waiting.from', { date: longDate(sheet.printedAt, language), practice: sheet.practice })}</small>
              </button>
            </li>
          ))}
        </ul>
      </RowList>
    </section>
  )
}
