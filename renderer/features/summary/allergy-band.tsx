import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecordSummary, SummaryEntry, SummaryLine, SummaryList, SummaryListName } from '#shared/contract/summary.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { passageText } from '../../app/passage-text.ts'
import { useStatusWord } from '../../app/status-word.ts'
import { useMedia } from '../../app/use-narrow.ts'
import { Act } from '../../ui/act.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { FactRow, useWhen, type OpenSource } from './fact-row.tsx'
import { NewMark } from './new-mark.tsx'
import { OfSummary, useWholeList } from './whole.tsx'
import './summary.css'

/** Rows in sight before "and so many more"; what is told grave is in sight beyond, as far as the panel has room for it. */
const [shownFirst, graveInSight] = [3, 6]
/** Where three rows would take the place of the rest, one line stands for them (200 %, a low window). */
const little = '(max-height: 560px), (max-width: 300px)'

/** What can kill, in sight whatever is scrolled: worst first, or which of four silences this is. */
export function AllergyBand(props: { summary: Pick<RecordSummary, 'generation' | 'loadedAt' | 'begun' | 'isIncomplete' | 'allergies' | 'documents'>; onOpen: OpenSource }) {
  return (
    <OfSummary summary={props.summary}>
      <Band {...props} />
    </OfSummary>
  )
}

function Band({ summary, onOpen }: Parameters<typeof AllergyBand>[0]) {
  const { t } = useTranslation()
  const id = useId()
  const isLittle = useMedia(little)
  const [isWhole, showWhole] = useState(false)
  const { shown: allergies, missing } = useWholeList('allergies', summary.allergies, isWhole)
  const { lines, lineCount, statedCount, state } = allergies
  const first = Math.max(shownFirst, Math.min(graveInSight, lines.filter(({ latest }) => latest.grave && !isOver(latest)).length))
  const shown = isWhole ? lines : lines.slice(0, isLittle ? 0 : first)
  const hidden = lineCount - shown.length
  const worst = lines[0]
  return (
    <section className="allergies" data-testid="allergies" data-state={state} data-tone={state === 'listed' ? 'danger' : state === 'noneKnown' ? 'quiet' : 'caution'} aria-labelledby={id}>
      <div className="allergies-head">
        <h2 id={id}>
          <i aria-hidden="true">{state === 'listed' ? '⚠' : state === 'noneKnown' ? '–' : '◐'}</i> {state === 'listed' ? t('summary.allergies.heading', { count: statedCount }) : t(`summary.allergies.${state}.title`)}
        </h2>
        {isLittle && !isWhole && state === 'listed' && worst ? (
          <span className="allergies-worst">
            {worst.name} <Gravity line={worst} />
          </span>
        ) : null}
        {hidden > 0 || (isWhole && lineCount > (isLittle ? 0 : first)) ? (
          <Act kind="plain" aria-expanded={isWhole} onPress={() => showWhole(!isWhole)} data-testid="all-allergies">
            {isWhole ? t('summary.less') : isLittle ? t('summary.more', { count: hidden }) : t('summary.others', { count: hidden })}
          </Act>
        ) : null}
      </div>
      {state === 'listed' || state === 'noneKnown' || isLittle ? null : <p className="allergies-what">{state === 'notLoaded' && summary.isIncomplete ? t('summary.allergies.notLoaded.incomplete') : state === 'notLoaded' && summary.documents.read > 0 ? t('summary.allergies.notLoaded.begun') : t(`summary.allergies.${state}.what`, { count: summary.documents.read })}</p>}
      {shown.length > 0 ? (
        <RowList>
          <ul>
            {shown.map((line) => (
              <AllergyRow key={line.key} line={line} onOpen={onOpen} />
            ))}
          </ul>
        </RowList>
      ) : null}
      {missing}
      {isLittle && !isWhole ? null : <Absences name="allergies" list={allergies} onOpen={onOpen} />}
    </section>
  )
}

const isOver = ({ denied, status }: SummaryEntry) => denied || status === 'inactive' || status === 'resolved'

/** ▲▲ told grave by a document, ▲ told; an effect, a former or a denied one has neither. */
function Gravity({ line: { latest } }: { line: SummaryLine }) {
  const { t } = useTranslation()
  if (latest.kind === 'narrative' || isOver(latest)) return <i className="gravity">–</i>
  return (
    <i className="gravity" data-grave={latest.grave || undefined}>
      <span aria-hidden="true">{latest.grave ? '▲▲' : latest.adverseEffect ? '◇' : '▲'}</span>
      {latest.grave ? <span className="spoken">{t('summary.grave')}</span> : null}
    </i>
  )
}

function AllergyRow({ line, onOpen }: { line: SummaryLine; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const statusWord = useStatusWord()
  const { latest } = line
  const reactions = [latest.value, ...latest.otherValues.map(({ value }) => value)].flatMap((value) => (value ? [latest.kind === 'narrative' ? passageText(value) : value] : [])).join(', ')
  const words = [latest.adverseEffect ? t('summary.adverseEffect') : '', statusWord(latest)].filter(Boolean)
  return (
    <FactRow name="allergies" line={line} className="allergy" onOpen={onOpen}>
      <Gravity line={line} />
      <span>
        <b>{line.name}</b>
        {reactions ? (
          <>
            {' '}
            <span className={latest.kind === 'narrative' ? 'fact-words' : undefined}>— {reactions}</span>
          </>
        ) : null}
        {words.length > 0 ? <small> {words.join(', ')}</small> : null}
        <NewMark entry={latest} />
        {latest.discordant || latest.toCheck ? <small className="fact-warning"> ◆ {t('summary.toCheck')}</small> : null}
      </span>
      <span className="fact-when">{partialDate(latest.date, language).slice(-4)}</span>
    </FactRow>
  )
}

/** What documents state of a list being empty, each with who and when; beside what contradicts it where something does. */
export function Absences({ name, list, onOpen }: { name: SummaryListName; list: SummaryList; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const [isWhole, showWhole] = useState(false)
  const { shown, missing } = useWholeList(name, list, isWhole)
  const hidden = shown.absenceCount - shown.absences.length
  return shown.absenceCount === 0 ? null : (
    <>
      <ul className="absences">
        {shown.absences.map((entry) => (
          <AbsenceLine key={entry.key} entry={entry} onOpen={onOpen} />
        ))}
      </ul>
      {missing ?? (hidden > 0 ? (
        <Act kind="plain" onPress={() => showWhole(true)} data-testid="all-absences">
          {t('summary.others', { count: hidden })}
        </Act>
      ) : null)}
    </>
  )
}

function AbsenceLine({ entry, onOpen }: { entry: SummaryEntry; onOpen: OpenSource }) {
  const { t } = useTranslation()
  const when = useWhen()
  const [source] = entry.sources
  const said = { label: entry.absence === 'hiddenHere' ? t('summary.hiddenHere') : entry.label, who: source?.author ?? t('summary.unknownAuthor'), date: when(entry) }
  return (
    <li data-testid="absence" data-contradicted={entry.contradicted || undefined}>
      <small>{entry.contradicted ? <span className="fact-warning">◆ {t('summary.contradicted', said)}</span> : t('summary.declared', said)}</small>{' '}
      <Act kind="plain" onPress={() => onOpen(source?.document ?? '')} isDisabled={!source}>
        {t('summary.open')}
        <span className="spoken"> {source?.title ?? t('summary.unlisted')}</span>
      </Act>
    </li>
  )
}
