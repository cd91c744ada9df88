import type { FormEvent } from 'react'
import { useId, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure'
import { useTranslation } from 'react-i18next'
import { emergencyReasons, type PanelAccess } from '#shared/contract/access.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import { useAct } from '../../app/use-act.ts'
import { Act } from '../../ui/act.tsx'
import { Choice } from '../../ui/choice.tsx'
import type { AccessDeeds } from './access-deeds.ts'
import { RefusedAct } from './refused-act.tsx'
import './access.css'

/** What a person can do, there and then, about a record that is not open to them: the one expected act first, the emergency folded below. */
export function WaysIn({ code, access, deeds }: { code: ReasonCode; access: PanelAccess; deeds: AccessDeeds }) {
  return (
    <>
      {code === 'access-not-granted' && access.authorise === 'add' ? <WithConsent name="authorise" act={deeds.authorise} /> : null}
      {code === 'consent-to-renew' && access.keepsConsents ? <WithConsent name="renew" act={() => deeds.recordConsent('consultation', 'agreed')} /> : null}
      {code === 'consultation-refused' && access.keepsConsents ? <WithConsent name="lift" act={() => deeds.recordConsent('consultation', 'agreed')} /> : null}
      {access.modes.includes('break-glass') ? <BreakGlass onEnter={deeds.breakGlass} /> : null}
    </>
  )
}

/** An act that rests on the patient's consent: whoever does it says first that the patient gave it. */
function WithConsent({ name, act }: { name: 'authorise' | 'renew' | 'lift'; act: () => Promise<unknown> }) {
  const { t } = useTranslation()
  const [agrees, setAgrees] = useState(false)
  const { busy, refused, run } = useAct()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (agrees) run(act, t(`access.${name}.done`))
  }
  return (
    <form className="way-in" onSubmit={submit} data-testid={`access-${name}`}>
      <label className="access-check">
        <input type="checkbox" checked={agrees} onChange={(event) => setAgrees(event.target.checked)} data-testid="patient-agrees" />
        <span>{t(`access.${name}.agrees`)}</span>
      </label>
      <Act kind="main" type="submit" isDisabled={!agrees || busy}>
        {busy ? t('access.asking') : t(`access.${name}.act`)}
      </Act>
      <small>{t(`access.${name}.hint`)}</small>
      <RefusedAct refused={refused} />
    </form>
  )
}

function BreakGlass({ onEnter }: { onEnter: AccessDeeds['breakGlass'] }) {
  const { t } = useTranslation()
  const id = useId()
  const [reason, setReason] = useState<(typeof emergencyReasons)[number] | ''>('')
  const [words, setWords] = useState('')
  const { busy, refused, run } = useAct()
  const isWhole = reason !== '' && words.trim().length >= 5
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason !== '' && isWhole) run(() => onEnter(reason, words.trim()), t('access.breakGlass.done'))
  }
  return (
    <Disclosure className="way-in-emergency" data-testid="break-glass">
      <Button slot="trigger" className="button">
        {t('access.breakGlass.open')}
      </Button>
      <DisclosurePanel>
        <form className="way-in" onSubmit={submit}>
          <p>{t('access.breakGlass.what')}</p>
          <Choice
            label={t('access.breakGlass.reason')}
            value={reason}
            onChange={setReason}
            options={[{ value: '' as const, label: t('access.breakGlass.choose') }, ...emergencyReasons.map((value) => ({ value, label: t(`access.reason.${value}`) }))]}
          />
          <div className="field">
            <label htmlFor={id}>{t('access.breakGlass.words')}</label>
            <textarea id={id} className="input access-words" rows={3} maxLength={500} value={words} aria-describedby={`${id}-hint`} onChange={(event) => setWords(event.target.value)} />
            <small id={`${id}-hint`}>{t('access.breakGlass.hint')}</small>
          </div>
          <Act kind="main" type="submit" isDisabled={!isWhole || busy}>
            {busy ? t('access.asking') : t('access.breakGlass.act')}
          </Act>
          <RefusedAct refused={refused} />
        </form>
      </DisclosurePanel>
    </Disclosure>
  )
}
