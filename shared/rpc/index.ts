export { clientOverMessagePort, clientOverWebSocket } from './connector-client.ts'
export type { ClientPort, ClientSocket, ConnectorClient } from './connector-client.ts'
export { memoryChannel } from './memory-channel.ts'
export type { MemoryPort } from './memory-channel.ts'
