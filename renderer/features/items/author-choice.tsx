import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuthorChoice as Choice, ItemDetail } from '#shared/contract/items.ts'
import type { ConnectorClient } from '#shared/rpc/index.ts'
import { ChoiceForm } from './choice-form.tsx'

type Said = Pick<Parameters<ConnectorClient['items']['chooseAuthor']>[0], 'authorId' | 'structureId'>

/** What an option says stays what it says when others are shown meanwhile. */
const written = ({ authorId, structureId }: Said): string => JSON.stringify({ authorId, structureId })

interface AuthorChoiceProps {
  choices: readonly Choice[]
  /** What a person said before. */
  current: ItemDetail['chosen']
  busy: boolean
  /** `isPlaceOnly`: nothing but where was asked. */
  onConfirm: (said: Said, isPlaceOnly: boolean) => void
}

/** Which professional of the practice wrote a document that does not say it, and where, of one who works at several places. */
export function AuthorChoice({ choices, current, busy, onConfirm }: AuthorChoiceProps) {
  const { t } = useTranslation()
  const id = useId()
  // Its source says who; only where is asked.
  const isPlaceOnly = choices.every((one) => one.place !== null && one.id === choices[0]?.id)
  // What they are, in the national list's own words, which are French.
  const options = choices.map((choice) => ({
    value: written({ authorId: choice.id, structureId: choice.place?.id }),
    name: isPlaceOnly ? choice.place?.name : [choice.name, choice.place?.name].filter(Boolean).join(', '),
    hint: isPlaceOnly ? choice.name : <span lang="fr">{choice.speciality}</span>,
  }))
  // Of somebody with one place left, whichever was said is that one.
  const before = [current.place, null].map((place) => choices.find((one) => one.id === current.author && (one.place?.id ?? null) === place)).find(Boolean)
  return (
    <section className="drawer-choice" data-testid="author-choice">
      <h3 id={`${id}-heading`}>{t(isPlaceOnly ? 'placeChoice.heading' : 'authorChoice.heading')}</h3>
      <ChoiceForm of={isPlaceOnly ? 'place' : 'author'} labelledBy={`${id}-heading`} options={options} current={options[before ? choices.indexOf(before) : -1] ?? null} busy={busy} onConfirm={(value) => onConfirm(JSON.parse(value) as Said, isPlaceOnly)} />
    </section>
  )
}
