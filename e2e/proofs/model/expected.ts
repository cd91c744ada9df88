import { createHash } from 'node:crypto'
import type { ItemRow, TakenFile } from '../../../electron/connector/outbox/index.ts'
import type { CopyKind } from './connector-life.ts'
import type { MadeDocument } from './made-documents.ts'

/** One hand-over by the practice software. */
export interface Given {
  readonly reference: string
  readonly document: MadeDocument
  readonly door: 'folder' | 'hl7'
  readonly masked: boolean
  readonly held: boolean
  /** Rank of the patient it is announced for, when its source says another than at first (a PDF's sidecar). */
  readonly patient?: number | undefined
  readonly typeCode?: string | undefined
  /** Its source says no type: a person does, or it waits. */
  readonly isUntyped?: boolean | undefined
  /** The file it lay in, of those that come under one name. */
  readonly file?: TakenFile | undefined
  /** True once the connector said it has it: it may never be lost from then on. */
  isAcknowledged: boolean
}

/** What may have made an item stop: without its cause a reason at the end is a fault. */
export type Cause =
  | 'returned' | 'dismissed' | 'held' | 'corrected' | 'type left out' | 'opposed' | 'visibility' | 'crash' | 'disk full' | 'clock set back' | 'entry moved'
  | 'send refused' | 'author refused' | 'card out' | 'question refused'

/** The model: plain sets of what was handed over, what was promised, and what a person forbade. */
export interface Expected {
  /** Everything handed over, in order. */
  readonly given: Given[]
  /** Items the connector told of, in order. */
  readonly items: string[]
  /** Items a person stopped and nobody freed: they may not go. */
  readonly stopped: Map<string, 'dismissed' | 'held'>
  /** Patients (by rank) who oppose deposits now. */
  readonly opposed: Set<number>
  /** Items to be hidden from other professionals, by word of a person; false = shown, whatever the source says. */
  readonly maskedByPerson: Map<string, boolean>
  /** Items whose source asked for it. */
  readonly maskedBySource: Set<string>
  /** Items of a document, by `documentName`. */
  readonly itemsOf: Map<string, Set<string>>
  /** Patients (by rank) an item may go to: the last one its source named, and what a crash left unanswered. */
  readonly patientsOf: Map<string, Set<number>>
  /** Items of which a crash left open whether its source's last word on their readers was heard. */
  readonly openReaders: Set<string>
  /** Items whose source said otherwise too late, with their sends until then: no further one without a person. */
  readonly superseded: Map<string, number>
  /** Items a person ever freed: what goes to a second patient may be their word. */
  readonly freed: Set<string>
  readonly causes: Set<Cause>
  /** Types an item may have by word of a person: the last one chosen, and what a crash left unanswered. */
  readonly chosenTypes: Map<string, string[]>
  /** Items of which a choice was answered: they want for no type any more. */
  readonly typed: Set<string>
  /** Copies of the database that were taken. */
  readonly copies: Set<CopyKind>
  /** Number of the life that stood on a copy last: what was frozen before may have been frozen anew. */
  returnedInLife: number
  returns: number
}

/** One content of the practice software. */
export function documentName({ document }: Pick<Given, 'document'>): string {
  return `${document.family} ${document.version}`
}

/** The type its source says when it says one. */
export const usualType = '57833-6'

/** The name of every file that is written over the one before. */
export const overwrittenName = 'export.pdf'

/** What was handed over that this item holds. */
export function givenOf(row: Pick<ItemRow, 'source_reference' | 'content_sha256'>, { given }: Expected): Given | undefined {
  const isIts = ({ document }: Given) => !document.isOverwritten || createHash('sha256').update(document.bytes).digest('hex') === row.content_sha256
  return given.findLast((one) => one.reference === row.source_reference && isIts(one))
}

export function nothingYet(): Expected {
  return { given: [], items: [], stopped: new Map(), opposed: new Set(), maskedByPerson: new Map(), maskedBySource: new Set(), itemsOf: new Map(), patientsOf: new Map(), openReaders: new Set(), superseded: new Map(), chosenTypes: new Map(), typed: new Set(), freed: new Set(), causes: new Set(), copies: new Set(), returnedInLife: 0, returns: 0 }
}

/** Must it go hidden from other professionals? */
export function isMasked(expected: Expected, id: string): boolean {
  return expected.maskedByPerson.get(id) ?? (expected.maskedBySource.has(id) && !expected.openReaders.has(id))
}
