export { serveFrames } from './serve-frames.ts'
export type { ConnectorRouter } from './serve-frames.ts'
export { serveOverMessagePort } from './serve-over-message-port.ts'
export { serveOverWebSocket } from './serve-over-web-socket.ts'
