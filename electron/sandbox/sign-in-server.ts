import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { errors, interactionPolicy, Provider, type BackchannelAuthenticationRequest } from 'oidc-provider'
import type { Practice } from '#shared/contract/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import { claimNames, claimsOf } from './sign-in-claims.ts'

/** How the training sign-in service answers: by itself, or by a page where a person accepts or refuses. */
export type Approves = 'automatic' | 'page'

export interface SignInServerOptions {
  readonly practice: Practice
  readonly approves: Approves
  readonly log: (line: string) => void
  /** Lives in seconds; those of Pro Santé Connect when absent (dmp-interface.md 7.2). */
  readonly lives?: { readonly accessToken?: number; readonly refreshToken?: number; readonly phoneRequest?: number }
}

/** The publisher's service and Pro Santé Connect in one, for training: OpenID Connect with the practice's professionals as accounts. */
export interface SignInServer {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Where a person answers what waits for their phone. */
  readonly approvalPage: string
  close(): Promise<void>
}

const clientId = 'relais-formation'
const scope = 'openid scope_all'

/**
 * Starts it on the loopback address. Without TLS, for a browser would warn of the training authority; the client accepts that
 * from a training record beside it alone.
 */
export async function startSignInServer({ practice, approves, log, lives = {} }: SignInServerOptions): Promise<SignInServer> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clientSecret = randomBytes(24).toString('base64url')
  // Whoever signs in agrees: one page, not two.
  const policy = interactionPolicy.base()
  policy.remove('consent')
  const waiting = new Map<string, { request: BackchannelAuthenticationRequest; words: string }>()

  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/retour'],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:openid:params:grant-type:ciba'],
        token_endpoint_auth_method: 'client_secret_basic',
        backchannel_token_delivery_mode: 'poll',
      },
    ],
    jwks: { keys: [{ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid: 'formation', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    scopes: ['openid', 'scope_all'],
    claims: { openid: ['sub'], scope_all: claimNames, acr: null },
    acrValues: ['eidas1'],
    pkce: { required: () => true },
    ttl: {
      AccessToken: lives.accessToken ?? 120,
      IdToken: 120,
      AuthorizationCode: 60,
      RefreshToken: lives.refreshToken ?? 1_800,
      Grant: 4 * 3_600,
      Session: 4 * 3_600,
      Interaction: 600,
      BackchannelAuthenticationRequest: lives.phoneRequest ?? 300,
    },
    issueRefreshToken: () => Promise.resolve(true),
    findAccount: (_context, id) => {
      const claims = claimsOf(practice, id)
      return claims ? { accountId: id, claims: () => ({ sub: id, ...claims }) } : undefined
    },
    loadExistingGrant: (context) => grantFor(context.oidc.client!.clientId, context.oidc.session!.accountId!),
    interactions: { policy, url: (_context, interaction) => `/formation/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: () => Promise.resolve(true) },
      ciba: {
        enabled: true,
        deliveryModes: ['poll'],
        processLoginHint: (_context, hint) => hint,
        validateBindingMessage: () => undefined,
        validateRequestContext: () => undefined,
        verifyUserCode: () => undefined,
        async triggerAuthenticationDevice(context, request) {
          const id = (context.body as { auth_req_id: string }).auth_req_id
          waiting.set(id, { request, words: (request.params?.['binding_message'] as string | undefined) ?? '' })
          if (approves === 'automatic') await answerPhone(id, true)
        },
      },
    },
  })
  provider.on('server_error', (_context, error) => log(`sign-in: ${error.message}`))

  async function grantFor(client: string, accountId: string) {
    const grant = new provider.Grant({ clientId: client, accountId })
    grant.addOIDCScope(scope)
    await grant.save()
    return grant
  }

  async function answerPhone(id: string, accepted: boolean): Promise<boolean> {
    const found = waiting.get(id)
    if (!found) return false
    waiting.delete(id)
    const { request } = found
    if (accepted) {
      const grant = await grantFor(request.clientId!, request.accountId!)
      await provider.backchannelResult(request, grant, { acr: 'eidas1', authTime: Math.floor(Date.now() / 1000) })
    } else await provider.backchannelResult(request, new errors.AccessDenied('refused'))
    return true
  }

  /** The pages of training: who signs in, and what waits for a phone. */
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', issuer)
    const given = request.method === 'POST' ? new URLSearchParams(await text(request)) : null
    if (pathname === '/telephone') {
      if (given) await answerPhone(given.get('id') ?? '', given.get('answer') === 'accept')
      return show(response, [...waiting].map(([id, { request: asked, words }]) => form({ id }, `${nameOf(asked.accountId!)}, ${words}`, ['accept', 'refuse'])))
    }
    const chosen = approves === 'automatic' ? (practice.professionals[0]?.id ?? null) : (given?.get('id') ?? null)
    if (chosen === null) return show(response, practice.professionals.map(({ id }) => form({ id }, nameOf(id), ['accept'])).concat(form({ id: '' }, 'Personne', ['refuse'])))
    const known = claimsOf(practice, chosen) !== null
    await provider.interactionFinished(request, response, known ? { login: { accountId: chosen, acr: 'eidas1' } } : { error: 'access_denied', error_description: 'refused' })
  }

  const nameOf = (id: string) => {
    const one = practice.professionals.find((professional) => professional.id === id)
    return one ? `${one.given} ${one.family}` : id
  }

  const answer = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!/^\/(formation\/|telephone$)/.test(request.url ?? '')) return void answer(request, response)
    handle(request, response).catch((error: unknown) => {
      log(`sign-in: ${error instanceof Error ? error.message : String(error)}`)
      if (!response.headersSent) response.writeHead(400)
      response.end()
    })
  })
  return {
    issuer,
    clientId,
    clientSecret,
    approvalPage: `${issuer}/telephone`,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

const words = { accept: 'Accepter', refuse: 'Refuser' } as const

function form(fields: Readonly<Record<string, string>>, title: string, answers: readonly (keyof typeof words)[]): Markup {
  const hidden = Object.entries(fields).map(([name, value]) => xml`<input type="hidden" name="${name}" value="${value}"/>`)
  return xml`<form method="post"><p>${title}</p>${hidden}${answers.map((one) => xml`<button name="answer" value="${one}">${words[one]}</button>`)}</form>`
}

function show(response: ServerResponse, forms: readonly Markup[]): void {
  const body = xml`<html lang="fr"><head><meta charset="utf-8"/><title>Connexion de formation</title></head><body><h1>Connexion de formation</h1>${forms.length > 0 ? [...forms] : [xml`<p>Rien n’attend de réponse.</p>`]}</body></html>`
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; form-action *" })
  response.end(`<!doctype html>${body.markup}`)
}
