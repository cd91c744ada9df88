import type { X509Certificate } from 'node:crypto'
import { failure } from '#shared/contract/index.ts'

/** `certificate-expired` for the first of the two that is over, or not valid yet, at an instant; null when both are good. */
export function expiredCertificate(pair: { readonly tls: X509Certificate; readonly signature: X509Certificate }, at: number): ReturnType<typeof failure> | null {
  for (const use of ['tls', 'signature'] as const) {
    const { validFrom, validTo } = pair[use]
    if (at < Date.parse(validFrom) || at >= Date.parse(validTo)) return failure('certificate-expired', { detail: `${use}: ${validFrom} - ${validTo}` })
  }
  return null
}
