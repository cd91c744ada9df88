import { useState } from 'react'
import { callFailure, type CallFailure } from './failure.ts'
import { announce } from '../ui/live-regions.tsx'

/** One act at a time: whether it is under way, why it was refused, and what is said once it is done. */
export function useAct() {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<CallFailure | null>(null)
  const run = (act: () => Promise<unknown>, said: string) => {
    if (busy) return
    setBusy(true)
    setRefused(null)
    void act()
      .then(() => announce(said))
      .catch((error: unknown) => setRefused(callFailure(error)))
      .finally(() => setBusy(false))
  }
  return { busy, refused, run }
}
