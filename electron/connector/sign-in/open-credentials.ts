import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { failure, success, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { partyKeyOf, type Credentials, type PartyCredentials } from './credentials.ts'
import { readPkcs12, type Pkcs12 } from './pkcs12.ts'

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

async function readParty(line: RecordConfig['certificates'][number], baseDir: string): Promise<Result<PartyCredentials>> {
  const tls = await readIdentity(path.resolve(baseDir, line.tls), line.passphrase)
  if (!tls.ok) return tls
  const signature = await readIdentity(path.resolve(baseDir, line.signature), line.passphrase)
  if (!signature.ok) return signature
  return success({
    partyKey: `${line.kind}:${line.party}`,
    tls: {
      key: tls.value.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      certificateChain: [tls.value.certificate, ...tls.value.chain].map((certificate) => certificate.toString()).join(''),
      certificate: tls.value.certificate,
    },
    signature: { privateKey: signature.value.privateKey, certificate: signature.value.certificate },
  })
}

/**
 * Reads the certificates a record's configuration names; paths are relative to `baseDir`. A file that cannot be used is not
 * an error here: it becomes the value `forParty` gives for that party, so that the others keep working.
 */
export async function openCredentials(config: RecordConfig, baseDir: string): Promise<Credentials> {
  const parties = new Map<string, Result<PartyCredentials>>(
    await Promise.all(config.certificates.map(async (line) => [`${line.kind}:${line.party}`, await readParty(line, baseDir)] as const)),
  )
  return {
    forParty(party, at) {
      const found = parties.get(partyKeyOf(party)) ?? failure('certificate-missing', { detail: `no certificate for this ${party.kind}` })
      if (!found.ok) return found
      for (const [use, certificate] of [
        ['tls', found.value.tls.certificate],
        ['signature', found.value.signature.certificate],
      ] as const) {
        if (at < Date.parse(certificate.validFrom) || at >= Date.parse(certificate.validTo)) {
          return failure('certificate-expired', { detail: `${use}: ${certificate.validFrom} - ${certificate.validTo}` })
        }
      }
      return found
    },
  }
}
