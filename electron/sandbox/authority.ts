import { X509Certificate, createPrivateKey, createPublicKey, generateKeyPair, randomBytes, sign } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import forge from 'node-forge'
import type { Practice, PracticeStaff, RecordConfig } from '#shared/contract/index.ts'
import { cardTypeExtension, staffCardType } from './certificates.ts'
import { writeSynced } from './synced-file.ts'

const newKeyPair = promisify(generateKeyPair)
const dayMs = 86_400_000
/** A certificate with less than this left is issued again at start. */
const renewalMs = 30 * dayMs

/** The test authority of one training record, with what the server itself needs of it. */
export interface Authority {
  readonly certificate: X509Certificate
  readonly pem: string
  readonly server: { readonly key: string; readonly cert: string }
  /** The server's key with a certificate of this authority that ended yesterday. */
  expiredServer(): Authority['server']
  /** Entries of `record.json`, paths relative to the record's folder. */
  readonly parties: RecordConfig['certificates']
}

interface Issued {
  readonly key: string
  readonly certificate: forge.pki.Certificate
  readonly pem: string
}

interface Wish {
  readonly commonName: string
  readonly unit: string
  /** Days from now. */
  readonly validFrom: number
  readonly validTo: number
  readonly extensions: readonly object[]
  /** Surname and given name, as on a person's card. */
  readonly person?: Pick<PracticeStaff, 'family' | 'given'> | undefined
}

/** Name extensions say what a certificate is for; the two of a party differ by them alone. */
const uses = {
  tls: [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', clientAuth: true },
  ],
  signature: [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, nonRepudiation: true },
    { name: 'extKeyUsage', emailProtection: true },
  ],
  server: [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }, { type: 2, value: 'localhost' }] },
  ],
  authority: [
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ],
} as const

/** What a card of staff says besides: what it is, and whose. */
const staffCard = { id: cardTypeExtension, value: staffCardType.toString('binary') }
const surname = '2.5.4.4'
const givenName = '2.5.4.42'
const utf8 = (type: string, value: string) => ({ type, value, valueTagClass: forge.asn1.Type.UTF8 as never })

const serverWish = { commonName: 'localhost', unit: 'SERVEUR', extensions: uses.server }
const units = { professional: 'PROFESSIONNEL', staff: 'PERSONNEL', structure: 'STRUCTURE' } as const
/** From yesterday, so that clocks may differ. */
const years = (count: number): Pick<Wish, 'validFrom' | 'validTo'> => ({ validFrom: -1, validTo: count * 365 })

/** Makes a key and a certificate for it. */
async function issue(wish: Wish, issuer: Issued | null, now: number): Promise<Issued> {
  const pair = await newKeyPair('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
  return certify(wish, pair.privateKey, issuer, now)
}

/** Makes a certificate for a key; the signature itself is Node's, far faster than the library's. */
function certify(wish: Wish, key: string, issuer: Issued | null, now: number): Issued {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string)
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(now + wish.validFrom * dayMs)
  certificate.validity.notAfter = new Date(now + wish.validTo * dayMs)
  const subject = [
    { shortName: 'C', value: 'FR' },
    { shortName: 'O', value: 'RELAIS FORMATION' },
    { shortName: 'OU', value: wish.unit },
    { shortName: 'CN', value: wish.commonName },
    ...(wish.person ? [utf8(surname, wish.person.family), utf8(givenName, wish.person.given)] : []),
  ]
  certificate.setSubject(subject)
  certificate.setIssuer(issuer ? issuer.certificate.subject.attributes : subject)
  certificate.setExtensions([...wish.extensions])
  const described = certificate as unknown as { signatureOid: string; siginfo: { algorithmOid: string }; tbsCertificate: forge.asn1.Asn1; signature: string }
  described.signatureOid = forge.pki.oids['sha256WithRSAEncryption'] ?? '1.2.840.113549.1.1.11'
  described.siginfo.algorithmOid = described.signatureOid
  const toBeSigned = (forge.pki as unknown as { getTBSCertificate(of: forge.pki.Certificate): forge.asn1.Asn1 }).getTBSCertificate(certificate)
  described.tbsCertificate = toBeSigned
  const bytes = Buffer.from(forge.asn1.toDer(toBeSigned).getBytes(), 'binary')
  described.signature = sign('sha256', bytes, createPrivateKey(issuer?.key ?? key)).toString('binary')
  return { key, certificate, pem: forge.pki.certificateToPem(certificate) }
}

function pkcs12(issued: Issued, authority: Issued, passphrase: string): Buffer {
  const asn1 = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(issued.key), [issued.certificate, authority.certificate], passphrase, { algorithm: 'aes256', count: 2048, friendlyName: 'relais' })
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary')
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

