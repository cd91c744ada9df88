import { channel } from 'node:diagnostics_channel'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isDiskFull, milestoneChannel, type Milestone, type Store } from '../../../electron/connector/store/index.ts'
import { openRandom } from '../random.ts'
import { openAdversarialRecord, type AdversarialRecord, type RepeatMode } from './adversarial-record.ts'
import { startLife, type CopyKind, type Life } from './connector-life.ts'
import { copyFolder } from './copy-folder.ts'
import type { DiskState } from './failing-store.ts'
import { installVirtualTime, type VirtualTime } from './virtual-time.ts'

/** What is drawn once for a whole run. */
export interface WorldOptions {
  readonly seed: number
  readonly mode: RepeatMode
  readonly tellsHash: boolean
}

/** A computer with the connector on it, a record far away, and all that can happen to both. */
export interface World {
  readonly time: VirtualTime
  readonly record: AdversarialRecord
  /** Bugs the connector reported of itself. */
  readonly bugs: unknown[]
  /** How often it died. */
  readonly crashes: number
  /** The life now; null while it cannot start (the disk is full). */
  life(): Life | null
  /** The database of the life now, or of the one that starts. */
  database(): Store['db']
  /** Waits for an act of this life while time passes as it must; null when the act was refused for want of room or the program died meanwhile. */
  during<T>(act: (life: Life) => Promise<T>): Promise<T | null>
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>
  /** Lets time pass until `isDone`, at most so long; false when it did not come. */
  passUntil(isDone: () => boolean, mostMs: number): Promise<boolean>
  crash(): Promise<void>
  /** The database is destroyed, with the copies kept in turn when an older one is to be returned to. Gives the copy the next life stands on. */
  loseDatabase(returnTo: CopyKind): Promise<string>
  /** It will die at the nth time this moment comes. */
  crashAt(milestone: Milestone, nth: number): void
  restart(): Promise<void>
  setWall(offsetMs: number): Promise<void>
  wallOffset(): number
  sleep(ms: number, isCounted: boolean): Promise<void>
  setNetwork(isUp: boolean, isNoticed: boolean): Promise<void>
  setDisk(state: DiskState): Promise<void>
  setReadDelay(mostMs: number): void
  close(): Promise<void>
}

const start = Date.UTC(2026, 10, 23, 12)
/** More timers than any wait needs: beyond this something turns in circles. */
const mostSteps = 20_000
/** A change of the clock or the network is noticed within this. */
const noticedWithinMs = 5_000

