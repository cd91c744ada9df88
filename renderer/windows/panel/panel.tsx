import { keepPreviousData, useIsFetching, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ComponentProps, ReactNode, RefObject } from 'react'
import { use, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockIsOff } from '#shared/contract/clock-is-off.ts'
import type { FoundPlace, PanelView, RecordDocument } from '#shared/contract/history.ts'
import { needsUserCount } from '#shared/contract/needs-user-count.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { StatusView } from '#shared/contract/status.ts'
import type { RuledSummary } from '#shared/contract/ruled-summary.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { clock, isStale, longDate, moment } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { openWindow } from '../../app/open-window.ts'
import { isOfPanel } from '../../app/panel-guard.ts'
import { panelScene, type PanelRemark, type PanelScene } from '../../app/panel-scene.ts'
import { patientName } from '../../app/patient-name.ts'
import { PrintNotice } from '../../app/print-notice.tsx'
import { documentsQuery, medicinesQuery, panelQuery, searchQuery, signInQuery, statusQuery, summaryQuery, usePanelActs } from '../../app/queries.ts'
import { writeViewerAddress, type FoundWords } from '../../app/viewer-address.ts'
import { ReasonScene } from '../../app/reason-scene.tsx'
import type { AccessDeeds } from '../../features/access/access-deeds.ts'
import { EmergencyBand } from '../../features/access/emergency-band.tsx'
import { InformationNotice } from '../../features/access/information-notice.tsx'
import { MinorNotice } from '../../features/access/minor-notice.tsx'
import { PatientAnswers } from '../../features/access/patient-answers.tsx'
import { WaysIn } from '../../features/access/ways-in.tsx'
import { PaperSheetView } from '../../features/emergency-sheet/paper-sheet-view.tsx'
import { SheetPreview } from '../../features/emergency-sheet/sheet-preview.tsx'
import { usePaperSheets } from '../../features/emergency-sheet/use-paper-sheets.ts'
import { WaitingSheets } from '../../features/emergency-sheet/waiting-sheets.tsx'
import { IdentityBanner } from '../../features/identity/identity-banner.tsx'
import { OpenByIns } from '../../features/identity/open-by-ins.tsx'
import { useScannedIns } from '../../features/identity/use-scanned-ins.ts'
import { MedicineCard } from '../../features/medicines/medicine-card.tsx'
import type { OpenMedicineSource } from '../../features/medicines/sources.tsx'
import { MyRecords } from '../../features/my-records/my-records.tsx'
import { putMyRecordsAway } from '../../features/my-records/use-my-records.ts'
import { arrange, noFilter } from '../../features/record-list/arrange.ts'
import { OtherStates } from '../../features/record-list/other-states.tsx'
import { RecordList } from '../../features/record-list/record-list.tsx'
import { SearchField } from '../../features/search/search-field.tsx'
import { SearchResults } from '../../features/search/search-results.tsx'
import { useEscape } from '../../app/use-escape.ts'
import { useSettled } from '../../app/use-settled.ts'
import { SignInCard } from '../../features/sign-in/sign-in-card.tsx'
import { standsInPlace } from '../../features/sign-in/sign-in-scene.ts'
import { SpeakerLine } from '../../features/sign-in/speaker-line.tsx'
import { StatusStrip } from '../../features/status/status-notices.tsx'
import { AllergyBand } from '../../features/summary/allergy-band.tsx'
import { ExamsCard, type TellAvoided } from '../../features/summary/exams-card.tsx'
import { NewDocuments } from '../../features/summary/new-mark.tsx'
import { NewsLine } from '../../features/summary/news-line.tsx'
import { RecordSummaryView } from '../../features/summary/record-summary.tsx'
import { Act } from '../../ui/act.tsx'
import { Printer, RotateCw, Search, X } from '../../ui/icons.ts'
import { announce } from '../../ui/live-regions.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Skeleton, useAfter } from '../../ui/skeleton.tsx'
import { Mark } from '../../ui/tag.tsx'
import { listWarnings } from './list-warnings.ts'

