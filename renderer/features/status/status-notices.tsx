import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { StatusView } from '#shared/contract/status.ts'
import { clock, fileSize, moment } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { Act } from '../../ui/act.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { conditions, roughSpan, type Condition } from './conditions.ts'
import './status.css'

const shapes: Record<Condition['kind'], string> = { storageFull: '■', storageLow: '◍', clock: '◷', circuit: '☁', restored: '↺' }

interface ConditionWords {
  readonly title: string
  /** The title where there is room for a few words only. */
  readonly short?: string
  readonly text: string
  readonly nextTry: string | null
}

/** What is the matter, in a few words, and what it means and asks for, in one breath. */
function useConditionWords() {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const now = useNow()
  const nextTry = (at: string | null) => (at ? t('health.nextTry', { at: clock(at, language) }) : null)
  const restored = (iso: string) => {
    const at = moment(iso, now, language)
    return { title: t('health.restored.title', { at }), short: t('health.restored.short', { at }) }
  }
  return (condition: Condition): ConditionWords => {
    switch (condition.kind) {
      case 'storageFull':
      case 'storageLow':
        return { title: t(`health.${condition.kind}.title`, { free: fileSize(condition.freeBytes, language) }), text: t(`health.${condition.kind}.text`), nextTry: null }
      case 'clock': {
        const { unit, count } = roughSpan(condition.seconds)
        return { title: t(condition.seconds > 0 ? 'health.clock.ahead' : 'health.clock.late', { span: t(`health.span.${unit}`, { count }) }), text: t('health.clock.text'), nextTry: null }
      }
      case 'circuit': {
        const text = condition.reason === 'record-server-untrusted' ? t('health.untrusted') : t(`reasons.${condition.reason}.action`)
        return { title: t(`reasons.${condition.reason}.title`), ...(condition.reason === 'record-busy' ? { short: t('health.busy') } : {}), text, nextTry: nextTry(condition.retryAt) }
      }
      case 'restored':
        return { ...restored(condition.at), text: t('health.restored.text'), nextTry: null }
    }
  }
}

/** What was told last in this window: a change of patient draws everything again and must not repeat it. */
let told: string | null = null

/** Told once, politely, when it begins; not again when only the figures in its title move. */
function useTold(condition: Condition | undefined, title: string): void {
  const key = condition ? `${condition.kind} ${condition.kind === 'circuit' ? condition.reason : ''}` : null
  useEffect(() => {
    if (key && key !== told) announce(title)
    told = key
  }, [key, title])
}

function tone(condition: Condition): 'danger' | 'caution' | 'quiet' {
  return condition.kind === 'storageFull' ? 'danger' : condition.kind === 'restored' ? 'quiet' : 'caution'
}

/** Under the header of the sync window: one line for each condition, what it means for the documents and what to do. */
export function StatusNotices({ status }: { status: StatusView }) {
  const { t } = useTranslation()
  const words = useConditionWords()
  // That the record asks to wait, and until when, is in the header's own line: nobody has anything to do about it.
  const found = conditions(status).filter((condition) => condition.kind !== 'circuit' || condition.reason !== 'record-busy')
  useTold(found[0], found[0] ? words(found[0]).title : '')
  if (found.length === 0) return null
  return (
    <aside aria-label={t('health.label')}>
      <ul className="status-notices">
        {found.map((condition) => {
          const { title, text } = words(condition)
          return (
            <li key={condition.kind} className="status-notice" data-tone={tone(condition)} data-testid="condition" data-kind={condition.kind}>
              <i aria-hidden="true">{shapes[condition.kind]}</i>
              <p>
                <b>{title}.</b> {text}
              </p>
            </li>
          )
        })}
      </ul>
    </aside>
  )
}

/** The same beside a patient: the gravest alone, in a few words, and where the rest is told. */
export function StatusStrip({ status, onDetails }: { status: StatusView; onDetails: () => void }) {
  const { t } = useTranslation()
  const words = useConditionWords()
  const first = conditions(status)[0]
  useTold(first, first ? words(first).title : '')
  if (!first) return null
  const { title, short = title, nextTry } = words(first)
  return (
    <aside className="status-notice status-strip" aria-label={t('health.label')} data-tone={tone(first)} data-testid="condition" data-kind={first.kind}>
      <i aria-hidden="true">{shapes[first.kind]}</i>
      <p>
        <b>{short}</b>
        {nextTry ? <span> · {nextTry}</span> : null}
      </p>
      <Act kind="plain" onPress={onDetails}>
        {t('health.details')}
      </Act>
    </aside>
  )
}
