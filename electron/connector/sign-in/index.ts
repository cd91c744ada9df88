export type { Credentials, PartyCredentials, SigningIdentity, TlsIdentity, Authentication } from './credentials.ts'
export { openCredentials } from './open-credentials.ts'