/** The side panel: who the patient is, and what the record holds, for whoever sits beside the practice software. */
export function Panel() {
  const { t } = useTranslation()
  const { data, error } = useQuery(panelQuery)
  const view = data?.view

  useTitle(view)
  usePatientAnnounced(view)

  if (error && !view) {
    return (
      <main className="panel-main">
        <h1 className="spoken">{t('panel.title')}</h1>
        <ReasonScene code={callFailure(error).code} />
      </main>
    )
  }
  if (!view) {
    return (
      <main className="panel-main">
        <h1 className="spoken">{t('panel.title')}</h1>
        <Skeleton lines={9} label={t('panel.loading')} />
      </main>
    )
  }
  // Keyed by patient: filters, scroll and messages of one never meet the other.
  return (
    <Veil key={view.generation}>
      <PanelOf view={view} />
    </Veil>
  )
}

function useTitle(view: PanelView | undefined): void {
  const { t } = useTranslation()
  const name = view?.patient ? patientName(view.patient) : ''
  useEffect(() => {
    document.title = name ? `${name} — ${t('panel.title')}` : `Relais — ${t('panel.title')}`
  }, [name, t])
}

/** A change of patient is the one thing said at once to whoever cannot see the screen. */
function usePatientAnnounced(view: PanelView | undefined): void {
  const { t } = useTranslation()
  const before = useRef<number | null>(null)
  useEffect(() => {
    if (!view) return
    if (before.current !== null && before.current !== view.generation) {
      // What was said last was said of the patient before.
      announce('')
      announce(view.patient ? t('panel.patientChanged', { name: patientName(view.patient) }) : t('panel.patientClosed'), 'assertive')
    }
    before.current = view.generation
  }, [view, t])
}

/**
 * The connector said that something changed and does not say what within a second: it may be the patient, so what is
 * shown is taken away until it answers. It alone looks at whether it is being asked: the panel of the patient before is not painted once more to
 * be taken away.
 */
function Veil({ children }: { children: ReactNode }) {
  const isAsked = useIsFetching({ queryKey: panelQuery.queryKey, exact: true }) > 0
  return (
    <>
      {isAsked ? <VeilAfter /> : null}
      {children}
    </>
  )
}

function VeilAfter() {
  const { t } = useTranslation()
  const late = useAfter(1000)
  return late ? (
    <div className="panel-veil" data-testid="panel-veil">
      {t('panel.changing')}
    </div>
  ) : null
}

