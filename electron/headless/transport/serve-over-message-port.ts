import { onMessagePortClose, onMessagePortMessage } from '@orpc/client/message-port'
import type { SupportedMessagePort } from '@orpc/client/message-port'
import type { Unexpected } from './report-unexpected.ts'
import { serveFrames } from './serve-frames.ts'
import type { ConnectorRouter } from './serve-frames.ts'

/**
 * Serves the contract to whoever holds the other end of `port` (a window, Electron main), until that port closes.
 * The caller starts the port after this call, so that no message is missed.
 */
export function serveOverMessagePort(router: ConnectorRouter, port: SupportedMessagePort, unexpected: Unexpected): void {
  const connection = serveFrames(router, (frame) => port.postMessage(frame), unexpected)
  onMessagePortMessage(port, connection.receive)
  onMessagePortClose(port, connection.closed)
}
