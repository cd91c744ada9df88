import { lstat } from 'node:fs/promises'
import type { IntakeLedger, TakenFile } from '../ledger.ts'
import { fileNameOf, type Look } from './look.ts'
import { goesWith, pairDocument, type DocumentPairing, type ReadySidecar } from './pair-files.ts'
import type { SourceProfile } from './profile.ts'

/**
 * Its sidecar, as `pairDocument` decides. One that came with another content counts last. Where the name held other contents before, the sidecar had
 * been told as alone, or these bytes stood in doubt or were taken for nobody, wherever that was, whatever it says is `unconfirmed`: nothing but the
 * document itself, or a person, can say which content it is about.
 */
export type FindSidecar = (known: Look, beside: readonly ReadySidecar[], sidecarComing: boolean) => Promise<DocumentPairing>

export interface FindSidecarOptions {
  readonly ledger: Pick<IntakeLedger, 'saidOf' | 'isRewritten' | 'takenElsewhere' | 'wasInDoubt'>
  readonly looks: ReadonlyMap<string, Look>
  readonly identityOf: (look: Look) => TakenFile
  readonly profile: SourceProfile
  readonly now: () => number
}

/** `known` was read: its digest is there. */
export function createFindSidecar({ ledger, looks, identityOf, profile, now }: FindSidecarOptions): FindSidecar {
  /** The item it was taken as where it lay before: moved to an archive or given another name, it keeps its time, and nobody need say again whose it is. */
  async function movedFrom(known: Look): Promise<string | null> {
    for (const { path: before, id } of await ledger.takenElsewhere(identityOf(known), known.digest!)) {
      const isThere = await lstat(before).then(() => true, (error: NodeJS.ErrnoException) => error.code !== 'ENOENT')
      if (!isThere) return id
    }
    return null
  }

  /** Whether another version of one of these sidecars stood there before: it may have been about another document. */
  async function isAnyRewritten(sidecars: readonly string[]): Promise<boolean> {
    for (const relative of sidecars) {
      const look = looks.get(relative)
      if (look && (look.isOverwritten || (await ledger.isRewritten(identityOf(look))))) return true
    }
    return false
  }

  return async function findSidecar(known, beside, sidecarComing) {
    const [spent, told]: [ReadySidecar[], ReadySidecar[]] = [[], []]
    for (const sidecar of beside) {
      const look = looks.get(sidecar.path)!
      const saidOf = await ledger.saidOf(identityOf(look))
      // An index of many documents is said of the first of them.
      const isIndex = sidecar.entries.ok && sidecar.entries.value.length > 1
      // Of a document that was cut, this one may be the whole.
      if (!isIndex && saidOf !== null && saidOf === known.cutDigest) told.push(sidecar)
      else if (!isIndex && saidOf !== null && saidOf !== known.digest && saidOf !== sidecar.sha256) spent.push(sidecar)
      // A document it describes had not come: this one may be another's, of the same name.
      else if (sidecar.sha256 !== null && (await ledger.wasInDoubt(sidecar.sha256, fileNameOf(look)))) told.push(sidecar)
    }
    const document = { path: known.path, needsSidecar: known.kind === 'pdf', readySince: known.readySince!, named: known.named }
    const fresh = pairDocument(document, beside.filter((sidecar) => !spent.includes(sidecar)), { sidecarComing, now: now(), profile })
    const isAlone = fresh.kind === 'take' && fresh.sidecars.length === 0 && known.kind === 'pdf' && !known.named
    const moved = isAlone ? await movedFrom(known) : null
    if (moved !== null) return { kind: 'take', sidecars: [], hints: { refusal: { code: 'already-received', detail: moved, outcome: 'ignored' } } }
    const pairing = isAlone && spent.length > 0 ? pairDocument(document, spent, { sidecarComing, now: now(), profile }) : fresh
    if (pairing.kind === 'wait' || !pairing.hints.identity || pairing.sidecars.length === 0) return pairing
    // What it says besides was said of the other content: a number would make a version of that one, a type or a wish to hide be that one's.
    if (pairing !== fresh) return { ...pairing, hints: { identity: { ...pairing.hints.identity, unconfirmed: true } } }
    const isOldWord = told.some((sidecar) => pairing.sidecars.includes(sidecar.path))
    const isDoubtful = known.isUsedAgain || known.isOverwritten || isOldWord || (await ledger.wasInDoubt(known.digest!)) || (await isAnyRewritten(pairing.sidecars.filter((sidecar) => goesWith(sidecar, known.path))))
    return isDoubtful ? { ...pairing, hints: { ...pairing.hints, identity: { ...pairing.hints.identity, unconfirmed: true } } } : pairing
  }
}
