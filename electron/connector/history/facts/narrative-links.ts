import type { CdaElement } from '../../documents/index.ts'
import { deniesAll } from './denial.ts'
import { at, bareWords, kids, saysSomething, words } from './elements.ts'
import { headingOf, placedRows, rowText, type PlacedRow } from './narrative-lines.ts'

/** Words of the narrative, and the row, item or paragraph around them. */
export interface Said {
  readonly text: string
  readonly row: string
}

/** A named place of the narrative: its own text, and the row, item or paragraph around it. */
export interface Passage extends Said {
  /** What names the row before it asks or answers anything: a high first cell, of the row itself or of one above. */
  readonly heading: string | null
  /** The cells of the row without that one; none of a row of heads. */
  readonly cells: readonly string[]
  /** What the row says under the one head of its table that is called so; null where no head is, or where the row is not cut as its heads are. */
  under(heading: RegExp): string | null
  /** What the row says under each head of its table that holds a day; none where the row is not cut as its heads are. */
  readonly byDay: readonly OfDay[]
}

/** A cell under the head of a day. */
export interface OfDay {
  /** ISO 8601. */
  readonly day: string
  readonly head: string
  readonly text: string
}

export type Passages = ReadonlyMap<string, Passage>

function holdsText(element: CdaElement): boolean {
  return element.nodes.some((node) => typeof node === 'string' || holdsText(node))
}

/** The heads of a table: its readers ask for them at one row after another. */
const headed = new WeakMap<CdaElement, readonly CdaElement[]>()

/** The first rows of heads of a table: the second of them names parts of what the first does. */
function headsOf(table: CdaElement): readonly CdaElement[] {
  const known = headed.get(table)
  if (known !== undefined) return known
  const heads = findHeads(table)
  headed.set(table, heads)
  return heads
}

function findHeads(table: CdaElement): CdaElement[] {
  const rows = kids(table).flatMap((part) => (part.name === 'tr' ? [part] : ['thead', 'tbody'].includes(part.name) ? kids(part, 'tr') : []))
  const first = rows.findIndex((row) => kids(row, 'th').length > 1)
  if (first < 0) return []
  const end = rows.findIndex((row, at) => at > first && kids(row, 'th').length < kids(row).length)
  return rows.slice(first, end < 0 ? first + 1 : end)
}

/** The one day that words hold (DD/MM/YYYY), as ISO 8601; null where there is none, or more than one. */
function dayIn(text: string): string | null {
  const [found, ...others] = [...text.matchAll(/(?<!\d)(\d\d)\/(\d\d)\/(\d{4})(?!\d)/g)].map(([, day, month, year]) => `${year}-${month}-${day}`)
  return found === undefined || others.length > 0 ? null : found
}

/** A row, item or paragraph: its words are put together once, when one of its places is asked for them. */
class Around {
  readonly element: CdaElement
  readonly #table: CdaElement | null
  #words: string | null | undefined

  constructor(element: CdaElement, table: CdaElement | null) {
    this.element = element
    this.#table = table
  }

  under(heading: RegExp): string | null {
    const [named, ...others] = this.#heads.filter(({ element }) => heading.test(words(element) ?? ''))
    return named === undefined || others.length > 0 ? null : this.#below(named)
  }

