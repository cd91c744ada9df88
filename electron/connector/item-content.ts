import { failure, itemContent, success, type ItemContent, type Result } from '#shared/contract/index.ts'
import { readContent, type Content } from './documents/index.ts'
import type { Trace } from './open-trace.ts'
import type { ItemRow, Ledger } from './outbox/index.ts'
import { ContentLost, type Spool } from './store/index.ts'

interface ItemContents {
  readonly ledger: Pick<Ledger, 'byId'>
  readonly spool: Pick<Spool, 'read'>
  readonly trace: Pick<Trace, 'itemOpened'>
  /** No larger document is given to see than is deposited. */
  readonly maxDocumentBytes: number
}

/**
 * The documents of items, as they were received: what somebody looks at before they say whose it is. Nothing is given before the trace has its line.
 * `not-found`: no such item, or no such attachment; `content-damaged`: the disk lost what was kept; `file-too-large`.
 */
export function openItemContents({ ledger, spool, trace, maxDocumentBytes }: ItemContents) {
  async function read(row: ItemRow): Promise<Result<Content>> {
    if (row.content_size > maxDocumentBytes) return failure('file-too-large')
    try {
      return success(await readContent(await spool.read(row.content_sha256), row.source_reference))
    } catch (error) {
      if (error instanceof ContentLost) return failure('content-damaged')
      throw error
    }
  }

  /** `pick` is the part that is given to see. */
  async function opened<Part>(id: string, pick: (content: Content) => Result<Part>, detail?: string): Promise<Result<Part>> {
    const row = await ledger.byId(id)
    if (!row) return failure('not-found')
    const content = await read(row)
    const part = content.ok ? pick(content.value) : content
    await trace.itemOpened(row, part, detail)
    return part
  }

  return {
    content: (id: string): Promise<Result<ItemContent>> =>
      opened(id, ({ sections, attachments, text }) =>
        success(itemContent.parse({ sections, text, attachments: attachments.map(({ mediaType, title, bytes }, index) => ({ index, mediaType, title, size: bytes.byteLength })) })),
      ),
    attachment: (id: string, index: number) =>
      opened(
        id,
        ({ attachments }) => {
          const found = attachments[index]
          return found ? success(found) : failure('not-found')
        },
        `attachment:${index}`,
      ),
  }
}
