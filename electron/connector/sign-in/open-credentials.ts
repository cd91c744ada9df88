import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { failure, success, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { authenticationClasses, partyKeyOf, type Authentication, type Credentials, type PartyCredentials } from './credentials.ts'
import { expiredCertificate } from './expired-certificate.ts'
import { readPkcs12, type Pkcs12 } from './pkcs12.ts'
import { softwareSignature } from './software-signature.ts'

async function readIdentity(file: string, passphrase: string): Promise<Result<Pkcs12>> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    return failure('certificate-missing', { detail: `${path.basename(file)}: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}` })
  }
  const identity = readPkcs12(bytes, passphrase)
  return typeof identity === 'string' ? failure('certificate-missing', { detail: `${path.basename(file)}: ${identity}` }) : success(identity)
}

/** A person's own certificates speak as their card would; a structure's speak for a program. */
function authenticationOf(kind: RecordConfig['certificates'][number]['kind'], at: number): Authentication {
  return kind !== 'structure'
    ? { mode: 'DIRECTE', at, contextClass: authenticationClasses.card, contextDeclaration: null }
    : { mode: 'INDIRECTE', at, contextClass: authenticationClasses.certificate, contextDeclaration: null }
}

async function readParty(line: RecordConfig['certificates'][number], baseDir: string, openedAt: number): Promise<Result<PartyCredentials>> {
  const tls = await readIdentity(path.resolve(baseDir, line.tls), line.passphrase)
  if (!tls.ok) return tls
  const signature = await readIdentity(path.resolve(baseDir, line.signature), line.passphrase)
  if (!signature.ok) return signature
  return success({
    partyKey: `${line.kind}:${line.party}`,
    tls: {
      kind: 'software',
      key: tls.value.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      certificateChain: [tls.value.certificate, ...tls.value.chain].map((certificate) => certificate.toString()).join(''),
      certificate: tls.value.certificate,
    },
    signature: softwareSignature(signature.value.certificate, signature.value.privateKey),
    authentication: authenticationOf(line.kind, openedAt),
  })
}

/**
 * Reads the certificates a record's configuration names; paths are relative to `baseDir`, `openedAt` is now. A file that cannot
 * be used is not an error here: it becomes the value `forParty` gives for that party, so that the others keep working.
 */
export async function openCredentials(config: RecordConfig, baseDir: string, openedAt: number): Promise<Credentials> {
  const parties = new Map<string, Result<PartyCredentials>>(
    await Promise.all(config.certificates.map(async (line) => [`${line.kind}:${line.party}`, await readParty(line, baseDir, openedAt)] as const)),
  )
  return {
    async forParty(party, at) {
      const found = parties.get(partyKeyOf(party)) ?? failure('certificate-missing', { detail: `no certificate for this ${party.kind}` })
      if (!found.ok) return found
      const expired = expiredCertificate({ tls: found.value.tls.certificate, signature: found.value.signature.certificate }, at)
      if (expired) return expired
      return found
    },
  }
}
