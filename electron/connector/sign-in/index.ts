export type { Authentication, Credentials, PartyCredentials, SigningIdentity, TlsIdentity } from './credentials.ts'
export { openCredentials } from './open-credentials.ts'
export { openSignIn } from './open-sign-in.ts'
export type { SignIn } from './sign-in.ts'
