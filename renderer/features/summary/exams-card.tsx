import { useId, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure'
import { useTranslation } from 'react-i18next'
import type { ExamDone, ExamsShown } from '#shared/contract/exams.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Act } from '../../ui/act.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Mark } from '../../ui/tag.tsx'
import { ValueText, type OpenSource } from './fact-row.tsx'
import { intervalOf } from './interval.ts'
import './summary.css'

/** Tells that an exam was not prescribed again, or takes it back. */
export type TellAvoided = (exam: Pick<ExamDone, 'rule' | 'date'>, avoided: boolean) => void

/** Rows in sight before "and so many more". */
const shownFirst = 3
/** Values of a panel in its row; all of them are below it. */
const valuesInRow = 2

/** Exams that were done so lately that doing them again would say nothing new, before they are prescribed; never an order, nor a word against. */
export function ExamsCard({ exams, onOpen, onAvoided }: { exams: ExamsShown; onOpen: OpenSource; onAvoided: TellAvoided }) {
  const { t } = useTranslation()
  const [isWhole, showWhole] = useState(false)
  const isTold = ({ asked, verdict }: ExamDone) => verdict === 'redundant' || asked === 'named'
  const told = exams.done.filter(isTold)
  const others = exams.done.filter((exam) => !isTold(exam))
  const shown = isWhole || told.length <= shownFirst + 1 ? told : told.slice(0, shownFirst)
  if (exams.done.length === 0 && exams.requests.length === 0 && exams.rules.refused === null) return null
  return (
    <section className="exams" data-testid="exams" aria-label={t('summary.exams.title')}>
      {told.length + exams.requests.length > 0 ? (
        <h2>
          {t('summary.exams.title')} <small>{told.length > 0 ? told.length : null}</small>
        </h2>
      ) : null}
      <Requests exams={exams} />
      {shown.length > 0 ? (
        <ExamRows exams={shown} rules={exams.rules} onOpen={onOpen} onAvoided={onAvoided} />
      ) : null}
      {told.length > shownFirst + 1 ? (
        <Act kind="plain" aria-expanded={isWhole} onPress={() => showWhole(!isWhole)} data-testid="all-exams">
          {isWhole ? t('summary.less') : t('summary.exams.more', { count: told.length - shown.length })}
        </Act>
      ) : null}
      {others.length > 0 ? (
        <Disclosure data-testid="undecided-exams">
          <OthersHeading count={others.length} isAlone={told.length + exams.requests.length === 0} />
          <DisclosurePanel>
            <ExamRows exams={others} rules={exams.rules} onOpen={onOpen} onAvoided={onAvoided} />
          </DisclosurePanel>
        </Disclosure>
      ) : null}
      {exams.rules.refused ? (
        <p className="summary-extent" data-testid="rules-refused">
          {t('summary.exams.refused', { detail: exams.rules.refused })}
        </p>
      ) : null}
    </section>
  )
}

/** Alone, it is the heading of the card. */
function OthersHeading({ count, isAlone }: { count: number; isAlone: boolean }) {
  const { t } = useTranslation()
  const button = (
    <Button slot="trigger" className="summary-head">
      <span aria-hidden="true" className="summary-arrow">
        ▸
      </span>
      {t(isAlone ? 'summary.exams.lastOnes' : 'summary.exams.undecided', { count })}
    </Button>
  )
  return isAlone ? <h2>{button}</h2> : <h3>{button}</h3>
}

/** What is being prescribed, as far as its document says. */
function Requests({ exams: { requests, done } }: { exams: ExamsShown }) {
  const { t } = useTranslation()
  return requests.length === 0 ? null : (
    <ul className="exam-requests">
      {requests.map((request) => (
        <li key={request.item} data-testid="exam-request">
          <Mark tone="accent" shape="◔">
            {t(`summary.exams.sending.${request.category}`)}
          </Mark>{' '}
          <small>{request.codes === null ? t('summary.exams.sendingUnnamed') : done.some(({ asked }) => asked === 'named') ? '' : t('summary.exams.notFound')}</small>
        </li>
      ))}
    </ul>
  )
}

interface ExamActs {
  rules: ExamsShown['rules']
  onOpen: OpenSource
  onAvoided: TellAvoided
}
interface ExamRowProps extends ExamActs {
  exam: ExamDone
}

function ExamRows({ exams, ...acts }: ExamActs & { exams: readonly ExamDone[] }) {
  return (
    <RowList>
      <ul>
        {exams.map((exam) => (
          <ExamRow key={exam.rule} exam={exam} {...acts} />
        ))}
      </ul>
    </RowList>
  )
}

