import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordConfig, type Party, type RecordConfig, type Result, type SignInView } from '#shared/contract/index.ts'
import { startSandbox, type Sandbox } from '../../../sandbox/index.ts'
import type { FrontedTlsIdentity } from '../../sign-in/credentials.ts'
import { lookAtParts, openSignIn, type SignIn } from '../../sign-in/index.ts'
import { noTestCard, openTestReader, type TestReader } from '../../sign-in/test-card.ts'
import { compileHangingLibrary, noCompiler, type HangingLibrary } from '../../sign-in/test-hanging-library.ts'
import type { Deposit, NationalRecord } from '../port.ts'
import { openDmpRecord } from './dmp-record.ts'
import { asDoctor, asStructure, testDoctor, testDocument, testIns, testPrescription, testStructure } from './test-deposit.ts'

const pin = '1234'
const second = { ...testStructure, id: '1750803454', name: 'Maison de santé' }
const practice = { structures: [testStructure, second], professionals: [testDoctor, { ...testDoctor, structure: second.id }] }
const tlv = (tag: number, text: string) => Buffer.concat([Buffer.from([tag, Buffer.byteLength(text)]), Buffer.from(text)])
const situation = (structure: { id: string; name: string; sector: string }) => Buffer.concat([tlv(0x84, structure.name), tlv(0x85, structure.id), tlv(0x86, structure.sector)])

let dir = ''
let sandbox: Sandbox
let reader: TestReader
let config: RecordConfig
let record: NationalRecord
let signIn: SignIn
let seen: SignInView['reason'][] = []
const bugs: unknown[] = []
const libraries: HangingLibrary[] = []

async function open(more: Partial<RecordConfig> = {}, patience?: { callMs: number; openMs: number }): Promise<void> {
  await close()
  seen = []
  signIn = await openSignIn({ config: { ...config, ...more }, baseDir: dir, practice, ...(patience && { patience }), now: Date.now, onChange: () => seen.push(signIn?.view().reason ?? null), onBug: (error) => bugs.push(error) })
  await answers()
  record = await openDmpRecord({ config: { ...config, ...more }, baseDir: dir, now: Date.now, randomUuid: randomUUID, softwareVersion: '1.2.3', credentials: signIn })
}
async function close(): Promise<void> {
  await record?.close()
  await signIn?.close()
}

const reaches = (reason: SignInView['reason']) => vi.waitFor(() => expect(signIn.view().reason).toBe(reason), { timeout: 30_000, interval: 50 })

/** The library's process may start later than a sign-in waits for it. */
const answers = () => vi.waitFor(() => expect(signIn.view().reason).not.toBe('card-library-silent'), { timeout: 30_000, interval: 20 })

/** The card by a library that hangs where the test says. */
async function openHanging(callMs = 2_000): Promise<HangingLibrary> {
  const held = compileHangingLibrary(reader.library)
  libraries.push(held)
  await open({ signIn: { mode: 'card', library: held.library, front: { program: 'stunnel', engine: 'pkcs11' } } }, { callMs, openMs: 60_000 })
  return held
}

/** Ends the running front from outside. */
function endFront(): void {
  const childrenOf = (parent: number) => execFileSync('ps', ['--ppid', String(parent), '-o', 'pid=,comm='], { encoding: 'utf8' }).split('\n').map((line) => line.trim().split(' '))
  const shell = childrenOf(process.pid).find(([, name]) => name === 'sh')!
  const front = childrenOf(Number(shell[0])).find(([, name]) => name?.startsWith('stunnel'))!
  process.kill(Number(front[0]), 'SIGKILL')
}

/** Waits until the reader was looked at that many times more, through the spy. */
async function looks(times: number): Promise<void> {
  const counted = async () => (await reader.calls()).filter((call) => call === 'C_GetSlotList CKR_OK').length / 2
  const before = await counted()
  await vi.waitFor(async () => expect(await counted()).toBeGreaterThanOrEqual(before + times), { timeout: 30_000, interval: 50 })
}

