import { useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ItemView, ItemVisibility } from '#shared/contract/items.ts'
import { connector } from '../../app/connection.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { Act } from '../../ui/act.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { audienceOf, audiences, fixedBecause, leavesWhen, sameVisibility, visibilityMarks, withAudience, withSecret } from './visibility.ts'

/** Who will see the document in the record: a choice while it was never sent, a sentence with its reason afterwards. */
export function VisibilityChoice({ item, mayBeSecret }: { item: ItemView; mayBeSecret: boolean }) {
  const { t } = useTranslation()
  return (
    <section className="visibility" data-testid="visibility" data-changeable={item.changeable}>
      <h3>{t('visibility.heading')}</h3>
      {item.changeable ? <Choosing item={item} mayBeSecret={mayBeSecret} /> : <Fixed item={item} />}
    </section>
  )
}

function Fixed({ item }: { item: ItemView }) {
  const { t } = useTranslation()
  const marks = visibilityMarks(item.visibility)
  return (
    <>
      {marks.length === 0 ? <p>{t('visibility.everyone.name')}</p> : null}
      {marks.map(({ key, shape }) => (
        <p key={key}>
          <i aria-hidden="true">{shape}</i> {t(`visibility.${key}.name`)} <span className="quiet">— {t(`visibility.${key}.hint`)}</span>
        </p>
      ))}
      <p className="quiet" data-testid="visibility-fixed">
        {t(`visibility.fixed.${fixedBecause(item)}`)}
      </p>
    </>
  )
}

/**
 * Chosen for this document alone, kept by an explicit act: passing over a choice with the arrow keys must not change who sees a
 * document that may leave at any second.
 */
function Choosing({ item, mayBeSecret }: { item: ItemView; mayBeSecret: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const id = useId()
  const [draft, setDraft] = useState<ItemVisibility | null>(null)
  const [busy, setBusy] = useState(false)
  const [saved, setSaved] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const shown = draft ?? item.visibility
  const audience = audienceOf(shown)
  const changed = !sameVisibility(shown, item.visibility)
  const leaves = leavesWhen(item)
  const byItself = leaves === 'soon' || leaves === 'session'

  const choose = (visibility: ItemVisibility) => {
    setDraft(visibility)
    setSaved(false)
    setRefused(null)
  }
  const save = async () => {
    setBusy(true)
    setRefused(null)
    try {
      await connector.items.setVisibility({ id: item.id, visibility: shown })
      await client.invalidateQueries({ queryKey: ['items', 'one', item.id] })
      // The button has nothing more to save: the keyboard goes back to the choice before it is disabled, or Escape would not close.
      form.current?.querySelector<HTMLInputElement>('input[type="radio"]:checked')?.focus()
      setDraft(null)
      setSaved(true)
      announce(t('visibility.saved'))
    } catch (error) {
      setRefused(callFailure(error))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (changed && audience !== null && !busy) void save()
  }

  return (
    <form ref={form} onSubmit={submit}>
      <fieldset aria-describedby={`${id}-alone`}>
        <legend className="spoken">{t('visibility.heading')}</legend>
        {audiences.map((one) => (
          <label key={one} className="drawer-option">
            <input type="radio" name={`${id}-audience`} value={one} checked={audience === one} onChange={() => choose(withAudience(shown, one))} data-testid={`audience-${one}`} />
            <span>
              {t(`visibility.${one}.name`)} <small>{t(`visibility.${one}.hint`)}</small>
            </span>
          </label>
        ))}
        <label className="drawer-option apart">
          <input type="checkbox" checked={shown.hiddenFromRepresentatives} disabled={shown.secretConnection === true} onChange={(event) => choose({ ...shown, hiddenFromRepresentatives: event.target.checked })} data-testid="hide-from-representatives" />
          <span>
            {t('visibility.hiddenFromRepresentatives.name')} <small>{t('visibility.hiddenFromRepresentatives.hint')}</small>
          </span>
        </label>
        {mayBeSecret || shown.secretConnection ? (
          <label className="drawer-option">
            <input type="checkbox" checked={shown.secretConnection === true} onChange={(event) => choose(withSecret(shown, event.target.checked))} data-testid="secret-connection" />
            <span>
              {t('visibility.secretConnection.name')} <small>{t('visibility.secretConnection.hint')}</small>
            </span>
          </label>
        ) : null}
      </fieldset>
      {audience === null ? <p data-testid="visibility-nobody">{t('visibility.forbidden')}</p> : null}
      {refused ? (
        <Complaint testId="visibility-refused" code={refused.code} spoken={t(`reasons.${refused.code}.title`)}>
          {refused.code === 'visibility-forbidden' ? t('visibility.forbidden') : `${t(`reasons.${refused.code}.what`)} ${t(`reasons.${refused.code}.action`)}`}
        </Complaint>
      ) : null}
      <div className="drawer-acts">
        <Act type="submit" isDisabled={!changed || audience === null}>
          {t('visibility.save')}
        </Act>
        <small id={`${id}-alone`} className="quiet" data-testid="visibility-leaves">
          {saved ? <b className="visibility-saved">✓ {t('visibility.saved')}</b> : `${t(`visibility.leaves.${leaves}`)}${byItself ? '' : ` ${t('visibility.thisOne')}`}`}
        </small>
      </div>
    </form>
  )
}
