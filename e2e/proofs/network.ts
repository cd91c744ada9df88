/**
 * Puts a bad line between the connector and the record: each connection gets a schedule of faults drawn from the seed, while documents
 * keep coming; then counts in the record's folder. `--schedules N` connections that a fault came about on; `--seed N` plays one again.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { checkInvariants, figuresOf, type Violation } from './check-invariants.ts'
import type { Mixture } from './documents.ts'
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { connectTo, onTheirWay, type Client } from './program.ts'
import { openProgress, readProofOptions } from './proof-line.ts'
import { openRandom, type Random } from './random.ts'
import { answerStep, answerSteps, drawSchedule, undisturbed, type Schedule } from './toxics.ts'
import { openWorld, waitUntilStill, type World } from './world.ts'

const mixture: Mixture = { pdf: 0.05, cdaByFolder: 0.1, replacement: 0.2, repeat: 0.05, overwritten: 0.1, parking: 0.02 }
/** Short, so that a line that went dead is found out in a second. */
const timeouts = { connectMs: 1_000, answerMs: 1_200 }
const mostOnTheirWay = 40
/** Connections between two checks on an undisturbed line. */
const schedulesBetweenChecks = 2_000

/** First every step at which the answer to a deposit can be lost, then whatever is drawn. */
function openSchedules(random: Random): { next(): Schedule; calm(isCalm: boolean): void } {
  const forced = Array.from({ length: answerSteps.deposit }, (_, step): Schedule => ({ shaping: [], breaking: { kind: 'lost-answer', of: 'deposit', bytes: step * answerStep, cut: step % 2 === 0 ? 'close' : 'reset' }, exchanges: 50 }))
  let isCalm = false
  return {
    next: () => (isCalm ? undisturbed : (forced.shift() ?? drawSchedule(random))),
    calm(now) {
      isCalm = now
    },
  }
}

/** Keeps documents coming while the line is bad. Ends when enough connections were disturbed, or when nothing gets through any more. */
async function keepBusy(world: World, client: Client, proxy: FaultProxy, enough: number, progress: (line: () => string) => void): Promise<void> {
  const patienceMs = 300_000
  let last = { disturbed: proxy.disturbed(), at: performance.now() }
  while (proxy.disturbed() < enough) {
    const status = await client.status()
    const moving = onTheirWay(status)
    for (let count = moving + world.software.waiting(); count < mostOnTheirWay; count += 1) world.software.give(world.source.next((uniqueId) => world.software.saw(uniqueId)))
    progress(() => `${proxy.disturbed()} schedules, ${world.software.given().length} documents given, ${moving} on their way, ${status.counts['deposited'] ?? 0} deposited`)
    if (proxy.disturbed() > last.disturbed) last = { disturbed: proxy.disturbed(), at: performance.now() }
    if (performance.now() - last.at > patienceMs) throw new Error(`no connection for ${patienceMs / 1_000} s while documents wait`)
    await delay(200)
  }
}

/** What everything ended as, or that something went wrong. */
function outcome(violations: Violation[], states: ReadonlyMap<string, number>): string {
  return violations.length === 0 ? [...states].map(([state, count]) => `${count} ${state}`).join(', ') : `${violations.length} violations`
}

async function main(): Promise<number> {
  const options = readProofOptions(['schedules', 'seed'], [])
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31)
  const wanted = options.schedules ?? 300
  const random = openRandom(seed)
  const started = performance.now()
  process.stdout.write(`network proof, seed ${seed}\n`)

  const schedules = openSchedules(random.branch(1))
  const jitter = random.branch(2)
  let proxy: FaultProxy | null = null
  const world = await openWorld({
    random: random.branch(3),
    mixture,
    repeatSent: 0.05,
    timeouts,
    through: async (targetPort) => {
      proxy = await openFaultProxy({ targetPort, scheduleOf: () => schedules.next(), chanceOf: () => jitter.next() })
      return proxy.port
    },
  })
  const line = proxy as FaultProxy | null
  if (!line) throw new Error('the line was not opened')

  const violations: Violation[] = []
  const states = new Map<string, number>()
  const connector = world.start()
  const progress = openProgress()
  try {
    const ready = await connector.ready
    if (!ready) throw new Error(`the program did not start: see ${world.logFile}`)
    const client = await connectTo(ready)
    schedules.calm(true)
    for (const delivery of [...world.source.announcements(), ...world.source.firstOverwritten()]) world.software.give(delivery)
    await waitUntilStill(world, client)
    while (line.disturbed() < wanted && violations.length === 0) {
      schedules.calm(false)
      await keepBusy(world, client, line, Math.min(wanted, line.disturbed() + schedulesBetweenChecks), progress)
      // Connections that are open keep their fault until they end; new ones are sound.
      schedules.calm(true)
      const facts = await waitUntilStill(world, client)
      violations.push(...checkInvariants(facts))
      for (const what of world.software.refused()) violations.push({ kind: 'lost', about: what, detail: 'a sound message was refused again and again' })
      states.clear()
      for (const { state, reason } of facts.items) states.set(reason ?? state, (states.get(reason ?? state) ?? 0) + 1)
      process.stdout.write(`checked after ${line.disturbed()} schedules: ${outcome(violations, states)}\n`)
    }
    client.close()
  } catch (error) {
    violations.push({ kind: 'stuck', about: 'proof', detail: error instanceof Error ? error.message : String(error) })
  }
  const documents = world.software.given().length
  const keep = violations.length > 0
  await connector.end('SIGKILL')
  await line.close()
  await world.close(keep)

  const { lost, doubled, stuck, other } = figuresOf(violations)
  for (const { kind, about, detail } of violations.slice(0, 50)) process.stdout.write(`${kind}: ${about}: ${detail}\n`)
  process.stdout.write(`faults: ${[...line.faults()].map(([kind, count]) => `${count} ${kind}`).join(', ')}\n`)
  process.stdout.write(`answers lost at each ${answerStep} bytes: ${coverage(line, 'deposit')} of a deposit, ${coverage(line, 'question')} of a question\n`)
  if (keep) process.stdout.write(`left for inspection: ${world.folder}\n`)
  process.stdout.write(`schedules ${line.disturbed()}, documents ${documents}, lost ${lost}, doubled ${doubled}, stuck ${stuck}, other ${other} (seed ${seed}, ${Math.round((performance.now() - started) / 1_000)} s)\n`)
  return violations.length > 0 ? 1 : 0
}

/** At how many different steps an answer was lost. */
function coverage(line: FaultProxy, of: 'deposit' | 'question'): string {
  const steps = [...line.lostAnswers().keys()].filter((key) => key.startsWith(`${of} `)).map((key) => Number(key.split(' ')[1]) / answerStep)
  return steps.length === 0 ? 'no step' : `${steps.length} steps, up to ${Math.max(...steps) * answerStep}`
}

process.exitCode = await main()
