import type { PanelView } from '#shared/contract/history.ts'

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
