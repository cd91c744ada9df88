import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs'
import type { FoundPlace, OpenedDocument, RecordDocument, RecordWay } from '#shared/contract/history.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { searchWords } from '#shared/text/search-words.ts'
import { documentBadges } from '../../app/document-badges.ts'
import { longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { attachmentQuery, statusQuery, type DocumentAddress } from '../../app/queries.ts'
import { useStatusWord } from '../../app/status-word.ts'
import type { ViewerAddress } from '../../app/viewer-address.ts'
import { EmergencyBand } from '../../features/access/emergency-band.tsx'
import { InformationDue } from '../../features/access/information-due.tsx'
import { DocumentDeeds } from '../../features/deeds/document-deeds.tsx'
import { IdentityBanner } from '../../features/identity/identity-banner.tsx'
import { ValueText } from '../../features/summary/fact-row.tsx'
import { Attachment, printedAttachment } from '../../features/viewer/attachment.tsx'
import { Details } from '../../features/viewer/details.tsx'
import { DocumentActs } from '../../features/viewer/document-acts.tsx'
import { DrawnAsContext } from '../../features/viewer/drawn-as.ts'
import { Narrative } from '../../features/viewer/narrative.tsx'
import { PrintSheet } from '../../features/viewer/print-sheet.tsx'
import { Results, type FactWords } from '../../features/viewer/results.tsx'
import { usePrinting, type Printed } from '../../features/viewer/use-printing.ts'
import { useAttachmentLabels } from '../../features/viewer/use-attachment-labels.ts'
import { useVersions, Versions } from '../../features/viewer/versions.tsx'
import { Tag } from '../../ui/tag.tsx'
import { OtherPatient } from './other-patient.tsx'
import { useNeighbours } from './use-neighbours.ts'

interface OpenedProps {
  opened: OpenedDocument
  way: RecordWay
  address: ViewerAddress
  onGo: (uniqueId: string) => void
  takesFocus: boolean
  /** An act on the document in the record made it this. */
  onMade: (document: RecordDocument) => void
  /** It may be shown no longer, for this reason. */
  onOver: (code: ReasonCode) => void
}

/** A document while it may be shown: the patient, what it is, what can be done with it, and what it holds. */
export function Opened({ opened, way, address, onGo, takesFocus, onMade, onOver }: OpenedProps) {
  const { t } = useTranslation()
  const { data: status } = useQuery(statusQuery)
  const neighbours = useNeighbours(address)
  const chain = useVersions(opened, address.document, neighbours?.isListed ?? true)
  const tabs = useTabs(opened, address, <Deeds opened={opened} address={address.document} onMade={onMade} onOver={onOver} />)
  const [chosen, choose] = useState<string | null>(null)
  const shown = tabs.find(({ id }) => id === chosen) ?? tabs.find(({ holds }) => holds(address.found?.place ?? { kind: 'title' })) ?? tabs[0]!
  const { printing, print } = usePrinting(address.document, opened.way)
  const drawnAs = useMemo(() => ({ words: searchWords(address.found?.words ?? ''), whole: false }), [address.found])

  return (
    <>
      <IdentityBanner patient={opened.patient} qualified={opened.patient.qualified} known={opened.patient.patientId !== null} />
      <OtherPatient address={address.document} />
      <EmergencyBand access={way} />
      <InformationDue />
      <main className="viewer-body">
        <div className="viewer-head">
          <Heading opened={opened} takesFocus={takesFocus} />
          <DocumentActs address={address.document} neighbours={neighbours} printing={printing} onPrint={() => print(shown.printed)} onGo={onGo} />
          <Versions opened={opened} chain={chain} onGo={onGo} />
        </div>
        <DrawnAsContext value={drawnAs}>
          <Tabs className="viewer-tabs" selectedKey={shown.id} onSelectionChange={(key) => choose(String(key))}>
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
        </DrawnAsContext>
      </main>
      {printing.state === 'printing' ? (
        <PrintSheet opened={opened} at={printing.at} isReplaced={chain.isReplaced} training={status?.training ?? false}>
          {printing.printed.content}
        </PrintSheet>
      ) : null}
    </>
  )
}

interface ViewerTab {
  id: string
  label: string
  content: ReactNode
  /** Words found at this place stand in it. */
  holds: (place: FoundPlace) => boolean
  /** The same on paper. */
  printed: () => Promise<Printed | null>
}

/** Tabs only for what the document holds: its text, its coded facts, each file it carries, and its description. */
function useTabs(opened: OpenedDocument, { document: address, found }: ViewerAddress, deeds: ReactNode): ViewerTab[] {
  const { t } = useTranslation()
  const client = useQueryClient()
  const say = useFactWords()
  const attachments = useAttachmentLabels(opened.attachments)
  const name = opened.document.title || opened.document.typeLabel
  const tabs: ViewerTab[] = []
  const drawn = (id: string, label: string, content: ReactNode, kind: FoundPlace['kind'] | null) => tabs.push({ id, label, content, holds: (place) => place.kind === kind, printed: async () => ({ content }) })
  if (opened.sections.length > 0) drawn('text', t('viewer.tabs.text'), <Narrative sections={opened.sections} />, 'text')
  if (opened.facts.length > 0) drawn('results', t('viewer.tabs.results'), <Results facts={opened.facts} say={say} />, 'fact')
  for (const { attachment, id, label } of attachments) {
    const isFound = (place: FoundPlace) => place.kind === 'page' && (place.attachment ?? 0) === attachment.index
    tabs.push({
      id,
      label,
      content: <Attachment address={address} attachment={attachment} name={attachment.title || name} page={found?.place.kind === 'page' && isFound(found.place) ? found.place.page : 1} />,
      holds: isFound,
      printed: async () => printedAttachment(await client.ensureQueryData(attachmentQuery(address, attachment.index)), attachment, attachment.title || name),
    })
  }
  const details = <Details opened={opened} />
  tabs.push({
    id: 'details',
    label: t('viewer.tabs.details'),
    content: (
      <>
        {details}
        {deeds}
      </>
    ),
    holds: () => false,
    printed: async () => ({ content: details }),
  })
  return tabs
}

/** What may be done with the document in the record; one that was deleted is on screen no longer. */
function Deeds({ opened, address, onMade, onOver }: Pick<OpenedProps, 'opened' | 'onMade' | 'onOver'> & { address: DocumentAddress }) {
  const client = useQueryClient()
  const changed = (document: RecordDocument) => {
    onMade(document)
    if (document.status !== 'deleted') return void client.invalidateQueries({ queryKey: ['document', address] })
    client.removeQueries({ queryKey: ['document', address] })
    onOver('document-deleted')
  }
  return <DocumentDeeds address={address} patient={opened.patient} onChanged={changed} />
}

/** A fact is said as the panel says it. */
function useFactWords(): FactWords {
  const { t } = useTranslation()
  const statusWord = useStatusWord()
  return {
    value: (fact) => <ValueText entry={fact} />,
    status: (fact) => (fact.status === 'hiddenHere' ? t('summary.hiddenHere') : statusWord({ ...fact, denied: fact.negated && fact.conflict?.field !== 'negation' })),
  }
}

function Heading({ opened, takesFocus }: { opened: OpenedDocument; takesFocus: boolean }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (takesFocus) title.current?.focus()
  }, [takesFocus])
  const { document } = opened
  const author = document.authors.map((one) => [one.name, one.structure].filter(Boolean).join(', ')).join(' · ')
  const facts = [document.typeLabel, author, longDate(document.serviceStartTime ?? document.creationTime, language)]
  return (
    <>
      <h2 ref={title} tabIndex={-1} data-testid="document-title">
        {document.title || document.typeLabel}
      </h2>
      <p data-testid="document-facts">{facts.filter(Boolean).join(' · ')}</p>
      <div className="viewer-tags">
        {opened.version !== null && opened.version > 1 ? <Tag>{t('viewer.version', { version: opened.version })}</Tag> : null}
        {opened.replaces ? <Tag>{t('viewer.replaces')}</Tag> : null}
        {opened.underAnotherNumber ? (
          <Tag tone="caution">
            <span aria-hidden="true">◇</span> {t('viewer.underAnotherNumber')}
          </Tag>
        ) : null}
        {documentBadges(document).map((badge) => (
          <Tag key={badge.key} tone={badge.tone}>
            <span aria-hidden="true">{badge.shape}</span> {t(`documents.badge.${badge.key}`)}
          </Tag>
        ))}
      </div>
    </>
  )
}
