import type { ItemSource } from '#shared/contract/index.ts'
import type { DocumentHints } from '../documents/index.ts'

/** A file as the folder showed it: path, size and time of last change are together its identity. */
export interface TakenFile {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
}

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
}

/** One HL7 message. `payloadHash` is the SHA-256 of the bytes without MSH-7, so that a resent message is recognised. */
export interface IncomingMessage {
  readonly sourceName: string
  readonly sendingApplication: string
  readonly sendingFacility: string
  readonly controlId: string
  readonly messageType: string
  readonly bytes: Uint8Array
  readonly payloadHash: string
}

/** What intake needs of the outbox: the durable book where everything received is written before it is acknowledged. */
export interface IntakeLedger {
  /** Spools (synced) and records all in one committed transaction. Rejects when nothing was stored. */
  receive(
    arrivals: readonly Arrival[],
    message?: IncomingMessage,
  ): Promise<{ readonly items: readonly { readonly id: string; readonly outcome: 'stored' | 'duplicate' }[]; readonly message: 'stored' | 'duplicate' | 'number-reused' | null }>
  /** Has this very file been taken already? */
  isTaken(file: TakenFile): boolean
  /** Has any version of this path been taken? */
  isKnownPath(path: string): boolean
}

/** Where intake writes what happened: never a name, an identity or a document's text. pino's logger fits. */
export interface IntakeLog {
  info(fields: Readonly<Record<string, string | number | boolean>>, message: string): void
  warn(fields: Readonly<Record<string, string | number | boolean>>, message: string): void
}
