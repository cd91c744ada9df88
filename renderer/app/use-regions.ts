import { useEffect } from 'react'

const landmarks = 'header, main, aside, footer'
const stops = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]'

/** The first place of a region that takes the keyboard; null where none is in sight. */
const firstStop = (region: Element) => [...region.querySelectorAll<HTMLElement>(stops)].find((one) => one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }) && one.closest('[inert]') === null) ?? null

/** F6 goes from one region of the window to the next that takes the keyboard, Shift+F6 to the one before, around. */
export function useRegions(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'F6' || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return
      const regions = [...document.querySelectorAll(landmarks)].filter((one) => one.parentElement?.closest(landmarks) === null && firstStop(one) !== null)
      if (regions.length < 2 || document.querySelector('[aria-modal="true"], dialog[open]') !== null) return
      event.preventDefault()
      const at = regions.findIndex((one) => one.contains(document.activeElement))
      const next = at < 0 ? (event.shiftKey ? regions.length - 1 : 0) : (at + (event.shiftKey ? -1 : 1) + regions.length) % regions.length
      firstStop(regions[next]!)?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
