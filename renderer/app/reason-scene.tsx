import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { reasons, type ReasonCode } from '#shared/contract/reasons.ts'
import { Act } from '../ui/act.tsx'
import { Copy } from '../ui/icons.ts'
import { announce } from '../ui/live-regions.tsx'
import { useLanguage } from './language.ts'
import { reasonDetail } from './reason-detail.ts'

interface ReasonFactsProps {
  code: ReasonCode
  recordText?: string | null
  detail?: string | null
  /** What happens by itself, where it is not what the code says: what nobody asks again, for one. */
  alone?: string | undefined
  /** What was asked is asked again by a press of "Retry" alone: what the sending tries again by itself is not this. */
  byHand?: boolean | undefined
}

/** Their `action` is to wait, which brings nothing where nobody asks again. */
const waitedFor: readonly ReasonCode[] = ['record-unreachable', 'record-busy', 'program-failed']

/** The four answers every failure owes (ux.md principle 7), and the record's own words when it gave some. */
export function ReasonFacts({ code, recordText, detail, alone, byHand = false }: ReasonFactsProps) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const answers = {
    what: t(`reasons.${code}.what`),
    safe: t(`reasons.${code}.safe`),
    alone: alone ?? (byHand && reasons[code] === 'transient' ? t('reason.byHand') : t(`reasons.${code}.alone`)),
    action: byHand && waitedFor.includes(code) ? t('reason.byHandAction') : t(`reasons.${code}.action`),
  }
  return (
    <>
      <dl className="facts" data-testid="reason" data-code={code}>
        {(['what', 'safe', 'alone', 'action'] as const).map((part) => (
          <div key={part}>
            <dt>{t(`reason.${part}`)}</dt>
            <dd>{answers[part]}</dd>
          </div>
        ))}
        {recordText ? (
          <div>
            <dt>{t('reason.record')}</dt>
            <dd>{recordText}</dd>
          </div>
        ) : null}
        {detail ? (
          <div>
            <dt>{t('drawer.detail')}</dt>
            <dd>{reasonDetail(code, detail, language, t)}</dd>
          </div>
        ) : null}
      </dl>
      <p className="code">
        <code>{t('reason.code', { code })}</code>
        <Act
          kind="plain"
          onPress={() => {
            void navigator.clipboard.writeText(code).then(() => announce(t('app.copied')))
          }}
        >
          <Copy size={13} aria-hidden="true" />
          {t('reason.copy')}
        </Act>
      </p>
    </>
  )
}

/** A whole state of a window that has a reason: title with its shape, the four answers, what can be done. */
export function ReasonScene({ code, recordText = null, alone, byHand, remark, children }: Omit<ReasonFactsProps, 'detail'> & { remark?: ReactNode; children?: ReactNode }) {
  const { t } = useTranslation()
  const firm = reasons[code] === 'permanent'
  return (
    <div className="scene" data-tone={firm ? 'danger' : 'caution'} data-testid="scene-reason" data-code={code}>
      <h2>
        <i aria-hidden="true">{firm ? '■' : '◐'}</i>
        <span>{t(`reasons.${code}.title`)}</span>
      </h2>
      {remark}
      {children ? <div className="buttons">{children}</div> : null}
      <ReasonFacts code={code} recordText={recordText} alone={alone} byHand={byHand} />
    </div>
  )
}
