import type { Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/websocket'
import type { MinimalWebsocket } from '@orpc/server/websocket'
import type { Contract } from '#shared/contract/index.ts'
import { reportUnexpected } from './report-unexpected.ts'
import type { Unexpected } from './report-unexpected.ts'

/** The contract's implementation, ready to be served; it needs nothing from the connection. */
export type ConnectorRouter = Router<Contract, object>

/** What every transport carries: JSON text, or JSON text followed by bytes. */
export type Frame = string | ArrayBuffer | Uint8Array

/** One served connection: what its transport calls. */
export interface ServedConnection {
  /** A frame arrived. One that is not of the protocol is reported and dropped; it never brings the connector down. */
  receive: (frame: Frame) => void
  /** The other side is gone: running calls are aborted, event iterators ended. */
  closed: () => void
}

/**
 * Serves the contract over anything that carries frames. Inputs and outputs are checked against the contract: bad input is
 * answered BAD_REQUEST, an output that breaks its schema is not sent but reported, and the caller gets INTERNAL_SERVER_ERROR.
 */
export function serveFrames(router: ConnectorRouter, send: (frame: Frame) => void, unexpected: Unexpected): ServedConnection {
  const handler = new RPCHandler(router, { interceptors: [reportUnexpected(unexpected)] })
  const peer = { send, addEventListener: () => undefined } as unknown as MinimalWebsocket
  return {
    receive: (frame) => {
      handler.message(peer, frame as string).catch(unexpected)
    },
    closed: () => handler.close(peer),
  }
}
