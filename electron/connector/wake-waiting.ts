import { documentHints } from './documents/index.ts'
import type { ItemRow, Ledger } from './outbox/index.ts'
import { compactIns, normaliseName, type IdentityClaim } from './patients/index.ts'

/** Looks again at the documents that wait for a patient who has just been learnt. */
export interface Waker {
  learnt(claim: IdentityClaim): void
  stop(): Promise<void>
}

/**
 * Opens it on a ledger; nothing is done in the caller's turn, so that a message is acknowledged first. Announcements come in
 * bursts (a morning's list): they are gathered for `gatherMs`, then the waiting items are walked once.
 */
export function openWaker(ledger: Ledger, onBug: (error: unknown) => void, gatherMs = 200): Waker {
  const claims: IdentityClaim[] = []
  let timer: NodeJS.Timeout | undefined
  let walking: Promise<void> = Promise.resolve()

  async function walk(): Promise<void> {
    timer = undefined
    const keys = new Set(claims.splice(0).flatMap(keysOfClaim))
    const concerned = (await ledger.waitingForPatient()).filter((row) => keysOfRow(row).some((key) => keys.has(key)))
    if (concerned.length > 0) await ledger.applyAll(concerned.map((row) => ({ row, event: { type: 'retry', rebuild: true } as const })))
  }

  return {
    learnt(claim) {
      claims.push(claim)
      timer ??= setTimeout(() => {
        walking = walk().catch(onBug)
      }, gatherMs).unref()
    },
    async stop() {
      clearTimeout(timer)
      await walking
    },
  }
}

function keysOfClaim(claim: Pick<IdentityClaim, 'ins' | 'localId' | 'birthName' | 'usedName'>): string[] {
  return [
    ...(claim.ins ? [`ins ${compactIns(claim.ins)}`] : []),
    ...(claim.localId ? [`number ${claim.localId}`] : []),
    ...[claim.birthName, claim.usedName].filter((name) => name !== undefined && name !== '').map((name) => `name ${normaliseName(name!)}`),
  ]
}

function keysOfRow(row: ItemRow): string[] {
  const said = documentHints.parse(JSON.parse(row.hints)).identity
  const label = row.patient === null ? null : (JSON.parse(row.patient) as { birthName: string; usedName: string | null })
  return keysOfClaim({ ins: row.ins ?? said?.ins, localId: said?.localId, birthName: label?.birthName ?? said?.birthName, usedName: label?.usedName ?? undefined })
}
