import { sign, type KeyObject, type X509Certificate } from 'node:crypto'
import { success } from '#shared/contract/index.ts'
import type { SigningIdentity } from './credentials.ts'

/** Signs with a key in memory. */
export function softwareSignature(certificate: X509Certificate, privateKey: KeyObject): SigningIdentity {
  return {
    certificate,
    sign: async (data, algorithm) => success(sign(algorithm === 'rsa-sha1' ? 'sha1' : 'sha256', data, privateKey)),
  }
}
