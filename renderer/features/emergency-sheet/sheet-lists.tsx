import { useTranslation } from 'react-i18next'
import { sheetLists, type EmergencySheet, type SheetFact, type SheetList, type SheetListName, type SheetStatement } from '#shared/contract/emergency-sheet.ts'
import { partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { passageText } from '../../app/passage-text.ts'
import { useStatusWord } from '../../app/status-word.ts'
import { valueText } from '../../app/unit-text.ts'

const kinds = { allergies: 'allergy', treatments: 'treatment', problems: 'problem', vaccines: 'vaccine' } as const

/** What a sheet says, list by list, each datum with its dates and who said it where: the same on paper and of a paper that was read. */
export function SheetLists({ sheet }: { sheet: Pick<EmergencySheet, 'lists'> }) {
  return sheetLists.map((name) => <List key={name} name={name} list={sheet.lists[name]} />)
}

function List({ name, list }: { name: SheetListName; list: SheetList }) {
  const { t } = useTranslation()
  const { state, facts, statements, leftOut, past } = list
  const isAlert = name === 'allergies' && state !== 'noneKnown'
  return (
    <section className="sheet-list" data-testid={`sheet-${name}`} data-state={state} data-tone={!isAlert ? undefined : state === 'listed' ? 'danger' : 'caution'}>
      <h2>
        {isAlert ? <i aria-hidden="true">⚠ </i> : null}
        <Heading name={name} list={list} />
      </h2>
      {isAlert && state !== 'listed' ? <p className="sheet-alert">{t('sheet.askAllergies')}</p> : null}
      {state === 'listed' && facts.length === 0 && leftOut === 0 ? <p>{t('sheet.noneCurrent')}</p> : null}
      {facts.length > 0 ? (
        <ul>
          {facts.map((fact, at) => (
            <Fact key={at} name={name} fact={fact} />
          ))}
        </ul>
      ) : null}
      {statements.length > 0 ? (
        <ul>
          {statements.map((statement, at) => (
            <Statement key={at} statement={statement} />
          ))}
        </ul>
      ) : null}
      {leftOut > 0 ? (
        <p className="sheet-left-out" data-testid="left-out">
          ✂ {t('sheet.leftOut', { count: leftOut })}
        </p>
      ) : null}
      {past > 0 ? <p>{t('sheet.past', { count: past })}</p> : null}
    </section>
  )
}

function Heading({ name, list: { state, stated } }: { name: SheetListName; list: SheetList }) {
  const { t } = useTranslation()
  if (name === 'allergies' && state !== 'listed') return t(`summary.allergies.${state}.title`)
  if (name === 'allergies' && stated !== null) return t('summary.allergies.heading', { count: stated })
  return state === 'listed' ? t(`sheet.lists.${name}`) : t('sheet.heading', { list: t(`sheet.lists.${name}`), state: t(`sheet.states.${state}`) })
}

function Fact({ name, fact }: { name: SheetListName; fact: SheetFact }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { label, values, frequency, status, denied, adverseEffect, inWords, toCheck, toConfirm, tetanus } = fact
  const word = useStatusWord()({ status, negated: denied, denied, kind: kinds[name], value: null })
  const told = values.map(({ value, unit }) => (inWords ? passageText(value) : name === 'vaccines' ? t('summary.dose', { rank: value }) : valueText(value, unit, language === 'fr')))
  const quiet = [tetanus ? t('sheet.tetanus') : '', adverseEffect ? t('summary.adverseEffect') : '', word].filter(Boolean)
  const warnings = [toCheck ? `◆ ${t('summary.toCheck')}` : '', toConfirm ? `◷ ${t('sheet.toConfirm')}` : ''].filter(Boolean)
  return (
    <li className="sheet-fact" data-testid="sheet-fact">
      <i className="sheet-gravity">{name === 'allergies' ? <Gravity fact={fact} /> : <span aria-hidden="true">·</span>}</i>
      <span className="sheet-said">
        <b className={denied ? 'sheet-denied' : undefined}>{label}</b>
        {told.length > 0 ? ` ${!inWords && (name === 'treatments' || name === 'vaccines') ? '' : '— '}${told.join(name === 'treatments' ? ' ≠ ' : ', ')}` : ''}
        {frequency === null ? '' : ` (${frequency})`}
        {quiet.length > 0 ? <small> {quiet.join(', ')}</small> : null}
        {warnings.length > 0 ? <small className="sheet-warning"> {warnings.join(' ')}</small> : null}
      </span>
      <Source fact={fact} />
    </li>
  )
}

/** ▲▲ told grave by a document, ▲ told; an effect, a former or a denied one has neither. */
function Gravity({ fact: { grave, denied, status, adverseEffect, inWords } }: { fact: SheetFact }) {
  const { t } = useTranslation()
  if (inWords || denied || status === 'inactive' || status === 'resolved') return <span aria-hidden="true">–</span>
  return (
    <>
      <span aria-hidden="true">{grave ? '▲▲' : adverseEffect ? '◇' : '▲'}</span>
      {grave ? <span className="spoken">{t('summary.grave')}</span> : null}
    </>
  )
}

/** Of when it is, when it was last said, and by whom; of a document that names nobody, its title. */
function Source({ fact: { date, statedAt, author, source } }: { fact: SheetFact }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const [when, said] = [partialDate(date, language), partialDate(statedAt, language)]
  const dates = [when, said && said !== when ? t('sheet.said', { date: said }) : ''].filter(Boolean)
  return <small className="sheet-source">{[...(dates.length > 0 ? dates : [t('summary.undated')]), author ?? source ?? t('summary.unknownAuthor')].join(' · ')}</small>
}

function Statement({ statement: { absence, label, contradicted, author, date } }: { statement: SheetStatement }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const said = { label: absence === 'hiddenHere' ? t('summary.hiddenHere') : label, who: author ?? t('summary.unknownAuthor'), date: partialDate(date, language) || t('summary.undated') }
  return (
    <li data-testid="sheet-statement">
      <small className={contradicted ? 'sheet-warning' : undefined}>{contradicted ? `◆ ${t('summary.contradicted', said)}` : t('summary.declared', said)}</small>
    </li>
  )
}
