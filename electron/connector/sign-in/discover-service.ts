import * as oidc from 'openid-client'
import type { RecordConfig } from '#shared/contract/index.ts'
import type { ConnectSettings } from './approvals.ts'

/** The publisher's service as its issuer describes it. Unencrypted for the training one beside us alone. Throws when it cannot be reached or believed. */
export function discoverService({ clientId, clientSecret, issuer }: ConnectSettings, environment: RecordConfig['environment']): Promise<oidc.Configuration> {
  const beside = environment === 'training' && /^http:\/\/127\.0\.0\.1[:/]/.test(issuer)
  return oidc.discovery(new URL(issuer), clientId, undefined, clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret), beside ? { execute: [oidc.allowInsecureRequests] } : {})
}
