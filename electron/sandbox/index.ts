import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Practice, RecordConfig } from '#shared/contract/index.ts'
import { recordConfig } from '#shared/contract/index.ts'
import { openAccesses } from './accesses.ts'
import { openAuthority } from './authority.ts'
import { certificateReader } from './certificates.ts'
import { servicesPath } from './exchange.ts'
import { fhirPath } from './fhir/transaction-name.ts'
import type { FaultSet } from './faults.ts'
import { announcedVisibilitySeconds, noFaults } from './faults.ts'
import { openHabilitations } from './habilitations.ts'
import { lockFolder } from './lock.ts'
import { openPatients } from './patients.ts'
import { openRegistry } from './registry.ts'
import { openFaults } from './running-faults.ts'
import { listen } from './server.ts'
import type { Approves } from './sign-in-server.ts'
import { writeSynced } from './synced-file.ts'
import { trainingPurposes, trainingSecretConnection } from './vihf.ts'
import { openWireLog } from './wire-log.ts'

export { FaultRefused, readFaultArguments } from './fault-arguments.ts'
export type { FaultSet } from './faults.ts'
export { preload } from './preload.ts'
export type { PreloadedDocument } from './preload.ts'
export { preloadAccesses } from './preload-accesses.ts'
export type { PreloadedAccess } from './preload-accesses.ts'
export { FolderInUse } from './lock.ts'
export type { Approves } from './sign-in-server.ts'

/** How a training record is started. */
export interface SandboxOptions {
  /** Folder that holds everything it keeps. */
  readonly dir: string
  /** 0 = any free port. */
  readonly port: number
  readonly host?: '127.0.0.1'
  /** Who gets certificates, and which exercise situations the record knows. */
  readonly practice: Practice
  readonly now?: () => Date
  readonly log?: (line: string) => void
  /** What goes wrong; `DIR/faults.json`, where there is one, wins. */
  readonly faults?: FaultSet
  /** Professionals sign in with a training Pro Santé Connect, which approves by itself or by a page; certificates alone when absent. */
  readonly signIn?: Approves
  /** How long to wait for another process that serves the same folder. */
  readonly patienceMs?: number
}

/** A training record that serves. */
export interface Sandbox {
  readonly url: string
  readonly port: number
  /** `record.json`, what a client needs to speak to it. */
  readonly configPath: string
  close(): Promise<void>
}

/**
 * Starts the training record on a folder: authority, registry, HTTPS server. Ready when it resolves. Throws `FolderInUse` when another process
 * serves the folder and does not leave it in time, and what the system says when the port cannot be had.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { practice, now = () => new Date(), log = () => {}, host = '127.0.0.1' } = options
  const dir = path.resolve(options.dir)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(dir, options.patienceMs ?? 15_000)
  const opened: (() => Promise<void>)[] = [unlock]
  const close = async (): Promise<void> => {
    for (let one = opened.pop(); one; one = opened.pop()) await one()
  }
  try {
    const [authority, registry, habilitations, wire] = await Promise.all([openAuthority(dir, practice, now().getTime()), openRegistry(dir), openHabilitations(dir), openWireLog(dir)])
    opened.push(() => registry.close(), () => habilitations.close())
    const services = { practice, registry, habilitations, accesses: openAccesses(), stateOf: openPatients(dir, (ins) => habilitations.declaredFor(ins), log), readCertificate: certificateReader(authority.certificate), now, log }
    const faults = openFaults(dir, options.faults ?? noFaults, log)
    const server = await listen({ host, port: options.port, authority }, { services, wire, faults })
    opened.push(() => server.close())
    // Loaded only when asked for: it weighs as much as the rest of the record.
    const connect = options.signIn === undefined ? null : await (await import('./sign-in-server.ts')).startSignInServer({ practice, approves: options.signIn, log })
    if (connect) opened.push(() => connect.close())
    const url = `https://${host}:${server.port}`
    const configPath = path.join(dir, 'record.json')
    const config: RecordConfig = recordConfig.parse({
      name: 'Dossier de formation',
      environment: 'training',
      endpoints: {
        patients: `${url}${servicesPath}/patients`,
        habilitations: `${url}${servicesPath}/habilitations`,
        patientSpecific: `${url}${servicesPath}/PatientSpecific`,
        registry: `${url}${servicesPath}/registry`,
        repository: `${url}${servicesPath}/repository`,
      },
      authorities: 'authority/ca.pem',
      certificates: authority.parties,
      ...(connect ? { signIn: { mode: 'pro-sante-connect', issuer: connect.issuer, clientId: connect.clientId, clientSecret: connect.clientSecret } } : {}),
      vihf: { purposes: trainingPurposes, secretConnection: trainingSecretConnection },
      fhirBase: `${url}${fhirPath}`,
      visibilitySeconds: announcedVisibilitySeconds(faults().set),
      // It is near and nobody else's: a client may come back sooner than to a national record.
      pace: { backoffBaseMs: 1_000, backoffCapMs: 60_000, circuitMs: 2_000, circuitCapMs: 60_000, firstLookMs: 500 },
    })
    await writeSynced(configPath, `${JSON.stringify(config, null, 2)}\n`)
    return { url, port: server.port, configPath, close }
  } catch (error) {
    await close()
    throw error
  }
}
