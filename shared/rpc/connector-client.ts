import { createORPCClient } from '@orpc/client'
import { RPCLink as MessagePortLink } from '@orpc/client/message-port'
import type { SupportedMessagePort } from '@orpc/client/message-port'
import { RPCLink as WebSocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { ResponseValidationPlugin } from '@orpc/contract/plugins'
import { contract } from '#shared/contract/index.ts'
import type { Contract } from '#shared/contract/index.ts'

/**
 * The contract as a caller sees it. A refusal the contract names arrives as an `ORPCError` with `defined: true`; a closed
 * transport rejects every pending call; an answer that breaks its schema rejects with a `ValidationError` and never reaches
 * the caller. Bytes travel as `Blob`, never as `Uint8Array` (oRPC would write them as JSON).
 */
export type ConnectorClient = ContractRouterClient<Contract>

/** What a WebSocket needs to carry the contract: the browser's, Node's and `ws`'s all have it. */
export type ClientSocket = ConstructorParameters<typeof WebSocketLink>[0]['websocket']

/** A page's, a worker's or Electron main's message port, already started (`port.start()`) or about to be. */
export type ClientPort = SupportedMessagePort

// The link checks what the connector answers: the other half of "validated on arrival and before leaving".
const plugins = () => [new ResponseValidationPlugin<object>(contract)]

/** A checked client of the connector over a message port. The caller starts the port. */
export function clientOverMessagePort(port: ClientPort): ConnectorClient {
  return createORPCClient(new MessagePortLink({ port, plugins: plugins() }))
}

/** A checked client of the connector over a WebSocket, open or still connecting. */
export function clientOverWebSocket(websocket: ClientSocket): ConnectorClient {
  return createORPCClient(new WebSocketLink({ websocket, plugins: plugins() }))
}
