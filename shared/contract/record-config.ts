import { z } from 'zod'

/** PKCS#12 of one party: one certificate for TLS, another for signature (dmp-interface.md trap 3). Paths are relative to the file. */
const partyCertificates = z.object({
  /** PS_IdNat of a professional or Struct_IdNat of a structure of the practice file. */
  party: z.string(),
  kind: z.enum(['professional', 'structure']),
  tls: z.string(),
  signature: z.string(),
  passphrase: z.string(),
})

/**
 * Configuration of a national record (`--record CONFIG`). Every address, version and algorithm is a setting: two naming
 * families of services exist and several values are open questions (dmp-interface.md sections 1.3, 1.6 and 8).
 */
export const recordConfig = z.object({
  name: z.string().default('DMP'),
  /** A training record takes test identities only, a production one takes real identities only. */
  environment: z.enum(['training', 'production']),
  endpoints: z.object({ patients: z.url(), registry: z.url(), repository: z.url() }),
  repositoryUniqueId: z.string().default('1.2.250.1.213.4.1.1.1.2'),
  receiverDeviceOid: z.string().default('1.2.250.1.213.4.1.1.1'),
  /** PEM file of the authorities that sign the record's server certificates. */
  authorities: z.string(),
  certificates: z.array(partyCertificates),
  vihf: z
    .object({
      version: z.string().default('3.0'),
      modeAttribute: z.string().default('Authentification_mode'),
      softwareName: z.string().default('Relais'),
      homologation: z.string().default('TEST-0000'),
      signatureAlgorithm: z.enum(['rsa-sha256', 'rsa-sha1']).default('rsa-sha256'),
    })
    .prefault({}),
  lot: z
    .object({
      /** Digest of the XAdES manifest and signature; the official samples use SHA-1. */
      digest: z.enum(['sha1', 'sha256']).default('sha1'),
      signatureAlgorithm: z.enum(['rsa-sha1', 'rsa-sha256']).default('rsa-sha1'),
      contentType: z.object({ code: z.string(), system: z.string(), label: z.string() }).prefault({ code: '07', system: '1.2.250.1.213.2.2', label: 'Consultation' }),
    })
    .prefault({}),
  /** OID of this installation: root of sourceId and of the ids it gives. The default arc is a dummy, for training only. */
  installationOid: z.string().default('1.2.250.1.999.77'),
  /** The tongue the record is spoken to in: XDS.b, in production today, or FHIR as PDSm specifies it. */
  protocol: z.enum(['xds', 'fhir']).default('xds'),
  /** Base address of the FHIR service; needed with `protocol: 'fhir'`. */
  fhirBase: z.url().nullable().default(null),
  /** How a single new document is deposited over FHIR: a transaction, or the simplified publication; what it cannot say goes as a transaction. */
  fhirDeposit: z.enum(['ITI-65', 'ITI-105']).default('ITI-65'),
  timeouts: z.object({ connectMs: z.number().int().default(10_000), answerMs: z.number().int().default(60_000) }).prefault({}),
  /** How long the registry may take to show a document it stored: absence is believed only after two looks that far apart. */
  visibilitySeconds: z.number().min(0).default(300),
  /** Waits between tries, in milliseconds; each has a default that suits a national record. */
  pace: z
    .object({
      backoffBaseMs: z.number().int().min(1),
      backoffCapMs: z.number().int().min(1),
      circuitMs: z.number().int().min(1),
      circuitCapMs: z.number().int().min(1),
      firstLookMs: z.number().int().min(1),
    })
    .partial()
    .default({}),
  maxDocumentBytes: z.number().int().default(20_000_000),
})
export type RecordConfig = z.infer<typeof recordConfig>

/** Address by which a record is named on screens and asked for its time: where its documents go. */
export function recordAddress({ protocol, fhirBase, endpoints }: Pick<RecordConfig, 'protocol' | 'fhirBase' | 'endpoints'>): string {
  return protocol === 'fhir' && fhirBase !== null ? fhirBase : endpoints.repository
}
