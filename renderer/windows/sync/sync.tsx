import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs'
import { clockIsOff } from '#shared/contract/clock-is-off.ts'
import { itemStates, type ItemView } from '#shared/contract/items.ts'
import { needsUserCount } from '#shared/contract/needs-user-count.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { StatusView } from '#shared/contract/status.ts'
import { callFailure } from '../../app/failure.ts'
import { count } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { signInQuery, statusQuery } from '../../app/queries.ts'
import { ReasonScene } from '../../app/reason-scene.tsx'
import { InformationDue } from '../../features/access/information-due.tsx'
import { DocumentDeeds } from '../../features/deeds/document-deeds.tsx'
import { ItemDrawer } from '../../features/items/item-drawer.tsx'
import { ItemList } from '../../features/items/item-list.tsx'
import { TodoGroups } from '../../features/items/todo-groups.tsx'
import { SpeakerLine } from '../../features/sign-in/speaker-line.tsx'
import { StatusFooter } from '../../features/status/status-footer.tsx'
import { StatusHeader } from '../../features/status/status-header.tsx'
import { StatusNotices } from '../../features/status/status-notices.tsx'
import { Act } from '../../ui/act.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Tag } from '../../ui/tag.tsx'
import { FoundElsewhere } from './found-elsewhere.tsx'
import { ItemDocument } from './item-document.tsx'
import { statesOf, stoppedStates, tabNames, useSyncView, type TabName } from './sync-view.ts'

/** The secretary's window: what waits for her, what is going, what went, and everything that ever came in. */
export function Sync() {
  const { t } = useTranslation()
  const { data: status, error } = useQuery(statusQuery)
  useEffect(() => {
    document.title = `Relais — ${t('sync.title')}`
  }, [t])

  if (!status) {
    return (
      <main className="sync-body">
        <h1 className="spoken">{t('sync.title')}</h1>
        {error ? <ReasonScene code={callFailure(error).code} /> : <Skeleton lines={9} label={t('sync.loading')} />}
      </main>
    )
  }
  return (
    <>
      <StatusHeader status={status}>
        <Speaker status={status} />
      </StatusHeader>
      <StatusNotices status={status} />
      <InformationDue />
      <main className="sync-body">
        <Lists status={status} />
      </main>
      <StatusFooter status={status} />
      <Drawer />
    </>
  )
}

function Speaker({ status }: { status: StatusView }) {
  const { data: who } = useQuery(signInQuery)
  const open = useSyncView((view) => view.signInOpen)
  return who ? <SpeakerLine who={who} clockOff={clockIsOff(status)} isOpen={open} onOpenChange={(signInOpen) => useSyncView.setState({ signInOpen })} /> : null
}

function Drawer() {
  const openItem = useSyncView((view) => view.openItem)
  return <ItemDrawer id={openItem} onOpen={(id) => useSyncView.setState({ openItem: id })} onClose={() => useSyncView.setState({ openItem: null })} documentOf={documentOf} inRecord={deedsOf} />
}

/** The document itself, beside what is decided of it. */
function documentOf({ id }: ItemView, name: string): ReactNode {
  return <ItemDocument id={id} name={name} />
}

/** What may be done in the record with a document that was deposited from here. */
function deedsOf({ patient, uniqueId }: ItemView): ReactNode {
  return patient?.ins && uniqueId ? <DocumentDeeds address={{ ins: patient.ins, ...(patient.insOid ? { insOid: patient.insOid } : {}), uniqueId }} patient={patient} /> : null
}

function tabCounts(status: StatusView): Record<TabName, number | null> {
  const sum = (names: readonly (keyof StatusView['counts'])[]) => names.reduce((total, name) => total + status.counts[name], 0)
  return { todo: needsUserCount(status), pending: sum(statesOf.pending), sent: sum(statesOf.sent), journal: null }
}

