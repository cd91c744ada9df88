import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { recordConfig, type Party, type Practice, type RecordConfig, type Result, type SignInView, type StaffParty } from '#shared/contract/index.ts'
import { startSandbox, type Sandbox } from '../../../sandbox/index.ts'
import { openSignIn, type SignIn } from '../../sign-in/index.ts'
import { noTestCard, openTestReader, type TestReader } from '../../sign-in/test-card.ts'
import { openRecord, type Deposit, type NationalRecord } from '../index.ts'
import { asDoctor, testDoctor, testDocument, testIns, testPrescription, testSecretary, testStructure } from './test-deposit.ts'

/** TD2.2 with the secretary's own CPE in the reader. */
const pin = '4321'
const elsewhere = { ...testStructure, id: '1750803454', name: 'Maison de santé' }
/** What the record knows; the practice file need not name staff whose card says where they work. */
const known = { structures: [testStructure, elsewhere], professionals: [testDoctor, { ...testDoctor, structure: elsewhere.id }], staff: [testSecretary] }
const practice: Practice = { structures: known.structures, professionals: known.professionals }
const tlv = (tag: number, text: string) => Buffer.concat([Buffer.from([tag, Buffer.byteLength(text)]), Buffer.from(text)])
const situation = (structure: { id: string; name: string; sector: string }) => Buffer.concat([tlv(0x84, structure.name), tlv(0x85, structure.id), tlv(0x86, structure.sector)])

