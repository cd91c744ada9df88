import { createORPCClient, type ClientContext, type ClientLink } from '@orpc/client'
import { RPCLink as MessagePortLink } from '@orpc/client/message-port'
import { RPCLink as WebSocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { RequestValidationPlugin, ResponseValidationPlugin } from '@orpc/contract/plugins'
import { create } from 'zustand'
import { contract, type Contract } from '#shared/contract/contract.ts'
import { reconnectDelay } from './reconnect-delay.ts'

/** `connecting` before the first answer, `open`, then `lost` until the connector is back; `refused` when the address has no token. */
export type LinkState = 'connecting' | 'open' | 'lost' | 'refused'

/** State of the link, and how many times it was opened: answers of an earlier link never count after a later one. */
export const useLink = create<{ state: LinkState; epoch: number }>(() => ({ state: 'connecting', epoch: 0 }))

/** Typed client of the connector; input and output are checked against the contract on this side too. */
export type ConnectorClient = ContractRouterClient<Contract>

/** A call could not be made because the link to the connector is down. Nothing was asked. */
export class LinkDown extends Error {
  override name = 'LinkDown'
}

const plugins = () => [new RequestValidationPlugin(contract), new ResponseValidationPlugin(contract)]

let current: ClientLink<ClientContext> | null = null
let waiting: ((link: ClientLink<ClientContext> | null) => void)[] = []

function opened(link: ClientLink<ClientContext>): void {
  current = link
  useLink.setState((before) => ({ state: 'open', epoch: before.epoch + 1 }))
  for (const go of waiting) go(link)
  waiting = []
}

function lost(link: ClientLink<ClientContext> | null): void {
  if (link !== current) return
  current = null
  if (useLink.getState().state === 'open') useLink.setState({ state: 'lost' })
}

/** Before the first opening calls wait; after a loss they fail at once, because what they ask may no longer be wanted. */
function link(): Promise<ClientLink<ClientContext>> {
  if (current) return Promise.resolve(current)
  if (useLink.getState().state !== 'connecting') return Promise.reject(new LinkDown())
  return new Promise((resolve, reject) => waiting.push((found) => (found ? resolve(found) : reject(new LinkDown()))))
}

/** One client for the life of the page, whatever link is under it. */
export const connector: ConnectorClient = createORPCClient({
  call: async (path, input, options) => (await link()).call(path, input, options),
})

/** True when the page is shown by the desktop shell, which hands over a port instead of a token. */
export function onDesktop(): boolean {
  return location.protocol === 'app:' || location.protocol === 'file:'
}

const tokenKey = 'relais.token'

/** The token of the headless host: from the address once, then from this tab's memory, so that a reload works. */
export function token(): string | null {
  return sessionStorage.getItem(tokenKey)
}

/** Takes the token out of the address bar, where a screenshot or a shared screen would show it. */
function takeToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given) {
    sessionStorage.setItem(tokenKey, given)
    history.replaceState(null, '', location.pathname + location.search)
  }
  return token()
}

/**
 * Starts the link to the connector: a port posted by the preload, or a WebSocket to where the page came from.
 * To be called once, before the page has finished loading, so that the port is not missed.
 */
export function connect(): void {
  if (onDesktop()) {
    listenForPort()
    return
  }
  const found = takeToken()
  if (found) openSocket(found, 0)
  else useLink.setState({ state: 'refused' })
}

function listenForPort(): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const port = event.ports[0]
    if (event.source !== window || !port || !isPortMessage(event.data)) return
    const made = new MessagePortLink({ port, plugins: plugins() })
    port.addEventListener('close', () => lost(made))
    port.start()
    opened(made)
  })
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'relais' in data && data.relais === 'port'
}

function openSocket(secret: string, attempt: number): void {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(`${scheme}//${location.host}/rpc`, ['relais', secret])
  const made = new WebSocketLink({ websocket: socket, plugins: plugins() })
  let wasOpen = false
  socket.addEventListener('open', () => {
    wasOpen = true
    opened(made)
  })
  socket.addEventListener('close', () => {
    lost(made)
    const next = wasOpen ? 0 : attempt + 1
    if (next >= 2 && useLink.getState().state === 'connecting') {
      useLink.setState({ state: 'lost' })
      for (const go of waiting) go(null)
      waiting = []
    }
    setTimeout(() => openSocket(secret, next), reconnectDelay(next, Math.random()))
  })
}