  get byDay(): readonly OfDay[] {
    return this.#heads.flatMap((named) => {
      const head = words(named.element) ?? ''
      const day = dayIn(head)
      const text = day === null ? null : this.#below(named)
      return day === null || text === null ? [] : [{ day, head, text }]
    })
  }

  /** The heads of the table; none where the row is not cut as they are. */
  get #heads(): readonly PlacedRow['cells'][number][] {
    const row = this.#lying(this.element)
    const heads = this.#table === null ? [] : headsOf(this.#table).map((head) => this.#lying(head))
    return row === undefined || heads.some((head) => head?.width !== row.width) ? [] : heads.flatMap((head) => head?.cells ?? [])
  }

  /** The one cell under a head. One that goes on under other heads says nothing of this one alone. */
  #below(named: PlacedRow['cells'][number]): string | null {
    const row = this.#lying(this.element)
    const [cell, ...more] = [...(row?.cells ?? []), ...(row?.reaching ?? [])].filter(({ from, to }) => from < named.to && named.from < to)
    return cell === undefined || more.length > 0 || cell.from < named.from || cell.to > named.to ? null : words(cell.element)
  }

  #lying(row: CdaElement): PlacedRow | undefined {
    return this.#table === null ? undefined : placedRows(this.#table).get(row)
  }

  get heading(): string | null {
    const row = this.#lying(this.element)
    const [first] = row?.cells ?? []
    const above = row === undefined ? [] : headingOf(row)
    if (above.length > 0) return above.map(({ text }) => text).join(', ')
    return this.#startsHigh ? (words(first?.element ?? null)) : null
  }

  /** The row begins with a high cell that says something, and has others. */
  get #startsHigh(): boolean {
    const [first, ...others] = this.#lying(this.element)?.cells ?? []
    return first !== undefined && others.length > 0 && first.text !== '' && Number(at(first.element, 'rowspan') ?? 1) > 1
  }

  get cells(): readonly string[] {
    // Heads ask nothing and answer nothing.
    if (kids(this.element, 'th').length > 1 && kids(this.element, 'th').length === kids(this.element).length) return []
    const all = this.words?.split(' | ') ?? []
    return this.#startsHigh ? all.slice(1) : all
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

  get heading(): string | null {
    return this.#around?.heading ?? null
  }

  get cells(): readonly string[] {
    return this.#around?.cells ?? [this.text]
  }

  under(heading: RegExp): string | null {
    return this.#around?.under(heading) ?? null
  }

  get byDay(): readonly OfDay[] {
    return this.#around?.byDay ?? []
  }
}

/** Every named place of a document's narrative (cda-reading, section 3); of two with the same name the first that says something counts. Entries hold no narrative. */
export function readPassages(document: CdaElement): Passages {
  const found = new Map<string, Passage>()
  function walk(element: CdaElement, around: Around | null, inText: boolean, table: CdaElement | null): void {
    const inside = inText || (element.name === 'text' && element.hl7)
    const own = inside && (element.name === 'tr' || (around === null && (element.name === 'item' || element.name === 'paragraph'))) ? new Around(element, element.name === 'tr' ? table : null) : around
    const id = inside ? at(element, 'ID') : null
    if (id !== null && !found.has(id) && holdsText(element)) found.set(id, new NamedPlace(element, own))
    for (const child of element.nodes) if (typeof child !== 'string' && child.hl7 && child.name !== 'entry') walk(child, own, inside, element.name === 'table' ? element : table)
  }
  walk(document, null, false, null)
  return found
}

