import type { RawData, WebSocket } from 'ws'
import type { Unexpected } from './report-unexpected.ts'
import { serveFrames } from './serve-frames.ts'
import type { ConnectorRouter } from './serve-frames.ts'

const asBytes = (data: RawData): Buffer => (Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data)

/**
 * Serves the contract over a WebSocket of the package `ws`, already authenticated by the caller (token, Host, Origin), until
 * it closes.
 */
export function serveOverWebSocket(router: ConnectorRouter, socket: WebSocket, unexpected: Unexpected): void {
  const connection = serveFrames(router, (frame) => socket.send(frame), unexpected)
  socket.on('message', (data, isBinary) => connection.receive(isBinary ? asBytes(data) : asBytes(data).toString()))
  socket.on('close', connection.closed)
  socket.on('error', unexpected)
}
