import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PaperSheet } from '#shared/contract/emergency-sheet.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { clock, longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { patientName } from '../../app/patient-name.ts'
import { useEscape } from '../../app/use-escape.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { Tag } from '../../ui/tag.tsx'
import { SheetLists } from './sheet-lists.tsx'
import { TimeLeft } from './time-left-words.tsx'
import { useSheetIdentity } from './use-sheet-identity.ts'
import './emergency-sheet.css'

interface PaperSheetViewProps {
  paper: PaperSheet
  /** Opens the real record of the patient the paper names; null = it is on screen already. */
  onOpenRecord: ((patient: { readonly ins: string; readonly insOid: string }) => Promise<unknown>) | null
  onErase: () => Promise<unknown>
  onBack: () => void
}

/** What a sheet read from paper says: framed, dated, vouched for by nobody, and counted down to its end. */
export function PaperSheetView({ paper, onOpenRecord, onErase, onBack }: PaperSheetViewProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const now = useNow()
  const identity = useSheetIdentity()
  useEscape(onBack)
  const heading = useRef<HTMLHeadingElement>(null)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const { sheet, until } = paper
  const name = patientName(sheet.patient)
  useEffect(() => {
    heading.current?.focus()
    announce(t('sheet.paper.shown', { name }), 'assertive')
  }, [name, t])
  const { facts, ins, said } = identity(sheet.patient)
  const moment = (iso: string) => t('sheet.moment', { date: longDate(iso, language), time: clock(iso, language) })
  const { documents } = sheet
  const extent = (['read', 'unread', 'failed', 'unstructured'] as const).flatMap((part) => (part === 'read' || documents[part] > 0 ? t(`summary.documents.${part}`, { count: documents[part] }) : []))
  const act = (done: Promise<unknown>) => {
    setBusy(true)
    setRefused(null)
    void done.catch((error: unknown) => setRefused(callFailure(error))).finally(() => setBusy(false))
  }
  return (
    <section className="paper-sheet" aria-label={t('sheet.paper.label')} data-testid="paper-sheet">
      <div>
        <Tag tone="caution">◐ {t('sheet.paper.tag')}</Tag>
        <h1 ref={heading} tabIndex={-1}>
          {name}
        </h1>
        <p>{facts}</p>
        <p>
          {ins} · {t('sheet.paper.identity', { said })}
        </p>
      </div>
      <p>
        <b>{t('sheet.paper.notVerified')}</b> {t(sheet.printedBy === null ? 'sheet.printedHere' : 'sheet.printedBy', { at: moment(sheet.printedAt), who: sheet.printedBy ?? '', practice: sheet.practice })} {t('sheet.recordRead', { at: moment(sheet.readAt) })}{' '}
        {extent.join(' · ')}
      </p>
      <p className="paper-sheet-left" data-testid="paper-sheet-left">
        <span aria-hidden="true">◷ </span>
        <TimeLeft until={until} now={now} /> {t('sheet.paper.untilRead')}
      </p>
      <div className="buttons">
        {onOpenRecord ? (
          <Act kind="main" isDisabled={busy} onPress={() => act(onOpenRecord(sheet.patient))} data-testid="open-record">
            {t('sheet.paper.openRecord')}
          </Act>
        ) : null}
        <Act onPress={onBack} data-testid="paper-sheet-back">
          {t('sheet.paper.back')}
        </Act>
        <Act isDisabled={busy} onPress={() => act(onErase())} data-testid="erase-sheet">
          {t('sheet.paper.erase')}
        </Act>
      </div>
      {refused ? (
        <Complaint testId="paper-sheet-refused" code={refused.code} spoken={t(`reasons.${refused.code}.title`)}>
          <b>{t(`reasons.${refused.code}.title`)}.</b> {t(`reasons.${refused.code}.what`)} {t(`reasons.${refused.code}.action`)}
        </Complaint>
      ) : null}
      <SheetLists sheet={sheet} />
      <p className="sheet-quiet">{t('sheet.mayBeIncomplete')}</p>
    </section>
  )
}
