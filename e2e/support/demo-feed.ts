import fs from 'node:fs'
import path from 'node:path'
import { sendMllp } from '#connector/intake/index.ts'
import { adtMessage } from '../../resources/demo/adt-message.ts'
import { demoPatients, type DemoPatient } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import type { HeadlessHost } from '../hosts/headless.ts'

/** MSA-1 of an acknowledgement. */
export function codeOf(acknowledgement: Uint8Array): string {
  return /MSA\|([A-Z]{2})/.exec(Buffer.from(acknowledgement).toString())?.[1] ?? ''
}

/** Sends one message over the running program's HL7 port and gives MSA-1. */
export async function send(host: Pick<HeadlessHost, 'ready'>, message: Uint8Array | string): Promise<string> {
  if (!host.ready.hl7) throw new Error('the program has no HL7 port')
  const answer = await sendMllp({ host: '127.0.0.1', port: host.ready.hl7.port, message: Buffer.from(message), timeoutMs: 20_000 })
  return answer.code
}

/** Announces demo patients by ADT^A04, as the practice software does each morning. */
export async function announce(host: Pick<HeadlessHost, 'ready'>, localIds: readonly string[]): Promise<DemoPatient[]> {
  const file = demoPatients()
  const chosen = localIds.map((localId) => file.patients.find((patient) => patient.localId === localId)!)
  for (const [index, patient] of chosen.entries()) await send(host, adtMessage(patient, file, { event: 'A04', time: '20261120080000', controlId: `E2E${index}` }))
  return chosen
}

/** Drops a demo file as careful software does: under a passing name, then renamed. */
export function drop(folder: string, name: string, bytes: Uint8Array = playFile(name)): void {
  const draft = path.join(folder, `~${name}.tmp`)
  fs.writeFileSync(draft, bytes)
  fs.renameSync(draft, path.join(folder, name))
}
