import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { sheetLists, type PrintableSheet, type SheetInput, type SheetListName } from '#shared/contract/emergency-sheet.ts'
import { callFailure } from '../../app/failure.ts'
import { useLanguage } from '../../app/language.ts'
import { sheetPreviewQuery } from '../../app/queries.ts'
import { useEscape } from '../../app/use-escape.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { Mark } from '../../ui/tag.tsx'
import { SheetPage } from './sheet-page.tsx'
import { useSheetPrinting } from './use-sheet-printing.ts'
import './emergency-sheet.css'

interface SheetPreviewProps {
  input: SheetInput
  training: boolean
  onClose: () => void
}

/** Before a sheet is printed: what will be on it, what will not, and what of it only whoever prints is to know. */
export function SheetPreview({ input, training, onClose }: SheetPreviewProps) {
  const { t } = useTranslation()
  const { data, error } = useQuery(sheetPreviewQuery(input))
  const { printing, print } = useSheetPrinting(input, onClose)
  useEscape(onClose)
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const refused = printing.state === 'refused' ? printing.code : error ? callFailure(error).code : null
  return (
    <section className="sheet-preview" aria-labelledby={id} data-testid="sheet-preview">
      <h2 id={id} ref={heading} tabIndex={-1}>
        {t('sheet.preview.title')}
      </h2>
      {data ? <What printable={data} /> : null}
      {refused ? (
        <Complaint testId="sheet-refused" code={refused} spoken={t(`reasons.${refused}.title`)}>
          <b>{t(`reasons.${refused}.title`)}.</b> {t(`reasons.${refused}.what`)} {t(`reasons.${refused}.action`)}
        </Complaint>
      ) : null}
      <div className="buttons">
        <Act kind="main" onPress={print} isDisabled={!data || printing.state === 'asking' || printing.state === 'printing'} data-testid="print-sheet-now">
          {t(printing.state === 'asking' || (!data && !refused) ? 'sheet.preview.preparing' : 'sheet.preview.print')}
        </Act>
        <Act onPress={onClose} data-testid="sheet-cancel">
          {t('sheet.preview.cancel')}
        </Act>
      </div>
      {printing.state === 'printing' ? <SheetPage printable={printing.printable} training={training} /> : null}
    </section>
  )
}

function What({ printable: { sheet, code, keptBack } }: { printable: PrintableSheet }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const together = (of: (name: SheetListName) => number) => new Intl.ListFormat(language).format(sheetLists.flatMap((name) => (of(name) > 0 ? t(`sheet.counts.${name}`, { count: of(name) }) : [])))
  const { allergies } = sheet.lists
  const holds = (name: SheetListName) => sheet.lists[name].facts.length
  // A denial or one allergy told twice is on the page and no allergy; of what found no room the page's own lines alone are counted.
  const said = together((name) => (name === 'allergies' && allergies.leftOut === 0 ? (allergies.stated ?? holds(name)) : holds(name)))
  const notOnPage = together((name) => sheet.lists[name].leftOut)
  const notInCode = together((name) => code.leftOut[name])
  const unread = sheet.documents.unread + sheet.documents.failed
  const theySpeakOf = keptBack.lists.length > 0 ? t('sheet.preview.theySpeakOf', { lists: new Intl.ListFormat(language).format(keptBack.lists.map((name) => t(`sheet.names.${name}`))) }) : ''
  const warnings = [
    allergies.state === 'listed' || allergies.state === 'noneKnown' ? '' : t('sheet.preview.allergies', { state: t(`summary.allergies.${allergies.state}.title`) }),
    keptBack.documents > 0 ? `${t('sheet.preview.keptBack', { count: keptBack.documents })} ${theySpeakOf}` : '',
    unread > 0 ? t('sheet.preview.unread', { count: unread }) : '',
    notOnPage && t('sheet.preview.notOnPage', { missing: notOnPage }),
    notInCode && t('sheet.preview.notInCode', { missing: notInCode }),
  ].filter(Boolean)
  return (
    <>
      {sheetLists.every((name) => holds(name) === 0) ? <p>{t('sheet.preview.nothing')}</p> : said === '' ? null : <p>{t('sheet.preview.says', { said })}</p>}
      {allergies.state === 'noneKnown' ? <p>{t('sheet.preview.says', { said: t('summary.allergies.noneKnown.title') })}</p> : null}
      {warnings.length > 0 ? (
        <ul data-testid="sheet-warnings">
          {warnings.map((text) => (
            <li key={text}>
              <Mark tone="caution" shape="◐">
                {text}
              </Mark>
            </li>
          ))}
        </ul>
      ) : null}
      <p className="sheet-quiet">{t('sheet.preview.anybody')}</p>
    </>
  )
}