function PanelOf({ view }: { view: PanelView }) {
  const { t } = useTranslation()
  const acts = usePanelActs()
  const { data: status } = useQuery(statusQuery)
  const { data: who } = useQuery(signInQuery)
  const [signInOpen, openSignIn] = useState(false)
  const now = useNow()
  // Whoever asked: another reader's window is not held by it.
  const speaker = `${who?.speaker?.professional?.id ?? who?.speaker?.staff?.id ?? ''} ${who?.speaker?.structure.structure ?? ''}`
  const client = useQueryClient()
  const speakerBefore = useRef(speaker)
  useEffect(() => {
    if (speakerBefore.current !== speaker) putMyRecordsAway(client)
    speakerBefore.current = speaker
  }, [client, speaker])
  const [asker, setAsker] = useState<string | null>(null)
  const refreshing = asker === speaker
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const busy = refreshing || view.refreshing
  const { patient } = view

  const act = (done: Promise<unknown>) =>
    done.catch((error: unknown) => {
      const why = callFailure(error)
      setRefused(why)
      announce(t(`reasons.${why.code}.title`), 'assertive')
    })
  const tellAvoided: TellAvoided = ({ rule, date }, avoided) => void act(acts.tellExamAvoided({ generation: view.generation, rule, date, avoided }))
  const refresh = () => {
    setAsker(speaker)
    setRefused(null)
    const refreshed = acts.refresh().then(({ failure, listed }) => (failure ? undefined : announce(t('panel.refreshed', { count: listed.count }))))
    void act(refreshed).finally(() => setAsker((still) => (still === speaker ? null : still)))
  }
  const openDocument = ({ uniqueId }: Pick<RecordDocument, 'uniqueId'>, at: { list?: string; found?: FoundWords } = {}) => {
    if (!patient?.ins) return
    const address = { ins: patient.ins, ...(patient.insOid ? { insOid: patient.insOid } : {}), uniqueId }
    openWindow('viewer', writeViewerAddress({ document: address, found: at.found ?? null, list: at.list ?? '' }))
  }
  const news = useMemo(() => new Set(view.news.documents), [view.news.documents])
  const toLookAt = status ? needsUserCount(status) : 0
  const { access, generation } = view
  const deeds: AccessDeeds = {
    authorise: () => acts.authorise({ generation, act: 'add', patientAgrees: true }),
    unauthorise: () => acts.authorise({ generation, act: 'remove' }),
    breakGlass: (reason, words) => acts.enter({ generation, mode: 'break-glass', reason, words }),
    regulate: () => acts.enter({ generation, mode: 'regulation' }),
    recordConsent: (kind, choice) =>
      acts.recordConsent({ generation, kind, choice }).finally(() => putMyRecordsAway(client)),
  }
  const scene = panelScene(refreshing ? { ...view, refreshing: true } : view, status, now)
  const summarised = useSummary(view, scene.kind === 'documents' || scene.kind === 'begun')
  const list = useList(view, scene.kind === 'documents')
  const openSource = (uniqueId: string) => openDocument({ uniqueId })
  // Of an emergency entry nothing is kept that could be searched.
  const mayBeSearched = scene.kind === 'documents' && access.mode === 'normal'
  const opener = useRef<HTMLButtonElement>(null)
  const search = useSearch(mayBeSearched)
  const closeSearch = () => {
    search.close()
    opener.current?.focus()
  }
  const [isSheetAsked, askSheet] = useState(false)
  const sheetOpener = useRef<HTMLButtonElement>(null)
  const closeSheet = () => {
    askSheet(false)
    sheetOpener.current?.focus()
  }
  // Of what another entry brought in nothing leaves on paper.
  const sheetInput = view.loadedAt !== null && (scene.kind === 'documents' || scene.kind === 'empty') && access.mode === 'normal' ? { generation, loadedAt: view.loadedAt } : null
  // Beside the record's own facts a paper's would be taken for one of them.
  const mayShowPaper = scene.kind === 'failed' || scene.kind === 'not-loaded' || scene.kind === 'loading'
  const paper = usePaperSheets(patient, mayShowPaper)
  const signInInPlace = who !== undefined && (scene.kind === 'failed' || scene.kind === 'reason') && standsInPlace(scene.code, who)
  const clockOff = status !== undefined && clockIsOff(status)
  const strip = (
    <>
      {status ? <StatusStrip status={status} onDetails={() => openWindow('sync')} /> : null}
      {who ? (
        <aside className="panel-speaker" aria-label={t('signIn.title')}>
          <SpeakerLine who={who} clockOff={clockOff} shownInFull={signInInPlace} isOpen={signInOpen} onOpenChange={openSignIn} />
        </aside>
      ) : null}
    </>
  )

  useScannedIns((named) => void act(acts.open(named)), patient ? null : (code) => void act(paper.read(code)))

  if (!patient) {
    return (
      <>
        <PrintNotice text={t('sheet.printNothing')} />
        <main className="panel-main" data-testid="scene-no-patient">
          {paper.shown ? (
            <PaperSheetView paper={paper.shown} onOpenRecord={acts.open} onErase={paper.erase} onBack={paper.back} />
          ) : (
            <>
              <OpenByIns onOpen={acts.open} onSheet={paper.read} />
              {paper.refused ? <RefusedNotice refused={paper.refused} /> : null}
              <WaitingSheets sheets={paper.waiting} onOpen={paper.open} />
              <MyRecords speaker={speaker} onOpen={acts.open} />
            </>
          )}
        </main>
        {strip}
        <aside className="panel-way">
          <Act kind="plain" onPress={() => openWindow('sync')}>
            {toLookAt > 0 ? t('tray.needsUser', { count: toLookAt }) : t('panel.seeOnTheirWay')}
          </Act>
        </aside>
      </>
    )
  }
  return (
    <NewDocuments value={news}>
      <PrintNotice text={t('sheet.printNothing')} />
      <div className="panel-top">
        <IdentityBanner patient={patient} qualified={patient.qualified} known={patient.patientId !== null} treatingDoctor={view.standing?.isTreatingDoctor ?? false}>
          {mayBeSearched ? (
            <Act kind="icon" aria-label={t('search.open')} aria-expanded={search.isOpen} onPress={search.isOpen ? closeSearch : search.open} ref={opener} data-testid="search-open">
              <Search size={16} aria-hidden="true" />
            </Act>
          ) : null}
          <Act kind="icon" aria-label={t('identity.close')} onPress={() => void acts.close()}>
            <X size={16} aria-hidden="true" />
          </Act>
        </IdentityBanner>
        <EmergencyBand access={access} onLeave={() => acts.leave(generation)} onStay={() => acts.stay(generation)} />
        {summarised.kind === 'shown' ? (
          <div className={summarised.isOutdated ? 'panel-allergies summary-outdated' : 'panel-allergies'}>
            <AllergyBand summary={summarised.summary} onOpen={openSource} />
          </div>
        ) : null}
        {search.isOpen ? <SearchField key={search.asked} value={search.typed} onChange={search.type} onClose={closeSearch} onEnter={goToFound} /> : null}
      </div>
      <main className="panel-main" data-scene={scene.kind} aria-busy={busy}>
        {isSheetAsked && sheetInput ? <SheetPreview input={sheetInput} training={status?.training ?? false} onClose={closeSheet} /> : null}
        {refused ? <RefusedNotice refused={refused} /> : null}
        {patient.qualified ? (
          <div className="panel-notice panel-notices">
            {access.information.due ? <InformationNotice version={access.information.version} onConfirm={acts.confirmInformation} /> : null}
            <MinorNotice birthDate={patient.birthDate} now={now} />
          </div>
        ) : null}
        {mayShowPaper && scene.kind !== 'loading' && !paper.shown ? <WaitingSheets sheets={paper.waiting} isOfPatient onOpen={paper.open} /> : null}
        {paper.shown ? (
          <PaperSheetView paper={paper.shown} onOpenRecord={null} onErase={paper.erase} onBack={paper.back} />
        ) : who && signInInPlace ? (
          <SignInCard who={who} clockOff={clockOff} thenRead />
        ) : search.isOpen && isSearched(search.typed) ? (
          <Found view={view} words={search.typed} onReadOthers={() => acts.fetchAll(generation)} onLeave={closeSearch} onOpen={(document, place, words) => openDocument(document, { found: { words, place } })} />
        ) : (
          <Scene scene={scene} view={view} speaker={speaker} deeds={deeds} now={now} busy={busy} list={list} isSummaryDue={summarised.kind === 'loading'} onRefresh={refresh} onOpen={(document, list) => openDocument(document, { list })}>
            <Medicines view={view} isWanted={scene.kind === 'documents'} onOpen={({ document, onItsWay }) => (onItsWay ? openWindow('sync') : openSource(document))} />
            <Summary summarised={summarised} onOpen={openSource} onAvoided={tellAvoided} />
          </Scene>
        )}
        {paper.refused ? <RefusedNotice refused={paper.refused} /> : null}
        {patient.qualified && list.kind !== 'loading' && scene.kind !== 'begun' ? <PatientAnswers access={access} deeds={deeds} /> : null}
      </main>
      {paper.elsewhere > 0 ? (
        <aside className="panel-way" data-testid="sheets-elsewhere">
          <Mark tone="quiet" shape="◷">
            {t('sheet.waiting.elsewhere', { count: paper.elsewhere })}
          </Mark>
        </aside>
      ) : null}
      {view.onTheirWay + view.needsUser > 0 ? (
        <aside className="panel-way" data-testid="on-their-way">
          {view.needsUser > 0 ? (
            <Mark tone="caution" shape="◐">
              {t('panel.needsUser', { count: view.needsUser })}
            </Mark>
          ) : null}
          {view.onTheirWay > 0 ? (
            <Mark tone="accent" shape="◔">
              {t('panel.onTheirWay', { count: view.onTheirWay })}
            </Mark>
          ) : null}
          <Act kind="plain" onPress={() => openWindow('sync')}>
            {t('panel.seeOnTheirWay')}
          </Act>
        </aside>
      ) : null}
      <div className="panel-bottom">
        {strip}
        <Footer view={view} busy={busy} now={now} avoided={avoidedThisMonth(status, now)} unread={summarised.kind === 'shown' && !summarised.isOutdated ? summarised.summary.documents.unread : null} onRefresh={refresh} onSheet={sheetInput ? () => askSheet(true) : null} isSheetAsked={isSheetAsked} sheetOpener={sheetOpener} />
      </div>
    </NewDocuments>
  )
}

