import { text } from 'node:stream/consumers'
import type { ConnectorClient } from '#shared/rpc/index.ts'
import { askingRunning } from '../connect.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'

/**
 * `sign-in`: shows who speaks to the record for the running program, or does one act and shows what follows, as one JSON line.
 * The PIN comes by the standard input, never by the command line, which other programs can see.
 */
export async function signIn(options: Options): Promise<number> {
  const [act, value] = options.rest
  return askingRunning(options, async ({ client }) => {
    process.stdout.write(`${JSON.stringify(await doAct(client, act, value))}\n`)
    return 0
  })
}

async function doAct(client: ConnectorClient, act: string | undefined, value: string | undefined) {
  if (act === undefined) return client.signIn.state()
  if (act === 'start') return client.signIn.start(value === undefined ? {} : { professional: value })
  if (act === 'pin') return client.signIn.givePin({ pin: (await text(process.stdin)).trim() })
  if (act === 'choose' && value !== undefined) return client.signIn.choose({ structure: value })
  if (act === 'end') return client.signIn.end()
  throw new UsageError('sign-in [start [ID] | pin | choose STRUCTURE | end]')
}
