import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** One delivery of the practice software: files dropped in this order, or messages sent over HL7. */
const playStep = z.object({
  via: z.enum(['folder', 'hl7']),
  files: z.array(z.string()).min(1),
  /** Local number of the patient. */
  patient: z.string(),
  title: z.string(),
  /** What should be seen to happen, for people. */
  expected: z.string(),
})
export type PlayStep = z.infer<typeof playStep>

const folder = new URL('documents/', import.meta.url)

/** The new documents in the order they are played. Throws when `play-list.json` breaks its schema. */
export function playList(): PlayStep[] {
  return z.array(playStep).parse(JSON.parse(readFileSync(new URL('play-list.json', folder), 'utf8')))
}

/** The exact bytes of one file of the play list. */
export function playFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, folder)))
}
