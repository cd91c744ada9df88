import type { StatusView } from '#shared/contract/index.ts'
import { rooms } from './program.ts'

/** Speaks to the program that runs on a data folder, as a window does. */
export async function withClient<T>(data: string, ask: (client: NonNullable<Awaited<ReturnType<typeof rooms.connect.connectToRunning>>>['client']) => Promise<T>): Promise<T> {
  const connection = await rooms.connect.connectToRunning(data)
  if (!connection) throw new Error(`no program answers on ${data}`)
  try {
    return await ask(connection.client)
  } finally {
    await connection.close()
  }
}

const patienceMs = 60_000

/** Waits until the program's counts are as wanted. */
export async function waitForCounts(data: string, wanted: (counts: StatusView['counts']) => boolean): Promise<void> {
  await withClient(data, async (client) => {
    const startedAt = performance.now()
    for (let { counts } = await client.status.get(); !wanted(counts); { counts } = await client.status.get()) {
      if (performance.now() - startedAt > patienceMs) throw new Error(`the program stays at ${JSON.stringify(counts)}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })
}