let dir = ''
let sandbox: Sandbox
let reader: TestReader
let config: RecordConfig
let signIn: SignIn
let last = 0
const bugs: unknown[] = []
const records: NationalRecord[] = []

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''} ${result.failure.recordText ?? ''}`)
  return result.value
}
const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.failure.code)
const reaches = (reason: SignInView['reason']) => vi.waitFor(() => expect(signIn.view().reason).toBe(reason), { timeout: 30_000, interval: 50 })

/** A card made of the training record's certificates of one person. */
async function insert(kind: 'staff' | 'professional', data: Readonly<Record<string, Uint8Array>> = {}): Promise<void> {
  const line = recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8'))).certificates.find((one) => one.kind === kind)!
  await reader.insert({ label: kind, pin, passphrase: line.passphrase, tls: await readFile(path.join(dir, line.tls)), signature: await readFile(path.join(dir, line.signature)), data })
}

async function open(of: Practice = practice): Promise<void> {
  signIn = await openSignIn({ config, baseDir: dir, practice: of, now: Date.now, onChange: () => undefined, onBug: (error) => bugs.push(error) })
  await reaches('card-pin-needed')
}

async function recordOver(protocol: RecordConfig['protocol']): Promise<NationalRecord> {
  const record = await openRecord({ config: { ...config, protocol }, baseDir: dir, now: Date.now, randomUuid: randomUUID, softwareVersion: '1.2.3', credentials: signIn })
  records.push(record)
  return record
}

function newDeposit(party: Party): { deposit: Deposit; bytes: Buffer; uniqueId: string } {
  const uniqueId = `1.2.250.1.999.79.3.${(last += 1)}`
  return { uniqueId, deposit: { party, submissionSetId: `1.2.250.1.999.79.4.${last}`, submittedAt: Date.now(), documents: [{ metadata: { ...testDocument, uniqueId }, replacesEntryUuid: null }] }, bytes: testPrescription(uniqueId, 'ordonnance') }
}

describe.skipIf(noTestCard !== null)(`a CPE in its reader${noTestCard ? ` (skipped, missing: ${noTestCard})` : ''}`, () => {
  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'dmp-staff-'))
    sandbox = await startSandbox({ dir, port: 0, practice: known })
    reader = await openTestReader()
    const given = recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8')))
    config = { ...given, certificates: [], signIn: { mode: 'card', library: reader.library, front: { program: 'stunnel', engine: 'pkcs11' } } }
  })
  afterEach(async () => {
    for (const record of records.splice(0)) await record.close()
    await signIn.close()
    await sandbox.close()
    await reader.close()
    await rm(dir, { recursive: true })
    expect(bugs).toEqual([])
  })

  it('is known for one, deposits for the doctor in both tongues, and reads nothing', async () => {
    await insert('staff', { CPS_ACTIVITY_01_PS: situation(testStructure) })
    await open()
    expect(signIn.view()).toMatchObject({ holder: { id: testSecretary.id, name: `${testSecretary.given} ${testSecretary.family}` } })
    expect(signIn.staff()).toEqual([])
    value(await signIn.givePin(pin))
    expect(signIn.view()).toMatchObject({ state: 'ready', reason: null, chosen: testStructure.id })
    const party: StaffParty = { kind: 'staff', member: testSecretary, structure: testStructure }
    expect(signIn.signedIn()).toEqual(party)
    expect(signIn.staff()).toEqual([party])

    for (const protocol of ['xds', 'fhir'] as const) {
      const record = await recordOver(protocol)
      const { deposit, bytes, uniqueId } = newDeposit(party)
      value(await record.send(party, testIns, value(await record.prepare(deposit, [bytes])), [bytes]))
      expect(value(await record.findByUniqueId(party, testIns, uniqueId))).toMatchObject({ authors: [{ personId: testDoctor.id, structureId: testStructure.id }], legalAuthenticatorId: testDoctor.id })
      expect(code(await record.findDocuments(party, testIns))).toBe('staff-card-deposits-only')
      // In the doctor's own name it says nothing.
      expect(code(await record.prepare(newDeposit(asDoctor).deposit, [bytes]))).toBe('card-of-another')
    }
    await signIn.end()
    expect(signIn.staff()).toEqual([])
  })

  it('speaks for its own structure alone, whatever others the practice has', async () => {
    await insert('staff', { CPS_ACTIVITY_01_PS: situation(testStructure) })
    await open()
    value(await signIn.givePin(pin))
    const record = await recordOver('xds')
    const [party] = signIn.staff()
    const there: Party = { kind: 'staff', member: { ...testSecretary, structure: elsewhere.id }, structure: elsewhere }
    const { bytes } = newDeposit(there)
    expect(code(await record.prepare(newDeposit(there).deposit, [bytes]))).toBe('card-of-another-structure')
    expect(code(await record.prepare(newDeposit({ ...asDoctor, structure: elsewhere }).deposit, [bytes]))).toBe('card-of-another-structure')
    const colleague: Party = { ...party!, member: { ...testSecretary, id: '3750803447/0008' } }
    expect(code(await record.prepare(newDeposit(colleague).deposit, [bytes]))).toBe('card-of-another')
  })

  it('of another practice says so, and gives its holder nothing to choose', async () => {
    await insert('staff', { CPS_ACTIVITY_01_PS: situation({ id: '1999999999', name: 'Ailleurs', sector: 'SA07' }) })
    await open()
    value(await signIn.givePin(pin))
    expect(signIn.view()).toMatchObject({ state: 'stopped', reason: 'card-of-another-structure', action: 'insert-card', situations: [] })
    expect(signIn.signedIn()).toBeNull()
    expect(signIn.staff()).toEqual([])
  })

  it('of several of the practice’s structures deposits for each, without a choice', async () => {
    await insert('staff', { CPS_ACTIVITY_01_PS: situation(elsewhere), CPS_ACTIVITY_02_PS: situation(testStructure) })
    await open()
    value(await signIn.givePin(pin))
    expect(signIn.view()).toMatchObject({ state: 'ready', chosen: testStructure.id, situations: [{ structure: testStructure.id }, { structure: elsewhere.id }] })
    expect(signIn.staff().map(({ structure }) => structure.id)).toEqual([testStructure.id, elsewhere.id])
    for (const party of signIn.staff()) expect(code(await signIn.forParty(party, Date.now()))).toBe('ok')
    value(signIn.choose(elsewhere.id))
    expect(signIn.signedIn()).toMatchObject({ kind: 'staff', structure: { id: elsewhere.id } })
  })

  it('that says no structure is of the one the practice file gives it', async () => {
    await insert('staff')
    await open(known)
    value(await signIn.givePin(pin))
    expect(signIn.signedIn()).toMatchObject({ kind: 'staff', member: { id: testSecretary.id }, structure: { id: testStructure.id } })
  })

  it('gives way to the doctor’s card, whose holder reads', async () => {
    await insert('staff', { CPS_ACTIVITY_01_PS: situation(testStructure) })
    await open()
    value(await signIn.givePin(pin))
    const [party] = signIn.staff()
    await reader.pull()
    await reaches('card-removed')
    // Out of its reader for a moment it stays the card that is awaited.
    expect(signIn.staff()).toEqual([party])
    await insert('professional', { CPS_ACTIVITY_01_PS: situation(testStructure) })
    await reaches('card-pin-needed')
    expect(signIn.staff()).toEqual([])
    value(await signIn.givePin(pin))
    expect(signIn.signedIn()).toMatchObject({ kind: 'professional', professional: { id: testDoctor.id } })
    const record = await recordOver('xds')
    expect(code(await record.findDocuments(asDoctor, testIns))).toBe('ok')
    expect(code(await record.prepare(newDeposit(party!).deposit, [newDeposit(party!).bytes]))).toBe('card-of-another')
  })
})
