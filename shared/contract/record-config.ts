import { z } from 'zod'

/** PKCS#12 of one party: one certificate for TLS, another for signature (dmp-interface.md trap 3). Paths are relative to the file. */
const partyCertificates = z.object({
  /** PS_IdNat of a professional or of a member of staff, or Struct_IdNat of a structure of the practice file. */
  party: z.string(),
  /** `staff`: what a CPE is made of in the training record. A real one stays in its reader, and nobody deposits with such files by themselves. */
  kind: z.enum(['professional', 'staff', 'structure']),
  tls: z.string(),
  signature: z.string(),
  passphrase: z.string(),
})

/** The practice's certificates in files: nobody signs in. */
const byCertificates = z.object({ mode: z.literal('certificates') })

/** A CPS, or a CPE to deposit, in a reader (dmp-interface.md 1.5): it signs, and a TLS front beside the program makes the handshake with it. */
const byCard = z.object({
  mode: z.literal('card'),
  /** The card's PKCS#11 library: the ANS Cryptolib CPS. */
  library: z.string(),
  /** Only a card with this token label; any when absent. */
  tokenLabel: z.string().optional(),
  /** The stunnel program and the OpenSSL engine it uses. */
  front: z.object({ program: z.string().default('stunnel'), engine: z.string().default('pkcs11') }).prefault({}),
})

/** A professional signs in with Pro Santé Connect through the publisher's service; the structure's certificates carry the call (AIR). */
const byProSanteConnect = z.object({
  mode: z.literal('pro-sante-connect'),
  /** Issuer of the publisher's service, which stands between a program on a desktop and Pro Santé Connect (dmp-interface.md 7.2). */
  issuer: z.url(),
  clientId: z.string(),
  clientSecret: z.string().optional(),
  /** `code`: the system's browser. `ciba`: the professional approves on their phone or card software. */
  flow: z.enum(['code', 'ciba']).default('code'),
  scope: z.string().default('openid scope_all'),
  acrValues: z.string().default('eidas1'),
  /** A session ends after so long whatever happens; 4 hours at most. */
  sessionMinutes: z.number().min(1).max(240).default(240),
  /** How long a session outlives the last renewal the service granted. */
  idleMinutes: z.number().min(1).max(30).default(30),
  /** What the VIHF says of the strong authentication; the accepted values are not public (dmp-interface.md 1.5). */
  contextClass: z.string().default('urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI'),
  contextDeclaration: z.string().default('urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI'),
})

/** A way of entering the record, as the VIHF says it. */
const purpose = z.object({ code: z.string().min(1), label: z.string().min(1) })

const endpoints = z.object({ patients: z.url(), habilitations: z.url().optional(), patientSpecific: z.url().optional(), registry: z.url(), repository: z.url() })

/**
 * Addresses of the services, and of the habilitation ones where a configuration does not name them: beside the patients' service, in the
 * naming family it belongs to (`patients` → `habilitations`, `patient` → `Habilitation`).
 */
const servicesOf = endpoints.transform((given) => {
  const beside = (inPlural: string, inSingular: string): string => given.patients.replace(/[^/]*$/, (name) => (name === 'patient' ? inSingular : inPlural))
  return { ...given, habilitations: given.habilitations ?? beside('habilitations', 'Habilitation'), patientSpecific: given.patientSpecific ?? beside('PatientSpecific', 'PatientSpecific') }
})

/**
 * Configuration of a national record (`--record CONFIG`). Every address, version and algorithm is a setting: two naming
 * families of services exist and several values are open questions (dmp-interface.md sections 1.3, 1.6 and 8).
 */
export const recordConfig = z.object({
  name: z.string().default('DMP'),
  /** A training record takes test identities only, a production one takes real identities only. */
  environment: z.enum(['training', 'production']),
  endpoints: servicesOf,
  /** WS-Addressing actions of the services that are the DMP's own; the IHE and HL7 ones never change. */
  actions: z
    .object({
      setAuthorization: z.string().default('urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization'),
      patientList: z.string().default('urn:si-dmp-patients:PatientSpecificEndPoint:patientList'),
    })
    .prefault({}),
  repositoryUniqueId: z.string().default('1.2.250.1.213.4.1.1.1.2'),
  receiverDeviceOid: z.string().default('1.2.250.1.213.4.1.1.1'),
  /** PEM file of the authorities that sign the record's server certificates. */
  authorities: z.string(),
  certificates: z.array(partyCertificates),
  signIn: z.discriminatedUnion('mode', [byCertificates, byCard, byProSanteConnect]).default({ mode: 'certificates' }),
  vihf: z
    .object({
      version: z.string().default('3.0'),
      modeAttribute: z.string().default('Authentification_mode'),
      softwareName: z.string().default('Relais'),
      homologation: z.string().default('TEST-0000'),
      signatureAlgorithm: z.enum(['rsa-sha256', 'rsa-sha1']).default('rsa-sha256'),
      /**
       * Role of the holder of a CPE card (TD2.2). Who is no health professional takes a code of TRE_A00, R94, R95 or R291 within JDV_J65 (CI-SIS, HL7 v2
       * volet, mapping of the VIHF); which one the DMP wants of a private practice's secretary is not public: the one named after them is our assumption.
       */
      staffRole: z.object({ code: z.string().min(1), system: z.string().min(1), label: z.string().min(1) }).prefault({ code: 'SECRETARIAT_MEDICAL', system: '1.2.250.1.213.1.1.4.6', label: 'Secrétariat médical' }),
      /** Codes of the other ways of entering than the normal one: they are not public (dmp-interface.md 1.6), so a way without its code is not offered. */
      purposes: z.object({ 'break-glass': purpose, regulation: purpose }).partial().default({}),
      /** Confidentiality code by which a minor's secret connection is asked for; its format is not public either: null = none is offered. */
      secretConnection: z.string().min(1).nullable().default(null),
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
  /** OID of this installation: root of sourceId and of the ids it gives, which have 64 characters at most. The default arc is a dummy, for training only. */
  installationOid: z
    .string()
    .regex(/^[0-2](\.(0|[1-9]\d*))+$/, 'is not an OID')
    .max(38, 'is too long: 38 characters at most, so that the ids made of it fit in 64')
    .default('1.2.250.1.999.77'),
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
  /** How many objects one stored query asks about. */
  queryBatch: z.number().int().min(1).default(20),
  maxDocumentBytes: z.number().int().default(20_000_000),
})
export type RecordConfig = z.infer<typeof recordConfig>

export type SignInSettings = RecordConfig['signIn']

/** Whether a record can be told of a secret connection: the VIHF alone has a place for it. */
export function offersSecretConnection({ protocol, vihf }: Pick<RecordConfig, 'protocol' | 'vihf'>): boolean {
  return protocol === 'xds' && vihf.secretConnection !== null
}

/** Address by which a record is named on screens and asked for its time: where its documents go. */
export function recordAddress({ protocol, fhirBase, endpoints }: Pick<RecordConfig, 'protocol' | 'fhirBase' | 'endpoints'>): string {
  return protocol === 'fhir' && fhirBase !== null ? fhirBase : endpoints.repository
}
