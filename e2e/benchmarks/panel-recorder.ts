import type { Page } from '@playwright/test'

/** What a page showed, each time it was about to be painted otherwise; `at` in milliseconds since the epoch, once it is painted. */
export interface Painted {
  readonly at: number
  readonly patient: string
  readonly isSummaryShown: boolean
  /** Documents the summary says it read. */
  readonly read: number
  /** Rows of facts in sight. */
  readonly facts: number
  readonly documents: number
  readonly isBusy: boolean
}

interface Recorder {
  readonly painted: Painted[]
  readonly shifts: { readonly at: number; readonly value: number }[]
  readonly longest: { value: number }
}

/** Has every page of this context write down what it paints, how far its parts jump and for how long it does nothing else. */
export async function recordPaints(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const recorder: Recorder = { painted: [], shifts: [], longest: { value: 0 } }
    Object.assign(globalThis, { recorder })
    let isDue = false
    const text = (id: string) => document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ''
    const look = () => {
      isDue = false
      const summary = document.querySelector('[data-testid="summary"]')
      const shown = {
        patient: text('patient-name'),
        isSummaryShown: summary !== null && summary.closest('.summary-outdated') === null,
        read: Number(/\d+/.exec(text('extent'))?.[0] ?? 0),
        facts: document.querySelectorAll('[data-testid="fact-row"]').length,
        documents: Number(text('document-count') || 0),
        isBusy: document.querySelector('main')?.getAttribute('aria-busy') === 'true',
      }
      const last = recorder.painted.at(-1)
      if (last && (Object.keys(shown) as (keyof typeof shown)[]).every((key) => last[key] === shown[key])) return
      // A task of its own comes after the frame.
      const channel = new MessageChannel()
      channel.port1.addEventListener('message', () => recorder.painted.push({ at: performance.timeOrigin + performance.now(), ...shown }))
      channel.port1.start()
      channel.port2.postMessage(null)
    }
    new MutationObserver(() => {
      if (!isDue) requestAnimationFrame(look)
      isDue = true
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!shift.hadRecentInput) recorder.shifts.push({ at: performance.timeOrigin + shift.startTime, value: shift.value })
    }).observe({ type: 'layout-shift', buffered: true })
    new PerformanceObserver((list) => {
      for (const task of list.getEntries()) recorder.longest.value = Math.max(recorder.longest.value, task.duration)
    }).observe({ type: 'longtask', buffered: true })
  })
}

/** The first that was painted from `since` on and is as wanted; waits for it. */
export async function firstPainted(page: Page, since: number, wanted: (painted: Painted) => boolean, patienceMs = 60_000): Promise<Painted> {
  const until = Date.now() + patienceMs
  for (;;) {
    const found = (await paintedSince(page, since)).find(wanted)
    if (found) return found
    if (Date.now() > until) throw new Error(`never painted: ${JSON.stringify((await paintedSince(page, since)).at(-1) ?? null)}`)
    await page.waitForTimeout(20)
  }
}

export function paintedSince(page: Page, since: number): Promise<Painted[]> {
  return page.evaluate((from) => (globalThis as unknown as { recorder: Recorder }).recorder.painted.filter(({ at }) => at >= from), since)
}

/** By how much what was painted jumped since then, a person's own acts apart (the sum of the layout shifts). */
export function shiftSince(page: Page, since: number): Promise<number> {
  return page.evaluate((from) => (globalThis as unknown as { recorder: Recorder }).recorder.shifts.filter(({ at }) => at >= from).reduce((sum, { value }) => sum + value, 0), since)
}

/** The longest time the page was busy with one thing, since it was last asked, in milliseconds. */
export function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { longest } = (globalThis as unknown as { recorder: Recorder }).recorder
    const { value } = longest
    longest.value = 0
    return value
  })
}