function RefusedNotice({ refused }: { refused: CallFailure }) {
  const { t } = useTranslation()
  return (
    <div className="panel-notice" data-testid="refused" data-code={refused.code}>
      <Notice shape="◐" title={t(`reasons.${refused.code}.title`)}>
        <p>{t(`reasons.${refused.code}.what`)}</p>
        <p>{t(`reasons.${refused.code}.action`)}</p>
      </Notice>
    </div>
  )
}

/** Whether a search is open, and for which words: Ctrl+F opens it, and comes back to its field. */
function useSearch(isOffered: boolean) {
  const [typed, type] = useState('')
  /** How often it was asked for; 0 = it is closed. */
  const [asked, ask] = useState(0)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isOffered || event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      ask((before) => before + 1)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isOffered])
  const close = () => {
    ask(0)
    type('')
  }
  return { typed, type, asked, isOpen: isOffered && asked > 0, open: () => ask(1), close }
}

/** One letter begins every text. */
function isSearched(typed: string): boolean {
  return typed.trim().length > 1
}

function goToFound(): void {
  document.querySelector<HTMLElement>('[data-testid="search-results"] [data-row]')?.focus()
}

/** Between the last key and the question, in milliseconds: a word is asked for, not each of its letters. */
const typingRest = 250

/** What was found for the words typed, of the very list on screen; nothing of earlier words while newer ones are looked for. */
function Found({ view, words, onReadOthers, onLeave, onOpen }: { view: PanelView; words: string; onReadOthers: () => Promise<unknown>; onLeave: () => void; onOpen: (document: RecordDocument, place: FoundPlace, words: string) => void }) {
  const { t } = useTranslation()
  useEscape(onLeave)
  const asked = useSettled(words.trim(), typingRest)
  const { data, error, refetch } = useQuery({ ...searchQuery(view, asked), enabled: isSearched(asked) })
  if (asked !== words.trim() || (!data && !error)) return <Skeleton key={words} lines={5} label={t('search.searching')} />
  if (error) {
    return (
      <ReasonScene code={callFailure(error).code} recordText={callFailure(error).recordText} byHand>
        <Act kind="main" onPress={() => void refetch()}>
          {t('reason.retry')}
        </Act>
      </ReasonScene>
    )
  }
  return data ? <SearchResults search={data} listed={view.listed.count} onReadOthers={onReadOthers} onOpen={(document, place) => onOpen(document, place, asked)} /> : null
}

