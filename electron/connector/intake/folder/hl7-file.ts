import type { ItemSource } from '#shared/contract/index.ts'
import { decideMessage } from '../hl7/decide-message.ts'
import { describeMessage, type ApplyIdentity } from '../hl7/handle-message.ts'
import { readMessage } from '../hl7/message.ts'
import { splitBatch } from '../hl7/split-batch.ts'
import type { Arrival } from '../ledger.ts'
import { stemOf } from './file-name.ts'

/**
 * What becomes of an HL7 file: each message goes the same way as over the feed. Documents inside are the arrivals; a message that
 * carries only an identity is applied and noted as such; a refused one is kept with its reason. Rejects when an identity could not
 * be applied: the file is then tried again.
 */
export async function readHl7File(
  bytes: Uint8Array,
  { source, fileName, applyIdentity, environment }: { source: ItemSource; fileName: string; applyIdentity: ApplyIdentity; environment?: 'training' | 'production' | undefined },
): Promise<Arrival[]> {
  const { messages } = splitBatch(bytes)
  const arrivals: Arrival[] = []
  for (const [index, raw] of messages.entries()) {
    const message = readMessage(raw)
    const name = messages.length === 1 ? fileName : `${stemOf(fileName)}-${index + 1}.hl7`
    if (!message) {
      arrivals.push({ source, bytes: raw, fileName: name, hints: { fileName: name, refusal: { code: 'hl7-no-msh', outcome: 'parked' } } })
      continue
    }
    const decision = decideMessage(message, { source, fileName: name, environment })
    if (decision.identity) {
      const unapplied = await applyIdentity(decision.identity, decision.consent ?? null, describeMessage(message))
      const refusal = unapplied === null ? ({ code: 'hl7-identity-applied', outcome: 'ignored' } as const) : ({ code: unapplied, outcome: 'parked' } as const)
      arrivals.push({ source, bytes: raw, fileName: name, hints: { identity: decision.identity.identity, fileName: name, refusal } })
    }
    arrivals.push(...decision.arrivals)
  }
  return arrivals
}
