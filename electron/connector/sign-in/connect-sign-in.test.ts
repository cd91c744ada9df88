import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { practiceFile, recordConfig, success, type Party, type RecordConfig } from '#shared/contract/index.ts'
import { startSignInServer, type SignInServer, type SignInServerOptions } from '../../sandbox/sign-in-server.ts'
import { authenticationClasses, type Credentials } from './credentials.ts'
import { openConnectSignIn } from './connect-sign-in.ts'
import { lookAtParts } from './look-at-parts.ts'
import type { SignIn } from './sign-in.ts'
import type { ConnectSettings } from './approvals.ts'

const structures = [
  { id: '1750803447', name: 'Maison de santé', sector: 'SA08' },
  { id: '1750803454', name: 'Cabinet', sector: 'SA07' },
]
const [first, second] = [
  { id: '899900000012', family: 'GENERIQUE', given: 'Alix', profession: '10', specialty: 'SM54' },
  { id: '899900000219', family: 'AUTRE', given: 'Karim', profession: '10', specialty: 'SM26' },
]
const practice = practiceFile.parse({ structures, professionals: [{ ...first, structure: '1750803447' }, { ...second, structure: '1750803447' }, { ...second, structure: '1750803454' }] })
/** The structures' means, as the files give them. */
const files = { forParty: async (party: Party) => success({ partyKey: `structure:${party.structure.id}`, authentication: { mode: 'INDIRECTE', at: 0, contextClass: authenticationClasses.certificate, contextDeclaration: null } }) } as unknown as Credentials

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (let end = ends.pop(); end; end = ends.pop()) await end()
})

let now = () => Date.now()

async function world(settings: Partial<ConnectSettings> = {}, server: Partial<SignInServerOptions> = {}, known = practice): Promise<{ signIn: SignIn; service: SignInServer }> {
  now = () => Date.now()
  const service = await startSignInServer({ practice, approves: 'page', log: () => undefined, ...server })
  ends.push(() => service.close())
  return { service, signIn: openHere(service, settings, known) }
}

function openHere({ issuer, clientId, clientSecret }: Pick<SignInServer, 'issuer' | 'clientId' | 'clientSecret'>, settings: Partial<ConnectSettings> = {}, known = practice, environment: RecordConfig['environment'] = 'training'): SignIn {
  const read = recordConfig.shape.signIn.parse({ mode: 'pro-sante-connect', issuer, clientId, clientSecret, contextDeclaration: 'urn:declaration', ...settings }) as ConnectSettings
  const signIn = openConnectSignIn({ settings: read, environment, practice: known, files, now: () => now(), onChange: () => undefined, onBug: (error) => expect.fail(String(error)) })
  ends.push(() => signIn.close())
  return signIn
}

/** A browser that follows redirections, keeps cookies, and answers the training page. */
async function browse(address: string, choose: string | null): Promise<{ status: number; url: string }> {
  const cookies = new Map<string, string>()
  let [url, body] = [address, null as URLSearchParams | null]
  for (;;) {
    const answer = await fetch(url, { redirect: 'manual', method: body ? 'POST' : 'GET', body, headers: cookies.size > 0 ? { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') } : {} })
    const text = await answer.text()
    for (const line of answer.headers.getSetCookie()) cookies.set(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).split(';')[0]!)
    const next = answer.headers.get('location')
    if (next !== null) [url, body] = [new URL(next, url).href, null]
    else if (body === null && text.includes('<form')) body = new URLSearchParams({ id: choose ?? '' })
    else return { status: answer.status, url }
  }
}

/** Answers the oldest request of the training phone. */
async function answerPhone(service: SignInServer, answer: 'accept' | 'refuse'): Promise<string> {
  const page = await (await fetch(service.approvalPage)).text()
  const id = /name="id" value="([^"]+)"/.exec(page)![1]!
  await fetch(service.approvalPage, { method: 'POST', body: new URLSearchParams({ id, answer }) })
  return page
}

const reaches = (signIn: SignIn, reason: string | null) => vi.waitFor(() => expect(signIn.view().reason).toBe(reason), { timeout: 30_000, interval: 20 })
const partyOf = (line: (typeof practice.professionals)[number]): Party => ({ kind: 'professional', professional: line, structure: practice.structures[0]! })

