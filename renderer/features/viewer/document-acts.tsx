import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WrittenCopy } from '#shared/contract/history.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { connector } from '../../app/connection.ts'
import { callFailure } from '../../app/failure.ts'
import type { DocumentAddress } from '../../app/queries.ts'
import { Act } from '../../ui/act.tsx'
import { ChevronLeft, ChevronRight, FolderDown, Printer } from '../../ui/icons.ts'
import { announce } from '../../ui/live-regions.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Printing } from './use-printing.ts'

/** The documents before and after in the panel's list; null at its end. */
export interface Neighbours {
  /** From 1; 0 = the document is not in the list as it is arranged. */
  readonly place: number
  readonly total: number
  readonly previous: string | null
  readonly next: string | null
}

interface DocumentActsProps {
  address: DocumentAddress
  /** Null = the panel shows another patient, or none. */
  neighbours: Neighbours | null
  printing: Printing
  onPrint: () => void
  onGo: (uniqueId: string) => void
}

/** What is done with an opened document: the one before or after it in the panel's list, on paper, into the practice's folder. */
export function DocumentActs({ address, neighbours, printing, onPrint, onGo }: DocumentActsProps) {
  const { t } = useTranslation()
  const { copying, copy } = useCopy(address)
  const { previous = null, next = null } = neighbours ?? {}

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const steps: Record<string, string | null> = { ArrowUp: previous, ArrowDown: next }
      const to = event.altKey && !event.ctrlKey && !event.shiftKey ? steps[event.key] : undefined
      if (to) onGo(to)
      const isPrint = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'p'
      if (isPrint) onPrint()
      if (to !== undefined || isPrint) event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [previous, next, onGo, onPrint])

  return (
    <>
      <div className="viewer-acts" role="toolbar" aria-label={t('viewer.acts')}>
        {neighbours ? (
          <>
            <Act kind="icon" aria-label={t('viewer.previous')} aria-keyshortcuts="Alt+ArrowUp" isDisabled={previous === null} onPress={() => previous && onGo(previous)} data-testid="previous">
              <ChevronLeft size={16} aria-hidden="true" />
            </Act>
            <span data-testid="place">{neighbours.place > 0 ? t('viewer.place', { place: neighbours.place, total: neighbours.total }) : t('viewer.notListed')}</span>
            <Act kind="icon" aria-label={t('viewer.next')} aria-keyshortcuts="Alt+ArrowDown" isDisabled={next === null} onPress={() => next && onGo(next)} data-testid="next">
              <ChevronRight size={16} aria-hidden="true" />
            </Act>
          </>
        ) : null}
        <span className="viewer-gap" />
        <Act kind="plain" isDisabled={printing.state === 'preparing'} onPress={onPrint} data-testid="print">
          <Printer size={14} aria-hidden="true" />
          {printing.state === 'preparing' ? t('viewer.print.preparing') : t('viewer.print.act')}
        </Act>
        <Act kind="plain" isDisabled={copying.state === 'copying'} onPress={copy} data-testid="copy">
          <FolderDown size={14} aria-hidden="true" />
          {copying.state === 'copying' ? t('viewer.copy.copying') : t('viewer.copy.act')}
        </Act>
      </div>
      {printing.state === 'refused' ? <Refusal code={printing.code} testId="print-refused" /> : null}
      {printing.state === 'undrawable' ? <Notice shape="◐" title={t('viewer.print.undrawable')} testId="print-undrawable" /> : null}
      {copying.state === 'refused' ? <Refusal code={copying.code} testId="copy-refused" /> : null}
      {copying.state === 'copied' ? (
        <Notice tone="quiet" shape="✓" title={t('viewer.copy.done')} testId="copied">
          <p>{t('viewer.copy.where', { file: copying.copy.file, folder: copying.copy.folder })}</p>
        </Notice>
      ) : null}
    </>
  )
}

function Refusal({ code, testId }: { code: ReasonCode; testId: string }) {
  const { t } = useTranslation()
  return (
    <div data-code={code} data-testid={testId}>
      <Notice shape="◐" title={t(`reasons.${code}.title`)}>
        <p>{t(`reasons.${code}.what`)}</p>
        <p>{t(`reasons.${code}.action`)}</p>
      </Notice>
    </div>
  )
}

type Copying = { readonly state: 'idle' | 'copying' } | { readonly state: 'refused'; readonly code: ReasonCode } | { readonly state: 'copied'; readonly copy: WrittenCopy }

/** Copies the document into the practice's folder, and says where or why not. */
function useCopy(address: DocumentAddress): { copying: Copying; copy: () => void } {
  const { t } = useTranslation()
  const [copying, setCopying] = useState<Copying>({ state: 'idle' })
  const copy = async () => {
    setCopying({ state: 'copying' })
    try {
      setCopying({ state: 'copied', copy: await connector.record.copy(address) })
      announce(t('viewer.copy.done'))
    } catch (error) {
      const { code } = callFailure(error)
      setCopying({ state: 'refused', code })
      announce(t(`reasons.${code}.title`), 'assertive')
    }
  }
  return { copying, copy: () => void copy() }
}
