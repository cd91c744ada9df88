import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { failure, pinForm, success, type ExerciseSituation, type Party, type Practice, type ReasonCode, type RecordConfig, type Result, type SignInSettings, type StaffParty } from '#shared/contract/index.ts'
import { authenticationClasses, type Credentials, type FrontedTlsIdentity, type PartyCredentials, type SigningIdentity } from './credentials.ts'
import { startCardLibrary, type CardLibrary, type CardPatience } from './card-library.ts'
import { signOnCard, type CardKey } from './card-signature.ts'
import { GivenPin } from './given-pin.ts'
import { looksWithoutLibrary, mustInitialise } from './look-anew.ts'
import type { Token } from './pkcs11.ts'
import { Pkcs11Refusal, refusals } from './pkcs11-values.ts'
import { findKey, identityOn, readSituations, validityOf, type CardIdentity } from './read-card.ts'
import { cardProblem, signInState, type CardFacts } from './sign-in-state.ts'
import type { SignIn, SignInWorld } from './sign-in.ts'
import { situationsOf } from './situations.ts'
import { startTlsFront, type TlsFront } from './tls-front.ts'

export interface CardSignInOptions extends SignInWorld {
  readonly settings: Extract<SignInSettings, { mode: 'card' }>
  readonly config: RecordConfig
  readonly baseDir: string
  readonly practice: Practice
  /** Certificates in files, for the structures. */
  readonly files: Credentials
  readonly patience?: CardPatience | undefined
}

/** Between two looks at the reader. */
const lookMs = 1_000
/** A library that takes longer, at a start or at an end, is not waited for. */
const libraryMs = 2_000
const pinRefusals: readonly number[] = [refusals.pinIncorrect, refusals.pinInvalid, refusals.pinLength, refusals.pinExpired]

/** A session somebody opened with a PIN. It outlives a card pulled out: put back, the same card goes on by itself. */
interface CardSession {
  readonly serial: string
  readonly pin: GivenPin
  readonly at: number
  readonly situations: readonly ExerciseSituation[]
  /** Of a CPE: its holder, for each of these structures. */
  readonly staff: readonly StaffParty[]
}

/** The card in use: its sessions with the library and with the front. */
interface CardLink {
  readonly key: CardKey
  readonly front: TlsFront
  readonly credentials: PartyCredentials
}

/**
 * Opens the sign-in by card. A PIN is tried when a person gives it, and again only on the very card that took it, after it was
 * pulled out and put back; refused then, it is forgotten.
 */
