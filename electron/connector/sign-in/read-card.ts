import { X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import type { ExerciseSituation } from '#shared/contract/index.ts'
import { cardHolderKind, cardTypeExtension, type CardHolderKind } from './card-holder.ts'
import { readSituation, situationLabel } from './card-situations.ts'
import type { ObjectHandle, Pkcs11 } from './pkcs11.ts'
import { attributes, classes } from './pkcs11-values.ts'

/** A certificate of a card; `id` (CKA_ID) names its key. */
export interface CardCertificate {
  readonly certificate: X509Certificate
  readonly id: Buffer
}

/** The two certificates of a card, told apart by what they are for, never swapped (dmp-interface.md trap 3). */
export interface CardIdentity {
  readonly id: string
  readonly kind: CardHolderKind
  /** As the certificate writes them; empty when it does not. */
  readonly family: string
  readonly given: string
  readonly authentication: CardCertificate
  readonly signature: CardCertificate
}

const clientAuthentication = '1.3.6.1.5.5.7.3.2'

function parse(certificate: X509Certificate): forge.pki.Certificate {
  return forge.pki.certificateFromAsn1(forge.asn1.fromDer(certificate.raw.toString('binary')))
}

function isForSignature(certificate: X509Certificate): boolean {
  const usage = parse(certificate).getExtension('keyUsage') as { nonRepudiation?: boolean } | null
  return usage?.nonRepudiation === true
}

function cardTypeOf(certificate: X509Certificate): Buffer | null {
  const extension = (parse(certificate).extensions as readonly { id?: unknown; value?: unknown }[]).find(({ id }) => id === cardTypeExtension)
  return typeof extension?.value === 'string' ? Buffer.from(extension.value, 'binary') : null
}

function subjectOf(certificate: X509Certificate): Readonly<Record<string, string>> {
  return Object.fromEntries(certificate.subject.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

async function certificateOf(library: Pkcs11, session: bigint, object: ObjectHandle): Promise<CardCertificate | null> {
  const [value, id] = [await library.attribute(session, object, attributes.value), await library.attribute(session, object, attributes.id)]
  if (!value || !id) return null
  try {
    const certificate = new X509Certificate(value)
    return certificate.publicKey.asymmetricKeyType === 'rsa' ? { certificate, id } : null
  } catch {
    return null
  }
}

/**
 * Reads whose card it is, without a PIN. Null without an authentication and a signature certificate of one holder, RSA, or for a type of card the record has
 * no place for. Throws `Pkcs11Refusal`.
 */
async function readCardIdentity(library: Pkcs11, session: bigint): Promise<CardIdentity | null> {
  const found: CardCertificate[] = []
  for (const object of await library.find(session, classes.certificate)) {
    const one = await certificateOf(library, session, object)
    if (one) found.push(one)
  }
  // A card renewed in place may keep former certificates: the one that ends last is the one in use.
  const recent = found.toSorted((a, b) => Date.parse(b.certificate.validTo) - Date.parse(a.certificate.validTo))
  const authentication = recent.find(({ certificate }) => certificate.keyUsage?.includes(clientAuthentication))
  const signature = recent.find(({ certificate }) => !certificate.keyUsage?.includes(clientAuthentication) && isForSignature(certificate))
  if (!authentication || !signature) return null
  const [owner, signer] = [subjectOf(authentication.certificate), subjectOf(signature.certificate)]
  if (!owner['CN'] || owner['CN'] !== signer['CN']) return null
  const kind = cardHolderKind(cardTypeOf(signature.certificate), owner['CN'])
  return kind && { id: owner['CN'], kind, family: owner['SN'] ?? '', given: owner['GN'] ?? '', authentication, signature }
}

/** The same, in a session of its own. */
export async function identityOn(library: Pkcs11, slot: bigint): Promise<CardIdentity | null> {
  const session = await library.openSession(slot)
  try {
    return await readCardIdentity(library, session)
  } finally {
    await library.closeSession(session)
  }
}

/** From when to when a card is good, in milliseconds since the epoch: while both its certificates are. */
export function validityOf({ authentication, signature }: CardIdentity): { readonly validFrom: number; readonly validTo: number } {
  const pair = [authentication.certificate, signature.certificate]
  return { validFrom: Math.max(...pair.map(({ validFrom }) => Date.parse(validFrom))), validTo: Math.min(...pair.map(({ validTo }) => Date.parse(validTo))) }
}

/** The private key of a certificate; it shows only once the PIN was given. */
export async function findKey(library: Pkcs11, session: bigint, { id }: Pick<CardCertificate, 'id'>): Promise<{ key: ObjectHandle; asksEachTime: boolean } | null> {
  for (const key of await library.find(session, classes.privateKey)) {
    if ((await library.attribute(session, key, attributes.id))?.equals(id)) {
      return { key, asksEachTime: (await library.attribute(session, key, attributes.alwaysAuthenticate))?.[0] === 1 }
    }
  }
  return null
}

/** The exercise situations on the card, in its order; the PIN was given. */
export async function readSituations(library: Pkcs11, session: bigint): Promise<ExerciseSituation[]> {
  const found: { label: string; situation: ExerciseSituation }[] = []
  for (const object of await library.find(session, classes.data)) {
    const label = (await library.attribute(session, object, attributes.label))?.toString('utf8').replace(/[\0 ]+$/, '') ?? ''
    if (!situationLabel.test(label)) continue
    const value = await library.attribute(session, object, attributes.value)
    const situation = value && readSituation(value)
    if (situation) found.push({ label, situation })
  }
  return found.toSorted((a, b) => a.label.localeCompare(b.label)).map(({ situation }) => situation)
}
