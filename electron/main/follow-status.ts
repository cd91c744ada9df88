import type { StatusView } from '#shared/contract/index.ts'
import type { ConnectorClient } from '#shared/rpc/connector-client.ts'

/**
 * Tells the connector's status now and after each of its events, until the link closes. Status is asked once at a time: events that
 * come meanwhile lead to one more question, not to many.
 */
export async function followStatus(client: ConnectorClient, tell: (status: StatusView) => void): Promise<void> {
  let asking: Promise<void> | null = null
  let again = false
  const ask = async (): Promise<void> => {
    do {
      again = false
      tell(await client.status.get())
    } while (again)
  }
  const refresh = (): void => {
    again = true
    asking ??= ask()
      // The link closed: the loop below ends too.
      .catch(() => undefined)
      .finally(() => (asking = null))
  }
  refresh()
  try {
    for await (const event of await client.status.events()) {
      if (event.topic === 'status' || event.topic === 'hello' || event.topic === 'items') refresh()
    }
  } catch {
    // A closed link is told by the link itself.
  }
}
