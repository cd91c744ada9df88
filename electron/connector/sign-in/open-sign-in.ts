import type { Practice, RecordConfig } from '#shared/contract/index.ts'
import { openCredentials } from './open-credentials.ts'
import { openCertificateSignIn } from './certificate-sign-in.ts'
import type { CardPatience } from './card-library.ts'
import type { SignIn, SignInWorld } from './sign-in.ts'

export interface SignInOptions extends SignInWorld {
  readonly config: RecordConfig
  /** Folder of the configuration file. */
  readonly baseDir: string
  readonly practice: Practice
  /** How long a card's library is waited for, when not as usual. */
  readonly patience?: CardPatience
}

/**
 * Opens the way of signing in that a record's configuration names. What the others need is not even loaded: a native module
 * that does not fit this computer stops nobody who has no card.
 */
export async function openSignIn(options: SignInOptions): Promise<SignIn> {
  const { config, baseDir } = options
  const files = await openCredentials(config, baseDir, options.now())
  const { signIn: settings } = config
  if (settings.mode === 'card') return (await import('./card-sign-in.ts')).openCardSignIn({ ...options, settings, files })
  if (settings.mode === 'pro-sante-connect') return (await import('./connect-sign-in.ts')).openConnectSignIn({ ...options, settings, environment: config.environment, files })
  return openCertificateSignIn(files, options.now)
}
