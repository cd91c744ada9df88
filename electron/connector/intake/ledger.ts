import type { ItemSource } from '#shared/contract/index.ts'
import type { DocumentHints } from '../documents/index.ts'
import type { Hold, IncomingMessage, TakenFile } from '../outbox/index.ts'

export type { IncomingMessage, TakenFile }

/** One document as it came in, or what is left of something that should have been one (then `hints.refusal` says why). */
export interface Arrival {
  readonly source: ItemSource
  readonly bytes: Uint8Array
  readonly fileName: string
  readonly hints: DocumentHints
  /** Path identity for the folder's history. */
  readonly file?: TakenFile
  /** Files read together with it (its sidecar): they are taken by the same transaction. */
  readonly alongside?: readonly TakenFile[]
  /** It came in a batch that a person has to free (see `folder/burst.ts`). */
  readonly hold?: Exclude<Hold, 'user'>
}

/** What intake needs of the outbox: the durable book where everything received is written before it is acknowledged. */
export interface IntakeLedger {
  /** Spools (synced) and records all in one committed transaction. Rejects when nothing was stored. */
  receive(
    arrivals: readonly Arrival[],
    message?: IncomingMessage,
  ): Promise<{ readonly items: readonly { readonly id: string; readonly outcome: 'stored' | 'duplicate' | 'beside' }[]; readonly message: 'stored' | 'duplicate' | 'number-reused' | null }>
  /** Has this very file been taken already? */
  isTaken(file: TakenFile): Promise<boolean>
  /** Has a file of this path been taken that held other bytes than these (SHA-256)? */
  heldOther(path: string, sha256: string): Promise<boolean>
  /** Has another version of this very path been taken? */
  isRewritten(file: TakenFile): Promise<boolean>
  /** Has a folder given these bytes (SHA-256), under this name or any, for nobody or unconfirmed? Whatever became of them since. */
  wasInDoubt(sha256: string, reference?: string): Promise<boolean>
  /** SHA-256 of the document this very file was first taken with; of itself, when it was taken alone; null when it was not. */
  saidOf(file: TakenFile): Promise<string | null>
  /** Where the document of these bytes (SHA-256) was taken before with the same size and time, and as which item; this very path apart. */
  takenElsewhere(file: TakenFile, sha256: string): Promise<readonly { readonly path: string; readonly id: string }[]>
  /** New documents of this watched folder received since then. */
  recentFromFolder(name: string, since: number): Promise<number>
}

/** Where intake writes what happened: never a name, an identity or a document's text. pino's logger fits. */
export interface IntakeLog {
  info(fields: Readonly<Record<string, string | number | boolean>>, message: string): void
  warn(fields: Readonly<Record<string, string | number | boolean>>, message: string): void
}