/** A certificate kept beside its key, still good and still of this authority; `null` = to be issued. */
function kept(pem: string | null, authority: X509Certificate, now: number): X509Certificate | null {
  if (pem === null) return null
  try {
    const certificate = new X509Certificate(pem)
    return certificate.verify(authority.publicKey) && certificate.validToDate.getTime() - now > renewalMs ? certificate : null
  } catch {
    return null
  }
}

/**
 * Opens the authority kept under `DIR/authority`, making what is missing: its own key, the server's certificate, and two PKCS#12
 * for each professional, member of staff and structure of the practice. What exists is kept over restarts; a party that is new gets its own.
 */
export async function openAuthority(dir: string, practice: Practice, now: number): Promise<Authority> {
  const folder = path.join(dir, 'authority')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const [caKey, caPem, keptPassphrase] = await Promise.all([readText(path.join(folder, 'ca.key')), readText(path.join(folder, 'ca.pem')), readText(path.join(folder, 'passphrase'))])
  const passphrase = keptPassphrase ?? randomBytes(18).toString('base64url')
  if (keptPassphrase === null) await writeSynced(path.join(folder, 'passphrase'), passphrase)
  let root: Issued
  if (caKey !== null && caPem !== null) root = { key: caKey, pem: caPem, certificate: forge.pki.certificateFromPem(caPem) }
  else {
    // A name of its own: a certificate of another folder's authority is then unknown, not a broken signature, which cuts the line.
    root = await issue({ commonName: `AC FORMATION RELAIS ${randomBytes(4).toString('hex')}`, unit: 'AUTORITE', ...years(20), extensions: uses.authority }, null, now)
    // The certificate comes last: a key without it is made again.
    await writeSynced(path.join(folder, 'ca.key'), root.key)
    await writeSynced(path.join(folder, 'ca.pem'), root.pem, 0o644)
  }
  const certificate = new X509Certificate(root.pem)

  const parties = [
    ...[...new Set(practice.professionals.map((one) => one.id))].map((id) => ({ id, kind: 'professional' as const })),
    ...[...new Map((practice.staff ?? []).map((one) => [one.id, one])).values()].map((person) => ({ id: person.id, kind: 'staff' as const, person })),
    ...[...new Set(practice.structures.map((one) => one.id))].map((id) => ({ id, kind: 'structure' as const })),
  ]
  const partyFile = (party: { id: string; kind: string }, use: 'tls' | 'signature'): string => `${party.kind}-${encodeURIComponent(party.id)}-${use}`
  const issueParty = async (party: (typeof parties)[number], use: 'tls' | 'signature'): Promise<void> => {
    const base = path.join(folder, partyFile(party, use))
    const [pem, bundle] = await Promise.all([readText(`${base}.pem`), readFile(`${base}.p12`).catch(() => null)])
    if (kept(pem, certificate, now) && bundle !== null && keptPassphrase !== null) return
    const isStaff = party.kind === 'staff'
    const wish = { commonName: party.id, unit: units[party.kind], ...years(3), extensions: [...uses[use], ...(isStaff ? [staffCard] : [])], person: isStaff ? party.person : undefined }
    const issued = await issue(wish, root, now)
    await writeSynced(`${base}.p12`, pkcs12(issued, root, passphrase))
    await writeSynced(`${base}.pem`, issued.pem, 0o644)
  }
  const openServer = async (): Promise<Authority['server']> => {
    const [key, pem] = await Promise.all([readText(path.join(folder, 'server.key')), readText(path.join(folder, 'server.pem'))])
    if (key !== null && pem !== null && kept(pem, certificate, now)?.checkPrivateKey(createPrivateKey(key))) return { key, cert: pem }
    const issued = await issue({ ...serverWish, ...years(3) }, root, now)
    await writeSynced(path.join(folder, 'server.key'), issued.key)
    await writeSynced(path.join(folder, 'server.pem'), issued.pem, 0o644)
    return { key: issued.key, cert: issued.pem }
  }
  const [server] = await Promise.all([openServer(), ...parties.flatMap((party) => [issueParty(party, 'tls'), issueParty(party, 'signature')])])
  return {
    certificate,
    pem: root.pem,
    server,
    expiredServer: () => ({ key: server.key, cert: certify({ ...serverWish, validFrom: -400, validTo: -1 }, server.key, root, now).pem }),
    parties: parties.map((party) => ({ party: party.id, kind: party.kind, tls: `authority/${partyFile(party, 'tls')}.p12`, signature: `authority/${partyFile(party, 'signature')}.p12`, passphrase })),
  }
}
