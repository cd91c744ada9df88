import type { ReactNode } from 'react'
import { Fragment, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DocumentFact } from '#shared/contract/history.ts'
import { listOfKind, summaryLists, type SummaryListName } from '#shared/contract/summary.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { passageText } from '../../app/passage-text.ts'
import { Marked } from '../../ui/marked.tsx'
import { Mark } from '../../ui/tag.tsx'
import { useDrawnAs } from './drawn-as.ts'
import { markedParts } from './marked-parts.ts'
import { MoreRows, useRows } from './more-rows.tsx'
import './results.css'

/** How a fact is said where facts are said: the value with how far it is out of range, and where it stands, in words. */
export interface FactWords {
  readonly value: (fact: DocumentFact) => ReactNode
  readonly status: (fact: DocumentFact) => string
}

/**
 * The coded facts of one document, as it states them, in its order. The text its author signed is the reference: where the two disagree both are shown,
 * and it is said which one to trust.
 */
export function Results({ facts, say }: { facts: readonly DocumentFact[]; say: FactWords }) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const { words } = useDrawnAs()
  const [onlyOut, setOnlyOut] = useState(false)
  const out = facts.filter(({ outOfRange }) => outOfRange !== null).length
  useLayoutEffect(() => {
    if (words.length > 0) box.current?.querySelector('mark')?.scrollIntoView({ block: 'center' })
  }, [words])
  const shown = onlyOut ? facts.filter(({ outOfRange }) => outOfRange !== null) : facts
  const groups = summaryLists.map((list) => ({ list, facts: shown.filter(({ kind }) => listOfKind[kind] === list) })).filter((group) => group.facts.length > 0)
  return (
    <div ref={box} className="results" data-testid="results">
      <p className="results-reference">{t('viewer.results.reference')}</p>
      {out > 0 ? (
        <label className="results-filter">
          <input type="checkbox" checked={onlyOut} onChange={(event) => setOnlyOut(event.target.checked)} data-testid="only-out-of-range" />
          {t('viewer.results.onlyOutOfRange', { out })}
        </label>
      ) : null}
      {groups.map((group) => (
        <Group key={group.list} list={group.list} facts={group.facts} say={say} />
      ))}
    </div>
  )
}

function Group({ list, facts, say }: { list: SummaryListName; facts: readonly DocumentFact[]; say: FactWords }) {
  const { t } = useTranslation()
  const detailsOf = useFactDetails()
  const rows = useRows(facts.length)
  const name = list === 'allergies' ? t('viewer.results.allergies') : t(`summary.lists.${list}`)
  const hasValues = facts.some(({ value }) => value !== null)
  const hasRanges = facts.some(({ referenceRange }) => referenceRange !== null)
  const hasDetails = facts.some((fact) => detailsOf(fact).length > 0)
  const columns = [true, hasValues, hasRanges, hasDetails].filter(Boolean).length
  return (
    // Scrolled by keyboard too when it is wider than the window.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <figure className="results-group" tabIndex={0} aria-label={name} data-testid={`results-${list}`}>
      <table>
        <caption>{name}</caption>
        <thead>
          <tr>
            <th scope="col">{t('viewer.results.columns.label')}</th>
            {hasValues ? <th scope="col">{t('viewer.results.columns.value')}</th> : null}
            {hasRanges ? <th scope="col">{t('viewer.results.columns.range')}</th> : null}
            {hasDetails ? <th scope="col">{t('viewer.results.columns.details')}</th> : null}
          </tr>
        </thead>
        <tbody>
          {facts.slice(0, rows.shown).map((fact, at) => (
            <Fragment key={at}>
              <tr data-testid="result" data-conflict={fact.conflict ? '' : undefined}>
                <th scope="row">
                  <Label fact={fact} status={say.status(fact)} />
                </th>
                {hasValues ? <td className="results-value">{fact.value === null ? '–' : say.value(fact)}</td> : null}
                {hasRanges ? <td>{fact.referenceRange ?? '–'}</td> : null}
                {hasDetails ? <td>{detailsOf(fact).join(' · ')}</td> : null}
              </tr>
              {fact.conflict ? (
                <tr>
                  <td colSpan={columns} className="results-conflict" data-testid="conflict">
                    ◆ <Conflict conflict={fact.conflict} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
        </tbody>
      </table>
      <MoreRows rows={rows} total={facts.length} />
    </figure>
  )
}

/** What the code says and what the signed text says, side by side, and which to trust. */
function Conflict({ conflict: { field, coded, narrative } }: { conflict: NonNullable<DocumentFact['conflict']> }) {
  const { t } = useTranslation()
  return t(`summary.conflict.${field}`, { coded, narrative: passageText(narrative) })
}

function Label({ fact, status }: { fact: DocumentFact; status: string }) {
  const { words } = useDrawnAs()
  return (
    <>
      <Marked parts={markedParts(fact.label, words)} />
      {status ? (
        <>
          {' '}
          <Mark tone="quiet" shape={fact.negated ? '∅' : '○'}>
            {status}
          </Mark>
        </>
      ) : null}
    </>
  )
}

/** What a fact says beside its value, each as a short sentence; nothing that it does not say. */
function useFactDetails(): (fact: DocumentFact) => string[] {
  const { t } = useTranslation()
  const { language } = useLanguage()
  return ({ kind, date, end, route, frequency, lot, specimen, interpretation, outOfRange }) => {
    const [from, until] = [partialDate(date, language), partialDate(end ?? null, language)]
    // How far out of range it is stands beside the value; "normal" is said by nothing standing there.
    const words = outOfRange !== null || interpretation === 'N' ? null : interpretation
    return [
      words === null ? '' : t(kind === 'allergy' ? 'summary.gravity' : 'viewer.results.interpretation', { words }),
      until ? t('viewer.results.until', { date: [from, until].filter(Boolean).join(' → ') }) : from,
      frequency ?? '',
      route ?? '',
      specimen ? t('viewer.results.specimen', { specimen }) : '',
      lot ? t('viewer.results.lot', { lot }) : '',
    ].filter((text) => text !== '')
  }
}
