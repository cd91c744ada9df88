import type { FormEvent } from 'react'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pinForm } from '#shared/contract/pin-form.ts'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'

interface PinEntryProps {
  pin: WhoSpeaks['pin']
  /** The card refused the last one. */
  wrong: boolean
  busy: boolean
  onGive: (pin: string) => void
}

/**
 * Where the card's PIN is typed. It is in the field alone, never in the page's state, and leaves it before it is sent: nothing is
 * kept to be sent twice. It goes too when the window is no longer looked at.
 */
export function PinEntry({ pin, wrong, busy, onGive }: PinEntryProps) {
  const { t } = useTranslation()
  const field = useRef<HTMLInputElement>(null)
  const [malformed, setMalformed] = useState(false)
  const id = useId()
  const tries = pin === 'few-tries-left' ? 'few' : pin === 'last-try' ? 'last' : null

  useEffect(() => {
    const empty = () => {
      if (document.hidden && field.current) field.current.value = ''
    }
    document.addEventListener('visibilitychange', empty)
    return () => document.removeEventListener('visibilitychange', empty)
  }, [])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const input = field.current
    if (!input || busy) return
    const given = input.value
    input.value = ''
    input.focus()
    setMalformed(!pinForm.test(given))
    if (pinForm.test(given)) onGive(given)
  }

  return (
    <form className="field" onSubmit={submit} noValidate>
      <label htmlFor={id}>{t('signIn.pin.label')}</label>
      <div className="sign-in-pin">
        {/* `one-time-code`: what browsers neither keep nor fill in, where they disregard `off`. */}
        <input ref={field} id={id} className="input" type="password" inputMode="numeric" autoComplete="one-time-code" maxLength={16} readOnly={busy} aria-describedby={`${id}-hint ${id}-tries ${id}-refused`} aria-invalid={malformed || wrong} data-testid="pin" />
        <Act kind="main" type="submit" isDisabled={busy}>
          {t(busy ? 'signIn.pin.giving' : 'signIn.pin.give')}
        </Act>
      </div>
      {malformed ? (
        <Complaint id={`${id}-refused`} testId="pin-malformed" spoken={t('signIn.pin.malformed')}>
          {t('signIn.pin.malformed')}
        </Complaint>
      ) : null}
      {tries ? (
        <p id={`${id}-tries`} className="sign-in-tries" data-testid="pin-tries" data-tries={tries}>
          <i aria-hidden="true">▲</i> {t(`signIn.pin.${tries}`)}
        </p>
      ) : null}
      <small id={`${id}-hint`}>{t('signIn.pin.hint')}</small>
    </form>
  )
}
