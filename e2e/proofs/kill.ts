/**
 * Kills the connector at random and at every named crash point while documents come by both doors, then counts in the record's folder:
 * nothing lost, nothing doubled, nothing stuck (`--random N --named N`, or `--seconds N` for a short run; `--only wire:` keeps the
 * named points that begin so; `--seed N` plays a run again).
 */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { figuresOf, type Violation } from './check-invariants.ts'
import { crashPoints, type CrashPoint } from './crash-points.ts'
import type { Mixture } from './documents.ts'
import { connectTo, onTheirWay, type Running } from './program.ts'
import { openProgress, readProofOptions } from './proof-line.ts'
import { openRandom, type Random } from './random.ts'
import { openWorld, settleAndCheck, type World } from './world.ts'

const mixture: Mixture = { pdf: 0.2, cdaByFolder: 0.25, replacement: 0.2, repeat: 0.08, overwritten: 0.03, parking: 0.03 }
const timeouts = { connectMs: 2_000, answerMs: 5_000 }
/** Documents on their way at most: more would only make every life longer. */
const mostOnTheirWay = 60
/** How long a named point may take to be reached once the program is ready: only one that is never reached waits so long, however busy the machine. */
const pointPatienceMs = 60_000
/** What one moment of a rotation may take on a slow disk. */
const msPerMoment = 25
/** Random kills between two checks. */
const killsBetweenChecks = 100

interface Tally {
  random: number
  named: number
  readonly notReached: string[]
  readonly violations: Violation[]
  /** Items by state and reason at the last check of each world. */
  readonly ends: Map<string, Map<string, number>>
}

/** Lets everything come to rest, checks, and keeps what everything ended as. */
async function check(world: World, tally: Tally): Promise<void> {
  const { facts, violations } = await settleAndCheck(world)
  tally.violations.push(...violations)
  const ends = new Map<string, number>()
  for (const { state, reason } of facts.items) ends.set(reason ?? state, (ends.get(reason ?? state) ?? 0) + 1)
  tally.ends.set(world.folder, ends)
}

/** The patients of the day. */
function announce(world: World): void {
  for (const delivery of world.source.announcements()) world.software.give(delivery)
}

/** The patients of the day, and the first document of those under one name, taken in peace. */
async function begin(world: World, tally: Tally): Promise<void> {
  announce(world)
  for (const first of world.source.firstOverwritten()) world.software.give(first)
  await check(world, tally)
}

/** Documents keep coming, a few each second, as long as the connector keeps up. */
function startTraffic(world: World, random: Random): { busy(isBusy: boolean): void; stop(): void } {
  let isBusy = false
  const timer = setInterval(() => {
    if (isBusy || world.software.waiting() > mostOnTheirWay) return
    world.software.give(world.source.next((uniqueId) => world.software.saw(uniqueId)))
  }, 100 + random.between(0, 50))
  return {
    busy(now) {
      isBusy = now
    },
    stop: () => clearInterval(timer),
  }
}

/** Too much on its way? Asked at each start, so that documents never pile up faster than killed lives can take them. */
async function keepsUp(ready: Record<string, unknown>): Promise<boolean> {
  const client = await connectTo(ready)
  try {
    return onTheirWay(await client.status()) < mostOnTheirWay
  } finally {
    client.close()
  }
}

/** Anything but our SIGKILL that ends a life is a fault of the program. */
function endedBadly({ code, signal }: { code: number | null; signal: string | null }, allowed: readonly number[] = []): Violation[] {
  return signal === 'SIGKILL' || (code !== null && allowed.includes(code)) ? [] : [{ kind: 'stuck', about: 'program', detail: `it ended by itself: code ${code}, signal ${signal}` }]
}

/** One life, ended from outside: mostly some time after it is ready, sometimes while it starts. */
async function randomLife(world: World, random: Random, traffic: { busy(isBusy: boolean): void }): Promise<Violation[]> {
  const connector = world.start()
  if (random.chance(0.1)) {
    await Promise.race([delay(random.between(0, 700)), connector.ended])
    return endedBadly(await connector.end('SIGKILL'))
  }
  const ready = await connector.ready
  // Many short lives, a few long enough for a file to be found stable and for a doubt to be settled.
  const life = Math.round(3_000 * random.next() ** 2)
  if (ready) {
    const killed = delay(life).then(() => connector.end('SIGKILL'))
    traffic.busy(!(await keepsUp(ready).catch(() => true)))
    await killed
  }
  return endedBadly(await connector.ended)
}

async function randomPhase(world: World, random: Random, tally: Tally, enough: () => boolean, progress: (line: () => string) => void): Promise<void> {
  const traffic = startTraffic(world, random)
  try {
    while (!enough() && tally.violations.length === 0) {
      tally.violations.push(...(await randomLife(world, random, traffic)))
      tally.random += 1
      progress(() => `${tally.random} random kills, ${world.software.given().length} documents given`)
      if (tally.random % killsBetweenChecks === 0) {
        traffic.busy(true)
        await check(world, tally)
        traffic.busy(false)
      }
    }
  } finally {
    traffic.stop()
  }
  if (tally.violations.length === 0) await check(world, tally)
}

