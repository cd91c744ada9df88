import { useSyncExternalStore } from 'react'

/** True while the window is narrower than `width` CSS pixels (a narrow window, or a wide one at 200 %). */
export function useNarrow(width: number): boolean {
  return useMedia(`(max-width: ${width - 1}px)`)
}

/** True while a media query holds. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => window.matchMedia(query).matches,
  )
}