function Lists({ status }: { status: StatusView }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const view = useSyncView()
  const search = useDeferredValue(view.search)
  const counts = tabCounts(status)
  const [firstTab] = useState<TabName>(counts.todo ? 'todo' : 'pending')
  const tab = view.tab ?? firstTab
  const open = (openItem: string) => useSyncView.setState({ openItem })
  const tabList = useRef<HTMLDivElement>(null)
  /** To what was counted there, with the keyboard: the button that was pressed goes with its list. */
  const go = (tab: TabName) => {
    useSyncView.setState({ tab, state: null, reason: null })
    tabList.current?.querySelector<HTMLElement>(`[data-key="${tab}"]`)?.focus()
  }

  return (
    <Tabs className="sync-tabs" selectedKey={tab} onSelectionChange={(key) => useSyncView.setState({ tab: tabNames.find((name) => name === key) ?? 'todo' })}>
      <TabList ref={tabList} className="tabs" aria-label={t('sync.tabs.label')}>
        {tabNames.map((name) => (
          <Tab key={name} id={name} className="tab" data-testid={`tab-${name}`}>
            {t(`sync.tabs.${name}`)} {counts[name] === null ? null : name === 'todo' && counts.todo ? <b>{count(counts.todo, language)}</b> : count(counts[name], language)}
          </Tab>
        ))}
      </TabList>
      <Tools journal={tab === 'journal'} />
      <TabPanel id="todo" className="sync-list">
        <TodoGroups
          groups={status.needsUser}
          search={search}
          notFound={<FoundElsewhere search={search} onGo={go} />}
          onOpen={open}
          onSee={(reason) => useSyncView.setState({ tab: 'journal', reason, state: null })}
          onSignIn={() => useSyncView.setState({ signInOpen: true })}
        />
      </TabPanel>
      {(['pending', 'sent', 'journal'] as const).map((name) => (
        <TabPanel key={name} id={name} className="sync-list">
          <ItemList
            label={t(`sync.tabs.${name}`)}
            states={name === 'journal' && view.reason ? stoppedStates : name === 'journal' && view.state ? [view.state] : statesOf[name]}
            reason={name === 'journal' ? view.reason : null}
            search={search}
            empty={t(`sync.empty.${name === 'journal' && view.reason ? 'reason' : name}`)}
            onOpen={open}
          />
        </TabPanel>
      ))}
    </Tabs>
  )
}

function Tools({ journal }: { journal: boolean }) {
  const { t } = useTranslation()
  const { search, state, reason } = useSyncView()
  const field = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      field.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return (
    <search className="sync-tools">
      <input
        ref={field}
        className="input"
        type="search"
        aria-label={t('sync.search')}
        aria-keyshortcuts="/"
        placeholder={t('sync.search')}
        value={search}
        maxLength={200}
        onChange={(event) => useSyncView.setState({ search: event.target.value })}
        data-testid="search"
      />
      {journal && reason ? (
        <OnlyReason
          reason={reason}
          onShowAll={() => {
            useSyncView.setState({ reason: null })
            field.current?.focus()
          }}
        />
      ) : null}
      {journal && !reason ? (
        <Choice
          label={t('sync.stateFilter')}
          value={state ?? ''}
          onChange={(value) => useSyncView.setState({ state: itemStates.find((name) => name === value) ?? null })}
          options={[{ value: '', label: t('sync.allStates') }, ...itemStates.map((value) => ({ value, label: t(`item.state.${value}`) }))]}
        />
      ) : null}
    </search>
  )
}

/** The list was narrowed from a group: says so, and gives the way back; the keyboard comes here, its button having gone with the group. */
function OnlyReason({ reason, onShowAll }: { reason: ReasonCode; onShowAll: () => void }) {
  const { t } = useTranslation()
  const box = useRef<HTMLSpanElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <span className="sync-only" ref={box} tabIndex={-1} data-testid="only-reason" data-code={reason}>
      <Tag tone="caution">{t('sync.onlyReason', { reason: t(`reasons.${reason}.title`) })}</Tag>
      <Act kind="plain" onPress={onShowAll}>
        {t('documents.showAll')}
      </Act>
    </span>
  )
}