it('signs in by the browser, and speaks in reinforced indirect mode for that professional alone', async () => {
  const { signIn } = await world()
  expect(signIn.view()).toMatchObject({ state: 'stopped', reason: 'sign-in-needed', action: 'start' })
  expect(await signIn.forParty(partyOf(practice.professionals[0]!), now())).toMatchObject({ ok: false, failure: { code: 'sign-in-needed' } })
  expect(await signIn.start()).toEqual(success(undefined))
  const { approval } = signIn.view()
  expect(signIn.view()).toMatchObject({ state: 'pending', reason: 'sign-in-pending', action: 'approve' })
  const query = new URL(approval!.page!).searchParams
  expect(Object.fromEntries(query)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', acr_values: 'eidas1', scope: 'openid scope_all' })
  expect([query.get('state')?.length, query.get('nonce')?.length].every((length) => (length ?? 0) >= 32)).toBe(true)
  const before = now()
  expect(await browse(approval!.page!, first.id)).toMatchObject({ status: 200 })
  await reaches(signIn, null)
  expect(signIn.view()).toMatchObject({ state: 'ready', holder: { id: first.id, name: 'Alix GENERIQUE' }, chosen: '1750803447', approval: null })
  expect(signIn.signedIn()).toEqual({ kind: 'professional', professional: { ...first, structure: '1750803447' }, structure: practice.structures[0] })
  const means = await signIn.forParty(signIn.signedIn()!, now())
  expect(means).toMatchObject({ ok: true, value: { partyKey: 'structure:1750803447', authentication: { mode: 'INDIRECTE_RENFORCEE', contextDeclaration: 'urn:declaration' } } })
  expect(means.ok && means.value.authentication.at).toBeGreaterThanOrEqual(before)
  expect(await signIn.forParty(partyOf(practice.professionals[1]!), now())).toMatchObject({ ok: false, failure: { code: 'sign-in-of-another' } })
  expect(await signIn.forParty({ kind: 'structure', structure: practice.structures[0]! }, now())).toMatchObject({ ok: true, value: { authentication: { mode: 'INDIRECTE' } } })
  await signIn.end()
  expect(signIn.view()).toMatchObject({ reason: 'sign-in-ended', action: 'start', holder: null })
  expect(signIn.signedIn()).toBeNull()
})

it('lets a professional of two structures choose, and reads for the one chosen, under the sector the service tells, whatever the practice file says', async () => {
  const { signIn } = await world({}, {}, { ...practice, structures: practice.structures.map((one) => ({ ...one, sector: 'SA05' })) })
  await signIn.start()
  await browse(signIn.view().approval!.page!, second.id)
  await reaches(signIn, 'situation-to-choose')
  expect(signIn.view()).toMatchObject({ action: 'choose', situations: [{ structure: '1750803447' }, { structure: '1750803454' }] })
  expect(signIn.signedIn()).toBeNull()
  expect(signIn.choose('1999999999')).toMatchObject({ ok: false })
  expect(signIn.choose('1750803454')).toEqual(success(undefined))
  expect(signIn.signedIn()).toMatchObject({ professional: { id: second.id, profession: '10', specialty: 'SM26', structure: '1750803454' }, structure: { sector: 'SA07' } })
})

it('believes one return, with its own state, and none after it', async () => {
  const { signIn } = await world()
  await signIn.start()
  const page = new URL(signIn.view().approval!.page!)
  const back = page.searchParams.get('redirect_uri')!
  expect(back).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/retour$/)
  expect((await fetch(`${back}?code=stolen&state=guessed`)).status).toBe(404)
  expect((await fetch(`${back}?code=stolen`)).status).toBe(404)
  expect(signIn.view().state).toBe('pending')
  const { url } = await browse(page.href, first.id)
  await reaches(signIn, null)
  await expect(fetch(url)).rejects.toThrow()
})

it('does not take a code that is not of this attempt', async () => {
  const { signIn } = await world()
  await signIn.start()
  const page = new URL(signIn.view().approval!.page!).searchParams
  await fetch(`${page.get('redirect_uri')}?code=stolen&state=${page.get('state')}`)
  await vi.waitFor(() => expect(signIn.view().state).toBe('stopped'))
  expect(signIn.signedIn()).toBeNull()
})

it('tells a refusal, a service that is away, and somebody of another practice', async () => {
  const { signIn, service } = await world()
  await signIn.start()
  await browse(signIn.view().approval!.page!, null)
  await reaches(signIn, 'sign-in-denied')

  const elsewhere = openHere(service, {}, { ...practice, structures: [practice.structures[1]!], professionals: [] })
  await elsewhere.start()
  await browse(elsewhere.view().approval!.page!, first.id)
  await reaches(elsewhere, 'sign-in-of-another')

  const away = openHere({ ...service, issuer: 'http://127.0.0.1:9' })
  expect(await away.start()).toMatchObject({ ok: false, failure: { code: 'sign-in-unreachable' } })
  expect(away.view()).toMatchObject({ state: 'stopped', reason: 'sign-in-unreachable', action: 'start' })
  // Unencrypted, it is a training record's alone.
  expect(await openHere(service, {}, practice, 'production').start()).toMatchObject({ ok: false, failure: { code: 'sign-in-unreachable' } })
})

