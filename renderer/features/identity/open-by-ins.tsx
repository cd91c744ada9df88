import type { FormEvent } from 'react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'

/** What stands when no patient is open: what to do, and a field where an INS is pasted or scanned. */
export function OpenByIns({ onOpen }: { onOpen: (ins: string) => Promise<unknown> }) {
  const { t } = useTranslation()
  const [ins, setIns] = useState('')
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const id = useId()

  const open = (event: FormEvent) => {
    event.preventDefault()
    if (!ins.trim() || busy) return
    setBusy(true)
    setRefused(null)
    void onOpen(ins.trim())
      .catch((error: unknown) => setRefused(callFailure(error)))
      .finally(() => setBusy(false))
  }

  return (
    <div className="scene">
      <h1 className="scene-title">{t('panel.noPatient.title')}</h1>
      <p>{t('panel.noPatient.what')}</p>
      <form className="field" onSubmit={open} noValidate>
        <label htmlFor={id}>{t('panel.noPatient.label')}</label>
        <div className="open-by-ins">
          <input
            id={id}
            className="input"
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            value={ins}
            aria-describedby={refused ? `${id}-hint ${id}-refused` : `${id}-hint`}
            aria-invalid={refused !== null}
            onChange={(event) => setIns(event.target.value)}
            data-testid="ins-field"
          />
          <Act kind="main" type="submit" isDisabled={busy || !ins.trim()}>
            {busy ? t('panel.noPatient.opening') : t('panel.noPatient.open')}
          </Act>
        </div>
        <small id={`${id}-hint`}>{t('panel.noPatient.hint')}</small>
        {refused ? (
          <Complaint id={`${id}-refused`} testId="ins-refused" code={refused.code} spoken={t(`reasons.${refused.code}.title`)}>
            <b>{t(`reasons.${refused.code}.title`)}.</b> {t(`reasons.${refused.code}.what`)} {t(`reasons.${refused.code === 'ins-invalid' ? 'input-invalid' : refused.code}.action`)}
          </Complaint>
        ) : null}
      </form>
    </div>
  )
}
