import type { CdaElement } from '../../documents/index.ts'
import { at, kids, words } from './elements.ts'

/** A named place of the narrative: its own text, and the row, item or paragraph around it. */
export interface Passage {
  readonly text: string
  readonly row: string
}

export type Passages = ReadonlyMap<string, Passage>

/** Cells keep apart: a row is what its author signed, one cell after another. */
function rowText(element: CdaElement): string {
  return kids(element).map((cell) => words(cell) ?? '').filter(Boolean).join(' | ')
}

/** Every named place of a document's narrative (cda-reading, section 3); of two with the same name the first counts. */
export function readPassages(document: CdaElement): Passages {
  const found = new Map<string, Passage>()
  function walk(element: CdaElement, row: string | null, inText: boolean): void {
    const inside = inText || (element.name === 'text' && element.hl7)
    const id = at(element, 'ID')
    const own = inside && element.name === 'tr' ? rowText(element) : inside && ['item', 'paragraph'].includes(element.name) ? (row ?? words(element)) : row
    if (inside && id !== null && !found.has(id)) {
      const text = words(element) ?? ''
      if (text !== '') found.set(id, { text, row: own ?? text })
    }
    for (const child of kids(element)) walk(child, own, inside)
  }
  walk(document, null, false)
  return found
}

/** The passage an element points at by `reference`, with or without `#`; null when it points nowhere. */
export function passageOf(element: CdaElement | null, passages: Passages): Passage | null {
  const written = at(kids(element, 'reference')[0] ?? null, 'value')
  return written === null ? null : (passages.get(written.replace(/^#/, '')) ?? null)
}

/** What an element says in words: its own text, else the passage it points at. */
export function saidBy(element: CdaElement | null, passages: Passages): string | null {
  return passageOf(element, passages)?.text ?? words(element)
}
