import { failure, success } from '#shared/contract/index.ts'
import type { Credentials } from './credentials.ts'
import { signInState } from './sign-in-state.ts'
import type { SignIn } from './sign-in.ts'

/** Certificates in files speak for their parties from the start: nobody signs in, nothing ends. */
export function openCertificateSignIn(files: Credentials, now: () => number): SignIn {
  return {
    forParty: (party, at) => files.forParty(party, at),
    view: () => signInState({ mode: 'certificates' }, now()),
    signedIn: () => null,
    staff: () => [],
    start: async () => success(undefined),
    givePin: async () => failure('not-found'),
    choose: () => failure('not-found'),
    end: async () => undefined,
    letGo: () => undefined,
    close: async () => undefined,
  }
}
