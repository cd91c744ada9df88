/**
 * Power loss: every write of the program's store and ledger at work is recorded with strace, then the power is cut, on a simulated
 * disk, at thousands of moments. What was synced is there, the rest partly, torn and in any order. Each disk left is opened with the
 * real store: everything that had been acknowledged must be on it.
 *
 *   node e2e/proofs/power-loss.ts [--images 2000] [--seed N] [--self-test]
 *
 * `--self-test` leaves out one sync after the other and sees each missed. `RELAIS_PROGRAM_ROOT` names another program to look at.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { cutPower, type Violation } from './trace/cut-power.ts'
import { record } from './trace/recording.ts'
import { loadRooms } from './trace/rooms.ts'
import { ensureStrace } from './trace/strace.ts'

const synchronousNormal = path.join(import.meta.dirname, 'trace/synchronous-normal.ts')
const imagesOfOneRecording = 500
const roundsOfOneRecording = 150

/** What the proof showed; `skipped` says why nothing could be shown. */
export interface PowerProof {
  readonly skipped: string | null
  readonly seed: number
  readonly recordings: number
  readonly images: number
  readonly checked: number
  readonly violations: readonly Violation[]
}

/** Cuts the power `images` times. The seed gives deliveries, crashes and cuts; times and random ids differ from run to run. */
export async function provePower(options: { images: number; seed?: number; rounds?: number }): Promise<PowerProof> {
  const seed = options.seed ?? Math.floor(Math.random() * 1e9)
  const skipped = ensureStrace()
  if (skipped !== null) return { skipped, seed, recordings: 0, images: 0, checked: 0, violations: [] }
  const rooms = await loadRooms()
  const proof = { skipped, seed, recordings: 0, images: 0, checked: 0, violations: [] as Violation[] }
  while (proof.images < options.images) {
    const part = seed + proof.recordings
    const recording = record({ seed: part, rounds: options.rounds ?? roundsOfOneRecording })
    const report = await cutPower(recording, rooms, { images: Math.min(imagesOfOneRecording, options.images - proof.images), seed: part })
    proof.recordings += 1
    proof.images += report.images
    proof.checked += report.checked
    proof.violations.push(...report.violations)
  }
  return proof
}

/** A sync left out, and the first promise that was broken by it; null when none was. */
export interface Missed {
  readonly leftOut: string
  readonly images: number
  readonly violation: Violation | null
}

/** Leaves out one kind of sync after the other: each must break a promise within `images` cuts. */
export async function powerSelfTest(options: { images: number; seed: number; rounds?: number }): Promise<Missed[]> {
  const rooms = await loadRooms()
  const { seed } = options
  const rounds = options.rounds ?? roundsOfOneRecording
  const sound = record({ seed, rounds })
  const cases = [
    { leftOut: 'the sync of a spool file', recording: sound, forget: (file: string) => file.startsWith('spool/tmp/') },
    { leftOut: "the sync of a spool file's folder", recording: sound, forget: (file: string) => /^spool\/[0-9a-f]{2}$/.test(file) },
    { leftOut: 'the sync of the spool', recording: sound, forget: (file: string) => file === 'spool' },
    { leftOut: 'the sync of the log', recording: sound, forget: (file: string) => file === 'relais.db-wal' },
    { leftOut: 'the sync of the journal of arrivals', recording: sound, forget: (file: string) => file.startsWith('arrivals/') },
    { leftOut: 'the sync of the database', recording: sound, forget: (file: string) => file === 'relais.db' },
    { leftOut: 'the sync of the draft of the key', recording: sound, forget: (file: string) => /^store\.key\.[0-9a-f]+\.draft$/.test(file) },
    { leftOut: 'the sync of the data folder', recording: sound, forget: (file: string) => file === '' },
    { leftOut: 'the sync of a copy', recording: sound, forget: (file: string) => file.startsWith('backup/') },
    { leftOut: "the sync of the copies' folder", recording: sound, forget: (file: string) => file === 'backup' },
    { leftOut: 'the sync of each commit (synchronous = NORMAL)', recording: record({ seed, rounds, preload: synchronousNormal }), forget: () => false },
  ]
  const results: Missed[] = []
  for (const { leftOut, recording, forget } of cases) {
    const report = await cutPower(recording, rooms, { images: options.images, seed, forget, stopAtFirst: true })
    results.push({ leftOut, images: report.images, violation: report.violations[0] ?? null })
  }
  return results
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { images: { type: 'string', default: '2000' }, seed: { type: 'string' }, 'self-test': { type: 'boolean', default: false } } })
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed)
  console.log(`seed ${seed}`)
  const skipped = ensureStrace()
  if (skipped !== null) console.log(`skipped: ${skipped}`)
  else if (values['self-test']) await tellSelfTest(seed)
  else await tellProof(Number(values.images), seed)
}

async function tellProof(images: number, seed: number): Promise<void> {
  const started = Date.now()
  const proof = await provePower({ images, seed })
  for (const [problem, broken] of [...Map.groupBy(proof.violations, (violation) => violation.problem)].slice(0, 20)) {
    console.log(`${broken.length} images, the first cut at ${broken[0]!.at} of its recording (unsynced kept: ${broken[0]!.keeps}): ${problem}`)
  }
  console.log(
    `power loss, seed ${seed}: ${proof.images} images of ${proof.recordings} recordings, ${proof.checked} promises looked up, ${proof.violations.length} images with a broken promise, ${((Date.now() - started) / 1000).toFixed(0)} s`,
  )
  if (proof.violations.length > 0) process.exitCode = 1
}

async function tellSelfTest(seed: number): Promise<void> {
  const results = await powerSelfTest({ images: 300, seed })
  for (const { leftOut, images, violation } of results) console.log(violation ? `without ${leftOut}: caught at image ${images}, ${violation.problem}` : `without ${leftOut}: NOT CAUGHT in ${images} images`)
  const caught = results.filter(({ violation }) => violation !== null).length
  console.log(`power loss self-test, seed ${seed}: ${caught} of ${results.length} left-out syncs caught`)
  if (caught < results.length) process.exitCode = 1
}