export async function openCardSignIn(options: CardSignInOptions): Promise<SignIn> {
  const { settings, config, baseDir, practice, patience, now, onChange, onBug } = options
  const libraryFile = path.resolve(baseDir, settings.library)
  let library: CardLibrary | null = null
  /** What is said while it is not usable. */
  let libraryProblem: 'missing' | 'silent' = 'silent'
  /** Times in a row the library was lost or did not start, and looks that pass before it is started again. */
  let losses = 0
  let looksToPass = 0
  let token: Token | null = null
  let identity: CardIdentity | null = null
  let session: CardSession | null = null
  let link: CardLink | null = null
  let linkFailed = false
  /** The card in use did not show at the last look: nobody is told before the second, and nothing is done with it. */
  let unseen = false
  let wrongPin = false
  let chosen: string | null = null
  let told = ''
  const leaving = new AbortController()
  let closed = false
  /** Looks at an empty place since the library was last initialised. */
  let looks = 0
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  function facts(): CardFacts {
    return {
      library: library?.usable() ? 'there' : libraryProblem,
      card: token && { serial: token.serial, pin: token.pin },
      identity: identity && {
        id: identity.id,
        name: nameOf(identity),
        isStaff: identity.kind === 'staff',
        ...validityOf(identity),
      },
      session: session?.serial ?? null,
      wrongPin,
      link: link !== null || unseen,
    }
  }

  /** The practice's own spelling when it knows them: cards write in capitals. */
  function nameOf({ id, given, family }: CardIdentity): string {
    const known = [...practice.professionals, ...(practice.staff ?? [])].find((person) => person.id === id)
    return [known?.given ?? given, known?.family ?? family].filter(Boolean).join(' ') || id
  }

  const view = () => signInState({ mode: 'card', ...facts(), situations: session?.situations ?? [], chosen }, now())

  function tell(): void {
    if (closed) return
    const says = JSON.stringify(view())
    if (says === told) return
    told = says
    onChange()
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done.finally(tell)
  }

  async function unlink(): Promise<void> {
    const former = link
    link = null
    if (!former) return
    await former.front.close()
    await library?.closeSession(former.key.session)
  }

  async function forget(): Promise<void> {
    session = null
    chosen = null
    await unlink()
  }

  /** What the library refuses while a card is being pulled out is told by the next look. */
  async function unlessRefused<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Pkcs11Refusal) return otherwise
      throw error
    }
  }

  /** False while there is none that works: it is tried again by itself, so that one installed meanwhile is found. */
  async function hasLibrary(): Promise<boolean> {
    if (library?.usable()) return true
    if (library) await lose('silent')
    looksToPass -= 1
    if (leaving.signal.aborted || looksToPass >= 0) return false
    if (!existsSync(libraryFile)) {
      libraryProblem = 'missing'
      looksToPass = 0
      return false
    }
    library = startCardLibrary(libraryFile, patience)
    // One that was not there is awaited now; one that could not be loaded is not said to be there before it is.
    if (losses === 0) libraryProblem = 'silent'
    tell()
    try {
      await library.open()
      libraryProblem = 'silent'
      return true
    } catch (error) {
      await lose(error instanceof Pkcs11Refusal && error.code === refusals.noAnswer ? 'silent' : 'missing')
      return false
    }
  }

  /** The library's process ended, and what was open with it. The session stays: the same card goes on by itself once it answers again. */
  async function lose(problem: 'missing' | 'silent'): Promise<void> {
    library?.end()
    library = null
    libraryProblem = problem
    token = null
    identity = null
    unseen = false
    losses += 1
    looksToPass = looksWithoutLibrary(losses)
    await unlink()
  }

  /** An empty place is looked at anew now and then. */
  async function lookAnew(): Promise<void> {
    looks += 1
    const { empty } = await unlessRefused(() => library!.readers(), { all: 0, empty: 0 })
    if (!mustInitialise({ emptyReaders: empty, looks })) return
    looks = 0
    await unlessRefused(() => library!.reopen(), undefined)
  }

  async function look(): Promise<void> {
    if (leaving.signal.aborted || !(await hasLibrary())) return
    const isSecond = unseen
    await lookAtReader()
    if (isSecond) unseen = false
    if (library!.usable()) losses = 0
    else await lose('silent')
  }

  async function lookAtReader(): Promise<void> {
    // What refused it may have been the front, or a signature.
    if (session?.pin.forgotten) await refused()
    if (unseen) await forgetLinks()
    else if (!token) await lookAnew()
    const present = (await unlessRefused(() => library!.tokens(), [])).filter(({ label }) => settings.tokenLabel === undefined || label === settings.tokenLabel)
    const found = present.find(({ serial }) => serial === (session?.serial ?? token?.serial)) ?? present[0] ?? null
    if (!found && link && !unseen) {
      unseen = true
      return
    }
    if (found?.serial !== token?.serial) {
      await unlink()
      identity = null
      wrongPin = false
      linkFailed = false
      looks = 0
    }
    token = found
    if (!token) return
    // Somebody else's card: the former holder's session is over.
    if (session && session.serial !== token.serial) await forget()
    identity ??= await unlessRefused(() => identityOn(library!, token!.slot), null)
    if (session && !link && !linkFailed && identity) await connect(session)
  }

  /** The session's PIN was refused to the front or to a signature: nobody but a person gives one again, and it is judged anew. */
  async function refused(): Promise<void> {
    await forget()
    wrongPin = true
    await unlessRefused(() => library!.reopen(), undefined)
    await countTries()
  }

  /**
   * The card did not answer through a link: it may have been reset where it is, which ends what was open with it. The link is
   * dropped, with all the library knew, before the card is looked at again.
   */
  async function mistrust(key: CardKey): Promise<void> {
    if (link?.key === key) {
      unseen = false
      await forgetLinks()
    }
    await look()
  }

  /** Whatever was open with the card ended with its absence; some libraries see it again only so. */
  async function forgetLinks(): Promise<void> {
    await unlink()
    tell()
    await unlessRefused(() => library!.reopen(), undefined)
  }

  /** How many tries the card has left, now that one was made. */
  async function countTries(): Promise<void> {
    const present = await unlessRefused(() => library!.tokens(), [])
    token = present.find(({ serial }) => serial === token?.serial) ?? token
  }

  /** The library refused a PIN: which of the two it was. */
  async function afterRefusal(refused: Pkcs11Refusal): Promise<Result<never>> {
    if (refused.code === refusals.pinLocked) {
      if (token) token = { ...token, pin: 'locked' }
      return failure('card-pin-locked')
    }
    if (!pinRefusals.includes(refused.code)) return failure(library!.usable() ? 'card-removed' : 'card-library-silent', { detail: refused.message })
    wrongPin = true
    await countTries()
    return failure(token?.pin === 'locked' ? 'card-pin-locked' : 'card-pin-wrong')
  }

  /** A login left open would take any PIN for the right one: it is ended first, so that the card judges this one, once. */
  async function login(pin: GivenPin): Promise<bigint> {
    try {
      return await loginOnce(pin)
    } catch (error) {
      if (!(error instanceof Pkcs11Refusal && error.code === refusals.alreadyLoggedIn)) throw error
    }
    await library!.reopen()
    return loginOnce(pin)
  }

  async function loginOnce(pin: GivenPin): Promise<bigint> {
    const opened = await library!.openSession(token!.slot)
    try {
      await library!.login(opened, pin)
      return opened
    } catch (error) {
      await library!.closeSession(opened)
      throw error
    }
  }

  /** Opens the card with a PIN, once; the situations it holds. */
  async function unlock(pin: GivenPin): Promise<Result<{ session: bigint; situations: ExerciseSituation[] }>> {
    try {
      const opened = await login(pin)
      const situations = situationsOf(identity!.id, await readSituations(library!, opened), practice)
      return success({ session: opened, situations: identity!.kind === 'staff' ? ofThePractice(situations, practice) : situations })
    } catch (error) {
      if (error instanceof Pkcs11Refusal) return afterRefusal(error)
      throw error
    }
  }

  /** A session's card is in its reader: the key that signs and the front are made ready. */
  async function connect(of: CardSession): Promise<void> {
    const opened = await unlock(of.pin)
    if (opened.ok) await join(of, opened.value.session)
    // Whatever the library calls it, a card that may have judged and refused is not asked again: a third refusal would lock it.
    else if (of.pin.forgotten) await forget()
  }

  async function join(of: CardSession, opened: bigint): Promise<void> {
    const owner = identity!
    const found = await unlessRefused(() => findKey(library!, opened, owner.signature), null)
    const front = found && (await startTlsFront({
      ...settings.front,
      library: libraryFile,
      serial: of.serial,
      certificateId: owner.authentication.id,
      pin: of.pin,
      authorities: path.resolve(baseDir, config.authorities),
      urls: Object.values(config.endpoints),
      startMs: config.timeouts.connectMs,
      signal: leaving.signal,
    }))
    linkFailed = !front?.ok
    if (!found || !front?.ok || leaving.signal.aborted) {
      if (front?.ok) await front.value.close()
      await library!.closeSession(opened)
      if (of.pin.forgotten) await refused()
      return
    }
    const key: CardKey = { slot: token!.slot, session: opened, key: found.key, pin: found.asksEachTime ? of.pin : null }
    const made: CardLink = { key, front: front.value, credentials: credentialsOf(owner, of, key, front.value) }
    link = made
    void unlinkWhenEnded(made)
  }

  /** A front that ended by itself is started again at the next look; told now, so that what fails meanwhile is woken then. */
  async function unlinkWhenEnded(made: CardLink): Promise<void> {
    await made.front.ended
    if (link !== made) return
    link = null
    await library?.closeSession(made.key.session)
    tell()
  }

  async function tryPin(text: string): Promise<Result<void>> {
    await look()
    const stopped = cardProblem(facts(), now())
    if (stopped !== 'card-pin-needed' && stopped !== 'card-pin-wrong') return stopped ? failure(stopped) : success(undefined)
    if (!pinForm.test(text)) return failure('input-invalid')
    const pin = new GivenPin(text)
    wrongPin = false
    const opened = await unlock(pin)
    if (!opened.ok) return opened
    await countTries()
    session = { serial: token!.serial, pin, at: now(), situations: opened.value.situations, staff: staffOf(identity!, opened.value.situations, practice) }
    // For whom a member of staff deposits, each document says.
    chosen = session.situations.length === 1 || session.staff.length > 0 ? session.situations[0]!.structure : null
    await join(session, opened.value.session)
    if (pin.forgotten) return failure('card-pin-wrong')
    return linkFailed ? failure(cardProblem(facts(), now()) ?? 'card-link-failed') : success(undefined)
  }

  function credentialsOf(owner: CardIdentity, of: CardSession, key: CardKey, front: TlsFront): PartyCredentials {
    const holding = library!
    const signature: SigningIdentity = {
      certificate: owner.signature.certificate,
      async sign(data, algorithm) {
        try {
          return success(await signOnCard(holding, key, data, algorithm))
        } catch (error) {
          if (!(error instanceof Pkcs11Refusal)) throw error
          if (holding.usable()) await inTurn(() => mistrust(key))
          else tell()
          return failure(cardProblem(facts(), now()) ?? 'card-removed', { detail: error.message })
        }
      },
    }
    const tls: FrontedTlsIdentity = {
      kind: 'front',
      certificate: owner.authentication.certificate,
      async connect(url, timeoutMs) {
        try {
          return await front.connect(url, leaving.signal.aborted ? Math.min(timeoutMs, libraryMs) : timeoutMs)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'CARD_UNAVAILABLE') inTurn(() => mistrust(key)).catch(onBug)
          throw error
        }
      },
    }
    return { partyKey: `card:${of.serial}`, tls, signature, authentication: { mode: 'DIRECTE', at: of.at, contextClass: authenticationClasses.card, contextDeclaration: null } }
  }

  function again(): void {
    timer = setTimeout(() => void lookInTurn(), lookMs).unref()
  }

  /** A look that fails is a bug, told; the next one comes all the same. */
  async function lookInTurn(): Promise<void> {
    clearTimeout(timer)
    await inTurn(look).catch(onBug)
    if (!leaving.signal.aborted) again()
  }

  /** No look any more; a library that is awaited is given up, one that works has little time for what is under way. */
  function beginToLeave(): void {
    leaving.abort()
    clearTimeout(timer)
    if (library?.usable()) library.hurry(libraryMs)
    else library?.end()
  }

  /** Waits for work with the library, but not for ever: what comes later shows in `view`. */
  const briefly = (work: Promise<void>) => Promise.race([work, delay(libraryMs, undefined, { ref: false })])

  await briefly(lookInTurn())
  return {
    view,
    signedIn() {
      const owner = identity
      const situation = view().state === 'ready' ? session?.situations.find(({ structure }) => structure === chosen) : undefined
      if (!owner || !situation) return null
      return owner.kind === 'staff' ? (session!.staff.find(({ structure }) => structure.id === situation.structure) ?? null) : partyOf(owner.id, situation, practice)
    },
    staff: () => session?.staff ?? [],
    async forParty(party, at) {
      if (party.kind === 'structure') return options.files.forParty(party, at)
      if (unseen) await inTurn(look)
      const stopped = cardProblem(facts(), at)
      if (stopped) return failure(stopped)
      const another = anotherCard(identity!, session!.staff, party)
      if (another) return failure(another)
      return link ? success(link.credentials) : failure('card-link-failed')
    },
    async start() {
      linkFailed = false
      looksToPass = 0
      await briefly(lookInTurn())
      return success(undefined)
    },
    async givePin(text) {
      // One that only just starts is waited for, not for ever.
      if (!library?.usable()) await briefly(turn.then(() => undefined))
      if (!library?.usable()) return failure(cardProblem(facts(), now())!)
      return inTurn(() => tryPin(text))
    },
    choose(structure) {
      if (!session?.situations.some((situation) => situation.structure === structure)) return failure('not-found')
      chosen = structure
      tell()
      return success(undefined)
    },
    async end() {
      session = null
      chosen = null
      wrongPin = false
      tell()
      // Nothing is open with a library that is not there, and one that is awaited must not hold a person up.
      if (!library?.usable()) return
      await inTurn(async () => {
        await forget()
        wrongPin = false
        // Logs the card out: no session is left open with its library.
        if (library?.usable()) await unlessRefused(() => library!.reopen(), undefined)
      })
    },
    letGo() {
      beginToLeave()
      setTimeout(() => link?.front.giveUp(), libraryMs).unref()
    },
    async close() {
      beginToLeave()
      await link?.front.close()
      await briefly(inTurn(async () => {
        await forget()
        await library?.close()
      }))
      closed = true
      library?.end()
    },
  }
}

