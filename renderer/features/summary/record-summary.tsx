import { useState, type ReactNode } from 'react'
import { Button } from 'react-aria-components/Button'
import { useTranslation } from 'react-i18next'
import type { RuledSummary } from '#shared/contract/ruled-summary.ts'
import { isReadWhole, summaryLists, type RecordSummary, type SummaryLine, type SummaryList, type SummaryListName } from '#shared/contract/summary.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { passageText } from '../../app/passage-text.ts'
import { useStatusWord } from '../../app/status-word.ts'
import { Act } from '../../ui/act.tsx'
import { Fold } from '../../ui/fold.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Absences } from './allergy-band.tsx'
import { FactRow, useWhen, ValueText, type OpenSource } from './fact-row.tsx'
import { NewMark } from './new-mark.tsx'
import { Sparkline } from './trend.tsx'
import { vaccinesToPropose, VaccinesDue } from './vaccines-due.tsx'
import { OfSummary, useWholeList } from './whole.tsx'
import './summary.css'

type ListName = Exclude<SummaryListName, 'allergies'>

/** Lists below the allergies, in the panel's order. */
const lists = summaryLists.filter((name): name is ListName => name !== 'allergies')
/** Lists open from the start, with how many rows before "and so many more". */
const openFirst: Readonly<Partial<Record<ListName, number>>> = { treatments: 6, problems: 6, results: 6, measurements: 3 }
const rowsWhenOpened = 8

