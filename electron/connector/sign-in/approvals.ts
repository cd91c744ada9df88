import { randomInt } from 'node:crypto'
import * as oidc from 'openid-client'
import type { SignInSettings } from '#shared/contract/index.ts'
import { openBrowserReturn } from './browser-return.ts'

export type ConnectSettings = Extract<SignInSettings, { mode: 'pro-sante-connect' }>
export type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers

/** What a person has to open or to recognise, and the tokens once they approved. */
export interface Approval {
  readonly page: string | null
  readonly words: string | null
  readonly tokens: Promise<Tokens>
}

/** Asks for an approval in the system's browser: authorization code, PKCE, state and nonce of this attempt alone. */
export async function askInBrowser(service: oidc.Configuration, settings: ConnectSettings, signal: AbortSignal): Promise<Approval> {
  const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()]
  const back = await openBrowserReturn(state, signal)
  const page = oidc.buildAuthorizationUrl(service, {
    redirect_uri: back.redirectUri,
    scope: settings.scope,
    acr_values: settings.acrValues,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const exchange = async () => {
    try {
      return await oidc.authorizationCodeGrant(service, await back.returned, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true })
    } finally {
      back.close()
    }
  }
  return { page: page.href, words: null, tokens: exchange() }
}

/** Asks for an approval on the professional's phone or card software (CIBA, poll): the words shown there are shown here too. */
export async function askOnPhone(service: oidc.Configuration, settings: ConnectSettings, professionalId: string, signal: AbortSignal): Promise<Approval> {
  const words = `RELAIS-${randomInt(1000, 10_000)}`
  const asked = await oidc.initiateBackchannelAuthentication(service, { scope: settings.scope, acr_values: settings.acrValues, login_hint: professionalId, binding_message: words })
  const late = AbortSignal.any([signal, AbortSignal.timeout(asked.expires_in * 1000)])
  return { page: null, words, tokens: oidc.pollBackchannelAuthenticationGrant(service, asked, undefined, { signal: late }) }
}
