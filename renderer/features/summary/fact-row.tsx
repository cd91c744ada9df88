import type { ReactNode } from 'react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FactSource, OutOfRange, SummaryEntry, SummaryLine, SummaryListName } from '#shared/contract/summary.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { passageLines, passageText } from '../../app/passage-text.ts'
import { useStatusWord } from '../../app/status-word.ts'
import { valueText } from '../../app/unit-text.ts'
import { Act } from '../../ui/act.tsx'
import { Mark, type Tone } from '../../ui/tag.tsx'
import { Trend } from './trend.tsx'
import { useWholeLine } from './whole.tsx'

/** Opens the document a fact stands in. */
export type OpenSource = (document: string) => void

const rangeMarks: Readonly<Record<OutOfRange, { shape: string; tone: Tone }>> = {
  veryHigh: { shape: '▲▲', tone: 'danger' }, high: { shape: '▲', tone: 'caution' }, veryLow: { shape: '▼▼', tone: 'danger' }, low: { shape: '▼', tone: 'caution' },
  veryAbnormal: { shape: '◆◆', tone: 'danger' }, abnormal: { shape: '◆', tone: 'caution' },
}

/** A value with its unit, and how far out of range its document says it is: shape, word and colour. */
export function ValueText({ entry }: { entry: Pick<SummaryEntry, 'value' | 'unit' | 'outOfRange'> }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const mark = entry.outOfRange && rangeMarks[entry.outOfRange]
  return (
    <>
      <b>{valueText(entry.value, entry.unit, language === 'fr') || '–'}</b>
      {mark && entry.outOfRange ? (
        <>
          {' '}
          <Mark tone={mark.tone} shape={mark.shape}>
            {t(`summary.range.${entry.outOfRange}`)}
          </Mark>
        </>
      ) : null}
    </>
  )
}

/** A date no more precise than its source; the document's where the fact has none of its own, said so. */
export function useWhen(): (entry: Pick<SummaryEntry, 'date' | 'sources'>) => string {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return ({ date, sources }) => partialDate(date, language) || (sources[0]?.documentDate ? t('summary.ofDocument', { date: partialDate(sources[0].documentDate, language) }) : t('summary.undated'))
}

interface FactRowProps {
  /** The list it stands in. */
  name: SummaryListName
  line: SummaryLine
  /** What the row says; the whole of it, read as one button. */
  children: ReactNode
  className?: string | undefined
  /** Shows the former values of the line, as a curve and on demand as a table. */
  series?: boolean
  onOpen: OpenSource
}

/** One fact: its row is a button that unfolds where it stands, each document with its own words and one act to open it. */
export function FactRow({ name, line, children, className, series = false, onOpen }: FactRowProps) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  return (
    <li className={`fact ${className ?? ''}`} data-testid="fact" data-key={line.key}>
      <button type="button" className="fact-row" data-row="" data-testid="fact-row" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        {children}
      </button>
      <div id={id} className="fact-details" data-testid="fact-details" hidden={!isOpen}>
        {isOpen ? <Details name={name} painted={line} series={series} onOpen={onOpen} /> : null}
      </div>
    </li>
  )
}

function Details({ name, painted, series, onOpen }: { name: SummaryListName; painted: SummaryLine; series: boolean; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const { shown: line, missing } = useWholeLine(name, painted, true)
  const entries = series ? [line.latest, ...line.beside] : [line.latest, ...line.beside, ...line.former]
  return (
    <>
      {line.name === line.latest.label ? null : <p>{line.latest.label}</p>}
      {entries.map((entry) => (
        <EntryDetails key={entry.key} entry={entry} told={entries.length > 1} onOpen={onOpen} />
      ))}
      {series && line.former.length > 0 ? (
        <>
          <Trend line={line} />
          <FormerTable line={line} onOpen={onOpen} />
        </>
      ) : null}
      {missing}
      {line.latest.disagrees ? <p className="fact-warning">◆ {t('summary.disagrees')}</p> : null}
    </>
  )
}

function EntryDetails({ entry, told, onOpen }: { entry: SummaryEntry; told: boolean; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const [when, statusWord] = [useWhen(), useStatusWord()]
  const others = entry.otherValues.map(({ value, unit }) => valueText(value, unit, language === 'fr'))
  return (
    <>
      {told ? (
        <p>
          <ValueText entry={entry} /> <small>{[statusWord(entry), when(entry)].filter(Boolean).join(' · ')}</small>
        </p>
      ) : null}
      {entry.referenceRange ? <p>{t('summary.reference', { range: entry.referenceRange })}</p> : null}
      {entry.kind === 'allergy' && entry.interpretation ? <p>{t('summary.gravity', { words: entry.interpretation })}</p> : null}
      {others.length > 0 ? <p className="fact-warning">◆ {t('summary.otherValues', { values: others.join(' ; ') })}</p> : null}
      {entry.discordant ? <p className="fact-warning">◆ {t('summary.discordant')}</p> : null}
      <ul className="fact-sources" aria-label={t('summary.sources', { count: entry.sources.length })}>
        {entry.sources.map((source, at) => (
          <Source key={`${source.document} ${at}`} source={source} onOpen={onOpen} />
        ))}
      </ul>
    </>
  )
}

function Source({ source, onOpen }: { source: FactSource; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { conflict } = source
  const title = source.title ?? t('summary.unlisted')
  return (
    <li data-testid="fact-source">
      {source.passage ? <blockquote>{passageLines(source.passage).join('\n')}</blockquote> : null}
      {conflict ? <p className="fact-warning">◆ {t(`summary.conflict.${conflict.field}`, { coded: conflict.coded, narrative: passageText(conflict.narrative) })}</p> : null}
      <Act kind="plain" onPress={() => onOpen(source.document)} data-testid="open-source">
        {title}
      </Act>
      <small>{[source.author, partialDate(source.documentDate, language)].filter(Boolean).join(' · ')}</small>
    </li>
  )
}

/** Every value of a line, on demand: what the curve cannot be read from. */
function FormerTable({ line, onOpen }: { line: SummaryLine; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const when = useWhen()
  const [isShown, show] = useState(false)
  return (
    <>
      <Act kind="plain" aria-expanded={isShown} onPress={() => show(!isShown)} data-testid="former-table">
        {t('summary.table', { count: line.former.length + line.beside.length + 1 })}
      </Act>
      {isShown ? (
        <table className="fact-table">
          <caption className="spoken">{line.latest.label}</caption>
          <thead>
            <tr>
              {(['date', 'value', 'reference', 'document'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`summary.columns.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[line.latest, ...line.beside, ...line.former].map((entry) => (
              <tr key={entry.key}>
                <th scope="row">{when(entry)}</th>
                <td>
                  <ValueText entry={entry} />
                  {entry.converted ? <small className="fact-converted"> {t('summary.converted', { value: valueText(String(entry.converted.value), entry.converted.unit, language === 'fr') })}</small> : null}
                </td>
                <td>{entry.referenceRange ?? '–'}</td>
                <td>
                  <Act kind="plain" onPress={() => onOpen(entry.sources[0]!.document)}>
                    {t('summary.open')}
                    <span className="spoken"> {entry.sources[0]?.title ?? t('summary.unlisted')}</span>
                  </Act>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </>
  )
}
