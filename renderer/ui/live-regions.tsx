import { create } from 'zustand'

interface Announcements {
  polite: string
  assertive: string
}

const useAnnouncements = create<Announcements>(() => ({ polite: '', assertive: '' }))

/** Says something to screen readers. `assertive` only for a change of patient, an emergency or a refused act. */
export function announce(text: string, manner: keyof Announcements = 'polite'): void {
  useAnnouncements.setState({ [manner]: text })
}

/** The two live regions of a window, always present so that what is put in them is read. */
export function LiveRegions() {
  const { polite, assertive } = useAnnouncements()
  return (
    <>
      <output className="spoken" aria-live="polite" data-testid="announce-polite">
        {polite}
      </output>
      <div className="spoken" role="alert" aria-live="assertive" data-testid="announce-assertive">
        {assertive}
      </div>
    </>
  )
}