/** The passage an element points at by `reference`, with or without `#`; null when it points nowhere. */
export function passageOf(element: CdaElement | null, passages: Passages): Passage | null {
  const written = at(kids(element, 'reference')[0] ?? null, 'value')
  return written === null ? null : (passages.get(written.replace(/^#/, '')) ?? null)
}

/** The cells after the question of a row, where the place is that question: the first cell, or the one beside a high one that names several rows. */
export function afterQuestion({ text, row, cells }: Passage): readonly string[] {
  const [all, [first, ...others]] = [row.split(' | '), cells]
  // Pointed at as a whole, a row asks and answers.
  if (all.length > 1 && all.join(' ') === text) return others
  return first === text && others.length > 0 ? others : all[0] === text ? all.slice(1) : []
}

/** What a row answers where the place is its first cell, which only asks; else what the place says, null when that is nothing. */
export function answerOf(passage: Passage | null): string | null {
  if (passage === null) return null
  const answers = afterQuestion(passage).filter(saysSomething)
  return answers.join(', ') || (saysSomething(passage.text) ? passage.text : null)
}

/** What answers and names nothing: yes, no, unknown, a number, a quantity, an age, a day. */
const answer = /^(?:oui|non|ne sait pas|nsp|inconnue?|sans objet|(?:non|pas) renseignée?|[<>≤≥=]{0,2}\s*\d[\d\s.,/:-]*(?:ans?|mois|jours?|semaines?|heures?|min|sa|h|j|[kmµ]?g|[ckm]?m|[mcd]?l|%|°c)?)$/i

/** What only answers, a dot after it or none. */
const answers = (text: string) => answer.test(text.trim().replace(/\.$/, ''))

/** What is counted of a medicine, of which a dose says at least one beside its number. */
const counted = new Set(bareWords(`cp cpr cps comprime comprimes gelule gelules capsule capsules sachet sachets ampoule ampoules goutte gouttes dose doses unidose unidoses bouffee bouffees inhalation inhalations
  pulverisation pulverisations application applications injection injections patch patchs suppositoire suppositoires cuillere cuilleres cuilleree cuillerees pipette pipettes flacon flacons seringue seringues
  mg g kg mcg ug ml cl ui unite unites fois x prise prises`).split(' '))

/** What else a dose is told with: when, how often, how long and of which form. */
const rhythm = new Set(bareWords(`matin midi soir coucher lever nuit jour jours j journee heure heures h min minutes semaine semaines sem mois an ans repas dejeuner diner gouter petit jeun quotidien quotidienne quotidiennement
  lundi mardi mercredi jeudi vendredi samedi dimanche besoin demande systematique maximum max minimum puis et ou a au aux le la les l un une deux trois quatre cinq six demi demie quart par de d du des en pendant durant tous toutes
  tout toute chaque entre avant apres avec dans cours plus sur bouche soupe cafe dessert mesure secable effervescent orodispersible pellicule buvable unique`).split(' '))

/** On what condition: it ends what is told of how much. */
const condition = /(?:^|\s)(?:si|selon|jusqu|en cas d(?:es?)?)(?![\p{L}\p{N}]).*$/iu

/** How much is taken and when, and nothing else: it begins with a count, and no word of it is left for a name. */
function isDose(text: string): boolean {
  const words = bareWords(text.replace(condition, ' ')).replace(/(?<=\d)(?=\p{L})|(?<=\p{L})(?=\d)/gu, ' ').split(' ')
  const [first = '', ...others] = words
  const begins = /^\d+$/.test(first) || ['un', 'une', 'deux', 'trois', 'quatre', 'demi'].includes(first)
  return begins && others.some((word) => counted.has(word)) && others.every((word) => /^\d+$/.test(word) || counted.has(word) || rhythm.has(word))
}

/** Words as a name; null where they are none: what only answers, how much is taken, and what denies and names nothing. */
export function nameIn(text: string): string | null {
  return saysSomething(text) && !answers(text) && !isDose(text) && !deniesAll(text) ? text : null
}

/** A dose where nothing else says what is taken: better told by it than not at all. */
export function doseAlone(text: string | null | undefined): string | null {
  return text != null && isDose(text) ? text : null
}

/**
 * What a place names: its words, else, of an answer, those of the first cell of its row, or of what names that. Null where none is a name, and of words that deny all but
 * for a plain "non": the cell before them is what there is none of.
 */
export function namedBy(passage: Passage | null): string | null {
  if (passage === null || (deniesAll(passage.text) && !answers(passage.text))) return null
  const [first, ...others] = passage.cells
  return nameIn(passage.text) ?? (others.length > 0 ? nameIn(first ?? '') : null) ?? nameIn(passage.heading ?? '')
}

/** What an element says in words: its own text, else the passage it points at. */
export function saidBy(element: CdaElement | null, passages: Passages): string | null {
  return passageOf(element, passages)?.text ?? words(element)
}