/** What the documents that were read say of the patient, list by list; nothing is decided here but what is folded away. */
export function RecordSummaryView({ summary, onOpen }: { summary: RuledSummary; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const filled = lists.filter((name) => hasSomething(summary, name))
  const silent = lists.filter((name) => !filled.includes(name) && name !== 'others')
  const { read, unread, failed } = summary.documents
  return (
    <OfSummary summary={summary}>
      <section className="summary" aria-label={t('summary.title')} data-testid="summary">
        {read + unread + failed > 0 ? <Extent summary={summary} onOpen={onOpen} /> : null}
        {filled.map((name) => (
          <List key={name} name={name} summary={summary} onOpen={onOpen} />
        ))}
        {silent.length > 0 && summary.loadedAt !== null && !summary.isIncomplete ? (
          <p className="summary-silent" data-testid="silent">
            {read === 0 ? t(unread + failed > 0 ? 'summary.notLoaded' : 'summary.nothingStructured') : t('summary.notRecorded', { lists: silent.map((name) => t(`summary.lists.${name}`).toLocaleLowerCase(language)).join(language === 'fr' ? '\u00a0; ' : '; ') })}
          </p>
        ) : null}
      </section>
    </OfSummary>
  )
}

function hasSomething(summary: RecordSummary, name: ListName): boolean {
  const { lineCount, olderCount, absenceCount } = summary[name]
  return lineCount + olderCount + absenceCount > 0
}

/** What was read and what was not: a short list must not pass for a whole one. */
function Extent({ summary, onOpen }: { summary: RecordSummary; onOpen: OpenSource }) {
  const { documents, unreadable, loadedAt, isIncomplete } = summary
  const { t } = useTranslation()
  const parts = (['read', 'unread', 'failed', 'unstructured'] as const).filter((part) => part === 'read' || documents[part] > 0)
  const partial = !isReadWhole(summary)
  return (
    <div className="summary-extent" data-testid="extent" data-partial={partial || undefined}>
      <p>
        {partial ? <i aria-hidden="true">◐ </i> : null}
        {parts.map((part) => t(`summary.documents.${part}`, { count: documents[part] })).join(' · ')}
        {loadedAt === null ? ` · ${t('summary.listDue')}` : isIncomplete ? ` · ${t('summary.listIncomplete')}` : null}
      </p>
      {unreadable.map(({ document, title }) => (
        <Act key={document} kind="plain" onPress={() => onOpen(document)} data-testid="unreadable">
          {t('summary.openUnreadable', { title })}
        </Act>
      ))}
    </div>
  )
}

function List({ name, summary, onOpen }: { name: ListName; summary: RuledSummary; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const list = summary[name]
  const { lineCount, olderCount, outOfRangeCount, statedAt } = list
  const toPropose = name === 'vaccines' ? vaccinesToPropose(summary.vaccination) : 0
  return (
    <Fold
      className="summary-list"
      data-testid={`list-${name}`}
      defaultExpanded={openFirst[name] !== undefined}
      head={
        <h2>
          <Button slot="trigger" className="summary-head">
            <span aria-hidden="true" className="summary-arrow">
              ▸
            </span>
            {t(`summary.lists.${name}`)} <small>{lineCount + olderCount}</small>
            {outOfRangeCount > 0 ? <small className="summary-out">▲ {t('summary.outOfRange', { count: outOfRangeCount })}</small> : null}
            {toPropose > 0 ? <small className="summary-due">◇ {t('summary.vaccination.due', { count: toPropose })}</small> : null}
          </Button>
          {statedAt ? <small className="summary-stated">{t('summary.statedAt', { date: partialDate(statedAt, language) })}</small> : null}
        </h2>
      }
    >
      {name === 'vaccines' ? <VaccinesDue vaccination={summary.vaccination} isWhole={isReadWhole(summary)} /> : null}
      <RowList>
        <Rows list={list} part="lines" first={openFirst[name] ?? rowsWhenOpened} name={name} onOpen={onOpen} />
        {olderCount > 0 ? <Older list={list} name={name} since={summary.since} onOpen={onOpen} /> : null}
      </RowList>
      <Absences name={name} list={list} onOpen={onOpen} />
    </Fold>
  )
}

interface RowsProps {
  list: SummaryList
  part: 'lines' | 'older'
  first: number
  name: ListName
  onOpen: OpenSource
}

function Rows({ list, part, first, name, onOpen }: RowsProps) {
  const { t } = useTranslation()
  const [isUnfolded, unfold] = useState(false)
  const count = part === 'lines' ? list.lineCount : list.olderCount
  // One row more takes no more place than saying that there is one.
  const isWhole = isUnfolded || count <= first + 1
  const { shown: found, missing } = useWholeList(name, list, (isWhole || list[part].length < first) && list[part].length < count)
  const shown = isWhole ? found[part] : found[part].slice(0, first)
  return (
    <>
      <ul>
        {shown.map((line) => (
          <Row key={line.key} line={line} name={name} onOpen={onOpen} />
        ))}
      </ul>
      {missing}
      {count > first + 1 ? (
        <Act kind="plain" aria-expanded={isUnfolded} onPress={() => unfold(!isUnfolded)} data-testid="all-lines">
          {isUnfolded ? t('summary.less') : t('summary.others', { count: count - shown.length })}
        </Act>
      ) : null}
    </>
  )
}

function Older({ list, name, since, onOpen }: Pick<RowsProps, 'list' | 'name' | 'onOpen'> & { since: string }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const [isShown, show] = useState(false)
  return (
    <>
      <Act kind="plain" aria-expanded={isShown} onPress={() => show(!isShown)} data-testid="older">
        {t('summary.older', { count: list.olderCount, date: partialDate(since, language) })}
      </Act>
      {isShown ? <Rows list={list} part="older" first={rowsWhenOpened} name={name} onOpen={onOpen} /> : null}
    </>
  )
}

function Row({ line, name, onOpen }: { line: SummaryLine; name: ListName; onOpen: OpenSource }) {
  const when = useWhen()
  const { latest, beside } = line
  const series = (name === 'results' || name === 'measurements') && latest.kind !== 'narrative'
  return (
    <FactRow name={name} line={line} className={series ? 'fact-series' : undefined} series={series} onOpen={onOpen}>
      <span className="fact-what">
        <What line={line} name={name} />
      </span>
      {series ? (
        <span className="fact-value">
          <ValueText entry={latest} />
          {beside.map((entry) => (
            <span key={entry.key} className="fact-beside">
              {' '}
              <span aria-hidden="true">≠</span> <ValueText entry={entry} />
            </span>
          ))}
        </span>
      ) : null}
      {series ? (
        <span className="fact-trend">
          <Sparkline line={line} />
        </span>
      ) : null}
      <span className="fact-when" data-old={(latest.old && name !== 'vaccines' && name !== 'timeline') || undefined}>
        <When latest={latest} name={name} text={briefly(when(latest))} />
      </span>
    </FactRow>
  )
}

/** `20/11/26`: a whole day in a narrow column, as the list of documents has it. */
function briefly(date: string): string {
  return date.replace(/(\d\d\/\d\d\/)\d\d(\d\d)$/, '$1$2')
}

/** The date, with its clock where the datum is old enough to be doubted. */
function When({ latest, name, text }: { latest: SummaryLine['latest']; name: ListName; text: string }): ReactNode {
  const { t } = useTranslation()
  if (!latest.old || name === 'vaccines' || name === 'timeline') return text
  return (
    <>
      <span aria-hidden="true">◷ </span>
      {text}
      <span className="spoken"> {t('summary.old')}</span>
    </>
  )
}

/** A narrow column breaks a name after a slash rather than inside a word. */
function breakable(name: string): ReactNode {
  return name.split('/').flatMap((part, at) => (at === 0 ? part : ['/', <wbr key={at} />, part]))
}

function What({ line, name }: { line: SummaryLine; name: ListName }) {
  const { t } = useTranslation()
  const { latest, formerCount } = line
  const statusWord = useStatusWord()(latest)
  const kind = name === 'timeline' || name === 'others' || latest.kind === 'narrative' ? t(`summary.kinds.${latest.kind}`) : ''
  // What is planned is of a kind that says so.
  const word = statusWord === kind ? '' : statusWord
  const values = [latest, ...latest.otherValues]
  const quiet = [
    kind,
    name === 'vaccines' && latest.kind !== 'narrative' && latest.value ? t('summary.dose', { rank: latest.value }) : '',
    word,
    name === 'treatments' && formerCount > 0 ? t('summary.formerMentions', { count: formerCount }) : '',
  ].filter(Boolean)
  return (
    <>
      <span className={latest.denied ? 'fact-denied' : undefined}>{breakable(line.name)}</span>
      {name === 'treatments' && latest.kind !== 'narrative' && latest.value !== null ? values.map((value, at) => (
        <span key={at} className="fact-dose">
          {at > 0 ? ' ≠ ' : ' '}
          <ValueText entry={{ ...value, outOfRange: null }} />
        </span>
      )) : null}
      {name === 'treatments' && latest.frequency ? <small className="fact-posology"> {latest.frequency}</small> : null}
      {(name === 'problems' || name === 'timeline' || latest.kind === 'narrative' || name === 'others') && latest.value ? <> <span className="fact-words">{latest.kind === 'reimbursement' ? `× ${latest.value}` : `— ${latest.kind === 'narrative' ? passageText(latest.value) : latest.value}`}</span></> : null}
      {quiet.length > 0 ? <small> {quiet.join(' · ')}</small> : null}
      {latest.toCheck || latest.disagrees || latest.discordant ? <small className="fact-warning"> ◆ {t('summary.toCheck')}</small> : null}
      <NewMark entry={latest} />
    </>
  )
}
