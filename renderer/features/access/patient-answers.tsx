import { Button } from 'react-aria-components/Button'
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure'
import { useTranslation } from 'react-i18next'
import type { ConsentView, PanelAccess } from '#shared/contract/access.ts'
import { longDate } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useAct } from '../../app/use-act.ts'
import { Act } from '../../ui/act.tsx'
import { Mark } from '../../ui/tag.tsx'
import type { AccessDeeds } from './access-deeds.ts'
import { choicesLeft } from './choices-left.ts'
import { RefusedAct } from './refused-act.tsx'
import './access.css'

const marks = { agreed: { tone: 'good', shape: '●' }, opposed: { tone: 'danger', shape: '■' }, 'not-collected': { tone: 'quiet', shape: '○' } } as const

/** What the patient answered on deposits and on being read, since when and by whom told; set and lifted here. And the reader's own authorisation. */
export function PatientAnswers({ access, deeds }: { access: PanelAccess; deeds: AccessDeeds }) {
  const { t } = useTranslation()
  const { busy, refused, run } = useAct()
  const { consultation, deposit } = access.consents
  const opposed = [consultation, deposit].some((said) => said?.choice === 'opposed')
  return (
    <Disclosure className="answers" data-testid="patient-answers">
      <h2>
        <Button slot="trigger" className="button plain">
          <span aria-hidden="true" className="answers-arrow">
            ▸
          </span>
          {t('access.answers.heading')}
        </Button>
        {opposed ? (
          <Mark tone="danger" shape="■">
            {t('access.answers.opposition')}
          </Mark>
        ) : null}
      </h2>
      <DisclosurePanel>
        {(['consultation', 'deposit'] as const).map((kind) => (
          <div key={kind} className="answer" data-testid={`answer-${kind}`} data-choice={access.consents[kind]?.choice ?? 'not-collected'}>
            <Answer kind={kind} said={access.consents[kind]} />
            {access.keepsConsents ? (
              <div className="answer-acts">
                {choicesLeft(kind, access.consents[kind]).map((choice) => (
                  <Act key={choice} isDisabled={busy} onPress={() => run(() => deeds.recordConsent(kind, choice), t('access.answers.kept'))}>
                    {t(`access.answers.${kind}.${choice === 'agreed' ? 'agree' : 'oppose'}`)}
                  </Act>
                ))}
              </div>
            ) : null}
          </div>
        ))}
        {access.keepsConsents ? null : <small>{t('reasons.patient-not-announced.what')}</small>}
        {access.authorise === 'remove' ? (
          <div className="answer">
            <p>{t('access.unauthorise.what')}</p>
            <Act isDisabled={busy} onPress={() => run(deeds.unauthorise, t('access.unauthorise.done'))} data-testid="unauthorise">
              {t('access.unauthorise.act')}
            </Act>
          </div>
        ) : null}
        {access.modes.includes('regulation') ? (
          <div className="answer">
            <p>{t('access.regulation.what')}</p>
            <Act isDisabled={busy} onPress={() => run(deeds.regulate, t('access.regulation.done'))} data-testid="regulate">
              {t('access.regulation.act')}
            </Act>
          </div>
        ) : null}
        <RefusedAct refused={refused} />
      </DisclosurePanel>
    </Disclosure>
  )
}

function Answer({ kind, said }: { kind: 'deposit' | 'consultation'; said: ConsentView | null }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const choice = said?.choice ?? 'not-collected'
  const source = said?.source === 'panel' ? t('access.answers.here') : (said?.source ?? '')
  return (
    <p>
      <Mark {...marks[choice]}>{t(`access.answers.${kind}.${choice}`)}</Mark>
      {said && choice !== 'not-collected' ? (
        <small>
          {said.decidedAt ? t('access.answers.since', { date: longDate(said.decidedAt, language), source }) : t('access.answers.undated', { source })}
          {said.until ? ` ${t('access.answers.until', { date: longDate(said.until, language) })}` : null}
        </small>
      ) : null}
    </p>
  )
}
