import { useEffect, useId, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import { moment } from '../../app/format.ts'
import { useLanguage } from '../../app/language.ts'
import { useNow } from '../../app/now.ts'
import { openApproval } from '../../app/open-approval.ts'
import { ReasonFacts } from '../../app/reason-scene.tsx'
import { Act } from '../../ui/act.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Complaint } from '../../ui/complaint.tsx'
import { Tag } from '../../ui/tag.tsx'
import { PinEntry } from './pin-entry.tsx'
import { signInScene, type SignInScene } from './sign-in-scene.ts'
import { useSignInActs, type SignInActs } from './use-sign-in-acts.ts'
import './sign-in.css'

interface SignInCardProps {
  who: WhoSpeaks
  clockOff: boolean
  /** The person has just asked for it: what is to be done takes the keyboard. */
  asked?: boolean
  /** It stands in place of a record that is read as soon as somebody speaks. */
  thenRead?: boolean
}

/** Who speaks to the record, or why nobody does, with the one act that changes it. */
export function SignInCard({ who, clockOff, asked = false, thenRead = false }: SignInCardProps) {
  const { t } = useTranslation()
  const scene = signInScene(who, clockOff)
  const acts = useSignInActs()
  const id = useId()
  const box = useRef<HTMLElement>(null)
  useKeyboardKept(box, asked, `${scene.kind} ${scene.code}`)
  // Said by the title already when it is what the card is about.
  const refused = acts.refused && acts.refused.code !== scene.code ? acts.refused : null

  return (
    <section ref={box} tabIndex={-1} className="scene sign-in" aria-labelledby={id} data-tone={scene.tone} data-testid="sign-in-card" data-kind={scene.kind} data-code={scene.code} data-act={scene.act}>
      <h2 id={id}>
        <i aria-hidden="true">{scene.shape}</i>
        <span>{scene.kind === 'speaks' ? who.speaker?.professional?.name : t(`reasons.${scene.code ?? 'sign-in-needed'}.title`)}</span>
      </h2>
      {scene.kind === 'speaks' ? <Speaks who={who} acts={acts} /> : <Stopped who={who} scene={scene} acts={acts} thenRead={thenRead} />}
      {refused ? (
        <Complaint code={refused.code} testId="sign-in-refused" spoken={t(`reasons.${refused.code}.title`)}>
          <b>{t(`reasons.${refused.code}.title`)}.</b> {t(`reasons.${refused.code}.what`)} {t(`reasons.${refused.code}.action`)}
        </Complaint>
      ) : null}
    </section>
  )
}

/** What was pressed goes with its state: the keyboard goes to what is to be done now instead of falling out of the card. */
function useKeyboardKept(box: RefObject<HTMLElement | null>, asked: boolean, state: string): void {
  const inside = useRef(false)
  const before = useRef<string | null>(null)
  useEffect(() => {
    const card = box.current
    const note = () => (inside.current = true)
    const forget = ({ relatedTarget }: FocusEvent) => {
      // Going nowhere is what a control does that is taken away.
      if (relatedTarget instanceof Node) inside.current = card?.contains(relatedTarget) ?? false
    }
    card?.addEventListener('focusin', note)
    card?.addEventListener('focusout', forget)
    return () => {
      card?.removeEventListener('focusin', note)
      card?.removeEventListener('focusout', forget)
    }
  }, [box])
  useEffect(() => {
    const changed = before.current !== state
    before.current = state
    if (!changed || !(asked || (inside.current && document.activeElement === document.body))) return
    const card = box.current
    const first = card?.querySelector<HTMLElement>('input, select, button.main, button')
    ;(first ?? card)?.focus()
  })
}

function Speaks({ who, acts }: { who: WhoSpeaks; acts: SignInActs }) {
  const { t } = useTranslation()
  const { language } = useLanguage()
  const now = useNow()
  return (
    <>
      <p className="sign-in-who">
        {who.speaker?.structure.name} <Tag>{t(`signIn.mode.${who.mode}`)}</Tag>
      </p>
      <Workplace who={who} acts={acts} />
      <p className="quiet">{who.until ? t('signIn.until', { at: moment(who.until, now, language) }) : t(`signIn.lasts.${who.mode}`)}</p>
      {who.mode === 'certificates' ? null : <EndSession acts={acts} />}
    </>
  )
}

/** Where somebody who signed in works now, when it could be elsewhere. */
function Workplace({ who, acts }: { who: WhoSpeaks; acts: SignInActs }) {
  const { t } = useTranslation()
  if (who.situations.length < 2) return null
  return <Choice label={t('signIn.situation')} value={who.chosen ?? ''} onChange={acts.choose} options={who.situations.map(({ structure, name }) => ({ value: structure, label: name }))} />
}

function EndSession({ acts }: { acts: SignInActs }) {
  const { t } = useTranslation()
  return (
    <div className="buttons">
      <Act onPress={acts.end} data-testid="sign-in-end">
        {t('signIn.end')}
      </Act>
    </div>
  )
}

interface StoppedProps {
  who: WhoSpeaks
  scene: SignInScene
  acts: SignInActs
}

function Stopped({ who, scene, acts, thenRead }: StoppedProps & { thenRead: boolean }) {
  const { t } = useTranslation()
  const code = scene.code ?? 'sign-in-needed'
  const mending = scene.act === 'look-again' || code === 'clock-wrong'
  return (
    <>
      {who.holder && who.mode === 'card' ? (
        <p className="sign-in-who" data-testid="card-holder">
          {t('signIn.cardOf', { name: who.holder.name })}
        </p>
      ) : null}
      {scene.kind === 'deposits-only' ? (
        <p className="sign-in-who">
          {who.speaker?.structure.name} <Tag>{t(who.speaker?.staff ? 'signIn.staffCard' : `signIn.mode.${who.mode}`)}</Tag>
        </p>
      ) : null}
      {mending ? null : (
        <p>
          {t(`reasons.${code}.what`)} {scene.act === 'start' && scene.tone === 'caution' ? t(`reasons.${code}.action`) : null}
        </p>
      )}
      {/* Another try is worth something once the clock is right. */}
      {code === 'clock-wrong' ? <ReasonFacts code={code} /> : null}
      <TheAct who={who} scene={scene} acts={acts} />
      {who.speaker?.staff ? (
        <>
          <Workplace who={who} acts={acts} />
          <EndSession acts={acts} />
        </>
      ) : null}
      {mending && code !== 'clock-wrong' ? <ReasonFacts code={code} /> : null}
      {thenRead ? <p className="quiet">{t('signIn.thenRead')}</p> : mending ? null : <p className="quiet">{t(`reasons.${code}.${scene.kind === 'deposits-only' ? 'action' : 'alone'}`)}</p>}
    </>
  )
}

function TheAct({ who, scene, acts }: StoppedProps) {
  const { t } = useTranslation()
  switch (scene.act) {
    case 'none':
      return null
    case 'insert-card':
      return (
        <p className="sign-in-hands" data-testid="sign-in-hands">
          {t(scene.code === 'sign-in-of-another' ? 'signIn.ownCard' : `reasons.${scene.code === 'card-removed' || scene.code === 'card-of-another-structure' ? scene.code : 'card-absent'}.action`)}
          <small>{t('signIn.seenAlone')}</small>
        </p>
      )
    case 'give-pin':
      return <PinEntry pin={who.pin} wrong={scene.code === 'card-pin-wrong'} busy={acts.busy} onGive={acts.givePin} />
    case 'choose':
      return <Situations who={who} acts={acts} />
    case 'start':
      return <Start who={who} acts={acts} />
    case 'open-page': {
      const page = who.approval?.page ?? ''
      return (
        <>
          <p className="quiet">{t('signIn.page.hint')}</p>
          <div className="buttons">
            <Act kind="main" onPress={() => openApproval(page)} data-testid="open-page">
              {t('signIn.page.open')}
            </Act>
            <Act kind="plain" onPress={acts.end}>
              {t('signIn.cancel')}
            </Act>
          </div>
        </>
      )
    }
    case 'answer-phone':
      return (
        <>
          {who.approval?.words ? (
            <p className="sign-in-hands">
              {t('signIn.phone.label')}
              <b data-testid="sign-in-words">{who.approval.words}</b>
              <small>{t('signIn.phone.hint')}</small>
            </p>
          ) : null}
          <div className="buttons">
            <Act onPress={acts.end}>
              {t('signIn.cancel')}
            </Act>
          </div>
        </>
      )
    case 'look-again':
      return (
        <div className="buttons">
          <Act kind="main" onPress={() => acts.start(undefined)} data-testid="look-again">
            {t('signIn.lookAgain')}
          </Act>
        </div>
      )
  }
}

function Start({ who, acts }: Omit<StoppedProps, 'scene'>) {
  const { t } = useTranslation()
  const [picked, setPicked] = useState<string | null>(null)
  const professional = who.mayBeAsked.find(({ id }) => id === picked) ?? who.mayBeAsked[0]
  return (
    <>
      {who.mayBeAsked.length > 1 ? (
        <Choice label={t('signIn.professional')} value={professional?.id ?? ''} onChange={setPicked} options={who.mayBeAsked.map(({ id, name }) => ({ value: id, label: name }))} />
      ) : null}
      <div className="buttons">
        <Act kind="main" onPress={() => acts.start(professional?.id)} data-testid="sign-in-start">
          {t(acts.busy ? 'signIn.starting' : 'signIn.start')}
        </Act>
      </div>
    </>
  )
}

function Situations({ who, acts }: Omit<StoppedProps, 'scene'>) {
  const { t } = useTranslation()
  return (
    <>
      <ul className="sign-in-situations" aria-label={t('signIn.situation')}>
        {who.situations.map(({ structure, name }) => (
          <li key={structure}>
            <Act onPress={() => acts.choose(structure)} data-testid="situation">
              {name}
            </Act>
          </li>
        ))}
      </ul>
      <small className="quiet">{t('signIn.remembered')}</small>
    </>
  )
}
