import { readInsEntry, type InsEntry } from '#shared/text/read-ins-entry.ts'
import { readSheetEntry } from '#shared/text/read-sheet-entry.ts'

/** What stands in the one field where a patient is typed, pasted or scanned: their INS, or the code of an emergency sheet. */
export type FrontEntry = InsEntry | { readonly kind: 'sheet'; readonly code: string } | { readonly kind: 'refused'; readonly why: 'sheet-unreadable' }

/** Reads it, however far it has come. */
export function readFrontEntry(typed: string): FrontEntry {
  const sheet = readSheetEntry(typed)
  switch (sheet?.kind) {
    case undefined:
      return readInsEntry(typed)
    case 'whole':
      return { kind: 'sheet', code: sheet.code }
    case 'unfinished':
      return { kind: 'unfinished', scanned: true }
    case 'refused':
      return { kind: 'refused', why: 'sheet-unreadable' }
  }
}
