import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { DialogTrigger } from 'react-aria-components/Dialog'
import { Popover } from 'react-aria-components/Popover'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import { Act } from '../../ui/act.tsx'
import { announce } from '../../ui/live-regions.tsx'
import { Mark } from '../../ui/tag.tsx'
import { SignInCard } from './sign-in-card.tsx'
import { signInScene, type SignInAct, type SignInScene } from './sign-in-scene.ts'
import './sign-in.css'

interface SpeakerLineProps {
  who: WhoSpeaks
  clockOff: boolean
  /** The same is shown in full in the window: the line has nothing to lead to. */
  shownInFull?: boolean
  isOpen: boolean
  onOpenChange: (open: boolean) => void
}

/** Acts by which a person signs in from the screen; the others are to be read first. */
const toSignIn: readonly SignInAct[] = ['give-pin', 'choose', 'start']

/** The quiet line that says who speaks to the record; pressed, it opens what can be done about it. */
export function SpeakerLine({ who, clockOff, shownInFull = false, isOpen, onOpenChange }: SpeakerLineProps) {
  const { t } = useTranslation()
  const scene = signInScene(who, clockOff)
  const words = useLineWords(who, scene)
  useTold(words)
  useClosedWhenDone(scene, isOpen, onOpenChange)

  return (
    <div className="speaker">
      <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
        <Act kind="plain" data-testid="speaker" data-kind={scene.kind}>
          <Mark tone={scene.tone} shape={scene.shape}>
            <span className="spoken">{t('signIn.title')}</span> {words}
          </Mark>
          {scene.kind === 'speaks' ? <small>{t(`signIn.mode.${who.mode}`)} ▴</small> : null}
          {scene.kind === 'speaks' || shownInFull ? null : <b>{t(toSignIn.includes(scene.act) ? 'signIn.lead' : 'health.details')}</b>}
        </Act>
        <Popover className="popover-box sign-in-box" placement="top start" aria-label={t('signIn.title')}>
          <SignInCard who={who} clockOff={clockOff} asked />
        </Popover>
      </DialogTrigger>
    </div>
  )
}

function useLineWords(who: WhoSpeaks, scene: SignInScene): string {
  const { t } = useTranslation()
  if (scene.kind === 'speaks' && who.speaker?.professional) return t('signIn.speaks', { name: who.speaker.professional.name, structure: who.speaker.structure.name })
  if (scene.kind === 'deposits-only' && who.speaker?.staff) return t('signIn.staffDepositsOnly', { name: who.speaker.staff.name, structure: who.speaker.structure.name })
  if (scene.kind === 'deposits-only' && who.speaker) return t('signIn.depositsOnly', { structure: who.speaker.structure.name })
  if (scene.code === null || scene.code === 'sign-in-needed' || scene.code === 'sign-in-ended') return t('signIn.nobody')
  return t(`reasons.${scene.code}.title`)
}

/** A change is told once, politely; how things stood when the window opened is not. */
function useTold(words: string): void {
  const before = useRef(words)
  useEffect(() => {
    if (before.current !== words) announce(words)
    before.current = words
  }, [words])
}

/** What it was opened for is done: somebody signed in, or left. */
function useClosedWhenDone({ kind }: SignInScene, isOpen: boolean, onOpenChange: (open: boolean) => void): void {
  const before = useRef(kind)
  useEffect(() => {
    if (isOpen && before.current !== kind && (kind === 'speaks' || before.current === 'speaks')) onOpenChange(false)
    before.current = kind
  }, [kind, isOpen, onOpenChange])
}
