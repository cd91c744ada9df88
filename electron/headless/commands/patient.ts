import { ORPCError } from '@orpc/client'
import { connectToRunning } from '../connect.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'

/** `patient open`: what the practice software's deep link does. Needs a running program: the panel is its own. */
export async function patient(options: Options): Promise<number> {
  if (options.rest[0] !== 'open' || options.ins === null) throw new UsageError('patient open --ins INS')
  const connection = await connectToRunning(options.data)
  if (!connection) throw new UsageError(`Relais does not run on ${options.data}`)
  try {
    const view = await connection.client.panel.open({ ins: options.ins, ...(options.insOid === null ? {} : { insOid: options.insOid }) })
    process.stdout.write(`${JSON.stringify({ opened: view.patient?.ins, generation: view.generation })}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof ORPCError)) throw error
    process.stderr.write(`${JSON.stringify({ error: (error.data as { code?: string } | undefined)?.code ?? error.code })}\n`)
    return 1
  } finally {
    await connection.close()
  }
}