let last = 0
function newDeposit(party: Party = asDoctor): { deposit: Deposit; bytes: Buffer } {
  const uniqueId = `1.2.250.1.999.78.3.20261121.${(last += 1)}`
  return { deposit: { party, submissionSetId: `1.2.250.1.999.78.4.20261121.${last}`, submittedAt: Date.now(), documents: [{ metadata: { ...testDocument, uniqueId }, replacesEntryUuid: null }] }, bytes: testPrescription(uniqueId, 'ordonnance') }
}
function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''} ${result.failure.recordText ?? ''}`)
  return result.value
}
const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.failure.code)

describe.skipIf(noTestCard !== null)(`a card in its reader${noTestCard ? ` (skipped, missing: ${noTestCard})` : ''}`, () => {
  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dmp-card-'))
    sandbox = await startSandbox({ dir, port: 0, practice })
    reader = await openTestReader()
    const given = recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8')))
    const line = given.certificates.find(({ kind }) => kind === 'professional')!
    await reader.insert({
      label: 'CPS',
      pin,
      passphrase: line.passphrase,
      tls: await readFile(path.join(dir, line.tls)),
      signature: await readFile(path.join(dir, line.signature)),
      data: { CPS_ACTIVITY_01_PS: situation(testStructure), CPS_ACTIVITY_02_PS: situation(second) },
    })
    // The professional's files are not the program's any more: only the card can speak for them.
    config = { ...given, certificates: given.certificates.filter(({ kind }) => kind === 'structure'), signIn: { mode: 'card', library: reader.library, front: { program: 'stunnel', engine: 'pkcs11' } } }
  })
  afterEach(async () => {
    await close()
    for (const library of libraries.splice(0)) library.close()
    expect(bugs).toEqual([])
  })
  afterAll(async () => {
    await sandbox?.close()
    await reader?.close()
    await rm(dir, { recursive: true })
  })

  it('deposits, finds and reads with the card alone, once its PIN was given and a situation chosen', async () => {
    await open()
    expect(signIn.view()).toMatchObject({ mode: 'card', state: 'stopped', reason: 'card-pin-needed', action: 'give-pin', holder: { id: testDoctor.id, name: `${testDoctor.given} ${testDoctor.family}` }, pin: 'ok' })
    const { deposit, bytes } = newDeposit()
    expect(code(await record.prepare(deposit, [bytes]))).toBe('card-pin-needed')
    value(await signIn.givePin(pin))
    expect(signIn.view()).toMatchObject({ reason: 'situation-to-choose', action: 'choose', situations: [{ structure: testStructure.id }, { structure: second.id }] })
    expect(signIn.signedIn()).toBeNull()
    value(signIn.choose(second.id))
    expect(signIn.view()).toMatchObject({ state: 'ready', reason: null, chosen: second.id })
    expect(signIn.signedIn()).toMatchObject({ professional: { id: testDoctor.id, structure: second.id }, structure: { id: second.id, name: second.name } })

    value(await record.send(deposit.party, testIns, value(await record.prepare(deposit, [bytes])), [bytes]))
    const found = value(await record.findByUniqueId(signIn.signedIn()!, testIns, deposit.documents[0]!.metadata.uniqueId))
    expect(Buffer.from(value(await record.retrieve(signIn.signedIn()!, testIns, { uniqueId: found!.uniqueId, repositoryUniqueId: found!.repositoryUniqueId, hash: found!.hash })))).toEqual(bytes)
  })

  it('never tries a PIN twice: a wrong one is told, kept nowhere, and the next is the person’s', async () => {
    await open()
    expect(code(await signIn.givePin('9999'))).toBe('card-pin-wrong')
    await reaches('card-pin-wrong')
    expect(signIn.view()).toMatchObject({ action: 'give-pin', pin: 'few-tries-left' })
    expect(code(await record.prepare(newDeposit().deposit, [newDeposit().bytes]))).toBe('card-pin-wrong')
    expect(code(await signIn.givePin('12 34\nexec = x'))).toBe('input-invalid')
    value(await signIn.givePin(pin))
    expect(signIn.view()).toMatchObject({ reason: 'situation-to-choose', pin: 'ok' })
    await signIn.end()
    expect(signIn.view().reason).toBe('card-pin-needed')
    expect(code(await signIn.givePin('9999'))).toBe('card-pin-wrong')
    value(await signIn.givePin(pin))
  })

  it('sends nothing while the card is out, and goes on by itself with the same card', async () => {
    await open()
    value(await signIn.givePin(pin))
    const { deposit, bytes } = newDeposit()
    const lot = value(await record.prepare(deposit, [bytes]))
    const putBack = await reader.pull()
    // Before anything noticed: the signature or the handshake fails, and the answer says so.
    expect(code(await record.send(deposit.party, testIns, lot, [bytes]))).toBe('card-removed')
    await reaches('card-removed')
    expect(signIn.view()).toMatchObject({ action: 'insert-card', state: 'stopped' })
    expect(value(await record.findByUniqueId(asStructure, testIns, deposit.documents[0]!.metadata.uniqueId))).toBeNull()
    await putBack()
    await reaches('situation-to-choose')
    value(await record.send(deposit.party, testIns, lot, [bytes]))
  })

  it.skipIf(noCompiler)('rides over a reader that loses its card for a moment, and lets nothing be done before it is seen again', async () => {
    const held = await openHanging(60_000)
    value(await signIn.givePin(pin))
    value(signIn.choose(second.id))
    const former = value(await signIn.forParty(asDoctor, Date.now()))
    seen = []
    // The second look begins with it, and is held there.
    const before = held.entered('C_Finalize')
    held.hold('C_Finalize')
    const putBack = await reader.pull()
    await vi.waitFor(() => expect(held.entered('C_Finalize')).toBe(before + 1), { timeout: 30_000, interval: 20 })
    expect(signIn.signedIn()).toMatchObject({ structure: { id: second.id } })
    const { deposit, bytes } = newDeposit()
    const prepared = record.prepare(deposit, [bytes])
    await putBack()
    held.release('C_Finalize')
    value(await record.send(deposit.party, testIns, value(await prepared), [bytes]))
    expect(signIn.view()).toMatchObject({ state: 'ready', chosen: second.id })
    expect(seen).toEqual([])
    expect(value(await signIn.forParty(asDoctor, Date.now()))).not.toBe(former)
  })

  it.skipIf(noCompiler)('tells at the second look that the card is out, and does nothing with it before', async () => {
    const held = await openHanging(60_000)
    value(await signIn.givePin(pin))
    const former = value(await signIn.forParty(asDoctor, Date.now()))
    const before = held.entered('C_Finalize')
    held.hold('C_Finalize')
    const putBack = await reader.pull()
    await vi.waitFor(() => expect(held.entered('C_Finalize')).toBe(before + 1), { timeout: 30_000, interval: 20 })
    seen = []
    const { deposit, bytes } = newDeposit()
    const done = Promise.all([record.prepare(deposit, [bytes]), former.signature.sign(bytes, 'rsa-sha256'), signIn.forParty(asDoctor, Date.now())])
    held.release('C_Finalize')
    expect((await done).map(code)).toEqual(['card-removed', 'card-removed', 'card-removed'])
    expect(seen[0]).toBe('card-removed')
    await putBack()
    await reaches('situation-to-choose')
  })

  it('is uncertain when the card is pulled out after the request left', async () => {
    await open()
    value(await signIn.givePin(pin))
    const { deposit, bytes } = newDeposit()
    const lot = value(await record.prepare(deposit, [bytes]))
    await writeFile(path.join(dir, 'faults.json'), JSON.stringify({ latencyMs: 60_000 }))
    const sent = record.send(deposit.party, testIns, lot, [bytes])
    await vi.waitFor(async () => expect((await readFile(path.join(dir, 'registry', 'journal.jsonl'), 'utf8')).includes(deposit.documents[0]!.metadata.uniqueId)).toBe(true), { timeout: 30_000 })
    const putBack = await reader.pull()
    expect(code(await sent)).toBe('record-no-answer')
    await rm(path.join(dir, 'faults.json'))
    await reaches('card-removed')
    await putBack()
    await reaches('situation-to-choose')
    expect(value(await record.findByUniqueId(asDoctor, testIns, deposit.documents[0]!.metadata.uniqueId))).not.toBeNull()
  })

  it('forgets a PIN that the card put back refuses, and asks for the new one', async () => {
    await open()
    value(await signIn.givePin(pin))
    await reader.changePin('CPS', pin, '5678')
    const putBack = await reader.pull()
    await reaches('card-removed')
    await putBack()
    await reaches('card-pin-wrong')
    seen = []
    expect(signIn.view()).toMatchObject({ action: 'give-pin', pin: 'few-tries-left', situations: [] })
    value(await signIn.givePin('5678'))
    // One try and no more: nothing but the person's own moved it on.
    expect(seen).toEqual(['situation-to-choose'])
    await reader.changePin('CPS', '5678', pin)
  })

  it.skipIf(noCompiler)('goes on by itself after a reset of the card where it is', async () => {
    const held = await openHanging()
    value(await signIn.givePin(pin))
    const { deposit, bytes } = newDeposit()
    held.reset()
    expect(code(await record.prepare(deposit, [bytes]))).toBe('card-removed')
    await reaches('situation-to-choose')
    // Whoever waits is told: it stopped, and goes again.
    expect(seen.slice(-2)).toEqual(['card-link-failed', 'situation-to-choose'])
    value(await record.send(deposit.party, testIns, value(await record.prepare(deposit, [bytes])), [bytes]))
  })

  it.skipIf(noCompiler)('is given up when a signature hangs, and goes on by itself with the same card once its library answers', async () => {
    const held = await openHanging()
    value(await signIn.givePin(pin))
    const { deposit, bytes } = newDeposit()
    held.hold('C_Sign')
    expect(code(await record.prepare(deposit, [bytes]))).toBe('card-library-silent')
    expect(signIn.view()).toMatchObject({ state: 'stopped', reason: 'card-library-silent', action: 'repair' })
    expect(signIn.signedIn()).toBeNull()
    held.release('C_Sign')
    await reaches('situation-to-choose')
    value(await record.send(deposit.party, testIns, value(await record.prepare(deposit, [bytes])), [bytes]))
  })

  it.skipIf(noCompiler)('tells that a PIN was not answered, and tries it no second time when its library comes back', async () => {
    const held = await openHanging()
    held.hold('C_Login')
    expect(code(await signIn.givePin(pin))).toBe('card-library-silent')
    expect(code(await signIn.givePin(pin))).toBe('card-library-silent')
    held.release('C_Login')
    await reaches('card-pin-needed')
    expect(signIn.view()).toMatchObject({ action: 'give-pin', pin: 'ok', situations: [] })
    expect(held.entered('C_Login')).toBe(1)
    value(await signIn.givePin(pin))
    expect(held.entered('C_Login')).toBe(2)
  })

  it.skipIf(noCompiler)('ends a session in time although its library hangs, and asks for the PIN again', async () => {
    const held = await openHanging()
    value(await signIn.givePin(pin))
    held.hold('C_Finalize')
    const ended = signIn.end()
    expect(signIn.signedIn()).toBeNull()
    expect(signIn.view().reason).toBe('card-pin-needed')
    await ended
    expect(signIn.view().reason).toBe('card-library-silent')
    // Nothing is waited for where nothing is open.
    await signIn.end()
    held.release('C_Finalize')
    await reaches('card-pin-needed')
    expect(held.entered('C_Login')).toBe(1)
  })

  it.skipIf(noCompiler)('is let go at once while its TLS front waits for a library that hangs', async () => {
    const held = await openHanging()
    const before = held.entered('load')
    held.hold('load')
    const given = signIn.givePin(pin)
    await vi.waitFor(() => expect(held.entered('load')).toBe(before + 1), { timeout: 30_000, interval: 20 })
    const at = performance.now()
    signIn.letGo()
    expect(code(await given)).toBe('card-link-failed')
    expect(performance.now() - at).toBeLessThan(5_000)
  })

  it('makes a new link when the card stopped answering the TLS front', async () => {
    await open()
    value(await signIn.givePin(pin))
    const of = async () => value(await signIn.forParty(asDoctor, Date.now())).tls as FrontedTlsIdentity
    const former = await of()
    const putBack = await reader.pull()
    await expect(former.connect(config.endpoints.registry, 5_000)).rejects.toMatchObject({ code: 'CARD_UNAVAILABLE' })
    await putBack()
    await reaches('situation-to-choose')
    expect(await of()).not.toBe(former)
    ;(await (await of()).connect(config.endpoints.registry, 5_000)).destroy()
  })

  it('tries a PIN that the holder changed once, when it is the TLS front whose login is refused', async () => {
    await open({ signIn: { mode: 'card', library: reader.spied, front: { program: 'stunnel', engine: 'pkcs11' } } })
    value(await signIn.givePin(pin))
    await reader.changePin('CPS', pin, '5678')
    const before = (await reader.calls()).length
    endFront()
    await reaches('card-pin-wrong')
    await looks(3)
    const logins = (await reader.calls()).slice(before).filter((call) => call.startsWith('C_Login') && !call.endsWith('CKR_OK'))
    expect(logins).toEqual(['C_Login CKR_PIN_INCORRECT'])
    value(await signIn.givePin('5678'))
    await reader.changePin('CPS', '5678', pin)
  })

  it('keeps no session open with the card’s library, and looks at an empty reader without starting it anew each time', async () => {
    const putBack = await reader.pull()
    const before = (await reader.calls()).length
    await open({ signIn: { mode: 'card', library: reader.spied, front: { program: 'stunnel', engine: 'pkcs11' } } })
    await looks(4)
    expect((await reader.calls()).slice(before).filter((call) => call === 'C_Finalize CKR_OK').length).toBeLessThanOrEqual(2)
    await putBack()
    await vi.waitFor(() => expect(signIn.view().reason).toBe('card-pin-needed'), { timeout: 30_000, interval: 50 })
    const sessions = async (call: string) => (await reader.calls()).slice(before).filter((one) => one === `${call} CKR_OK`).length
    expect(code(await signIn.givePin('9999'))).toBe('card-pin-wrong')
    expect([await sessions('C_OpenSession'), await sessions('C_CloseSession')]).toEqual([2, 2])
    value(await signIn.givePin(pin))
    await signIn.end()
    // One is the front's, which is ended with it.
    expect([await sessions('C_OpenSession'), await sessions('C_CloseSession')]).toEqual([4, 3])
  })

  it('starts its TLS front again when that ended by itself', async () => {
    await open()
    value(await signIn.givePin(pin))
    endFront()
    await vi.waitFor(() => expect(seen).toContain('card-link-failed'), { timeout: 30_000, interval: 10 })
    await reaches('situation-to-choose')
    const { deposit, bytes } = newDeposit()
    value(await record.send(deposit.party, testIns, value(await record.prepare(deposit, [bytes])), [bytes]))
  })

  it('is told part by part to whoever installs, without its PIN', async () => {
    const card = { mode: 'card' as const, library: reader.library, front: { program: 'stunnel', engine: 'pkcs11' } }
    const look = async (settings: Partial<typeof card> & { tokenLabel?: string } = {}, at = Date.now()) =>
      Object.fromEntries((await lookAtParts({ environment: 'training', signIn: { ...card, ...settings } }, dir, at)).map(({ part, ok, found }) => [part, `${ok} ${found}`]))
    expect(await look()).toEqual({
      'card-library': `true ${reader.library}`,
      'card-reader': expect.stringMatching(/^true \d readers, a card in, PIN ok$/) as string,
      'card-certificates': expect.stringMatching(/^true good from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d$/) as string,
      'tls-front': expect.stringMatching(/^true stunnel 5/) as string,
    })
    expect((await look({}, Date.UTC(2126, 0)))['card-certificates']).toMatch(/^false good/)
    expect((await look({ tokenLabel: 'another' }))['card-reader']).toMatch(/no card in$/)
    expect(await look({ library: '/no/such/library.so', front: { program: 'no-such-program', engine: 'pkcs11' } })).toEqual({ 'card-library': expect.stringMatching(/^false/) as string, 'tls-front': 'false no-such-program: ENOENT' })
    expect((await look({ front: { program: '/bin/echo', engine: 'pkcs11' } }))['tls-front']).toBe('false /bin/echo: not stunnel')
  })

  it('speaks for nobody else, and leaves the structure its files', async () => {
    await open()
    value(await signIn.givePin(pin))
    const other: Party = { ...asDoctor, professional: { ...testDoctor, id: '899900000099' } } as Party
    expect(code(await record.prepare(newDeposit(other).deposit, [newDeposit(other).bytes]))).toBe('card-of-another')
    const { deposit, bytes } = newDeposit(asStructure)
    value(await record.send(asStructure, testIns, value(await record.prepare(deposit, [bytes])), [bytes]))
  })
})
