import type { ReactNode } from 'react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BatchReason, ReasonCode } from '#shared/contract/reasons.ts'
import { connector } from '../../app/connection.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { count as figure } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Complaint } from '../../ui/complaint.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { reasonLook } from './item-mark.ts'
import './items.css'

interface GroupActs {
  busy: boolean
  refused: CallFailure | null
  /** Puts everything stopped for the reason back on its way. */
  retry: () => void
  /** Sets all of a batch aside, with the person's reason. */
  dismiss: (batch: BatchReason, why: string) => void
}

/** What is done to everything stopped for one reason; says how many it was done to. */
export function useGroupActs(reason: ReasonCode): GroupActs {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const run = (call: Promise<{ moved: number }>, told: 'moved' | 'aside') => {
    setBusy(true)
    setRefused(null)
    void call
      .then(({ moved }) => announce(t(`sync.group.${told}`, { count: moved, formatted: figure(moved, language) })))
      .catch((error: unknown) => setRefused(callFailure(error)))
      .finally(() => setBusy(false))
  }
  return {
    busy, refused,
    retry: () => run(connector.items.retry({ reason }), 'moved'),
    dismiss: (batch, why) => run(connector.items.dismissHeld({ reason: batch, why }), 'aside'),
  }
}

interface CauseBoxProps {
  reason: ReasonCode
  count: number
  refused: CallFailure | null
  /** What is known of the whole group at a glance. */
  facts?: string | null
  acts: ReactNode
  children?: ReactNode
}

/** The box of one cause: what it is and for how many, what to make of it, what can be done for all of them. */
export function CauseBox({ reason, count, refused, facts, acts, children }: CauseBoxProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const look = reasonLook(reason)
  return (
    <section className="cause" data-tone={look.tone} data-testid="cause" data-code={reason} aria-labelledby={`cause-${reason}`}>
      <div className="cause-head">
        <div>
          <h2 id={`cause-${reason}`}>
            <i aria-hidden="true">{look.shape}</i> {t(`reasons.${reason}.title`)} — {t('sync.group.count', { count, formatted: figure(count, language) })}
          </h2>
          {facts ? (
            <p className="cause-facts" data-testid="batch-facts">
              {facts}
            </p>
          ) : null}
          <p>
            {t(`reasons.${reason}.what`)} {t(`reasons.${reason}.action`)}
          </p>
        </div>
        <div className="cause-acts">{acts}</div>
      </div>
      {refused ? (
        <div className="cause-refused">
          <Complaint code={refused.code} testId="cause-refused" spoken={t(`reasons.${refused.code}.title`)}>
            {t(`reasons.${refused.code}.title`)}. {t(`reasons.${refused.code}.action`)}
          </Complaint>
        </div>
      ) : null}
      {children}
    </section>
  )
}
