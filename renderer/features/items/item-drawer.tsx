import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode, RefObject } from 'react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { documentActs, type DocumentAct } from '#shared/contract/document-acts.ts'
import type { ItemDetail, ItemTrace, ItemView } from '#shared/contract/items.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { connector } from '../../app/connection.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { moment, partialDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { patientName } from '../../app/patient-name.ts'
import { itemQuery } from '../../app/queries.ts'
import { reasonDetail } from '../../app/reason-detail.ts'
import { ReasonFacts } from '../../app/reason-scene.tsx'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { X } from '../../ui/icons.ts'
import { announce } from '../../ui/live-regions.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Tag } from '../../ui/tag.tsx'
import { AuthorChoice } from './author-choice.tsx'
import { Candidates } from './candidates.tsx'
import { lineOfChoice } from './chosen-patient.ts'
import { FindPatient } from './find-patient.tsx'
import { NamedByText } from './named-by-text.tsx'
import { DismissForm } from './dismiss-form.tsx'
import { isHeld } from './held-reasons.ts'
import { ItemState, useItemWords } from './item-words.tsx'
import { OtherItem, otherItemOf, standsBeside } from './other-item.tsx'
import { patientReasons } from './todo-groups.tsx'
import { TypeChoice } from './type-choice.tsx'
import { VisibilityChoice } from './visibility-choice.tsx'
import { VisibilityMarks } from './visibility-marks.tsx'

/** What stands in the drawer of a document that is in the record: what may be done with it there. */
type OfDeposited = (item: ItemView) => ReactNode

/** What shows the document itself, by the name a person knows it by. */
type OfDocument = (item: ItemView, name: string) => ReactNode

/** A line that tells of an act done here on the document in the record. */
function isDeed(line: ItemTrace): line is ItemTrace & { detail: DocumentAct } {
  return line.event === 'in-record' && documentActs.some((act) => act === line.detail)
}

interface DrawerProps {
  id: string
  /** Shows another item in its place. */
  onOpen: (id: string) => void
  onClose: () => void
  documentOf: OfDocument
  inRecord: OfDeposited
}

/** Everything about one item, from the right: why it is where it is, the document itself beside what is asked of it, its whole way so far. Esc closes. */
export function ItemDrawer({ id, ...shown }: Omit<DrawerProps, 'id'> & { id: string | null }) {
  return (
    <ModalOverlay className="drawer-veil" isOpen={id !== null} isDismissable onOpenChange={(open) => (open ? undefined : shown.onClose())}>
      <Modal className="drawer">
        <Dialog data-testid="item-drawer">{id === null ? null : <DrawerContent key={id} id={id} {...shown} />}</Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function DrawerContent({ id, onOpen, onClose, documentOf, inRecord }: DrawerProps) {
  const { t } = useTranslation()
  const words = useItemWords()
  const now = useNow()
  const { data, error } = useQuery(itemQuery(id))
  const state = useRef<HTMLParagraphElement>(null)
  const [isSeen, setSeen] = useState(false)
  return (
    <>
      <div className="drawer-head">
        <div>
          <Heading slot="title" level={2}>
            {data ? words.document(data.item) : t('viewer.title')}
          </Heading>
          {data ? (
            <>
              <p>{words.patient(data.item)}</p>
              <p ref={state} tabIndex={-1} className="drawer-state">
                <ItemState item={data.item} now={now} />
                {data.inRecord ? <Tag>{t(`documents.badge.${data.inRecord}`)}</Tag> : null}
                <VisibilityMarks visibility={data.item.visibility} />
              </p>
            </>
          ) : null}
        </div>
        <Act kind="icon" aria-label={t('drawer.close')} onPress={onClose}>
          <X size={16} aria-hidden="true" />
        </Act>
      </div>
      <div className="drawer-work">
        {data && isSeen ? <Seen>{documentOf(data.item, words.document(data.item))}</Seen> : null}
        <div className="drawer-body">
          {data ? <Detail detail={data} state={state} isSeen={isSeen} onSeen={setSeen} onOpen={onOpen} onClose={onClose} inRecord={inRecord} /> : null}
          {!data && error ? <ReasonFacts code={callFailure(error).code} /> : null}
          {!data && !error ? <Skeleton lines={8} label={t('sync.loading')} /> : null}
        </div>
      </div>
    </>
  )
}

/** The document, beside or above what is decided of it; whoever uses the keyboard is in it, and what stands after it comes next. */
function Seen({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    // Scrolled by keyboard: a text holds no control of its own.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section ref={box} className="drawer-document" tabIndex={0} aria-label={t('viewer.title')} data-testid="item-document">
      {children}
    </section>
  )
}

/** What its bytes say is said again by them: to try it as it is ends the same way. */
const isOfItsContent = (reason: ReasonCode): boolean => reason === 'author-not-ours' || /^(?:file|format|pdf|xml|cda)-/.test(reason)

interface DetailProps extends Omit<DrawerProps, 'id' | 'documentOf'> {
  detail: ItemDetail
  /** Where the item's state is said: what an act that leaves the drawer open has changed. */
  state: RefObject<HTMLElement | null>
  /** The document is shown. */
  isSeen: boolean
  onSeen: (isSeen: boolean) => void
}

function Detail({ detail, state, isSeen, onSeen, onOpen, onClose, inRecord }: DetailProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const words = useItemWords()
  const now = useNow()
  const [dismissing, setDismissing] = useState(false)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const { item, candidates, trace } = detail
  const client = useQueryClient()
  const stopped = item.state === 'parked' || item.state === 'waiting'
  const held = stopped && isHeld(item.reason)
  const other = otherItemOf(item.reason, item.reasonDetail)
  const isOfWhom = stopped && item.reason !== null && patientReasons.includes(item.reason)
  const mayBeTyped = detail.typeChoices.length > 0
  const mayBeAuthored = detail.authorChoices.length > 0
  const isForGood = item.reason !== null && isOfItsContent(item.reason)
  const choice = lineOfChoice(detail)
  const told = (line: ItemTrace, what: string) => {
    const named = otherItemOf(line.reason, what)
    if (named !== null) return <OtherItem id={named} onOpen={onOpen} />
    const said = reasonDetail(line.reason, what, language, t)
    return line === choice && item.patient ? t('app.labelled', { label: said, value: [patientName(item.patient), partialDate(item.patient.birthDate, language)].filter(Boolean).join(', ') }) : said
  }
  // What it says speaks against what is announced.
  const isLocked = item.reason === 'text-names-another' && !isSeen
  const mayBeTakenUp = item.state === 'ignored' && item.reason === 'dismissed-by-user'
  const mayHold = item.changeable && !held && (item.state === 'received' || item.state === 'ready' || item.state === 'waiting')

  const act = async (ask: () => Promise<unknown>, told: string, then: () => unknown = onClose) => {
    setBusy(true)
    setRefused(null)
    try {
      await ask()
      announce(told)
      await then()
    } catch (error) {
      setRefused(callFailure(error))
      // The button that was pressed is disabled while one waits, which takes the keyboard out of the drawer.
      if (document.activeElement === document.body) state.current?.focus()
    } finally {
      setBusy(false)
    }
  }
  const assign = (patientId: string) => void act(() => connector.items.assignPatient({ id: item.id, patientId }), t('drawer.assigned'))
  // Held so as to think about it: the drawer stays, now with what can be chosen in peace. The button that was pressed is gone, so
  // the keyboard goes to the state that changed.
  const hold = () =>
    act(
      () => connector.items.hold({ id: item.id }),
      t('drawer.held'),
      async () => {
        await client.invalidateQueries({ queryKey: ['items', 'one', item.id] })
        state.current?.focus()
      },
    )

  return (
    <>
      {refused ? (
        <Complaint testId="drawer-refused" code={refused.code} spoken={t(`reasons.${refused.code}.title`)}>
          <b>{t(`reasons.${refused.code}.title`)}.</b> {t(`reasons.${refused.code}.what`)} {t(`reasons.${refused.code}.action`)} {refused.recordText}
        </Complaint>
      ) : null}
      <div className="drawer-acts">
        <Act kind={isOfWhom && !isSeen ? 'main' : undefined} aria-expanded={isSeen} onPress={() => onSeen(!isSeen)} data-testid="drawer-see">
          {t(isSeen ? 'drawer.unsee' : 'drawer.see')}
        </Act>
      </div>
      {isOfWhom ? <Candidates patient={item.patient} candidates={candidates} isSeen={isSeen} isLocked={isLocked} busy={busy} onConfirm={assign} /> : null}
      {isOfWhom && detail.mayFindPatient ? <NamedByText itemId={item.id} patient={item.patient} candidates={candidates} isLocked={isLocked} busy={busy} onConfirm={assign} /> : null}
      {isOfWhom && detail.mayFindPatient ? <FindPatient itemId={item.id} patient={item.patient} isSeen={isSeen} busy={busy} onConfirm={assign} /> : null}
      {mayBeTyped ? <TypeChoice choices={detail.typeChoices} current={detail.chosen.type} busy={busy} onConfirm={(typeCode) => void act(() => connector.items.chooseType({ id: item.id, typeCode }), t('drawer.typed'))} /> : null}
      {mayBeAuthored ? <AuthorChoice choices={detail.authorChoices} current={detail.chosen} busy={busy} onConfirm={(said, isPlaceOnly) => void act(() => connector.items.chooseAuthor({ id: item.id, ...said }), t(isPlaceOnly ? 'drawer.placed' : 'drawer.authored'))} /> : null}
      {item.reason ? <ReasonFacts code={item.reason} detail={other === null ? item.reasonDetail : null} /> : null}
      {(stopped || mayHold) && !dismissing ? (
        <div className="drawer-acts">
          {stopped ? (
            <Act kind={isOfWhom || mayBeTyped || mayBeAuthored || isForGood ? undefined : 'main'} isDisabled={busy} onPress={() => void act(() => connector.items.retry({ ids: [item.id] }), t('drawer.retried'))} data-testid="drawer-retry">
              {t(held ? 'drawer.send' : 'drawer.retry')}
            </Act>
          ) : null}
          {mayHold ? (
            <Act isDisabled={busy} onPress={() => void hold()} data-testid="drawer-hold">
              {t('drawer.hold')}
            </Act>
          ) : null}
          {other === null || !standsBeside(item.reason) ? null : (
            <Act onPress={() => onOpen(other)} data-testid="drawer-other">
              {t('drawer.other')}
            </Act>
          )}
          {stopped ? (
            <Act isDisabled={busy} onPress={() => setDismissing(true)}>
              {t('drawer.dismiss')}
            </Act>
          ) : null}
          {mayHold && !stopped ? <small className="quiet">{t('drawer.holdHint')}</small> : null}
        </div>
      ) : null}
      {mayBeTakenUp ? (
        <div className="drawer-acts">
          <Act isDisabled={busy} onPress={() => void act(() => connector.items.retry({ ids: [item.id] }), t('drawer.takenUp'))} data-testid="drawer-take-up">
            {t('drawer.takeUp')}
          </Act>
          <small className="quiet">{t('drawer.takeUpHint')}</small>
        </div>
      ) : null}
      {stopped && dismissing ? <DismissForm label={t('drawer.dismissWhy')} hint={t('drawer.dismissHint')} confirm={t('drawer.dismissConfirm')} busy={busy} onCancel={() => setDismissing(false)} onDismiss={(why) => void act(() => connector.items.dismiss({ id: item.id, why }), t('drawer.dismissed'))} /> : null}
      <VisibilityChoice item={item} mayBeSecret={detail.mayBeSecret} />
      {item.state === 'deposited' ? inRecord(item) : null}
      <dl className="drawer-facts">
        <Fact name={t('drawer.received')} value={moment(item.receivedAt, now, language)} />
        <Fact name={t('drawer.source')} value={words.source(item.source)} />
        <Fact name={t('drawer.reference')} value={item.source.reference} />
        {item.documentTypeLabel ? <Fact name={t('details.type')} value={item.documentTypeLabel} /> : null}
        {item.uniqueId ? <Fact name={t('drawer.uniqueId')} value={item.uniqueId} /> : null}
        {item.attempts > 0 ? <Fact name={t('drawer.attempts')} value={String(item.attempts)} /> : null}
      </dl>
      <section className="trace">
        <h3>{t('drawer.trace')}</h3>
        <ol data-testid="trace">
          {trace.map((line) => (
            <li key={`${line.at}${line.event}${line.to}`}>
              <time dateTime={line.at}>{moment(line.at, now, language)}</time>
              <span>
                {isDeed(line) ? t(`deeds.done.${line.detail}`) : line.reason ? t('app.labelled', { label: t(`item.state.${line.to}`), value: t(`reasons.${line.reason}.title`) }) : t(`item.state.${line.to}`)}
                {line.detail && !isDeed(line) ? <small>{told(line, line.detail)}</small> : null}
              </span>
            </li>
          ))}
        </ol>
        <p className="quiet">{t('drawer.kept')}</p>
      </section>
    </>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
