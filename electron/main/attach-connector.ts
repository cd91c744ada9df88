import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { MessageChannelMain } from 'electron'
import { bridgePort } from './port-bridge.ts'
import { readConnectorFile } from './ready-line.ts'
import type { RunningConnector } from './start-connector.ts'

/**
 * Joins the connector that already runs on this data folder (one connector, many panels), or rejects when none answers.
 * Stopping only lets go of it: it is somebody else's.
 */
export async function attachConnector(dataDir: string): Promise<RunningConnector> {
  const text = await readFile(path.join(dataDir, 'connector.json'), 'utf8')
  const address = readConnectorFile(text)
  if (address === null) throw new Error('connector.json is not usable')
  // One bridge of our own tells when the connector goes away, even while no window is open.
  const { port1: watch, port2 } = new MessageChannelMain()
  const bridge = bridgePort(port2, address)
  watch.start()
  watch.postMessage(probe, [])
  const answered = new Promise<true>((resolve) => watch.once('message', () => resolve(true)))
  if (!(await Promise.race([answered, bridge.then(() => false)]))) throw new Error('the connector of connector.json does not answer')
  return {
    connect: (port) => void bridgePort(port, address),
    gone: bridge.then(() => undefined),
    stop: () => {
      watch.close()
      return Promise.resolve()
    },
  }
}

/** A call of the contract (`status.get`) as a frame: any answer proves that the other side is a connector. */
const probe = JSON.stringify({ i: 'probe', p: { u: '/status/get' } })
