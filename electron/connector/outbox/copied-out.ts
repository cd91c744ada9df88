import { z } from 'zod'
import { patientLabel } from '#shared/contract/index.ts'
import type { Ledger } from './ledger.ts'

/** One content that was copied out of a patient's record into the practice's folder. */
export const copiedOut = z.object({ uniqueId: z.string(), patient: patientLabel })
export type CopiedOut = z.infer<typeof copiedOut>

type Memory = Pick<Ledger, 'remember' | 'recall'>

function nameOf(sha256: string): string {
  return `copied out ${sha256}`
}

/** Under which patients this content was copied out: coming back for one of them, it is no new document. */
export async function copiesOf(ledger: Memory, sha256: string): Promise<CopiedOut[]> {
  return z.array(copiedOut).parse((await ledger.recall(nameOf(sha256))) ?? [])
}

/** To be told before the copy is there to be met. */
export async function rememberCopy(ledger: Memory, sha256: string, copy: CopiedOut): Promise<void> {
  const others = (await copiesOf(ledger, sha256)).filter(({ patient }) => patient.ins !== copy.patient.ins)
  await ledger.remember(nameOf(sha256), [...others, copy])
}
