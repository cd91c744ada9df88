export type { PartyCredentials, SigningIdentity } from './credentials.ts'
export { openCredentials } from './open-credentials.ts'
