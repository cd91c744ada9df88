import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components/Menu'
import { Popover } from 'react-aria-components/Popover'
import { ProgressBar } from 'react-aria-components/ProgressBar'
import { goesByItselfCount } from '#shared/contract/goes-by-itself-count.ts'
import { needsUserCount } from '#shared/contract/needs-user-count.ts'
import type { StatusView } from '#shared/contract/status.ts'
import { connector, useLink } from '../../app/connection.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { clock, moment } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { pauseUntil, type PauseLength } from '../../app/pause-until.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { Mark } from '../../ui/tag.tsx'
import { stateLook } from './state-look.ts'
import './status.css'

/** Title, what the program is doing in one line, what the window puts beside it, and the one act that applies: suspend or resume. */
export function StatusHeader({ status, children }: { status: StatusView; children?: ReactNode }) {
  const { t } = useTranslation()
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const ask = (act: Promise<unknown>) => {
    setRefused(null)
    act.catch((error: unknown) => setRefused(callFailure(error)))
  }
  return (
    <header className="status-head">
      <h1>{t('sync.title')}</h1>
      <Doing status={status} />
      {children}
      {refused ? (
        <Complaint code={refused.code} testId="status-refused" spoken={t(`reasons.${refused.code}.title`)}>
          {t(`reasons.${refused.code}.title`)}. {t(`reasons.${refused.code}.action`)}
        </Complaint>
      ) : null}
      {status.paused ? (
        <Act kind="main" onPress={() => ask(connector.status.resume())} data-testid="resume">
          {t('sync.resume')}
        </Act>
      ) : (
        <MenuTrigger>
          <Act data-testid="pause">{t('sync.pause')} ▾</Act>
          <Popover>
            <Menu className="menu" onAction={(key) => ask(connector.status.pause({ until: pauseUntil(key as PauseLength, new Date()) }))}>
              <MenuItem id="hour" className="menu-item">
                {t('sync.pauseHour')}
              </MenuItem>
              <MenuItem id="tomorrow" className="menu-item">
                {t('sync.pauseTomorrow')}
              </MenuItem>
              <MenuItem id="open" className="menu-item">
                {t('sync.pauseOpen')}
              </MenuItem>
            </Menu>
          </Popover>
        </MenuTrigger>
      )}
    </header>
  )
}

/** One line: progress while sending, else the state that matters most. */
function Doing({ status }: { status: StatusView }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const now = useNow()
  const isLost = useLink(({ state }) => state) === 'lost'
  const intakeStopped = status.state === 'idle' && status.storage.state !== 'ok'
  // "Up to date" would be heard as "all is well": while nothing more is taken in, that is what is said.
  const look = stateLook(intakeStopped ? 'paused' : status.state)

  if (isLost) {
    return (
      <p className="status-doing" data-testid="global-state" data-state="lost">
        <Mark tone="quiet" shape="◌">
          {t('sync.lastKnown', { state: sentence() })}
        </Mark>
      </p>
    )
  }
  if (status.progress && !status.paused) {
    const { done, total } = status.progress
    const text = t('sync.progress', { done, total })
    return (
      <ProgressBar className="status-doing" value={done} maxValue={Math.max(total, 1)} valueLabel={text} aria-label={t('sync.progressName')} data-testid="progress">
        {({ percentage }) => (
          <>
            <span>{text}</span>
            <span className="progress-line">
              <i style={{ width: `${percentage ?? 0}%` }} />
            </span>
          </>
        )}
      </ProgressBar>
    )
  }
  return (
    <p className="status-doing" data-testid="global-state" data-state={status.state}>
      <Mark tone={look.tone} shape={look.shape}>
        {sentence()}
      </Mark>
    </p>
  )

  function sentence(): string {
    if (status.paused) return status.paused.until ? t('sync.pausedUntil', { at: moment(status.paused.until, now, language) }) : t('sync.paused')
    switch (status.state) {
      case 'offline': {
        const busy = status.circuit.reason === 'record-busy'
        const why = busy ? t('reasons.record-busy.title') : t('state.offline')
        const waiting = goesByItselfCount(status)
        const waits = waiting > 0 ? t('app.labelled', { label: why, value: t('sync.waitingToGo', { count: waiting }) }) : why
        return status.circuit.retryAt ? `${waits} · ${t('sync.retryAt', { at: clock(status.circuit.retryAt, language) })}` : waits
      }
      case 'needs-user':
        return t('sync.needsUser', { count: needsUserCount(status) })
      case 'idle':
        if (intakeStopped) return t('sync.intakeStopped')
        return status.lastExchangeAt ? t('sync.upToDate', { at: moment(status.lastExchangeAt, now, language) }) : t('state.idle')
      default:
        return t(`state.${status.state}`)
    }
  }
}
