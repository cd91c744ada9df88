import type { MessagePortMain } from 'electron'
import { WebSocket } from 'ws'
import type { RawData } from 'ws'
import type { ConnectorAddress } from './ready-line.ts'

function buffered(data: RawData): Buffer {
  return Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data
}

/**
 * Joins a window's port to a connector that is not our child: frames go through unchanged both ways. What the page sends before
 * the socket is open waits. Either side closing closes the other.
 *
 * @returns resolves when the bridge is over, true if it had been open
 */
export function bridgePort(port: MessagePortMain, address: ConnectorAddress): Promise<boolean> {
  const socket = new WebSocket(`${address.origin.replace('http:', 'ws:')}/rpc`, ['relais', address.token], { origin: address.origin, handshakeTimeout: 5_000 })
  const early: (string | Uint8Array)[] = []
  let opened = false
  socket.on('open', () => {
    opened = true
    for (const frame of early.splice(0)) socket.send(frame)
  })
  // Copied: a buffer of Node's pool would be cloned with its neighbours.
  socket.on('message', (data, isBinary) => port.postMessage(isBinary ? Uint8Array.from(buffered(data)) : buffered(data).toString()))
  port.on('message', ({ data }: { data: string | Uint8Array }) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(data)
    else if (socket.readyState === WebSocket.CONNECTING) early.push(data)
  })
  port.on('close', () => socket.close())
  port.start()
  return new Promise((resolve) => {
    // 'close' always follows.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      port.close()
      resolve(opened)
    })
  })
}
