import type { ClientPort } from '#shared/rpc/index.ts'
import { serveOverMessagePort, type ConnectorRouter } from './transport/index.ts'

/** The part of Electron's utility-process port this program uses; it has no types here because nothing here imports Electron. */
interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown; ports: (ClientPort & { start(): void })[] }) => void): void
}

/** The port to the shell inside an Electron utility process; null anywhere else. */
export function parentPort(): ParentPort | null {
  return (process as unknown as { parentPort?: ParentPort }).parentPort ?? null
}

/** Inside an Electron utility process: serves every port the shell hands over, one for each window. Elsewhere there is nothing to do. */
export function serveParentPorts(router: ConnectorRouter, unexpected: (error: unknown) => void): void {
  parentPort()?.on('message', ({ data, ports }) => {
    if ((data as { type?: unknown } | null)?.type !== 'port') return
    for (const port of ports) {
      serveOverMessagePort(router, port, unexpected)
      port.start()
    }
  })
}
