import fc from 'fast-check'
import { commandsOf } from './commands.ts'
import { freeForgotten } from './return-to-copy.ts'
import { faultsOfEnd } from './check-state.ts'
import { faultsOfSend } from './check-send.ts'
import { nothingYet, type Expected } from './expected.ts'
import { settled } from './item-rows.ts'
import { openWorld, type World, type WorldOptions } from './world.ts'

/** How much was gone through. */
export interface Figures {
  runs: number
  commands: number
  arrivals: number
  deposits: number
  sends: number
  questions: number
  crashes: number
  /** Returns to an older database, those among the crashes. */
  returns: number
  readonly ends: Map<string, number>
}

export interface ModelOptions {
  readonly runs: number
  /** Commands of one run, on average. */
  readonly commands: number
  readonly seed: number
  /** Plays one run of that seed again, as a failure printed it. */
  readonly path?: string | undefined
  readonly replayPath?: string | undefined
  readonly onRun?: (figures: Figures) => void
  /** Told at once, before the history is made shorter. */
  readonly onFailure?: (error: unknown) => void
}

export interface ModelOutcome {
  readonly figures: Figures
  /** Null when all held. */
  readonly failure: { readonly path: string; readonly report: string } | null
}

/** So long (milliseconds) a failure is made shorter; what is found by then is told. */
const shrinkMs = 120_000
/** Longer than any patience of the connector: a missing parent is waited for a day. */
const longEnoughMs = 3 * 24 * 3_600_000

/** Plays random histories of a practice's days against the connector and a record that does it every wrong; says what did not hold. */
export async function runModel({ runs, commands, seed, path, replayPath, onRun, onFailure }: ModelOptions): Promise<ModelOutcome> {
  const figures: Figures = { runs: 0, commands: 0, arrivals: 0, deposits: 0, sends: 0, questions: 0, crashes: 0, returns: 0, ends: new Map() }
  const worldOptions: fc.Arbitrary<WorldOptions> = fc.record({ seed: fc.nat(), mode: fc.constantFrom('accepts' as const, 'refuses' as const), tellsHash: fc.boolean() })
  let failedAt: number | null = null
  const property = fc.asyncProperty(worldOptions, commandsOf(commands * 2, replayPath), async (options, history) => {
    if (failedAt !== null && performance.now() - failedAt > shrinkMs) throw new fc.PreconditionFailure(true)
    const model = nothingYet()
    const world = await openWorld(options)
    try {
      const faults: string[] = []
      world.record.onAttempt = (attempt) => faults.push(...faultsOfSend(attempt, world, model))
      await fc.asyncModelRun(() => ({ model, real: world }), history)
      await comeToRest(world, model)
      if (faults.length > 0) throw new Error(faults.join('\n'))
      count(figures, model, world, [...history].length)
      onRun?.(figures)
    } catch (error) {
      if (failedAt === null) onFailure?.(error)
      failedAt ??= performance.now()
      throw error
    } finally {
      await world.close()
    }
  })
  const details = await fc.check(property, { numRuns: runs, seed, includeErrorInReport: true, ...(path === undefined ? {} : { path }) })
  const report = details.failed ? await fc.asyncDefaultReportMessage(details) : undefined
  return { figures, failure: report === undefined ? null : { path: details.counterexamplePath ?? '', report } }
}

/** Rights everything that is wrong and lets time pass until nothing moves; then once more after a restart. */
async function comeToRest(world: World, model: Expected): Promise<void> {
  await world.setDisk('fine')
  world.record.calm()
  world.setReadDelay(0)
  await world.setWall(0)
  await world.setNetwork(true, true)
  await world.during(({ sender }) => sender.resume())
  await freeForgotten(model, world)
  await rest(world, model)
  await world.restart()
  await rest(world, model)
}

async function rest(world: World, model: Expected): Promise<void> {
  await world.passUntil(() => isAtRest(world), longEnoughMs)
  const faults = await faultsOfEnd(world, model)
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

function isAtRest(world: World): boolean {
  const life = world.life()
  if (!life) return false
  const rows = world.database().prepare('SELECT state, next_attempt_at FROM item').all() as Parameters<typeof settled>[0][]
  return rows.every(settled)
}

function count(figures: Figures, model: Expected, world: World, commands: number): void {
  figures.runs += 1
  figures.commands += commands
  figures.arrivals += model.given.length
  figures.deposits += world.record.registrations.size
  figures.sends += world.record.attempts.length
  figures.questions += world.record.looks.length
  figures.crashes += world.crashes
  figures.returns += model.returns
  for (const { state, reason } of world.database().prepare('SELECT state, reason FROM item').all() as { state: string; reason: string | null }[]) {
    figures.ends.set(reason ?? state, (figures.ends.get(reason ?? state) ?? 0) + 1)
  }
}