type Summarised = { readonly kind: 'absent' } | { readonly kind: 'loading' } | { readonly kind: 'failed'; readonly retry: () => void } | { readonly kind: 'shown'; readonly summary: RuledSummary; readonly isOutdated: boolean }

type Listed = { readonly kind: 'absent' } | { readonly kind: 'loading' } | { readonly kind: 'failed'; readonly retry: () => void } | { readonly kind: 'shown'; readonly documents: readonly RecordDocument[]; readonly isOutdated: boolean }

/** The documents of the list a panel names. Of a former list of the same patient the place is held and nothing is seen, as of a summary. */
function useList(view: PanelView, isWanted: boolean): Listed {
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...documentsQuery(view), enabled: isWanted, placeholderData: keepPreviousData })
  if (!isWanted) return { kind: 'absent' }
  if (data) return { kind: 'shown', documents: data, isOutdated: isPlaceholderData }
  return error ? { kind: 'failed', retry: () => void refetch() } : { kind: 'loading' }
}

/**
 * The summary of the list on screen. Of the same patient while a newer one comes, its place is held and nothing of it is seen: it may be of
 * another reader. Of another patient, nothing.
 */
function useSummary(view: PanelView, isWanted: boolean): Summarised {
  const { data, error, refetch } = useQuery({ ...summaryQuery(view.generation), enabled: isWanted })
  if (!isWanted) return { kind: 'absent' }
  if (error) return { kind: 'failed', retry: () => void refetch() }
  if (data === undefined) return { kind: 'loading' }
  if (data?.generation !== view.generation) return { kind: 'absent' }
  // Before the list is in, a document that says nothing yet is worth no more than none.
  if (view.begun !== null && data.documents.read === 0) return { kind: 'loading' }
  return { kind: 'shown', summary: data, isOutdated: !isOfPanel(data, view) }
}

