/**
 * `npm run bench:outbox`: what sending, and searching what was read, costs, always beside something of the same computer in the same run, for computers differ and
 * have bad moments. Ends with a line of JSON. Linux only: it reads /proc.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { measureDeposits, type DepositFigures } from './deposit.ts'
import { measureMemory } from './memory.ts'
import { readOptions } from './options.ts'
import { takeProfile, type Profile } from './profile.ts'
import { stopAll } from './running.ts'
import { measureSearch } from './search.ts'
import { measureStart } from './start.ts'
import { measureStatus } from './status.ts'

const options = readOptions(process.argv.slice(2))
const say = (line: string) => process.stderr.write(`${line}\n`)
const results: Record<string, unknown> = { documents: options.documents, size: options.size }

/** Gives a measure a folder of its own and leaves nothing of it: neither files nor processes. */
async function measured<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-bench-'))
  try {
    return await work(folder)
  } finally {
    await stopAll()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

for (const from of ['ready', 'received'] as const) {
  if (options.only.includes('deposit')) {
    const figures = await measured((folder) => measureDeposits(from, folder, options, say))
    results[`deposit-${from}`] = figures
    showDeposits(figures)
  }
  if (options.only.includes('profile')) {
    const profile = await measured((folder) => takeProfile(from, folder, options))
    results[`profile-${from}`] = { ...profile, functions: profile.functions.slice(0, 40) }
    showProfile(profile)
  }
}
if (options.only.includes('memory')) {
  const figures = await measured((folder) => measureMemory(folder, options, say))
  results['memory'] = figures
  console.log('\nResident memory, record away:')
  for (const { queued, atReady, atEnd, highest } of figures) console.log(`${String(queued).padStart(8)} queued  ${atReady.toFixed(0)} MB at ready, ${atEnd.toFixed(0)} MB at the end, highest ${highest.toFixed(0)} MB`)
}
if (options.only.includes('start')) {
  const { stored, empty, full } = await measured((folder) => measureStart(folder, options))
  results['start'] = { stored, empty, full }
  console.log(`\nStart: ${empty.toFixed(0)} ms with nothing stored, ${full.toFixed(0)} ms with ${stored} items`)
}
if (options.only.includes('status')) {
  const figures = await measured((folder) => measureStatus(folder, options))
  results['status'] = figures
  console.log(`\nAnswers with ${options.listed} items:`)
  for (const { call, p50, p95 } of figures) console.log(`  ${call.padEnd(32)} p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`)
}
if (options.only.includes('search')) {
  const figures = await measured((folder) => measureSearch(folder, options))
  results['search'] = figures
  const { documents, others, takenDownMs, step, list, searches } = figures
  console.log(`\nSearch in ${documents} documents, beside ${others} of other patients, taken down in ${(takenDownMs / 1000).toFixed(1)} s, in steps of p50 ${step.p50.toFixed(1)} ms, p95 ${step.p95.toFixed(1)} ms, ${step.work.toFixed(1)} ms of work at most`)
  console.log(`  ${'the list itself'.padEnd(32)} p50 ${list.p50.toFixed(1)} ms, p95 ${list.p95.toFixed(1)} ms`)
  for (const { call, p50, p95, found } of searches) console.log(`  ${call.padEnd(32)} p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ${found} found`)
}
process.stdout.write(`${JSON.stringify(results)}\n`)

function showDeposits({ from, connections, ratio, blockRatios, program, bare }: DepositFigures): void {
  const each = (seconds: number, { documents }: { documents: number }) => `${((1000 * seconds) / documents).toFixed(1)} ms`
  console.log(`\nDeposit from ${from}: ratio ${ratio.toFixed(2)} (blocks ${Math.min(...blockRatios).toFixed(2)} to ${Math.max(...blockRatios).toFixed(2)}), ${connections} connections`)
  console.log(`  program  ${(program.documents / program.seconds).toFixed(1)}/s, CPU a document: program ${each(program.senderCpu, program)}, record ${each(program.recordCpu, program)}`)
  console.log(`  bare     ${(bare.documents / bare.seconds).toFixed(1)}/s, CPU a document: loop ${each(bare.senderCpu, bare)}, record ${each(bare.recordCpu, bare)}`)
}

function showProfile({ from, documents, seconds, programCpu, recordCpu, functions }: Profile): void {
  console.log(`\nProfile from ${from}: ${documents} documents in ${seconds.toFixed(1)} s; CPU program ${programCpu.toFixed(1)} s, record ${recordCpu.toFixed(1)} s; milliseconds a document:`)
  for (const { where, milliseconds } of functions.slice(0, 40)) console.log(`${(milliseconds / documents).toFixed(2).padStart(8)}  ${where}`)
}
