import { useTranslation } from 'react-i18next'
import type { StatusView } from '#shared/contract/status.ts'
import { count } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { Act } from '../../ui/act.tsx'
import { Mark } from '../../ui/tag.tsx'

/** The sum that always holds, and where documents come from and go to. */
export function StatusFooter({ status }: { status: StatusView }) {
  const { t } = useTranslation()
  const { language, choose } = useLanguage()
  const { received, ready, sending, uncertain, waiting, parked, deposited, ignored } = status.counts
  const pending = received + ready + sending + uncertain + waiting
  const said = (key: 'sent' | 'total' | 'parked' | 'pending' | 'ignored', value: number) => t(`sync.footer.${key}`, { count: value, formatted: count(value, language) })

  return (
    <footer className="status-foot">
      <span data-testid="sum">
        {said('total', status.total)} = {[said('sent', deposited), said('pending', pending), said('parked', parked), said('ignored', ignored)].join(' + ')}
      </span>
      <ul aria-label={t('sync.footer.sources')}>
        {status.sources.map((source) => (
          <li key={`${source.kind}${source.address}`} title={source.problem ?? source.address} data-testid="source" data-ok={source.ok}>
            {t(`source.${source.kind}`)} {source.name}{' '}
            <Mark tone={source.ok ? 'good' : 'danger'} shape={source.ok ? '●' : '■'}>
              {source.ok ? t('sync.footer.ok') : t('sync.footer.problem')}
            </Mark>
          </li>
        ))}
        <li title={status.record.url} data-testid="record-state" data-ok={String(status.record.ok)}>
          {t('sync.footer.record')}{' '}
          <Mark tone={status.record.ok === null ? 'quiet' : status.record.ok ? 'good' : 'caution'} shape={status.record.ok === null ? '○' : status.record.ok ? '●' : '☁'}>
            {status.record.ok === null ? t('sync.footer.unknown') : status.record.ok ? t('sync.footer.ok') : t('state.offline')}
          </Mark>
        </li>
      </ul>
      <Act kind="plain" lang={language === 'fr' ? 'en' : 'fr'} onPress={() => choose(language === 'fr' ? 'en' : 'fr')} data-testid="language">
        {t('app.language')}
      </Act>
    </footer>
  )
}