it('asks on the phone, with the same words here and there, and waits for the answer', async () => {
  const { signIn, service } = await world({ flow: 'ciba' })
  await signIn.start(second.id)
  const { approval } = signIn.view()
  expect(approval).toMatchObject({ page: null, words: expect.stringMatching(/^RELAIS-\d{4}$/) as unknown })
  expect(await answerPhone(service, 'accept')).toContain(approval!.words)
  await reaches(signIn, 'situation-to-choose')
  expect(signIn.view().holder).toMatchObject({ id: second.id })
})

it('tells a phone that refuses, that does not answer in time, and somebody the service does not know', async () => {
  const { signIn, service } = await world({ flow: 'ciba' }, { lives: { phoneRequest: 7 } })
  await signIn.start(first.id)
  await answerPhone(service, 'refuse')
  await reaches(signIn, 'sign-in-denied')
  await signIn.start(first.id)
  await reaches(signIn, 'sign-in-expired')
  expect(await signIn.start('899900099999')).toMatchObject({ ok: false, failure: { code: 'sign-in-unreachable' } })
})

it('polls no faster than the service says, and slower when it says so', async () => {
  const polled: number[] = []
  const answers = ['authorization_pending', 'slow_down', 'access_denied']
  const server = createServer((asked, response) => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const say = (status: number, body: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (asked.url!.includes('.well-known')) return say(200, { issuer: base, token_endpoint: `${base}/token`, backchannel_authentication_endpoint: `${base}/ciba`, authorization_endpoint: `${base}/auth` })
    if (asked.url === '/ciba') return say(200, { auth_req_id: 'one', expires_in: 60, interval: 1 })
    polled.push(performance.now())
    return say(400, { error: answers[polled.length - 1] })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => void server.close())
  const signIn = openHere({ issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, clientId: 'x', clientSecret: 'y' }, { flow: 'ciba' })
  const startedAt = performance.now()
  await signIn.start(first.id)
  await reaches(signIn, 'sign-in-denied')
  const waits = polled.map((at, index) => at - (polled[index - 1] ?? startedAt))
  expect(waits).toHaveLength(3)
  expect(waits[0]).toBeGreaterThan(900)
  expect(waits[1]).toBeGreaterThan(900)
  // RFC-like: five seconds more for each slow_down (CIBA 1.0, section 11).
  expect(waits[2]).toBeGreaterThan(5_900)
})

it('renews before the token ends, keeps the session while the service is away, and ends it with its own life', async () => {
  const { signIn, service } = await world({ sessionMinutes: 60, idleMinutes: 30 }, { lives: { accessToken: 1 } })
  await signIn.start()
  await browse(signIn.view().approval!.page!, first.id)
  await reaches(signIn, null)
  const { until } = signIn.view()
  await vi.waitFor(() => expect(signIn.view().until! > until!).toBe(true), { timeout: 30_000, interval: 20 })
  await service.close()
  const renewedUntil = signIn.view().until!
  expect(signIn.view().state).toBe('ready')
  const at = Date.parse(renewedUntil)
  now = () => at - 1
  expect(signIn.view().state).toBe('ready')
  now = () => at
  expect(signIn.view()).toMatchObject({ reason: 'sign-in-expired', action: 'start', holder: null })
  expect(await signIn.forParty(partyOf(practice.professionals[0]!), at)).toMatchObject({ ok: false, failure: { code: 'sign-in-expired' } })
  expect(signIn.signedIn()).toBeNull()
})

it('ends with its own life however often it was renewed, four hours at most', async () => {
  const { signIn } = await world({ sessionMinutes: 1 })
  await signIn.start()
  const before = now()
  await browse(signIn.view().approval!.page!, first.id)
  await reaches(signIn, null)
  expect(Date.parse(signIn.view().until!) - before).toBeLessThan(61_000 + 5_000)
  expect(recordConfig.shape.signIn.safeParse({ mode: 'pro-sante-connect', issuer: 'https://a', clientId: 'a', sessionMinutes: 241 }).success).toBe(false)
})

it('ends when the service refuses to renew', async () => {
  const { signIn } = await world({}, { lives: { accessToken: 4, refreshToken: 1 } })
  await signIn.start()
  await browse(signIn.view().approval!.page!, first.id)
  await reaches(signIn, null)
  await reaches(signIn, 'sign-in-expired')
})

it('is told to whoever installs: whether its service answers', async () => {
  const { service } = await world()
  const { issuer, clientId, clientSecret } = service
  const look = () => lookAtParts({ environment: 'training', signIn: recordConfig.shape.signIn.parse({ mode: 'pro-sante-connect', issuer, clientId, clientSecret }) }, '', now())
  expect(await look()).toEqual([{ part: 'sign-in-service', ok: true, found: issuer }])
  await service.close()
  expect(await look()).toMatchObject([{ part: 'sign-in-service', ok: false }])
})
