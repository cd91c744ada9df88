import { itemState } from '#shared/contract/index.ts'
import { asking } from '../connect.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'

/** Prints every item, oldest first, one JSON object a line: `{id, state, reason, source, patient, documentType, title, uniqueId, receivedAt, settledAt}`. */
export function items(options: Options): Promise<number> {
  const state = options.state === null ? null : itemState.safeParse(options.state)
  if (state && !state.success) throw new UsageError(`--state is one of ${itemState.options.join(', ')}`)
  return asking(options, async ({ client }) => {
    const lines: string[] = []
    let cursor: string | null = null
    do {
      const page = await client.items.list({ ...(state?.success ? { states: [state.data] } : {}), limit: 500, cursor })
      for (const item of page.items) lines.push(JSON.stringify(item))
      cursor = page.next
    } while (cursor !== null)
    for (const line of lines.reverse()) process.stdout.write(`${line}\n`)
    return 0
  })
}
