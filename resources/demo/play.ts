import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { adtMessage } from './adt-message.ts'
import { sendMllpMessage } from './mllp-client.ts'
import { demoPatients, type DemoPatient } from './patients.ts'
import { playFile, playList } from './play-list.ts'

export interface PlayOptions {
  /** The folder Relais watches; made when missing. */
  readonly watchDirectory: string
  /** Where Relais listens for HL7. */
  readonly hl7: { readonly host: string; readonly port: number }
  /** Stops the demonstration between two deliveries. */
  readonly signal?: AbortSignal
  /** Milliseconds between two deliveries; 6,000 unless told. The first leaves at once after the announcements. */
  readonly pace?: number
  /** File that remembers what was played, so that a restart does not play it again; none = play everything. */
  readonly memory?: string
  /** Sends one message and gives MSA-1; a plain MLLP client unless told. */
  readonly sendMllp?: (message: Uint8Array | string) => Promise<string>
  /** Hears of each delivery. */
  readonly onDelivery?: (delivery: { readonly name: string; readonly via: 'folder' | 'hl7'; readonly acknowledgement: string | null }) => void
}

/** How the demonstration ended, with the number of deliveries made in this run. */
export interface PlayOutcome {
  readonly ended: 'finished' | 'stopped'
  readonly announced: number
  readonly delivered: number
}

/**
 * Plays the practice software: announces the twelve patients by ADT, then hands over the new documents one by one, by
 * folder (under a temporary name, then renamed) and by HL7. What `memory` holds is not played again. A delivery is
 * remembered once it is acknowledged with AA or in the folder under its name; a message refused is not sent again in
 * this run. Rejects when the receiver or the folder cannot be reached: what was played stays remembered.
 */
export async function playDemo(options: PlayOptions): Promise<PlayOutcome> {
  const { watchDirectory, hl7, signal, pace = 6_000, memory, onDelivery } = options
  const send = options.sendMllp ?? ((message) => sendMllpMessage(hl7, message, signal))
  const played = await remembered(memory)
  const remember = async (name: string): Promise<void> => {
    played.add(name)
    if (memory !== undefined) await writeThenRename(memory, `${JSON.stringify([...played])}\n`)
  }
  let announced = 0
  let delivered = 0
  const outcome = (ended: PlayOutcome['ended']): PlayOutcome => ({ ended, announced, delivered })
  await mkdir(watchDirectory, { recursive: true })

  try {
    for (const { name, message } of announcements()) {
      if (played.has(name)) continue
      if (signal?.aborted) return outcome('stopped')
      const acknowledgement = await send(message)
      announced += 1
      onDelivery?.({ name, via: 'hl7', acknowledgement })
      if (acknowledgement === 'AA') await remember(name)
    }
    for (const step of playList()) {
      const left = step.files.filter((name) => !played.has(name))
      if (left.length === 0) continue
      if (delivered > 0) await pause(pace, undefined, signal ? { signal } : {})
      for (const [index, name] of left.entries()) {
        if (index > 0) await pause(Math.min(pace / 10, 500), undefined, signal ? { signal } : {})
        const acknowledgement = step.via === 'hl7' ? await send(playFile(name)) : null
        if (step.via === 'folder') await writeThenRename(path.join(watchDirectory, name), playFile(name))
        onDelivery?.({ name, via: step.via, acknowledgement })
        if (acknowledgement === null || acknowledgement === 'AA') await remember(name)
      }
      delivered += 1
    }
    return outcome('finished')
  } catch (error) {
    if (signal?.aborted) return outcome('stopped')
    throw error
  }
}

/** Two phone numbers that change at the desk after the patients were announced. */
const changedPhones: Readonly<Record<string, string>> = { P000101: '06 39 98 41 51', P000109: '06 39 98 41 59' }

/** An A04 for each patient, then an A08 for the two whose phone number changed. */
function announcements(): ReadonlyArray<{ readonly name: string; readonly message: string }> {
  const { patients, ...oids } = demoPatients()
  const time = hl7Now()
  const announce = (event: 'A04' | 'A08', patient: DemoPatient): { name: string; message: string } => {
    const name = `${event}-${patient.localId}`
    return { name, message: adtMessage(patient, oids, { event, time, controlId: `DEMO-${name}` }) }
  }
  const changes = patients.flatMap((patient) => {
    const phone = changedPhones[patient.localId]
    return phone === undefined ? [] : [announce('A08', { ...patient, phone })]
  })
  return [...patients.map((patient) => announce('A04', patient)), ...changes]
}

/** As practice software does: the file appears under its name only when whole. */
async function writeThenRename(file: string, content: Uint8Array | string): Promise<void> {
  await writeFile(`${file}.tmp`, content)
  await rename(`${file}.tmp`, file)
}

async function remembered(memory: string | undefined): Promise<Set<string>> {
  if (memory === undefined) return new Set()
  try {
    const names: unknown = JSON.parse(await readFile(memory, 'utf8'))
    return new Set(Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [])
  } catch {
    return new Set()
  }
}

function hl7Now(): string {
  const now = new Date()
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19).replace(/[-:T]/g, '')
}