/** Brings about what a point needs beyond documents that come, before the life that ends there. */
async function prepare(point: CrashPoint, world: World, random: Random, patienceMs: number): Promise<void> {
  const dieAt = async (name: string): Promise<void> => {
    world.software.give(world.source.plain())
    await within(world.start(name), patienceMs)
  }
  if (point.scenario === 'after-doubt') await dieAt(random.pick(['wire:last-byte', 'wire:mid-response']))
  if (point.scenario === 'after-nothing-sent') await dieAt('wire:connected')
  if (point.scenario === 'a-document-parks' || point.scenario === 'a-person-retries') world.software.give(world.source.parking())
  if (point.scenario === 'first-start') world.freshData()
  if (point.scenario === 'key-rotates') await hasStore(world)
  if (point.scenario === 'database-lost') {
    await hasCopy(world)
    loseDatabase(world.dataDir, random)
  }
  if (point.scenario === 'no-backup') fs.rmSync(path.join(world.dataDir, 'backup'), { recursive: true, force: true })
}

/** Moments of a change of key at least: its note, its database twice, its key file, and each document. */
function momentsOfRotation(dataDir: string): number {
  const documents = fs.readdirSync(path.join(dataDir, 'spool'), { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}$/.test(name))
  return 4 + documents.length
}

/** A life long enough for there to be something to lose. */
async function hasStore(world: World): Promise<void> {
  const connector = world.start()
  if (!(await connector.ready)) throw new Error(`the program does not start: see ${world.logFile}`)
  await connector.end('SIGKILL')
}