function Summary({ summarised, onOpen, onAvoided }: { summarised: Summarised; onOpen: (uniqueId: string) => void; onAvoided: TellAvoided }) {
  const { t } = useTranslation()
  switch (summarised.kind) {
    case 'absent':
      return null
    case 'loading':
      return <Skeleton lines={6} label={t('summary.loading')} />
    case 'failed':
      return <FailedPart part="summary" onRetry={summarised.retry} />
    case 'shown':
      return (
        <div className={summarised.isOutdated ? 'summary-outdated' : undefined}>
          <ExamsCard exams={summarised.summary.exams} onOpen={onOpen} onAvoided={onAvoided} />
          <RecordSummaryView summary={summarised.summary} onOpen={onOpen} />
        </div>
      )
  }
}

/** A part of the panel that could not be had, while the others stand. */
function FailedPart({ part, onRetry }: { part: 'summary' | 'medicines' | 'documents'; onRetry: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="panel-notice">
      <Notice shape="◐" title={t(`${part}.failed.title`)} testId={`${part}-failed`}>
        <p>{t(`${part}.failed.what`)}</p>
        <Act onPress={onRetry}>{t('reason.retry')}</Act>
      </Notice>
    </div>
  )
}

/** The check of the very list on screen; of an older one of the same patient, its place is held and nothing of it is seen. */
function Medicines({ view, isWanted, onOpen }: { view: PanelView; isWanted: boolean; onOpen: OpenMedicineSource }) {
  const { data, error, refetch } = useQuery({ ...medicinesQuery(view.generation), enabled: isWanted })
  if (!isWanted) return null
  if (error) return <FailedPart part="medicines" onRetry={() => void refetch()} />
  if (data?.generation !== view.generation) return null
  return (
    <div className={isOfPanel(data, view) ? undefined : 'summary-outdated'}>
      <MedicineCard check={data} onOpen={onOpen} />
    </div>
  )
}

interface SceneProps {
  scene: PanelScene
  view: PanelView
  speaker: string
  deeds: AccessDeeds
  now: Date
  busy: boolean
  list: Listed
  isSummaryDue: boolean
  onRefresh: () => void
  onOpen: (document: RecordDocument, list: string) => void
  /** What stands above the documents. */
  children: ReactNode
}

