import { z } from 'zod'
import { narrativeSection, openedAttachment } from './history.ts'

/** What is shown of an item's document. Bytes of attachments are asked apart, by index. */
export const itemContent = z.object({
  /** The narrative of a CDA; empty for anything else. */
  sections: z.array(narrativeSection),
  /** What a CDA carries; a PDF, a picture or bytes of another format are one of their own. */
  attachments: z.array(openedAttachment),
  /** The raw text of what is neither: a message, a sidecar, a CDA that cannot be read. `isCut`: only its beginning is here. */
  text: z.object({ value: z.string(), isCut: z.boolean() }).nullable(),
})
export type ItemContent = z.infer<typeof itemContent>
