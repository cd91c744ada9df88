import { execFile } from 'node:child_process'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RecordConfig, SignInSettings } from '#shared/contract/index.ts'
import { startCardLibrary, type CardLibrary } from './card-library.ts'
import { identityOn, validityOf } from './read-card.ts'

/** One of the parts a way of signing in stands on, and how it was found. `found` is for whoever installs; nothing secret is in it. */
export interface PartFound {
  readonly part: 'card-library' | 'card-reader' | 'card-certificates' | 'tls-front' | 'sign-in-service'
  readonly ok: boolean
  readonly found: string
}

/** A part that takes longer to answer is told as one that does not. */
const answerMs = 5_000

/**
 * Looks at the parts that the configured way of signing in needs; none for certificates in files. No PIN is asked, nobody signs in.
 * `now` in milliseconds since the epoch.
 */
export async function lookAtParts({ signIn: settings, environment }: Pick<RecordConfig, 'signIn' | 'environment'>, baseDir: string, now: number): Promise<PartFound[]> {
  if (settings.mode === 'card') return [...(await lookAtCard(path.resolve(baseDir, settings.library), settings.tokenLabel, now)), await lookAtFront(settings.front.program)]
  if (settings.mode === 'pro-sante-connect') return [await lookAtService(settings, environment)]
  return []
}

async function lookAtCard(file: string, tokenLabel: string | undefined, now: number): Promise<PartFound[]> {
  const library = startCardLibrary(file)
  try {
    const unopened = await inTime(library.open())
    if (unopened !== undefined) return [{ part: 'card-library', ok: false, found: `${file}: ${unopened}` }]
    const seen = await inTime(lookThrough(library, tokenLabel, now))
    const there: PartFound = { part: 'card-library', ok: true, found: file }
    if (typeof seen === 'string') return [there, { part: 'card-reader', ok: false, found: seen }]
    await inTime(library.close())
    return [there, ...seen]
  } finally {
    library.end()
  }
}

async function lookThrough(library: CardLibrary, tokenLabel: string | undefined, now: number): Promise<PartFound[]> {
  const { all } = await library.readers()
  const [card] = (await library.tokens()).filter(({ label }) => tokenLabel === undefined || label === tokenLabel)
  const reader: PartFound = { part: 'card-reader', ok: all > 0, found: `${all} readers, ${card ? `a card in, PIN ${card.pin}` : 'no card in'}` }
  if (!card) return [reader]
  const identity = await identityOn(library, card.slot)
  if (!identity) return [reader, { part: 'card-certificates', ok: false, found: 'no pair of certificates of one holder on this card' }]
  const { validFrom: from, validTo: to } = validityOf(identity)
  return [reader, { part: 'card-certificates', ok: now >= from && now < to, found: `good from ${dayOf(from)} to ${dayOf(to)}` }]
}

function lookAtFront(program: string): Promise<PartFound> {
  return new Promise((resolve) => {
    execFile(program, ['-version'], { timeout: answerMs }, (error, out, err) => {
      const said = `${out}${err}`
      const version = /stunnel \d[\d.]*/.exec(said)?.[0]
      const found = version === undefined ? `${program}: ${error ? ((error as NodeJS.ErrnoException).code ?? 'no answer') : 'not stunnel'}` : `${version}${/TLS:\S*ENGINE/.test(said) ? '' : ', without engines'}`
      resolve({ part: 'tls-front', ok: version !== undefined && /TLS:\S*ENGINE/.test(said), found })
    })
  })
}

async function lookAtService(settings: Extract<SignInSettings, { mode: 'pro-sante-connect' }>, environment: RecordConfig['environment']): Promise<PartFound> {
  const service = await inTime(import('./discover-service.ts').then(({ discoverService }) => discoverService(settings, environment)))
  return { part: 'sign-in-service', ok: typeof service !== 'string', found: typeof service === 'string' ? `${settings.issuer}: ${service}` : settings.issuer }
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** What the work gives, or in words why it gives nothing. */
async function inTime<T extends object | void>(work: Promise<T>): Promise<T | string> {
  return Promise.race([work.catch((error: unknown) => (error instanceof Error ? error.message : 'refused')), delay(answerMs, 'no answer', { ref: false })])
}