/** Why the card in use is not the one of a party, or null. A CPE is told apart: it deposits for all of its structure, and for no other. */
function anotherCard(owner: CardIdentity, staff: readonly StaffParty[], party: Exclude<Party, { kind: 'structure' }>): ReasonCode | null {
  const isMeant = party.kind === 'staff' ? owner.kind === 'staff' && owner.id === party.member.id : owner.kind === 'professional' && owner.id === party.professional.id
  if (isMeant && (party.kind === 'professional' || staff.some(({ structure }) => structure.id === party.structure.id))) return null
  return owner.kind === 'staff' && !staff.some(({ structure }) => structure.id === party.structure.id) ? 'card-of-another-structure' : 'card-of-another'
}

/** A member of staff works for the practice's structures alone, under the sector the practice file gives them: one line of the card each. */
function ofThePractice(situations: readonly ExerciseSituation[], practice: Practice): ExerciseSituation[] {
  return practice.structures.flatMap(({ id, name, sector }) => (situations.some(({ structure }) => structure === id) ? [{ structure: id, name, sector }] : []))
}

function staffOf({ kind, id, family, given }: CardIdentity, situations: readonly ExerciseSituation[], practice: Practice): StaffParty[] {
  if (kind !== 'staff') return []
  const known = practice.staff?.find((one) => one.id === id)
  const name = { family: known?.family ?? (family || id), given: known?.given ?? given }
  return practice.structures.flatMap((structure) => (situations.some((one) => one.structure === structure.id) ? [{ kind: 'staff', member: { id, ...name, structure: structure.id }, structure }] : []))
}

/** The practice's own line for that professional and structure when there is one: it knows the know-how the VIHF must carry. */
function partyOf(id: string, situation: ExerciseSituation, practice: Practice): Party | null {
  const lines = practice.professionals.filter((professional) => professional.id === id)
  const line = lines.find((professional) => professional.structure === situation.structure) ?? lines[0]
  if (!line) return null
  const structure = { ...(practice.structures.find((one) => one.id === situation.structure) ?? { id: situation.structure, name: situation.name, practiceSetting: 'AMBULATOIRE' }), sector: situation.sector }
  return { kind: 'professional', professional: { ...line, structure: structure.id }, structure }
}
