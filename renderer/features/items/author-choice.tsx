import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuthorChoice as Choice } from '#shared/contract/items.ts'
import { ChoiceForm } from './choice-form.tsx'

interface AuthorChoiceProps {
  choices: readonly Choice[]
  /** Whom a person said before; null = nobody. */
  current: string | null
  busy: boolean
  onConfirm: (authorId: string) => void
}

/** Which professional of the practice wrote a document that does not say it. */
export function AuthorChoice({ choices, current, busy, onConfirm }: AuthorChoiceProps) {
  const { t } = useTranslation()
  const id = useId()
  // What they are, in the national list's own words, which are French.
  const options = choices.map(({ id: value, name, speciality }) => ({ value, name, hint: <span lang="fr">{speciality}</span> }))
  return (
    <section className="drawer-choice" data-testid="author-choice">
      <h3 id={`${id}-heading`}>{t('authorChoice.heading')}</h3>
      <ChoiceForm of="author" labelledBy={`${id}-heading`} options={options} current={options.find(({ value }) => value === current) ?? null} busy={busy} onConfirm={onConfirm} />
    </section>
  )
}
