import type { PanelView } from '#shared/contract/history.ts'
import type { RecordSummary } from '#shared/contract/summary.ts'

/** A panel answer with when it was asked: `epoch` counts the links to the connector, `asked` the questions of this page. */
export interface AskedPanel {
  readonly view: PanelView
  readonly epoch: number
  readonly asked: number
}

/**
 * Which of two answers may be on the screen. An answer of an older link, of an older patient (`generation`), or, for the
 * same patient, to an older question never paints over a newer one: the wrong patient is the worst bug.
 * A new link starts afresh, because a restarted connector counts its generations from the beginning.
 */
export function latestPanel(shown: AskedPanel | undefined, arrived: AskedPanel): AskedPanel {
  if (!shown || arrived.epoch > shown.epoch) return arrived
  if (arrived.epoch < shown.epoch) return shown
  if (arrived.view.generation !== shown.view.generation) return arrived.view.generation > shown.view.generation ? arrived : shown
  return arrived.asked >= shown.asked ? arrived : shown
}

/** Whether a summary is of the very list on screen: of another patient, of another reader's reading or of an older one it never paints. */
export function isOfPanel(summary: Pick<RecordSummary, 'generation' | 'loadedAt'> & Partial<Pick<RecordSummary, 'begun'>>, view: Pick<PanelView, 'generation' | 'loadedAt' | 'begun'>): boolean {
  return summary.generation === view.generation && summary.loadedAt === view.loadedAt && (summary.begun ?? null) === view.begun
}
