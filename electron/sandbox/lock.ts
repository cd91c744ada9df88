import { randomUUID } from 'node:crypto'
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

interface Holder {
  readonly pid: number
  /** Start of the process as the kernel counts it, so that a recycled pid is not taken for the holder. */
  readonly started: string | null
  readonly nonce: string
}

/** Somebody else serves this folder. */
export class FolderInUse extends Error {}

/** Start time of a process, in clock ticks since boot; `null` where the system does not say it. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The name stands in parentheses and may hold blanks: fields are counted after it.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const started = await startOf(holder.pid)
  return started === null || holder.started === null || started === holder.started
}

async function readHolder(file: string): Promise<Holder | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return JSON.parse(text) as Holder
  } catch {
    return { pid: -1, started: null, nonce: text }
  }
}

/**
 * Takes the folder for this process, waiting up to `patienceMs` for the one that has it to be gone (a process that died
 * without tidying up is gone). Gives back what releases it. Throws `FolderInUse`.
 */
export async function lockFolder(dir: string, patienceMs: number): Promise<() => Promise<void>> {
  const file = path.join(dir, 'sandbox.lock')
  const me: Holder = { pid: process.pid, started: await startOf(process.pid), nonce: randomUUID() }
  const mine = `${file}.${me.nonce}`
  await writeFile(mine, JSON.stringify(me), { mode: 0o600 })
  const until = performance.now() + patienceMs
  try {
    for (;;) {
      try {
        await link(mine, file)
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const holder = await readHolder(file)
      if (holder && (holder.pid < 1 || !(await isAlive(holder)))) {
        await setAside(file, holder)
        continue
      }
      if (performance.now() > until) throw new FolderInUse(`${dir} is served by process ${holder?.pid ?? '?'}`)
      if (holder) await delay(50)
    }
  } finally {
    await unlink(mine)
  }
  return async () => {
    if ((await readHolder(file))?.nonce === me.nonce) await unlink(file)
  }
}

/** Moves a dead holder's lock away; when another process took the place in between, gives its lock back. */
async function setAside(file: string, dead: Holder): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch {
    return
  }
  if ((await readHolder(aside))?.nonce !== dead.nonce) await link(aside, file).catch(() => {})
  await unlink(aside)
}
