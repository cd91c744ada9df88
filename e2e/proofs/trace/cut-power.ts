import { openRandom } from '../random.ts'
import type { Promised } from './recorded-work.ts'
import { actionOf } from './file-actions.ts'
import { openImageFolder } from './image-folder.ts'
import { momentsOf } from './moments.ts'
import { openImageReader, stepOf } from './read-image.ts'
import type { Recording } from './recording.ts'
import type { Rooms } from './rooms.ts'
import { SimulatedDisk, type PowerCut } from './simulated-disk.ts'
import type { Call } from './strace-calls.ts'

/** A power cut after which a promise was not held. */
export interface Violation {
  /** Where in the trace the power went. */
  readonly at: number
  readonly keeps: PowerCut['keeps']
  readonly problem: string
}

/** What cutting the power of one recording showed. */
export interface CutReport {
  readonly images: number
  /** Promises looked up, over all images. */
  readonly checked: number
  readonly violations: readonly Violation[]
}

/**
 * Cuts the power at `images` moments of a recording and reads what is left. Half of the cuts fall just after a promise left, when
 * what it rests on is freshest; a fifth while the log is being written back, when the database's own pages are in the air; the others
 * anywhere. `forget` names syncs to be taken as never asked for, to see that they are missed.
 */
export async function cutPower(recording: Recording, rooms: Rooms, options: { images: number; seed: number; forget?: (path: string) => boolean; stopAtFirst?: boolean }): Promise<CutReport> {
  const { images, seed, forget } = options
  const random = openRandom(seed).branch(-2)
  const last = recording.calls.at(-1)!.end
  const backs = writingBack(recording)
  const anywhere = () => {
    const back = random.chance(0.4) && backs.length > 0 ? random.pick(backs) : { from: 1, to: last }
    return random.between(back.from, back.to)
  }
  const cuts = Array.from({ length: images }, () => (random.chance(0.5) ? random.pick(recording.promises).at + random.between(0, 2) : anywhere())).sort((a, b) => a - b)
  const known = new Map(recording.promises.map(({ promised }) => [stepOf(promised), promised]))
  const items = new Map<string, Promised>()
  const messages = new Set<string>()
  const copies = new Set<string>()
  const disk = new SimulatedDisk(recording.directory)
  const folder = openImageFolder()
  const wrongWith = openImageReader(rooms)
  const violations: Violation[] = []
  const forgotten = (call: Call) => {
    const action = forget && actionOf(call, recording.directory)
    return action?.kind === 'sync' && forget!(action.path)
  }
  let checked = 0
  let laid = 0

  const lookAt = async (at: number): Promise<void> => {
    const cut: PowerCut = { sector: random.pick([512, 4096]), keeps: random.pick(['nothing', 'nothing', 'everything', 0.1, 0.5, 0.5, 0.9] as const), random }
    const files = disk.image(cut)
    checked += items.size
    laid += 1
    const problem = await wrongWith(folder.lay(files), files, { items, messages, known, copies })
    if (problem) violations.push({ at, keeps: cut.keeps, problem })
  }

  try {
    let promised = 0
    let next = 0
    for (const moment of momentsOf(recording.calls)) {
      for (; next < cuts.length && cuts[next]! < moment.at; next += 1) {
        await lookAt(cuts[next]!)
        if (violations.length > 0 && options.stopAtFirst) return { images: laid, checked, violations }
      }
      if (!forgotten(moment.call)) disk[moment.phase](moment.call)
      for (; promised < recording.promises.length && recording.promises[promised]!.at <= moment.at; promised += 1) {
        const made = recording.promises[promised]!.promised
        items.set(made.id, made)
        if (made.message !== null) messages.add(made.message)
      }
      for (const { at, name } of recording.copies) if (at <= moment.at) copies.add(name)
    }
    for (; next < cuts.length; next += 1) await lookAt(cuts[next]!)
    return { images: laid, checked, violations }
  } finally {
    folder.remove()
  }
}

/** Stretches of the trace in which pages of the database were written and not synced. */
function writingBack({ calls, directory }: Recording): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = []
  let from: number | null = null
  for (const call of calls) {
    const action = actionOf(call, directory)
    if (action?.kind === 'write' && action.path === 'relais.db') from ??= call.begin
    if (action?.kind !== 'sync' || action.path !== 'relais.db' || from === null) continue
    stretches.push({ from, to: call.end })
    from = null
  }
  return stretches
}
