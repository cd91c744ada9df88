import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ListedBy, MyRecord, MyRecords as List } from '#shared/contract/my-records.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { moment, partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { ReasonFacts, ReasonScene } from '../../app/reason-scene.tsx'
import { Act } from '../../ui/act.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Mark } from '../../ui/tag.tsx'
import { RecordLine } from './record-line.tsx'
import { periods } from './since-day.ts'
import { openedName, useMyRecords } from './use-my-records.ts'
import './my-records.css'

interface MyRecordsProps {
  /** Names who speaks to the record: what one asked is never another's to see. */
  speaker: string
  onOpen: (patient: { readonly ins: string; readonly insOid: string }) => Promise<unknown>
}

/** Where no patient is open: which of one's patients have something new, asked of the record by a press and by nothing else. */
export function MyRecords({ speaker, onOpen }: MyRecordsProps) {
  const { t } = useTranslation()
  const { scene, offer, asked, by, days, opened, chooseBy, chooseDays, ask, putAway, noteOpened } = useMyRecords(speaker)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const id = useId()
  const asker = useRef<HTMLButtonElement>(null)

  const open = (record: MyRecord) => {
    setRefused(null)
    void onOpen({ ins: record.ins, insOid: record.insOid }).then(
      () => noteOpened(record),
      (error: unknown) => setRefused(callFailure(error)),
    )
  }
  const close = () => {
    putAway()
    asker.current?.focus()
  }
  if (scene.kind === 'not-known') return null
  const title = t(offer?.ofStructure ? 'myRecords.titleOfStructure' : 'myRecords.title')
  if (scene.kind === 'not-offered') return <NotOffered id={id} title={title} code={scene.code} />
  return (
    <section className="my-records" aria-labelledby={id} data-testid="my-records" data-kind={scene.kind}>
      <h2 id={id}>{title}</h2>
      <p className="my-records-quiet">{t(offer?.ofStructure ? 'myRecords.whatOfStructure' : 'myRecords.what')}</p>
      <div className="my-records-ask">
        {(offer?.by.length ?? 0) > 1 ? <Choice<ListedBy> label={t('myRecords.by')} isLabelSpoken value={by} onChange={chooseBy} options={(offer?.by ?? []).map((value) => ({ value, label: t(`myRecords.kind.${value}`) }))} /> : null}
        <Choice
          label={t('myRecords.since')}
          value={String(days)}
          onChange={(chosen) => chooseDays(periods.find((one) => String(one) === chosen) ?? periods[0])}
          options={periods.map((value) => ({ value: String(value), label: t(`myRecords.period.${value}`) }))}
        />
        <Act ref={asker} onPress={() => (scene.kind === 'loading' ? undefined : ask())} aria-label={t('myRecords.askLong')} data-testid="ask-my-records">
          {t('myRecords.ask')}
        </Act>
      </div>
      {scene.kind === 'loading' ? <Skeleton lines={6} label={t('myRecords.loading')} /> : null}
      {scene.kind === 'failed' ? <ReasonScene code={scene.failure.code} recordText={scene.failure.recordText} alone={t('myRecords.notAlone')} remark={<p>{t('myRecords.notNone')}</p>} /> : null}
      {scene.kind === 'empty' && asked ? <Empty askedAt={scene.askedAt} by={asked.by} since={asked.since} /> : null}
      {refused ? (
        <Complaint code={refused.code} testId="my-record-refused" spoken={t(`reasons.${refused.code}.title`)}>
          <b>{t(`reasons.${refused.code}.title`)}.</b> {t(`reasons.${refused.code}.what`)} {t(`reasons.${refused.code}.action`)}
        </Complaint>
      ) : null}
      {scene.kind === 'listed' && asked ? <Listed key={scene.list.askedAt} list={scene.list} by={asked.by} since={asked.since} opened={opened} onOpen={open} onClose={close} /> : null}
    </section>
  )
}

/** What could not be asked, and why: in a quiet line, the whole of it for whoever wants to know. */
function NotOffered({ id, title, code }: { id: string; title: string; code: ReasonCode }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <section className="my-records" aria-labelledby={id} data-testid="my-records" data-kind="not-offered" data-code={code}>
      <h2 id={id}>{title}</h2>
      <div className="my-records-ask">
        <Mark tone="quiet" shape="○">
          {t(`reasons.${code}.title`)}
        </Mark>
        <Act kind="plain" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)} data-testid="why-not-my-records">
          {t('health.details')}
        </Act>
      </div>
      {isOpen ? <ReasonFacts code={code} /> : null}
    </section>
  )
}

interface Asked {
  by: ListedBy
  /** The day looked back to. */
  since: string
}

function Empty({ askedAt, by, since }: Asked & { askedAt: string }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const now = useNow()
  return (
    <div className="my-records-empty" data-testid="my-records-empty">
      <h3>
        <i aria-hidden="true">–</i> <span>{t('myRecords.none')}</span>
      </h3>
      <p>{t(`myRecords.empty.${by}`, { date: partialDate(since, language) })}</p>
      <p className="my-records-quiet">{t('myRecords.emptyAt', { at: moment(askedAt, now, language) })}</p>
    </div>
  )
}

/** Rows drawn at first: more are drawn when they are asked for. */
const firstShown = 100

interface ListedProps extends Asked {
  list: List
  opened: readonly string[]
  onOpen: (record: MyRecord) => void
  onClose: () => void
}

function Listed({ list: { records, askedAt }, by, since, opened, onOpen, onClose }: ListedProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const now = useNow()
  const [shown, setShown] = useState(firstShown)
  const left = records.length - shown
  const rows = useRef<HTMLUListElement>(null)
  // What was pressed may be gone: the keyboard goes to the first of the rows that came.
  useEffect(() => {
    if (shown > firstShown) rows.current?.querySelectorAll<HTMLElement>('[data-row]')[shown - firstShown]?.focus()
  }, [shown])
  return (
    <>
      <div className="my-records-head">
        <p data-testid="my-records-found">
          <b>{t('myRecords.found', { count: records.length })}</b> {t(`myRecords.asked.${by}`, { date: partialDate(since, language) })}
        </p>
        <Act kind="plain" onPress={onClose} data-testid="close-my-records">
          {t('myRecords.close')}
        </Act>
      </div>
      <RowList>
        <ul ref={rows}>
          {records.slice(0, shown).map((record) => (
            <RecordLine key={`${record.insOid} ${record.ins}`} record={record} isOpened={opened.includes(openedName(record))} onOpen={() => onOpen(record)} />
          ))}
        </ul>
      </RowList>
      {left > 0 ? (
        <Act kind="plain" onPress={() => setShown(shown + firstShown)} data-testid="more-my-records">
          {t('myRecords.more', { count: left })}
        </Act>
      ) : null}
      <p className="my-records-quiet">{t('myRecords.listedAt', { at: moment(askedAt, now, language) })}</p>
    </>
  )
}
