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

function holdsText(element: CdaElement): boolean {
  return element.nodes.some((node) => typeof node === 'string' || holdsText(node))
}

/** A row, item or paragraph: its words are put together once, when one of its places is asked for them. */
class Around {
  readonly element: CdaElement
  #words: string | null | undefined

  constructor(element: CdaElement) {
    this.element = element
  }

  get words(): string | null {
    return (this.#words ??= this.element.name === 'tr' ? rowText(this.element) : words(this.element))
  }
}

class NamedPlace implements Passage {
  readonly #named: CdaElement
  readonly #around: Around | null
  #text: string | undefined

  constructor(named: CdaElement, around: Around | null) {
    this.#named = named
    this.#around = around
  }

  get text(): string {
    return (this.#text ??= words(this.#named) ?? '')
  }

  get row(): string {
    return this.#around?.words ?? this.text
  }
}

/** Every named place of a document's narrative (cda-reading, section 3); of two with the same name the first that says something counts. Entries hold no narrative. */
export function readPassages(document: CdaElement): Passages {
  const found = new Map<string, Passage>()
  function walk(element: CdaElement, around: Around | null, inText: boolean): void {
    const inside = inText || (element.name === 'text' && element.hl7)
    const own = inside && (element.name === 'tr' || (around === null && (element.name === 'item' || element.name === 'paragraph'))) ? new Around(element) : around
    const id = inside ? at(element, 'ID') : null
    if (id !== null && !found.has(id) && holdsText(element)) found.set(id, new NamedPlace(element, own))
    for (const child of element.nodes) if (typeof child !== 'string' && child.hl7 && child.name !== 'entry') walk(child, own, inside)
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
