import * as oidc from 'openid-client'
import { failure, success, type Practice, type ReasonCode, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { askInBrowser, askOnPhone, type ConnectSettings, type Tokens } from './approvals.ts'
import type { Credentials } from './credentials.ts'
import { discoverService } from './discover-service.ts'
import { partyOfSituation, readUserinfo, situationsOfThePractice, type SignedInProfessional, type ToldSituation } from './read-userinfo.ts'
import type { SignIn, SignInWorld } from './sign-in.ts'
import { connectProblem, signInState, type ConnectFacts } from './sign-in-state.ts'

export interface ConnectSignInOptions extends SignInWorld {
  readonly settings: ConnectSettings
  readonly environment: RecordConfig['environment']
  readonly practice: Practice
  /** The structures' certificates, which carry the calls. */
  readonly files: Credentials
}

/** How long a person has to approve in their browser. */
const approvalMs = 5 * 60_000
const renewalAgainMs = 15_000

/** Everything of a session; it lives in memory alone. */
interface ConnectSession {
  readonly who: SignedInProfessional
  readonly situations: readonly ToldSituation[]
  readonly at: number
  refreshToken: string | undefined
  renewedAt: number
}

/** Why an attempt or a renewal ended. */
function reasonOf(error: unknown): ReasonCode {
  const { name, cause } = error as Error & { cause?: { name?: string } }
  const said = (error as { error?: string }).error
  if (said === 'access_denied') return 'sign-in-denied'
  if (said === 'expired_token' || said === 'invalid_grant' || name === 'TimeoutError' || cause?.name === 'TimeoutError') return 'sign-in-expired'
  return 'sign-in-unreachable'
}

/**
 * Opens the sign-in with Pro Santé Connect through the publisher's service (dmp-interface.md 1.5 AIR, 7): the professional
 * approves, the structure's certificates carry their calls. A session ends `sessionMinutes` after the approval, or
 * `idleMinutes` after the last renewal the service granted, or when it refuses one.
 */
export function openConnectSignIn(options: ConnectSignInOptions): SignIn {
  const { settings, practice, now, onChange } = options
  let service: oidc.Configuration | null = null
  let session: ConnectSession | null = null
  let attempt: AbortController | null = null
  let pending: ConnectFacts['pending'] = null
  let ended: ReasonCode | null = null
  let chosen: string | null = null
  let told = ''
  let renewal: NodeJS.Timeout | undefined
  let expiry: NodeJS.Timeout | undefined

  const until = ({ at, renewedAt }: ConnectSession) => Math.min(at + settings.sessionMinutes * 60_000, renewedAt + settings.idleMinutes * 60_000)

  function facts(): ConnectFacts {
    return { holder: session && { id: session.who.id, name: `${session.who.given} ${session.who.family}`.trim() }, until: session && until(session), pending, ended }
  }

  const view = () => signInState({ mode: 'pro-sante-connect', ...facts(), situations: (session?.situations ?? []).map(({ structure, name, sector }) => ({ structure, name, sector })), chosen }, now())

  function tell(): void {
    const says = JSON.stringify(view())
    if (says === told) return
    told = says
    onChange()
  }

  function forget(why: ReasonCode | null): void {
    clearTimeout(renewal)
    clearTimeout(expiry)
    session = null
    chosen = null
    ended = why
    tell()
  }

  /** Asked again when it could not be reached. */
  async function discover(): Promise<oidc.Configuration> {
    service ??= await discoverService(settings, options.environment)
    return service
  }

  async function begin(from: oidc.Configuration, tokens: Tokens): Promise<void> {
    const subject = tokens.claims()?.sub
    if (subject === undefined) return forget('sign-in-unreachable')
    const who = readUserinfo(await oidc.fetchUserInfo(from, tokens.access_token, subject))
    if (!who) return forget('sign-in-unreachable')
    const situations = situationsOfThePractice(who, practice)
    if (situations.length === 0) return forget('sign-in-of-another')
    session = { who, situations, refreshToken: tokens.refresh_token, at: now(), renewedAt: now() }
    ended = null
    chosen = situations.length === 1 ? situations[0]!.structure : null
    watchEnd(session)
    renewLater(session, renewalDelay(tokens))
  }

  function watchEnd(of: ConnectSession): void {
    clearTimeout(expiry)
    expiry = setTimeout(() => session === of && (now() >= until(of) ? forget('sign-in-expired') : watchEnd(of)), Math.max(1, until(of) - now())).unref()
  }

  /** Before the token's end, whatever life it was given. */
  const renewalDelay = (tokens: Tokens) => Math.max(1, (tokens.expiresIn() ?? 120) * 750)

  function renewLater(of: ConnectSession, ms: number): void {
    clearTimeout(renewal)
    if (of.refreshToken !== undefined) renewal = setTimeout(() => void renew(of), ms).unref()
  }

  async function renew(of: ConnectSession): Promise<void> {
    try {
      const tokens = await oidc.refreshTokenGrant(await discover(), of.refreshToken!)
      if (session !== of) return
      of.refreshToken = tokens.refresh_token ?? of.refreshToken
      of.renewedAt = now()
      watchEnd(of)
      renewLater(of, renewalDelay(tokens))
      tell()
    } catch (error) {
      if (session !== of) return
      // Not reachable for a while: the session goes on until its own end.
      if (reasonOf(error) === 'sign-in-expired') forget('sign-in-expired')
      else renewLater(of, renewalAgainMs)
    }
  }

  async function approve(one: AbortController, from: oidc.Configuration, asked: Awaited<ReturnType<typeof askInBrowser>>): Promise<void> {
    try {
      const tokens = await asked.tokens
      if (attempt === one) await begin(from, tokens)
    } catch (error) {
      if (attempt === one) ended = reasonOf(error)
    } finally {
      if (attempt === one) {
        attempt = null
        pending = null
        tell()
      }
    }
  }

  function giveUp(): void {
    attempt?.abort(new DOMException('ended', 'AbortError'))
    attempt = null
    pending = null
  }

  async function start(professionalId?: string): Promise<Result<void>> {
    if (connectProblem(facts(), now()) === null) return success(undefined)
    const hint = professionalId ?? practice.professionals[0]?.id
    if (settings.flow === 'ciba' && hint === undefined) return failure('sign-in-of-another')
    giveUp()
    const one = new AbortController()
    attempt = one
    forget(null)
    try {
      const from = await discover()
      const signal = AbortSignal.any([one.signal, AbortSignal.timeout(approvalMs)])
      const asked = settings.flow === 'ciba' ? await askOnPhone(from, settings, hint!, signal) : await askInBrowser(from, settings, signal)
      if (attempt !== one) {
        asked.tokens.catch(() => undefined)
        return failure('sign-in-ended')
      }
      pending = { page: asked.page, words: asked.words }
      tell()
      void approve(one, from, asked)
      return success(undefined)
    } catch (error) {
      if (attempt !== one) return failure('sign-in-ended')
      attempt = null
      ended = reasonOf(error)
      tell()
      return failure(ended, { detail: (error as Error).message })
    }
  }

  /** The service would keep it alive; asked to forget it, whatever it answers. */
  async function revoke(refreshToken: string): Promise<void> {
    if (service?.serverMetadata().revocation_endpoint === undefined) return
    await oidc.tokenRevocation(service, refreshToken).catch(() => undefined)
  }

  return {
    view,
    signedIn() {
      const situation = view().state === 'ready' ? session?.situations.find(({ structure }) => structure === chosen) : undefined
      return session && situation ? partyOfSituation(session.who, situation, practice) : null
    },
    // The service vouches for professionals; a secretary deposits by her card (TD2.2).
    staff: () => [],
    async forParty(party, at) {
      if (party.kind === 'structure') return options.files.forParty(party, at)
      const stopped = connectProblem(facts(), at)
      if (stopped) return failure(stopped)
      if (!session || party.kind === 'staff' || session.who.id !== party.professional.id) return failure('sign-in-of-another')
      const carried = await options.files.forParty({ kind: 'structure', structure: party.structure }, at)
      if (!carried.ok) return carried
      const { contextClass, contextDeclaration } = settings
      return success({ ...carried.value, authentication: { mode: 'INDIRECTE_RENFORCEE', at: session.at, contextClass, contextDeclaration } })
    },
    start,
    givePin: async () => failure('not-found'),
    choose(structure) {
      if (!session?.situations.some((situation) => situation.structure === structure)) return failure('not-found')
      chosen = structure
      tell()
      return success(undefined)
    },
    async end() {
      const former = session
      giveUp()
      forget('sign-in-ended')
      if (former?.refreshToken !== undefined) await revoke(former.refreshToken)
    },
    letGo: () => undefined,
    async close() {
      giveUp()
      clearTimeout(renewal)
      clearTimeout(expiry)
      session = null
    },
  }
}
