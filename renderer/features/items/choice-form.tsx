import type { FormEvent, ReactNode } from 'react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Act } from '../../ui/act.tsx'

/** One of the things a person may choose: `value` says it to the connector, `name` to the person. */
export interface Option {
  readonly value: string
  readonly name: ReactNode
  /** What stands small below it. */
  readonly hint: ReactNode
}

interface ChoiceFormProps {
  of: 'type' | 'author' | 'place'
  /** The id of the question. */
  labelledBy: string
  options: readonly Option[]
  /** What was chosen before; null when nothing was. */
  current: Option | null
  busy: boolean
  onConfirm: (value: string) => void
  /** What stands above and below the options. */
  above?: ReactNode
  below?: ReactNode
}

/**
 * One of several, with what is chosen in words at hand below. Nothing but what was chosen before is, and a choice counts by an explicit act: passing over the options with
 * the arrow keys must not send the document. What was chosen stays so when other options are shown since.
 */
export function ChoiceForm({ of, labelledBy, options, current, busy, onConfirm, above, below }: ChoiceFormProps) {
  const { t } = useTranslation()
  const id = useId()
  const [picked, setPicked] = useState<Option | null>(null)
  // Said otherwise elsewhere meanwhile (another window, the command line), that is what is shown, until something is picked here.
  const chosen = picked ?? current
  const isAnother = chosen !== null && chosen.value !== current?.value
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen && isAnother && !busy) onConfirm(chosen.value)
  }
  return (
    <form onSubmit={submit}>
      {above}
      <fieldset aria-labelledby={labelledBy}>
        {options.map((one) => (
          <label key={one.value} className="drawer-option">
            <input type="radio" name={`${id}-${of}`} value={one.value} checked={chosen?.value === one.value} onChange={() => setPicked(one)} data-testid={`${of}-option`} />
            <span>
              {one.name} {one.hint === null ? null : <small>{one.hint}</small>}
            </span>
          </label>
        ))}
      </fieldset>
      {below}
      <div className="drawer-chosen">
        <p data-testid={`${of}-chosen`}>
          {chosen ? (
            <>
              {t('app.labelled', { label: t(`${of}Choice.chosen`), value: '' })}
              <b>{chosen.name}</b>
            </>
          ) : (
            <span className="quiet">{t(`${of}Choice.none`)}</span>
          )}
        </p>
        <div className="drawer-acts">
          <Act kind="main" type="submit" isDisabled={!isAnother || busy} data-testid={`confirm-${of}`}>
            {t(`${of}Choice.confirm`)}
          </Act>
          <small className="quiet">{t('drawer.thenOn')}</small>
        </div>
      </div>
    </form>
  )
}
