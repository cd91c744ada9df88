import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signOnCard } from './card-signature.ts'
import { GivenPin } from './given-pin.ts'
import { openPkcs11, type Pkcs11 } from './pkcs11.ts'
import { Pkcs11Refusal, refusals } from './pkcs11-values.ts'
import { findKey } from './read-card.ts'
import { createTestAuthority } from './test-certificates.ts'
import { noTestCard, openTestReader, type TestReader } from './test-card.ts'

const refusal = (code: number) => Promise.reject(new Pkcs11Refusal('C_Login', code))

it.each([refusals.pinIncorrect, refusals.pinInvalid, refusals.pinLength, refusals.pinExpired, refusals.pinLocked, 0x5, 0x30])('is forgotten by the refusal %i, and never tried again', async (code) => {
  const pin = new GivenPin('1234')
  await expect(pin.tryWith(() => refusal(code))).rejects.toMatchObject({ code })
  expect(pin.forgotten).toBe(true)
  await expect(pin.tryWith(() => expect.fail('tried again'))).rejects.toMatchObject({ code: refusals.pinIncorrect })
})

it.each([0x32, 0xb3, 0xe0, refusals.alreadyLoggedIn])('is kept when no card judged it: %i', async (code) => {
  const pin = new GivenPin('1234')
  await expect(pin.tryWith(() => refusal(code))).rejects.toMatchObject({ code })
  expect(await pin.tryWith(async (text) => text)).toBe('1234')
})

describe.skipIf(noTestCard !== null)(`on a card${noTestCard ? ` (skipped, missing: ${noTestCard})` : ''}`, () => {
  let reader: TestReader
  let library: Pkcs11
  beforeAll(async () => {
    reader = await openTestReader()
    await reader.insert({ label: 'CPS', pin: '1234', passphrase: 'secret', asksEachTime: true, signature: createTestAuthority().issue({ commonName: '899900000012' }).pfx })
    library = await openPkcs11(reader.spied)
  })
  afterAll(async () => {
    await library?.close()
    await reader?.close()
  })

  it('is tried once, however many signatures waited with it', async () => {
    const [token] = await library.tokens()
    const session = await library.openSession(token!.slot)
    await library.login(session, new GivenPin('1234'))
    const found = await findKey(library, session, { id: Buffer.from([2]) })
    expect(found).toMatchObject({ asksEachTime: true })
    const key = { slot: token!.slot, session, key: found!.key }
    expect(await signOnCard(library, { ...key, pin: new GivenPin('1234') }, Buffer.from('lot'), 'rsa-sha256')).toHaveLength(256)

    const before = (await reader.calls()).length
    const wrong = new GivenPin('9999')
    const signed = await Promise.allSettled(Array.from({ length: 5 }, () => signOnCard(library, { ...key, pin: wrong }, Buffer.from('lot'), 'rsa-sha256')))
    expect(signed.every(({ status }) => status === 'rejected')).toBe(true)
    expect((await reader.calls()).slice(before).filter((call) => call.startsWith('C_Login'))).toEqual(['C_Login CKR_PIN_INCORRECT'])
  })
})
