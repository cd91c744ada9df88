export { partyKeyOf, type Authentication, type Credentials, type PartyCredentials, type SigningIdentity, type TlsIdentity } from './credentials.ts'
export { openCredentials } from './open-credentials.ts'
export { openSignIn } from './open-sign-in.ts'
export type { SignIn } from './sign-in.ts'
