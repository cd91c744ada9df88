import { pagesOrigin } from './app-pages.ts'

/** What is looked at in the frame that sent a message. */
export interface SenderFrame {
  readonly url: string
  readonly parent: object | null
}

/** True when a message comes from the main frame of a page of ours: a sub-frame, a gone frame or `about:blank` is refused. */
export function isOurPage(frame: SenderFrame | null): boolean {
  return frame !== null && frame.parent === null && URL.canParse(frame.url) && frame.url.startsWith(`${pagesOrigin}/`)
}
