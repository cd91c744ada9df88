export type { Credentials, PartyCredentials, SigningIdentity, TlsIdentity } from './credentials.ts'
export { openCredentials } from './open-credentials.ts'