function Scene({ scene, view, speaker, deeds, now, busy, list, isSummaryDue, onRefresh, onOpen, children }: SceneProps) {
  const { t } = useTranslation()
  const news = use(NewDocuments)
  const { language } = useLanguage()
  const documents = list.kind === 'shown' && !list.isOutdated ? list.documents : []
  switch (scene.kind) {
    case 'no-patient':
      return null
    case 'reason':
      return <ReasonScene code={scene.code} recordText={scene.recordText} remark={<AboutAccess code={scene.code} view={view} deeds={deeds} />} />
    case 'loading':
      return <Skeleton lines={9} label={t('panel.loading')} />
    case 'not-loaded':
      return (
        <div className="scene" data-testid="scene-not-loaded">
          <h2>
            <i aria-hidden="true">○</i>
            <span>{t('panel.notLoaded.title')}</span>
          </h2>
          <p>{t('panel.notLoaded.what')}</p>
          <div className="buttons">
            <Act kind="main" onPress={onRefresh} isDisabled={busy}>
              {t('panel.notLoaded.load')}
            </Act>
          </div>
        </div>
      )
    case 'failed':
      return (
        <div data-testid="scene-failed">
          <ReasonScene
            code={scene.code}
            recordText={scene.recordText}
            byHand
            remark={
              <p>
                {t('panel.failed.notNone')} {scene.retryAt ? t('panel.failed.retryAt', { at: clock(scene.retryAt, language) }) : null}
              </p>
            }
          >
            <Act kind="main" onPress={onRefresh} isDisabled={busy}>
              {t('reason.retry')}
            </Act>
          </ReasonScene>
        </div>
      )
    case 'empty':
      return (
        <>
          <Remark remark={scene.remark} loadedAt={scene.loadedAt} now={now} />
          <div className="scene" data-testid="scene-empty">
            <h2>
              <i aria-hidden="true">–</i>
              <span>{t('panel.empty.title')}</span>
            </h2>
            <p>{t('panel.empty.what', { at: moment(scene.loadedAt, now, language) })}</p>
          </div>
          <OtherStates view={view} speaker={speaker} onOpen={(document) => onOpen(document, '')} />
        </>
      )
    case 'begun':
    case 'documents':
      // One place for both: what somebody opened in the beginning stays open.
      return (
        <div data-testid={`scene-${scene.kind}`}>
          {scene.kind === 'documents' ? <Remark remark={scene.remark} loadedAt={scene.loadedAt} now={now} /> : null}
          {scene.kind === 'documents' && view.warnings ? (
            <div className="panel-notice">
              <Notice shape="◐" title={t('panel.listIncomplete.title')} testId="list-incomplete">
                <p>{t('panel.listIncomplete.what', { why: listWarnings(view.warnings, t) })}</p>
              </Notice>
            </div>
          ) : null}
          {view.news.since ? (
            <NewsLine since={view.news.since} count={news.size} documents={documents.filter(({ uniqueId }) => news.has(uniqueId))} isFresh={scene.kind === 'documents' && scene.remark === null && !busy} onOpen={(document) => onOpen(document, '')} />
          ) : list.kind === 'failed' ? null : (
            <Recent list={list} now={now} onOpen={(document) => onOpen(document, '')} />
          )}
          {children}
          {(list.kind === 'loading' || scene.kind === 'begun') && !isSummaryDue ? <Skeleton lines={6} label={t('documents.loading')} /> : null}
          {list.kind === 'failed' ? <FailedPart part="documents" onRetry={list.retry} /> : null}
          {list.kind === 'shown' ? (
            <div className={list.isOutdated ? 'summary-outdated' : undefined}>
              <Documents isSummaryDue={isSummaryDue} documents={list.documents} news={news} now={now} onOpen={onOpen}>
                <OtherStates view={view} speaker={speaker} onOpen={(document) => onOpen(document, '')} />
              </Documents>
            </div>
          ) : null}
        </div>
      )
  }
}

/** To who never looked at this patient, what is of the last three months is worth a look first. */
function Recent({ list, now, onOpen }: { list: Listed; now: Date; onOpen: (document: RecordDocument) => void }) {
  const listed = list.kind === 'shown' ? list.documents : null
  const documents = useMemo(() => listed && arrange(listed, { ...noFilter, period: '3' }, 'date', now).flatMap((group) => group.documents), [listed, now])
  return (
    <div className={list.kind === 'shown' && list.isOutdated ? 'summary-outdated' : undefined}>
      <NewsLine since={null} count={documents?.length ?? null} documents={documents ?? []} isFresh={false} onOpen={onOpen} />
    </div>
  )
}

/** A summary that is not there after so long is not waited for any more, in milliseconds. */
const summaryPatienceMs = 1_000

/** Hundreds of rows, painted once who the patient is and what can kill are: what is above them pushes nothing down. */
function Documents({ isSummaryDue, children, ...props }: ComponentProps<typeof RecordList> & { isSummaryDue: boolean; children: ReactNode }) {
  const isTheirTurn = useDeferredValue(true, false)
  const documents = useDeferredValue(props.documents)
  const isLate = useAfter(summaryPatienceMs)
  if (!isTheirTurn || (isSummaryDue && !isLate)) return null
  return (
    <>
      <RecordList {...props} documents={documents} />
      {children}
    </>
  )
}

