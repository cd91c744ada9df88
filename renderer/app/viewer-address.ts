import type { FoundPlace } from '#shared/contract/history.ts'
import type { DocumentAddress } from './queries.ts'

/** Words that were found in a document, and where: what the viewer opens it at. */
export interface FoundWords {
  readonly words: string
  readonly place: FoundPlace
}

/** Which document a viewer shows, at which words, and how the list it was opened from is arranged. */
export interface ViewerAddress {
  readonly document: DocumentAddress
  readonly found: FoundWords | null
  /** As the list writes it; empty = as it comes. */
  readonly list: string
}

/** Longest value the shell takes in an address. */
const longest = 256

function placeText(place: FoundPlace): string {
  return place.kind === 'page' ? ['page', place.page, place.attachment ?? ''].join('-') : place.kind
}

function readPlace(text: string | null): FoundPlace | null {
  if (text === 'title' || text === 'text' || text === 'fact') return { kind: text }
  const [, page, attachment] = /^page-(\d{1,6})-(\d{0,6})$/.exec(text ?? '') ?? []
  return page === undefined ? null : { kind: 'page', page: Number(page), attachment: attachment ? Number(attachment) : null }
}

/** The address as short texts; what is too long to be one is left out, the document never. */
export function writeViewerAddress({ document: { ins, insOid, uniqueId }, found, list }: ViewerAddress): Record<string, string> {
  const texts = { words: found?.words ?? '', at: found ? placeText(found.place) : '', list }
  const short = Object.entries(texts).filter(([, text]) => text !== '' && text.length <= longest)
  return { ins, ...(insOid ? { insOid } : {}), uniqueId, ...Object.fromEntries(short) }
}

/** Reads what is asked for from the address (`?ins=..&insOid=..&uniqueId=..`); null when it does not say which document. */
export function readViewerAddress(search: string): ViewerAddress | null {
  const query = new URLSearchParams(search)
  const [ins, insOid, uniqueId] = [query.get('ins'), query.get('insOid'), query.get('uniqueId')]
  if (!ins || !uniqueId) return null
  const [words, place] = [query.get('words'), readPlace(query.get('at'))]
  return { document: { ins, ...(insOid ? { insOid } : {}), uniqueId }, found: words && place ? { words, place } : null, list: query.get('list') ?? '' }
}
