import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TypeChoice as Choice } from '#shared/contract/items.ts'
import { texts } from '../../strings/index.ts'
import { Act } from '../../ui/act.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { ChoiceForm } from './choice-form.tsx'
import { matchingTypes } from './matching-types.ts'

interface TypeChoiceProps {
  choices: readonly Choice[]
  /** The code a person said before; null = none. */
  current: string | null
  busy: boolean
  onConfirm: (typeCode: string) => void
}

type Called = keyof typeof texts.fr.typeChoice.usual
const isCalled = (code: string): code is Called => Object.hasOwn(texts.fr.typeChoice.usual, code)

/** What type a document is that does not say it: the commonest ones, or those that have the words looked for. */
export function TypeChoice({ choices, current, busy, onConfirm }: TypeChoiceProps) {
  const { t } = useTranslation()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [isWhole, setWhole] = useState(false)
  const isSearched = typed.trim() !== ''
  const calledOf = (code: string) => (isCalled(code) ? t(`typeChoice.usual.${code}`) : '')
  // The record's own name of it, which is French.
  const optionOf = ({ code, label }: Choice) => ({ value: code, name: <span lang="fr">{label}</span>, hint: calledOf(code) || null })
  const before = choices.find(({ code }) => code === current)
  const shown = isSearched ? matchingTypes(choices, typed, calledOf) : isWhole ? choices : choices.filter(({ usual }) => usual)
  return (
    <section className="drawer-choice" data-testid="type-choice">
      <h3 id={`${id}-heading`}>{t('typeChoice.heading')}</h3>
      <search className="field">
        <label htmlFor={`${id}-search`}>{t('typeChoice.search')}</label>
        <input id={`${id}-search`} className="input" autoComplete="off" spellCheck={false} maxLength={100} value={typed} aria-describedby={`${id}-hint`} onChange={(event) => setTyped(event.target.value)} data-testid="find-type" />
        <small id={`${id}-hint`}>{t('typeChoice.searchHint')}</small>
      </search>
      <ChoiceForm
        of="type"
        labelledBy={`${id}-heading`}
        options={shown.map(optionOf)}
        current={before ? optionOf(before) : null}
        busy={busy}
        onConfirm={onConfirm}
        above={isSearched ? <Told count={shown.length} /> : null}
        below={
          isSearched ? null : (
            <Act kind="plain" aria-expanded={isWhole} onPress={() => setWhole(!isWhole)} data-testid="all-types">
              {isWhole ? t('typeChoice.fewer') : t('typeChoice.all', { count: choices.filter(({ usual }) => !usual).length })}
            </Act>
          )
        }
      />
    </section>
  )
}

/** How many have the words looked for, in words that are also spoken. */
function Told({ count }: { count: number }) {
  const { t } = useTranslation()
  const told = t('typeChoice.found', { count })
  useEffect(() => announce(told), [told])
  return (
    <p className="quiet" data-testid="types-found">
      {told}
    </p>
  )
}
