import { useTranslation } from 'react-i18next'
import { onTheirWayCount } from '#shared/contract/on-their-way-count.ts'
import type { StatusView } from '#shared/contract/status.ts'
import { useLink } from '../../app/connection.ts'
import { count } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Act } from '../../ui/act.tsx'
import { Mark } from '../../ui/tag.tsx'

/** The sum that always holds, and where documents come from and go to. */
export function StatusFooter({ status }: { status: StatusView }) {
  const { t } = useTranslation()
  const { language, choose } = useLanguage()
  const { parked, deposited, ignored } = status.counts
  const pending = onTheirWayCount(status)
  // What was well before the program fell silent may be so no longer.
  const isLost = useLink(({ state }) => state) === 'lost'
  const unheard = (
    <Mark tone="quiet" shape="◌">
      {t('sync.footer.unheard')}
    </Mark>
  )
  const intakeStopped = status.storage.state !== 'ok'
  // None of them is at fault then, and none takes anything in: one word for all, beside those that have a trouble of their own.
  const sources = status.sources.filter((source) => !intakeStopped || !source.ok)
  const said = (key: 'sent' | 'total' | 'parked' | 'pending' | 'ignored', value: number) => t(`sync.footer.${key}`, { count: value, formatted: count(value, language) })
  const recordTrouble = status.circuit.reason === 'record-busy' ? t('sync.footer.busy') : status.circuit.reason === 'record-server-untrusted' ? t('sync.footer.untrusted') : t('state.offline')

  return (
    <footer className="status-foot">
      <span data-testid="sum">
        {said('total', status.total)} = {[said('sent', deposited), said('pending', pending), said('parked', parked), said('ignored', ignored)].join(' + ')}
      </span>
      <ul aria-label={t('sync.footer.sources')}>
        {intakeStopped ? (
          <li data-testid="intake-on-hold">
            {t('sync.footer.intake')}{' '}
            <Mark tone="caution" shape="‖">
              {t('sync.footer.onHold')}
            </Mark>
          </li>
        ) : null}
        {sources.map((source) => (
          <li key={`${source.kind}${source.address}`} title={source.problem ?? source.address} data-testid="source" data-ok={source.ok}>
            {t(`source.${source.kind}`)} {source.name}{' '}
            {isLost ? (
              unheard
            ) : (
              <Mark tone={source.ok ? 'good' : 'danger'} shape={source.ok ? '●' : '■'}>
                {source.ok ? t('sync.footer.ok') : t('sync.footer.problem')}
              </Mark>
            )}
          </li>
        ))}
        <li title={status.record.url} data-testid="record-state" data-ok={String(status.record.ok)}>
          {t('sync.footer.record')}{' '}
          {isLost ? (
            unheard
          ) : (
            <Mark tone={status.record.ok === null ? 'quiet' : status.record.ok ? 'good' : 'caution'} shape={status.record.ok === null ? '○' : status.record.ok ? '●' : '☁'}>
              {status.record.ok === null ? t('sync.footer.unknown') : status.record.ok ? t('sync.footer.ok') : recordTrouble}
            </Mark>
          )}
        </li>
      </ul>
      <Act kind="plain" lang={language === 'fr' ? 'en' : 'fr'} onPress={() => choose(language === 'fr' ? 'en' : 'fr')} data-testid="language">
        {t('app.language')}
      </Act>
    </footer>
  )
}
