import type { FormEvent } from 'react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Act } from '../../ui/act.tsx'

interface DismissFormProps {
  label: string
  hint: string
  confirm: string
  busy: boolean
  onCancel: () => void
  onDismiss: (why: string) => void
}

/** Asks why, before one document or many are set aside: nothing is without a reason. */
export function DismissForm({ label, hint, confirm, busy, onCancel, onDismiss }: DismissFormProps) {
  const { t } = useTranslation()
  const [why, setWhy] = useState('')
  const id = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (why.trim()) onDismiss(why.trim())
  }
  return (
    <form className="field dismiss" onSubmit={submit}>
      <label htmlFor={id}>{label}</label>
      {/* The person has just asked for this field. */}
      {/* oxlint-disable-next-line jsx-a11y/no-autofocus */}
      <input id={id} className="input" autoFocus maxLength={500} value={why} aria-describedby={`${id}-hint`} onChange={(event) => setWhy(event.target.value)} data-testid="dismiss-why" />
      <small id={`${id}-hint`}>{hint}</small>
      <div className="drawer-acts">
        <Act kind="main" type="submit" isDisabled={busy || !why.trim()} data-testid="dismiss-confirm">
          {confirm}
        </Act>
        <Act onPress={onCancel}>{t('drawer.cancel')}</Act>
      </div>
    </form>
  )
}
