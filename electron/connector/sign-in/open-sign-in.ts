import type { Practice, RecordConfig } from '#shared/contract/index.ts'
import { openCardSignIn } from './card-sign-in.ts'
import { openCredentials } from './open-credentials.ts'
import { openCertificateSignIn } from './certificate-sign-in.ts'
import type { SignIn, SignInWorld } from './sign-in.ts'

export interface SignInOptions extends SignInWorld {
  readonly config: RecordConfig
  /** Folder of the configuration file. */
  readonly baseDir: string
  readonly practice: Practice
}

/** Opens the way of signing in that a record's configuration names. */
export async function openSignIn(options: SignInOptions): Promise<SignIn> {
  const { config, baseDir } = options
  const files = await openCredentials(config, baseDir, options.now())
  const { signIn: settings } = config
  if (settings.mode === 'card') return openCardSignIn({ ...options, settings, files })
  return openCertificateSignIn(files, options.now)
}
