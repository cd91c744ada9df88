import fs from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import { recordAddress, type Party } from '#shared/contract/index.ts'
import { lookAtParts, openCredentials, type PartFound, type PartyCredentials } from '#connector/sign-in/index.ts'
import { connect, type Connection } from '../connect.ts'
import { practiceFileOf, rememberedChoice } from '../record-choice.ts'
import type { Options } from '../options.ts'
import { pagesFolder, readPractice, readRecordConfig, UsageError } from '../program.ts'
import { wayToRecord } from './way-to-record.ts'

/** One check: what was looked at, whether it is well, and what to do when it is not. */
interface Check {
  readonly name: string
  readonly ok: boolean
  readonly found: string
  readonly todo: string | null
}

const lowDiskBytes = 500 * 1024 * 1024
const clockTolerance = 60

const partsToDo: Readonly<Record<PartFound['part'], string>> = {
  'card-library': 'Install the Cryptolib CPS, or correct signIn.library in the configuration of the record.',
  'card-reader': 'Plug the card reader in, and see that the service of the system that serves readers runs.',
  'card-certificates': 'Have the card renewed: beyond its certificates it neither signs nor connects.',
  'tls-front': 'Install stunnel with engines (Debian: stunnel4, libengine-pkcs11-openssl), or correct signIn.front.program.',
  'sign-in-service': 'Check the network and signIn.issuer; until it answers, nobody signs in.',
}

