import { createVerify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Party, RecordConfig } from '#shared/contract/index.ts'
import { openCredentials } from './index.ts'
import { createTestAuthority } from './test-certificates.ts'

const structure = { id: '1750803447', name: 'Cabinet des Lilas', sector: 'SA07', practiceSetting: 'AMBULATOIRE' }
const doctor = (id: string): Party => ({ kind: 'professional', professional: { id, family: 'GENERIQUE', given: 'Alix', profession: '10', specialty: 'SM54', structure: structure.id }, structure })

let dir = ''
const authority = createTestAuthority()

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sign-in-'))
  const good = authority.issue({ commonName: '899900000012' })
  await writeFile(path.join(dir, 'tls.p12'), good.pfx)
  await writeFile(path.join(dir, 'signature.p12'), authority.issue({ commonName: '899900000012', cipher: '3des' }).pfx)
  await writeFile(path.join(dir, 'expired.p12'), authority.issue({ commonName: 'x', notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }).pfx)
  await writeFile(path.join(dir, 'broken.p12'), good.pfx.subarray(0, 400))
})
afterAll(() => rm(dir, { recursive: true }))

function open(line: Partial<RecordConfig['certificates'][number]>) {
  const certificates = [{ party: '899900000012', kind: 'professional' as const, tls: 'tls.p12', signature: 'signature.p12', passphrase: 'secret', ...line }]
  return openCredentials({ certificates } as unknown as RecordConfig, dir, Date.now())
}

it('gives each party its TLS certificate and its signature certificate, and they are two', async () => {
  const found = await (await open({})).forParty(doctor('899900000012'), Date.now())
  if (!found.ok) throw new Error(found.failure.code)
  expect(found.value.partyKey).toBe('professional:899900000012')
  expect(found.value.tls.certificate.fingerprint256).not.toBe(found.value.signature.certificate.fingerprint256)
  const signed = await found.value.signature.sign(Buffer.from('x'), 'rsa-sha256')
  if (!signed.ok) throw new Error(signed.failure.code)
  expect(createVerify('sha256').update('x').verify(found.value.signature.certificate.publicKey, signed.value)).toBe(true)
})

it.each([
  ['no line for the party', { party: 'other' }, 'certificate-missing'],
  ['a file that is not there', { tls: 'absent.p12' }, 'certificate-missing'],
  ['a wrong passphrase', { passphrase: 'wrong' }, 'certificate-missing'],
  ['a cut file', { signature: 'broken.p12' }, 'certificate-missing'],
  ['an expired TLS certificate', { tls: 'expired.p12' }, 'certificate-expired'],
  ['an expired signature certificate', { signature: 'expired.p12' }, 'certificate-expired'],
] as const)('%s is a value', async (_, line, code) => {
  const found = await (await open(line)).forParty(doctor('899900000012'), Date.now())
  expect(found).toMatchObject({ ok: false, failure: { code, class: 'needs-user' } })
  expect(JSON.stringify(found)).not.toContain('secret')
})

it('never gives the certificate of a structure to a professional with the same number', async () => {
  const credentials = await open({ kind: 'structure' })
  expect((await credentials.forParty(doctor('899900000012'), Date.now())).ok).toBe(false)
})

it('looks at the clock of the call, not at the one of opening', async () => {
  const credentials = await open({})
  const inTenDays = Date.now() + 10 * 86_400_000
  expect(await credentials.forParty(doctor('899900000012'), inTenDays)).toMatchObject({ ok: false, failure: { code: 'certificate-expired' } })
})
