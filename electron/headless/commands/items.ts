import { itemState, type ItemDetail } from '#shared/contract/index.ts'
import type { ConnectorClient } from '#shared/rpc/index.ts'
import { asking, askingRunning } from '../connect.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'

/** What a person may say of an item that stands for want of it: what is offered, and how it is said. */
const choices = {
  type: { offered: ({ typeChoices }: ItemDetail) => typeChoices, most: 1, say: (client: ConnectorClient, id: string, [typeCode = '']: readonly string[]) => client.items.chooseType({ id, typeCode }) },
  author: { offered: ({ authorChoices }: ItemDetail) => authorChoices, most: 2, say: (client: ConnectorClient, id: string, [authorId = '', structureId]: readonly string[]) => client.items.chooseAuthor({ id, authorId, structureId }) },
} as const
type Choice = keyof typeof choices

/** `items`: every item. `items type`, `items author`: what a person says of the type, of the author and the place of one. */
export function items(options: Options): Promise<number> {
  const [act, ...of] = options.rest
  if (act === undefined) return list(options)
  const [id, ...said] = of
  if (!isChoice(act) || id === undefined || said.length > choices[act].most) throw new UsageError('items [--state STATE] | items type ID [TYPE] | items author ID [AUTHOR [STRUCTURE]]')
  return said.length === 0 ? listChoices(options, act, id) : say(options, act, id, said)
}

/** Prints every item, oldest first, one JSON object a line: `{id, state, reason, source, patient, documentType, title, uniqueId, receivedAt, settledAt}`. */
function list(options: Options): Promise<number> {
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

const isChoice = (act: string): act is Choice => Object.hasOwn(choices, act)

/**
 * Prints what an item that stands for want of it may be said to be, one JSON object a line: of its type `{code, label, usual}`, the commonest first; of its author
 * `{id, name, speciality, place}`, once for each place `{id, name}` of whoever works at several.
 */
function listChoices(options: Options, choice: Choice, id: string): Promise<number> {
  return asking(options, async ({ client }) => {
    for (const one of choices[choice].offered(await client.items.get({ id }))) process.stdout.write(`${JSON.stringify(one)}\n`)
    return 0
  })
}

/** Says it of an item of the running program, which sends it; prints the item as it is then, as one JSON line. */
function say(options: Options, choice: Choice, id: string, said: readonly string[]): Promise<number> {
  return askingRunning(options, async ({ client }) => {
    await choices[choice].say(client, id, said)
    const { item } = await client.items.get({ id })
    process.stdout.write(`${JSON.stringify(item)}\n`)
    return 0
  })
}
