import { createHash } from 'node:crypto'
import type { SignatureAlgorithm } from './credentials.ts'
import type { GivenPin } from './given-pin.ts'
import type { ObjectHandle, Pkcs11 } from './pkcs11.ts'
import { mechanisms } from './pkcs11-values.ts'

/** DigestInfo before the digest itself (RFC 8017, section 9.2, note 1). */
const digestInfo: Readonly<Record<SignatureAlgorithm, string>> = {
  'rsa-sha1': '3021300906052b0e03021a05000414',
  'rsa-sha256': '3031300d060960864801650304020105000420',
}
const whole = { 'rsa-sha1': mechanisms.sha1RsaPkcs, 'rsa-sha256': mechanisms.sha256RsaPkcs } as const

/** Where a key is, and the PIN when it wants it at each signature. */
export interface CardKey {
  readonly slot: bigint
  readonly session: bigint
  readonly key: ObjectHandle
  readonly pin: GivenPin | null
}

/** Signs on the card, the digest made there when the card can, here otherwise. Throws `Pkcs11Refusal`. */
export async function signOnCard(library: Pkcs11, { slot, session, key, pin }: CardKey, data: Uint8Array, algorithm: SignatureAlgorithm): Promise<Buffer> {
  if (await library.supports(slot, whole[algorithm])) return library.sign(session, key, whole[algorithm], data, pin)
  const digest = createHash(algorithm === 'rsa-sha1' ? 'sha1' : 'sha256').update(data).digest()
  return library.sign(session, key, mechanisms.rsaPkcs, Buffer.concat([Buffer.from(digestInfo[algorithm], 'hex'), digest]), pin)
}