/** Ten checks, and those of the card or of Pro Santé Connect where they are configured: what was found, what to do; exit code 1 when one is red. Nothing of a patient is printed. */
export async function doctor(options: Options): Promise<number> {
  const checks: Check[] = []
  const add = (name: string, ok: boolean, found: string, todo: string) => checks.push({ name, ok, found, todo: ok ? null : todo })

  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  add('runtime', major > 22 || (major === 22 && minor >= 14), `Node ${process.versions.node}`, 'Run Relais with its own Node (npm run relais), not the system one.')

  const writable = attempt(() => {
    fs.accessSync(options.data, fs.constants.W_OK)
  })
  add('data-folder', writable === null, writable ?? options.data, 'Give the user who runs Relais the right to write there.')

  const disk = attempt(() => fs.statfsSync(options.data))
  const free = fs.existsSync(options.data) ? fs.statfsSync(options.data).bavail * fs.statfsSync(options.data).bsize : 0
  add('disk', disk === null && free > lowDiskBytes, `${Math.round(free / 1024 / 1024)} MB free`, 'Free at least 500 MB: below, Relais stops taking documents in.')

  const keyFile = path.join(options.data, 'store.key')
  const mode = fs.existsSync(keyFile) ? fs.statSync(keyFile).mode & 0o777 : null
  add('store-key', mode === null || process.platform === 'win32' || (mode & 0o077) === 0, mode === null ? 'kept by the system, or not made yet' : `key file, mode ${mode.toString(8)}`, `chmod 600 ${keyFile}`)

  let practice: ReturnType<typeof readPractice> | null = null
  const practiceProblem = attempt(() => {
    practice = readPractice(practiceFileOf(options))
  })
  const read = practice as ReturnType<typeof readPractice> | null
  // Doctors and pharmacists name their know-how where they deposit in person (dmp-interface.md 1.6).
  const unspecified = (read?.professionals ?? []).filter(({ profession, specialty }) => (profession === '10' || profession === '21') && !specialty).map(({ id }) => id)
  add('practice', practiceProblem === null, practiceProblem ?? `structures: ${read?.structures.length ?? 0}, professionals: ${read?.professionals.length ?? 0}${unspecified.length > 0 ? `, without speciality: ${unspecified.join(', ')}` : ''}`, 'Correct the practice file: its format is described in the README.')

  add('windows', fs.existsSync(path.join(pagesFolder, 'windows/panel/index.html')), pagesFolder, 'npm run build')

  let connection: Connection | null = null
  let refusal: string | null = null
  try {
    connection = await connect(options)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    refusal = error.message
  }
  const status = connection ? await connection.client.status.get() : null
  const balanced = status ? Object.values(status.counts).reduce((sum, count) => sum + count, 0) === status.total : false
  add('store', status !== null && balanced, refusal ?? `schema ${status?.schemaVersion}, ${status?.total} documents, ${connection?.running ? 'program running' : 'program not running'}`, 'Stop the other program that holds this data folder, or start Relais once.')

  const choice = attemptValue(() => recordConfigOf(options.data))
  const credentials = choice.value ? await openCredentials(choice.value.config, choice.value.baseDir, Date.now()) : null
  const speakers: Party[] = (read?.structures ?? []).map((structure) => ({ kind: 'structure', structure }))
  // With a card or Pro Santé Connect, professionals have no files here: `relais sign-in` tells of them.
  const inFiles = choice.value?.config.signIn.mode === 'certificates' ? (read?.professionals ?? []) : []
  for (const professional of inFiles) {
    const structure = read?.structures.find((candidate) => candidate.id === professional.structure)
    if (structure) speakers.push({ kind: 'professional', professional, structure })
  }
  const means = credentials ? await Promise.all(speakers.map(async (party) => ({ party, found: await credentials.forParty(party, Date.now()) }))) : []
  const broken = means.filter(({ found }) => !found.ok).map(({ party }) => (party.kind === 'professional' ? party.professional.id : party.structure.id))
  add('certificates', credentials !== null && speakers.length > 0 && broken.length === 0, choice.problem ?? (broken.length > 0 ? `unusable: ${broken.join(', ')}` : `${speakers.length} parties`), 'Renew or install the certificates named here; one for TLS and one for signature each.')

  const first = means.map(({ found }) => found).find((found) => found.ok)
  const clock = choice.value
    ? await clockOffset(recordAddress(choice.value.config), fs.readFileSync(path.resolve(choice.value.baseDir, choice.value.config.authorities), 'utf8'), first?.ok ? first.value.tls : null)
    : null
  add('clock', clock === null || Math.abs(clock) <= clockTolerance, clock === null ? 'the record did not say the time' : `${Math.round(clock)} s from the record's`, 'Set the clock of this computer: the record refuses tokens from another time.')

  const sources = status?.sources ?? []
  const unwell = sources.filter((source) => !source.ok)
  add('record-and-sources', status !== null && status.circuit.state === 'closed' && unwell.length === 0, status === null ? 'unknown' : `${wayToRecord(status.circuit, Date.now())}${status.paused ? ', sending paused by a person' : ''}, ${sources.length} sources${unwell.length > 0 ? `, unreachable: ${unwell.map((source) => source.address).join(', ')}` : ''}`, 'Check the network and the watched folders; documents wait and go by themselves.')

  await connection?.close()
  for (const { part, ok, found } of choice.value ? await lookAtParts(choice.value.config, choice.value.baseDir, Date.now()) : []) add(part, ok, found, partsToDo[part])
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: checks.every((check) => check.ok), checks })}\n`)
  else for (const [index, check] of checks.entries()) process.stdout.write(`${String(index + 1).padStart(2)} ${check.ok ? 'ok ' : 'RED'} ${check.name.padEnd(18)} ${check.found}${check.todo ? `\n       ${check.todo}` : ''}\n`)
  return checks.every((check) => check.ok) ? 0 : 1
}

function attempt(work: () => unknown): string | null {
  try {
    work()
    return null
  } catch (error) {
    return (error as Error).message
  }
}

function attemptValue<T>(work: () => T): { value: T | null; problem: string | null } {
  try {
    return { value: work(), problem: null }
  } catch (error) {
    return { value: null, problem: (error as Error).message }
  }
}

function recordConfigOf(dataFolder: string) {
  const { record } = rememberedChoice(dataFolder)
  return readRecordConfig(record === 'sandbox' ? path.join(dataFolder, 'sandbox/record.json') : record)
}

/** Seconds this computer is ahead of the record, from the Date of any answer; null when there is none. */
function clockOffset(url: string, authorities: string, identity: PartyCredentials['tls'] | null): Promise<number | null> {
  return new Promise((resolve) => {
    const request = https.request(url, { method: 'HEAD', timeout: 5_000, ca: authorities, ...(identity?.kind === 'software' ? { key: identity.key, cert: identity.certificateChain } : {}) }, (response) => {
      response.resume()
      const date = response.headers.date
      resolve(date === undefined ? null : (Date.now() - Date.parse(date)) / 1000)
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', () => resolve(null))
    request.end()
  })
}