/** Opens a world with a connector that has just been installed. */
export async function openWorld({ seed, mode, tellsHash }: WorldOptions): Promise<World> {
  const random = openRandom(seed)
  const time = installVirtualTime(start)
  const record = openAdversarialRecord({ time, random: random.branch(1), mode, tellsHash })
  const ground = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'relais-model-'))
  const bugs: unknown[] = []
  const reads = random.branch(2)
  let life: Life | null = null
  let database: Store['db'] | null = null
  let lives = 0
  let crashes = 0
  let fallen: Life | null = null
  let directory = path.join(ground, '0')
  let offset = 0
  let unsteady = 0
  let network = 0
  let disk: DiskState = 'fine'
  let readDelayMs = 0
  let ids = 0
  let armed: { readonly milestone: Milestone; nth: number } | null = null

  /** Waits for `work` while time passes as it must, unless `isPointless` comes first. */
  async function drive<T>(work: Promise<T>, isPointless: () => boolean = () => false): Promise<{ readonly value: T } | { readonly error: unknown } | null> {
    let outcome: { readonly value: T } | { readonly error: unknown } | null = null
    work.then((value) => (outcome = { value }), (error: unknown) => (outcome = { error }))
    for (let steps = 0; ; steps += 1) {
      await time.quiet()
      if (outcome || isPointless()) return outcome
      if (time.nextAt() === null || steps > mostSteps) throw new Error('something the proof waits for never ends')
      time.runNext()
    }
  }

  async function rise(): Promise<void> {
    lives += 1
    const starting = startLife({
      directory, time, record, disk,
      number: lives,
      random: random.branch(100 + lives),
      wall: () => time.now() + offset,
      // Real ones count fractions of a millisecond.
      steady: () => time.now() - start - unsteady + 0.3,
      network: () => String(network),
      readMs: () => (readDelayMs === 0 ? 0 : reads.between(0, readDelayMs)),
      newId: () => `item-${(ids += 1)}`,
      onBug: (error) => bugs.push(error),
      onOpen: ({ db }) => (database = db),
    })
    const outcome = await drive(starting)
    if (!outcome || 'error' in outcome) throw outcome?.error
    const started = outcome.value
    if (started.ok) life = started.value
    else if (started.failure.code !== 'storage-full') throw new Error(`The connector did not start: ${started.failure.code} ${started.failure.detail ?? ''}`)
  }

  /** The program ends here and now; what the disk holds at this instant is what the next life finds. */
  function fall(): void {
    if (!life) return
    fallen = life
    life = null
    crashes += 1
    armed = null
    fallen.die()
    record.cutLife(fallen.number)
    directory = path.join(ground, String(crashes))
    copyFolder(fallen.directory, directory)
    time.forgetProgramTimers()
  }

  /** Clears away a program that died, and starts the next. */
  async function afterFall(): Promise<void> {
    while (fallen) {
      const dead = fallen
      await time.quiet()
      time.forgetProgramTimers()
      dead.bury()
      await time.quiet()
      fs.rmSync(dead.directory, { recursive: true })
      fallen = null
      await rise()
      await time.quiet()
    }
  }

  async function settle(): Promise<void> {
    await time.quiet()
    await afterFall()
  }

  const onMilestone = (name: unknown) => {
    if (!armed || !life || name !== armed.milestone) return
    armed.nth -= 1
    if (armed.nth === 0) fall()
  }
  channel(milestoneChannel).subscribe(onMilestone)
  await rise()
  await settle()

  const world: World = {
    time,
    record,
    bugs,
    get crashes() {
      return crashes
    },
    life: () => life,
    database: () => database!,
    async during<T>(act: (life: Life) => Promise<T>): Promise<T | null> {
      const actor = life
      if (!actor) return null
      const outcome = await drive(act(actor), () => !actor.isAlive())
      const died = fallen !== null
      await settle()
      if (died || !outcome) return null
      if ('value' in outcome) return outcome.value
      if (isDiskFull(outcome.error)) return null
      throw outcome.error
    },
    async pass(ms) {
      const until = time.now() + ms
      await world.passUntil(() => (time.nextAt() ?? Number.POSITIVE_INFINITY) > until, ms)
      time.skip(Math.max(0, until - time.now()))
    },
    async passUntil(isDone, mostMs) {
      const until = time.now() + mostMs
      for (let steps = 0; ; steps += 1) {
        if (steps > mostSteps) throw new Error(`the connector does not come to rest: ${mostSteps} timers within ${(time.now() - until + mostMs) / 1_000} s`)
        await settle()
        if (isDone()) return true
        if (time.nextAt() === null || time.now() > until) return false
        time.runNext()
      }
    },
    async crash() {
      fall()
      await afterFall()
    },
    async loseDatabase(returnTo) {
      fall()
      const gone = ['relais.db', 'relais.db-wal', ...(returnTo === 'in turn' ? [] : ['backup/relais-a.db', 'backup/relais-b.db'])]
      for (const name of gone) fs.rmSync(path.join(directory, name), { force: true })
      await afterFall()
      return life?.store.restored?.from ?? ''
    },
    crashAt(milestone, nth) {
      armed = { milestone, nth }
    },
    async restart() {
      await world.during((actor) => actor.stop())
      if (life?.isAlive()) return
      life = null
      time.forgetProgramTimers()
      await rise()
      await settle()
    },
    async setWall(offsetMs) {
      offset = offsetMs
      time.after(noticedWithinMs, () => life?.machine.look())
      await settle()
    },
    wallOffset: () => offset,
    async sleep(ms, isCounted) {
      time.skip(ms)
      if (!isCounted) unsteady += ms
      life?.machine.look()
      await settle()
    },
    async setNetwork(isUp, isNoticed) {
      record.setNetwork(isUp)
      if (isNoticed) {
        network += 1
        time.after(noticedWithinMs, () => life?.machine.look())
      }
      await settle()
    },
    async setDisk(state) {
      disk = state
      life?.setDisk(state)
      if (!life) await rise()
      await settle()
    },
    setReadDelay(mostMs) {
      readDelayMs = mostMs
    },
    async close() {
      armed = null
      if (life) {
        life.die()
        await time.quiet()
        life.bury()
        await time.quiet()
      }
      channel(milestoneChannel).unsubscribe(onMilestone)
      time.remove()
      fs.rmSync(ground, { recursive: true, force: true })
    },
  }
  return world
}