/** What the record said of its closure, and what can be done about an access that is not open. */
function AboutAccess({ code, view, deeds }: { code: ReasonCode; view: PanelView; deeds: AccessDeeds }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const closure = code === 'record-closed' ? view.standing?.closure : null
  return (
    <>
      {closure ? (
        <p data-testid="closure">
          {[closure.date ? t('panel.closed', { date: longDate(closure.date, language) }) : null, closure.text ?? closure.reason].filter(Boolean).join(' ')}
        </p>
      ) : null}
      <WaysIn code={code} access={view.access} deeds={deeds} />
    </>
  )
}

function Remark({ remark, loadedAt, now }: { remark: PanelRemark | null; loadedAt: string; now: Date }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  if (!remark) return null
  const at = moment(loadedAt, now, language)
  return (
    <div className="panel-notice">
      {remark.kind === 'offline' ? (
        <Notice shape="☁" title={t('panel.offline.title')} testId="remark-offline">
          <p>{t('panel.offline.what', { at })}</p>
        </Notice>
      ) : null}
      {remark.kind === 'stale' ? (
        <Notice shape="◷" title={t('panel.stale.title', { at })} testId="remark-stale">
          <p>{t('panel.stale.what')}</p>
        </Notice>
      ) : null}
      {remark.kind === 'failed' ? (
        <Notice shape="◐" title={t(`reasons.${remark.code}.title`)} testId="remark-failed">
          <p>
            {t('panel.keptData', { at })} {t(`reasons.${remark.code}.what`)}
          </p>
        </Notice>
      ) : null}
    </div>
  )
}

/** Exams told avoided this month, in the whole practice. */
function avoidedThisMonth(status: StatusView | undefined, now: Date): number {
  return status?.examsAvoided.find(({ month }) => month === now.toISOString().slice(0, 7))?.count ?? 0
}

interface FooterProps {
  view: PanelView
  busy: boolean
  now: Date
  avoided: number
  /** Documents whose data is not in the summary yet; null = not known. */
  unread: number | null
  onRefresh: () => void
  /** Null = there is nothing a sheet could be made of. */
  onSheet: (() => void) | null
  isSheetAsked: boolean
  sheetOpener: RefObject<HTMLButtonElement | null>
}

function Footer({ view, busy, now, avoided, unread, onRefresh, onSheet, isSheetAsked, sheetOpener }: FooterProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const old = isStale(view.loadedAt, now) || view.failure !== null
  const at = moment(view.loadedAt, now, language)
  const isRead = unread === 0 || view.listed.count === 0
  return (
    <footer className="panel-foot">
      <span>
        {t('panel.incomplete')}
        {avoided > 0 ? <span data-testid="exams-avoided"> · {t('summary.exams.avoidedThisMonth', { count: avoided })}</span> : null}
      </span>
      <span className="panel-age" data-testid="age">
        {view.loadedAt === null ? (
          <Mark tone="quiet" shape="○">
            {t(view.begun === null ? 'panel.neverRead' : 'panel.begun')}
          </Mark>
        ) : (
          <Mark tone={old ? 'caution' : isRead ? 'good' : 'quiet'} shape={old ? '◷' : isRead ? '●' : '◔'}>
            {old ? t('panel.dataFrom', { at }) : unread !== null && unread > 0 ? t('panel.upToDateUnread', { at, count: unread }) : t('panel.upToDate', { at })}
          </Mark>
        )}
      </span>
      {onSheet ? (
        <Act kind="plain" onPress={onSheet} aria-expanded={isSheetAsked} ref={sheetOpener} data-testid="ask-sheet">
          <Printer size={13} aria-hidden="true" />
          {t('sheet.act')}
        </Act>
      ) : null}
      <Act kind="plain" onPress={onRefresh} isDisabled={busy} data-testid="refresh">
        <RotateCw size={13} aria-hidden="true" />
        {busy ? t('panel.refreshing') : t('panel.refresh')}
      </Act>
    </footer>
  )
}
