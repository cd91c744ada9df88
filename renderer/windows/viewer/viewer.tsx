import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs'
import type { OpenedDocument, RecordDocument, RecordWay } from '#shared/contract/history.ts'
import { reasons, type ReasonCode } from '#shared/contract/reasons.ts'
import { documentBadges } from '../../app/document-badges.ts'
import { useLink } from '../../app/connection.ts'
import { callFailure } from '../../app/failure.ts'
import { longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { patientName } from '../../app/patient-name.ts'
import { documentQuery, wayQuery, type DocumentAddress } from '../../app/queries.ts'
import { ReasonScene } from '../../app/reason-scene.tsx'
import { DocumentDeeds } from '../../features/deeds/document-deeds.tsx'
import { EmergencyBand } from '../../features/access/emergency-band.tsx'
import { InformationDue } from '../../features/access/information-due.tsx'
import { IdentityBanner } from '../../features/identity/identity-banner.tsx'
import { Attachment } from '../../features/viewer/attachment.tsx'
import { Details } from '../../features/viewer/details.tsx'
import { Narrative } from '../../features/viewer/narrative.tsx'
import { Act } from '../../ui/act.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Tag } from '../../ui/tag.tsx'

/** One document of the record, with the patient's identity always on top. */
export function Viewer({ address }: { address: DocumentAddress | null }) {
  const { t } = useTranslation()
  if (!address) {
    return (
      <main className="scene">
        <h1 className="scene-title">{t('viewer.noAddress')}</h1>
        <p>{t('viewer.noAddressHint')}</p>
      </main>
    )
  }
  return <DocumentAt address={address} />
}

/** A document is on screen no longer than the way in lasts by which it was read; then it is asked for again by an act. */
function DocumentAt({ address }: { address: DocumentAddress }) {
  const { t } = useTranslation()
  const [over, setOver] = useState<ReasonCode | null>(null)
  if (over === null) return <DocumentWhile address={address} onOver={setOver} />
  return (
    <main className="viewer-body">
      <h1 className="spoken">{t('viewer.title')}</h1>
      <ReasonScene code={over}>
        <Act kind="main" onPress={() => setOver(null)}>
          {t('viewer.openAgain')}
        </Act>
      </ReasonScene>
    </main>
  )
}

function DocumentWhile({ address, onOver }: { address: DocumentAddress; onOver: (code: ReasonCode) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(documentQuery(address))
  const way = useQuery({ ...wayQuery(address, data?.way ?? ''), enabled: data !== undefined })
  const over = data ? endOf(data, way) : null
  const refused = error ?? (way.data ? null : way.error)
  useEffect(() => {
    if (!over) return
    for (const held of ['document', 'attachment', 'way']) client.removeQueries({ queryKey: [held] })
    onOver(over)
  }, [over, client, onOver])
  // What an emergency brought in may be over, with nobody to say so.
  const isLost = useLink((link) => link.state) === 'lost'
  const isShown = data && way.data && !over && !(isLost && way.data.mode !== 'normal')
  const title = isShown ? `${data.document.title || data.document.typeLabel} — ${patientName(data.patient)}` : t('viewer.title')
  useEffect(() => {
    document.title = title
  }, [title])

  if (isShown) return <Opened opened={data} way={way.data} address={address} onOver={onOver} />
  return (
    <main className="viewer-body">
      <h1 className="spoken">{t('viewer.title')}</h1>
      {refused ? (
        <ReasonScene code={callFailure(refused).code} recordText={callFailure(refused).recordText}>
          <Act kind="main" onPress={() => void (error ? refetch() : way.refetch())}>
            {t('reason.retry')}
          </Act>
        </ReasonScene>
      ) : (
        <Skeleton lines={12} label={t('viewer.loading')} />
      )}
    </main>
  )
}

/** Why a document is shown no more; a link that is lost is told by the window's frame, and asked again once it is back. */
function endOf(opened: OpenedDocument, way: { data: RecordWay | undefined; error: Error | null }): ReasonCode | null {
  const code = way.error ? callFailure(way.error).code : null
  if (code && reasons[code] !== 'transient') return code
  return way.data && way.data.way !== opened.way ? 'access-changed' : null
}

interface ViewerTab {
  id: string
  label: string
  content: ReactNode
}

function Opened({ opened, way, address, onOver }: { opened: OpenedDocument; way: RecordWay; address: DocumentAddress; onOver: (code: ReasonCode) => void }) {
  const { t } = useTranslation()
  const tabs = useTabs(opened, address, <Deeds opened={opened} address={address} onOver={onOver} />)
  return (
    <>
      <IdentityBanner patient={opened.patient} qualified={null} />
      <EmergencyBand access={way} />
      <InformationDue />
      <main className="viewer-body">
        <Heading opened={opened} />
        <Tabs className="viewer-tabs" defaultSelectedKey={tabs[0]?.id ?? 'details'}>
          <TabList className="tabs" aria-label={t('viewer.tabs.label')}>
            {tabs.map((tab) => (
              <Tab key={tab.id} id={tab.id} className="tab" data-testid={`tab-${tab.id}`}>
                {tab.label}
              </Tab>
            ))}
          </TabList>
          {tabs.map((tab) => (
            <TabPanel key={tab.id} id={tab.id} className="viewer-panel">
              {tab.content}
            </TabPanel>
          ))}
        </Tabs>
      </main>
    </>
  )
}

/** Tabs only for what the document holds: its text, each file it carries, and its description. */
function useTabs(opened: OpenedDocument, address: DocumentAddress, deeds: ReactNode): ViewerTab[] {
  const { t } = useTranslation()
  const labels = { pdf: t('viewer.tabs.pdf'), image: t('viewer.tabs.image'), attachment: t('viewer.tabs.attachment') }
  const name = opened.document.title || opened.document.typeLabel
  const tabs: ViewerTab[] = []
  if (opened.sections.length > 0) tabs.push({ id: 'text', label: t('viewer.tabs.text'), content: <Narrative sections={opened.sections} /> })
  const several = opened.attachments.length > 1
  for (const attachment of opened.attachments) {
    const kind = attachment.mediaType === 'application/pdf' ? 'pdf' : attachment.mediaType.startsWith('image/') ? 'image' : 'attachment'
    const label = labels[kind]
    tabs.push({
      id: several ? `${kind}-${attachment.index}` : kind,
      label: several ? `${label} ${attachment.index + 1}` : label,
      content: <Attachment address={address} attachment={attachment} name={attachment.title || name} />,
    })
  }
  tabs.push({
    id: 'details',
    label: t('viewer.tabs.details'),
    content: (
      <>
        <Details opened={opened} />
        {deeds}
      </>
    ),
  })
  return tabs
}

/** What may be done with the document in the record; one that was deleted is on screen no longer. */
function Deeds({ opened, address, onOver }: { opened: OpenedDocument; address: DocumentAddress; onOver: (code: ReasonCode) => void }) {
  const client = useQueryClient()
  const changed = ({ status }: RecordDocument) => {
    if (status !== 'deleted') return void client.invalidateQueries({ queryKey: ['document', address] })
    client.removeQueries({ queryKey: ['document', address] })
    onOver('document-deleted')
  }
  return <DocumentDeeds address={address} patient={opened.patient} onChanged={changed} />
}

function Heading({ opened }: { opened: OpenedDocument }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const { document } = opened
  const author = document.authors.map((one) => [one.name, one.structure].filter(Boolean).join(', ')).join(' · ')
  const facts = [document.typeLabel, author, longDate(document.serviceStartTime ?? document.creationTime, language)]
  return (
    <div className="viewer-head">
      <h2 data-testid="document-title">{document.title || document.typeLabel}</h2>
      <p data-testid="document-facts">{facts.filter(Boolean).join(' · ')}</p>
      <div className="viewer-tags">
        {opened.version !== null && opened.version > 1 ? <Tag>{t('viewer.version', { version: opened.version })}</Tag> : null}
        {opened.replaces ? <Tag>{t('viewer.replaces')}</Tag> : null}
        {documentBadges(document).map((badge) => (
          <Tag key={badge.key} tone={badge.tone}>
            <span aria-hidden="true">{badge.shape}</span> {t(`documents.badge.${badge.key}`)}
          </Tag>
        ))}
      </div>
      {document.status === 'deprecated' ? <Notice shape="◐" title={t('viewer.isReplaced')} /> : null}
    </div>
  )
}
