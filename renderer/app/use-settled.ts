import { useEffect, useState } from 'react'

/** What was typed once nothing more was for so long (milliseconds); emptied at once. */
export function useSettled(typed: string, delayMs: number): string {
  const [settled, settle] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => settle(typed), delayMs)
    return () => clearTimeout(timer)
  }, [typed, delayMs])
  return typed === '' ? '' : settled
}
