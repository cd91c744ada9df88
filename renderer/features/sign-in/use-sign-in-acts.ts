import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import { connector } from '../../app/connection.ts'
import { callFailure, type CallFailure } from '../../app/failure.ts'
import { openApproval } from '../../app/open-approval.ts'
import { announce } from '../../ui/live-regions.tsx'

export interface SignInActs {
  readonly busy: boolean
  readonly refused: CallFailure | null
  readonly start: (professional: string | undefined) => void
  readonly givePin: (pin: string) => void
  readonly choose: (structure: string) => void
  readonly end: () => void
}

/** The acts of a person on the sign-in: one at a time, each asked once, never again by itself. What follows comes by events. */
export function useSignInActs(): SignInActs {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const underWay = useRef(false)

  const act = async (ask: () => Promise<WhoSpeaks>): Promise<void> => {
    if (underWay.current) return
    underWay.current = true
    setBusy(true)
    setRefused(null)
    // The same refusal twice is said twice.
    announce('', 'assertive')
    try {
      const { approval } = await ask()
      if (approval?.page) openApproval(approval.page)
    } catch (error) {
      const why = callFailure(error)
      setRefused(why)
      announce(t(`reasons.${why.code}.title`), 'assertive')
    } finally {
      underWay.current = false
      setBusy(false)
    }
  }
  return {
    busy,
    refused,
    start: (professional) => void act(() => connector.signIn.start(professional === undefined ? {} : { professional })),
    givePin: (pin) => void act(() => connector.signIn.givePin({ pin })),
    choose: (structure) => void act(() => connector.signIn.choose({ structure })),
    end: () => void act(() => connector.signIn.end()),
  }
}