function ExamRow({ exam, rules, onOpen, onAvoided }: ExamRowProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const verdict = useVerdict(exam)
  return (
    <li className="fact exam" data-testid="exam" data-rule={exam.rule} data-verdict={exam.verdict} data-asked={exam.asked ?? undefined}>
      <button type="button" className="fact-row" data-row="" data-testid="exam-row" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <span>
          <b>{exam.name[language]}</b>
          {exam.values.slice(0, valuesInRow).map((one) => (
            <span key={one.label} className="exam-value">
              {' '}
              {exam.values.length > 1 || exam.doubts.includes('partial') ? `${one.label} ` : ''}
              <ValueText entry={one} />
            </span>
          ))}
          {exam.values.length > valuesInRow ? ' …' : ''}
        </span>
        <span className="fact-when">{partialDate(exam.date, language)}</span>
        <small className="exam-rule">{[verdict, exam.place ?? (exam.toldBy ? t('summary.exams.toldBy', { who: exam.toldBy }) : '')].filter(Boolean).join(' · ')}</small>
      </button>
      {exam.asked === 'named' && exam.verdict === 'redundant' && !isOpen ? <Avoid exam={exam} onAvoided={onAvoided} /> : null}
      <div id={id} className="fact-details" data-testid="exam-details" hidden={!isOpen}>
        {isOpen ? <ExamDetails exam={exam} rules={rules} onOpen={onOpen} onAvoided={onAvoided} /> : null}
      </div>
    </li>
  )
}

/** The rule in words: within which interval, how many days ago; of what it does not decide, that it is the last result. */
function useVerdict({ verdict, withinDays, days, words, category, asked }: ExamDone): string {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const ago = t('summary.exams.daysAgo', { count: days })
  const again = asked === 'named' ? t('summary.exams.asked') : ''
  if (verdict === 'never') return [again, words?.[language]].filter(Boolean).join(' · ')
  if (verdict === 'last') return [again, t(category === 'imaging' ? 'summary.exams.lastImage' : 'summary.exams.lastResult'), ago].filter(Boolean).join(' · ')
  if (withinDays === null) return [again, words?.[language]].filter(Boolean).join(' · ')
  const { unit, count } = intervalOf(withinDays)
  return [again, `${t('summary.exams.within', { interval: t(`summary.exams.interval.${unit}`, { count }) })} (${ago})`].filter(Boolean).join(' · ')
}

/** One act, counted: not prescribed again. */
function Avoid({ exam, onAvoided }: Pick<ExamRowProps, 'exam' | 'onAvoided'>) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return (
    <div className="exam-avoid" data-testid="exam-avoid">
      {exam.avoided ? (
        <Mark tone="good" shape="✓">
          {t('summary.exams.avoided')}
        </Mark>
      ) : null}
      <Act kind={exam.avoided ? 'plain' : undefined} onPress={() => onAvoided(exam, !exam.avoided)}>
        {exam.avoided ? t('summary.exams.takeBack') : t('summary.exams.avoid')}
        <span className="spoken"> {exam.name[language]}</span>
      </Act>
    </div>
  )
}

function ExamDetails({ exam, rules, onOpen, onAvoided }: ExamRowProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const titles = exam.sources.map(({ title }) => title).join(' ; ')
  return (
    <>
      {exam.values.length > valuesInRow ? (
        <ul>
          {exam.values.map((one) => (
            <li key={one.label}>
              {one.label} <ValueText entry={one} />
            </li>
          ))}
        </ul>
      ) : null}
      {exam.words && exam.verdict === 'last' ? <p>{exam.words[language]}</p> : null}
      {exam.doubts.length > 0 ? <p>{t('summary.exams.doubts', { words: exam.doubts.map((doubt) => t(`summary.exams.doubt.${doubt}`)).join(', ') })}</p> : null}
      {exam.except ? <p>{t('summary.exams.except', { words: exam.except[language] })}</p> : null}
      <Act kind="plain" onPress={() => onOpen(exam.document)} data-testid="open-exam">
        {t('summary.open')}
        <span className="spoken"> {exam.name[language]}</span>
      </Act>
      {exam.verdict === 'redundant' ? <Avoid exam={exam} onAvoided={onAvoided} /> : null}
      <small>{[t('summary.exams.source', { version: rules.version, titles }), rules.own ? t('summary.exams.ownRules') : ''].filter(Boolean).join(' · ')}</small>
    </>
  )
}