/** Something to return to: the program makes a copy at once when it has none. */
async function hasCopy(world: World): Promise<void> {
  const folder = path.join(world.dataDir, 'backup')
  const copies = () => (fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.db')) : [])
  if (copies().length > 0) return
  const connector = world.start()
  while (copies().length === 0 && !connector.isOver()) await delay(20)
  await connector.end('SIGKILL')
  if (copies().length === 0) throw new Error(`the program makes no copy: see ${world.logFile}`)
}

/** Bytes that are none of its own, or no file at all. Not its log, from which a small database is read whole. */
function loseDatabase(dataDir: string, random: Random): void {
  const file = path.join(dataDir, 'relais.db')
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  for (const name of ['relais.db', 'relais.db-wal', 'relais.db-shm']) fs.rmSync(path.join(dataDir, name), { force: true })
  if (size > 0 && random.chance(0.5)) fs.writeFileSync(file, Buffer.alloc(size, 0x5a), { mode: 0o600 })
}

/** Waits for the end of a life; true when it came by itself, and then by SIGKILL. */
async function within(connector: Running, patience: number | Promise<void>): Promise<boolean> {
  const ending = await Promise.race([connector.ended, typeof patience === 'number' ? delay(patience) : patience])
  if (ending) return ending.signal === 'SIGKILL'
  await connector.end('SIGKILL')
  return false
}

/** What is done from outside while the life that should end at this point goes on. */
async function provoke(point: CrashPoint, connector: Running): Promise<void> {
  const ready = await connector.ready
  if (!ready) return
  if (point.scenario === 'a-person-retries') {
    const client = await connectTo(ready)
    try {
      while (!connector.isOver()) {
        for (const { state, reason } of await client.items()) if (state === 'parked' && reason !== null) await client.retry(reason)
        await delay(200)
      }
    } finally {
      client.close()
    }
  }
  if (point.scenario === 'stop') {
    await Promise.race([delay(2_500), connector.ended])
    await connector.end('SIGTERM')
  }
}

/** One life that should end at this point; false when it did not. */
async function namedLife(point: CrashPoint, world: World, random: Random, patienceMs: number): Promise<boolean> {
  await prepare(point, world, random, patienceMs)
  if (point.scenario === 'key-rotates') {
    // Each moment is a synced write: a store of many documents takes its time.
    const moments = momentsOfRotation(world.dataDir)
    return within(world.rotateKey(`${point.name}:${random.between(1, moments)}`), patienceMs + moments * msPerMoment)
  }
  const nth = point.scenario === 'traffic' ? random.between(1, 3) : 1
  const connector = world.start(`${point.name}:${nth}`)
  // What is asked of a program that dies meanwhile fails with it.
  const provoked = provoke(point, connector).catch(() => undefined)
  // What belongs to the start is behind it once it is ready; how long that takes is the machine's.
  const belongsToStart = point.scenario === 'start' || point.scenario === 'first-start' || point.scenario === 'database-lost'
  const reached = await within(connector, connector.ready.then(() => delay(belongsToStart ? 300 : patienceMs)))
  await provoked
  return reached
}

/** Kills at one point so many times; a point that is not reached is said, and not waited for again. */
async function namedPoint(point: CrashPoint, world: World, random: Random, { times, patienceMs }: { times: number; patienceMs: number }, tally: Tally): Promise<void> {
  let missed = 0
  for (let count = 0; count < times; count += 1) {
    if (await namedLife(point, world, random, patienceMs)) {
      tally.named += 1
      continue
    }
    missed += 1
    if (missed === 2) break
  }
  if (missed > 0) {
    tally.notReached.push(point.name)
    process.stdout.write(`not reached: ${point.name}\n`)
  }
}

async function main(): Promise<number> {
  const numbers = readProofOptions(['seconds', 'random', 'named', 'seed'], ['only'])
  const seed = numbers.seed ?? Math.floor(Math.random() * 2 ** 31)
  const random = openRandom(seed)
  const isShort = numbers.random === null && numbers.named === null
  const randomKills = numbers.random ?? (isShort ? Infinity : 0)
  const timesNamed = numbers.named ?? (isShort ? 1 : 0)
  const effort = { times: timesNamed, patienceMs: pointPatienceMs }
  const started = performance.now()
  const budgetMs = isShort ? (numbers.seconds ?? 60) * 1_000 : Infinity
  const outOfTime = (share: number): boolean => performance.now() - started > budgetMs * share
  process.stdout.write(`kill proof, seed ${seed}\n`)

  const progress = openProgress()
  const asked = crashPoints.filter(({ name }) => name.startsWith(numbers.only ?? ''))
  const tally: Tally = { random: 0, named: 0, notReached: [], violations: [], ends: new Map() }
  const folders: string[] = []
  let documents = 0
  let tried = 0

  async function inWorld(rank: number, work: (world: World) => Promise<void>, given = mixture): Promise<void> {
    const world = await openWorld({ random: random.branch(rank), mixture: given, repeatSent: 0.1, timeouts })
    try {
      await work(world)
    } catch (error) {
      tally.violations.push({ kind: 'stuck', about: 'proof', detail: error instanceof Error ? error.message : String(error) })
    } finally {
      documents += world.software.given().length
      const keep = tally.violations.length > 0
      if (keep) folders.push(world.folder)
      await world.close(keep)
    }
  }

  if (randomKills > 0) {
    await inWorld(1, async (world) => {
      await begin(world, tally)
      await randomPhase(world, random.branch(2), tally, () => tally.random >= randomKills || outOfTime(0.5), progress)
    })
  }
  if (timesNamed > 0 && tally.violations.length === 0) {
    // The points of a first start come first: nothing was given yet. A short run tries what it has time for, in an order of its own.
    const points = asked.toSorted((a, b) => Number(b.scenario === 'first-start') - Number(a.scenario === 'first-start'))
    const chosen = isShort ? shuffled(points, random.branch(3)) : points
    await inWorld(4, async (world) => {
      const firsts = chosen.filter(({ scenario }) => scenario === 'first-start')
      for (const point of firsts) {
        tried += 1
        await namedPoint(point, world, random, effort, tally)
      }
      if (isShort) announce(world)
      else await begin(world, tally)
      const traffic = startTraffic(world, random.branch(5))
      try {
        for (const point of chosen.filter((one) => !firsts.includes(one))) {
          if (outOfTime(0.9)) break
          tried += 1
          await namedPoint(point, world, random, effort, tally)
          progress(() => `${tally.named} kills at named points, now ${point.name}`)
          if (isShort) continue
          traffic.busy(true)
          await check(world, tally)
          traffic.busy(false)
          if (tally.violations.length > 0) break
        }
      } finally {
        traffic.stop()
      }
      if (isShort) await check(world, tally)
    }, isShort ? { ...mixture, overwritten: 0 } : mixture)
  }

  const { lost, doubled, stuck, other } = figuresOf(tally.violations)
  for (const { kind, about, detail } of tally.violations.slice(0, 50)) process.stdout.write(`${kind}: ${about}: ${detail}\n`)
  if (tried < asked.length && timesNamed > 0) process.stdout.write(`not tried: ${asked.length - tried} of ${asked.length} named points\n`)
  if (tally.notReached.length > 0) process.stdout.write(`not reached: ${tally.notReached.join(', ')}\n`)
  const ends = new Map<string, number>()
  for (const world of tally.ends.values()) for (const [end, count] of world) ends.set(end, (ends.get(end) ?? 0) + count)
  process.stdout.write(`items: ${[...ends].map(([end, count]) => `${count} ${end}`).join(', ')}\n`)
  for (const folder of folders) process.stdout.write(`left for inspection: ${folder}\n`)
  process.stdout.write(
    `kills ${tally.random} random + ${tally.named} at ${tried - tally.notReached.length} of ${asked.length} named points, documents ${documents}, lost ${lost}, doubled ${doubled}, stuck ${stuck}, other ${other} (seed ${seed}, ${Math.round((performance.now() - started) / 1_000)} s)\n`,
  )
  return tally.violations.length > 0 || tally.notReached.length > 0 ? 1 : 0
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((one) => ({ one, rank: random.next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ one }) => one)
}

process.exitCode = await main()
