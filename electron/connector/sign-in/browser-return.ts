import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTexts } from '../../../renderer/strings/index.ts'

/** Where the system's browser comes back to after a sign-in: one address, used once (RFC 8252, section 7.3). */
export interface BrowserReturn {
  readonly redirectUri: string
  /** The address the browser came back with. Rejects with the signal's reason. */
  readonly returned: Promise<URL>
  close(): void
}

const path = '/retour'

/** Listens on the loopback address, any port, for one return that carries `state`; anything else is answered and not believed. */
export async function openBrowserReturn(state: string, signal: AbortSignal): Promise<BrowserReturn> {
  const { t } = createTexts('fr')
  const nonce = randomBytes(16).toString('base64')
  const page = `<!doctype html><html lang="fr"><meta charset="utf-8"><title>Relais</title><style nonce="${nonce}">body{font:18px sans-serif;margin:4em}</style><p>${t('signIn.returned')}</p></html>`
  const returned = Promise.withResolvers<URL>()
  returned.promise.catch(() => undefined)
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', redirectUri())
    const ours = request.method === 'GET' && url.pathname === path && url.searchParams.get('state') === state
    response.writeHead(ours ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'`, 'referrer-policy': 'no-referrer', connection: 'close' })
    response.end(ours ? page : '')
    if (!ours) return
    returned.resolve(url)
    server.close()
  })
  const redirectUri = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  signal.addEventListener('abort', () => returned.reject(signal.reason as Error), { once: true })
  return {
    redirectUri: redirectUri(),
    returned: returned.promise,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
