import type { RecordDocument } from '#shared/contract/history.ts'
import { episodesOf } from './episodes.ts'

export type Sort = 'date' | 'type' | 'author' | 'episode'
export type Period = 'all' | '3' | '12' | '60'

export interface Filter {
  readonly text: string
  readonly type: string
  readonly author: string
  readonly period: Period
}

export const noFilter: Filter = { text: '', type: '', author: '', period: 'all' }

/** True when the filter hides something: the list must then say so. */
export function isFiltering(filter: Filter): boolean {
  return filter.text.trim() !== '' || filter.type !== '' || filter.author !== '' || filter.period !== 'all'
}

/** The date a clinician looks for: that of the act, else that of writing. */
export function documentDate(document: Pick<RecordDocument, 'serviceStartTime' | 'creationTime'>): string {
  return document.serviceStartTime ?? document.creationTime
}

/** The first author, as a row shows it; empty when the record gives none. */
export function authorName(document: Pick<RecordDocument, 'authors'>): string {
  const author = document.authors[0]
  return author ? author.name || author.structure || '' : ''
}

/** The family name alone (`Karim BELHADJ-ROUSSEL` → `BELHADJ-ROUSSEL`), where capitals tell it; else the whole name. */
export function familyName(name: string): string {
  const capitals = name.split(' ').filter((word) => word.length > 1 && word === word.toLocaleUpperCase('fr') && /\p{L}/u.test(word))
  return capitals.length > 0 ? capitals.join(' ') : name
}

/** A title without the day that the row's own date already shows (`Ordonnance du 20/11/2026`). */
export function titleBesideDate(title: string, day: string): string {
  const [, bare, written] = /^(.+?)\s+du\s+(\d{2}\/\d{2}\/\d{4})$/.exec(title.trim()) ?? []
  return bare !== undefined && written === day ? bare : title
}

/** Lower case without accents: what two people would type for the same word. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** True when every word asked for is found in the document's type, title or authors. */
function matches(document: RecordDocument, filter: Filter, now: Date): boolean {
  if (filter.type && document.typeLabel !== filter.type) return false
  if (filter.author && authorName(document) !== filter.author) return false
  if (filter.period !== 'all') {
    const since = new Date(now)
    since.setMonth(since.getMonth() - Number(filter.period))
    if (new Date(documentDate(document)) < since) return false
  }
  if (filter.text.trim() === '') return true
  const heap = folded([document.title, document.typeLabel, document.classLabel, ...document.authors.flatMap((author) => [author.name, author.structure ?? ''])].join(' '))
  return folded(filter.text)
    .split(/\s+/)
    .every((word) => heap.includes(word))
}

/** How a list is arranged, as a short text; empty as it comes. */
export function arrangementText(filter: Filter, sort: Sort): string {
  const said = { ...filter, sort }
  const usual = { ...noFilter, sort: 'date' }
  const changed = Object.entries(said).filter(([name, value]) => value !== usual[name as keyof typeof usual])
  return new URLSearchParams(changed).toString()
}

/** Reads `arrangementText`; what it does not know is as it comes. */
export function readArrangement(text: string): { filter: Filter; sort: Sort } {
  const said = new URLSearchParams(text)
  const [period, sort] = [said.get('period'), said.get('sort')]
  return {
    filter: { text: said.get('text') ?? '', type: said.get('type') ?? '', author: said.get('author') ?? '', period: period === '3' || period === '12' || period === '60' ? period : 'all' },
    sort: sort === 'type' || sort === 'author' || sort === 'episode' ? sort : 'date',
  }
}

export interface Group {
  /** Empty when the list is one flow by date, and of what is of no episode. */
  readonly heading: string
  /** First and last day of an episode, ISO 8601. */
  readonly period?: { readonly from: string; readonly to: string }
  readonly documents: readonly RecordDocument[]
}

/** Filters, sorts newest first, and groups by type, author or episode when sorted so; episodes with the newest first, then what is of none. Ties keep a fixed order (uniqueId), so rows never jump. */
export function arrange(documents: readonly RecordDocument[], filter: Filter, sort: Sort, now: Date): Group[] {
  const kept = documents.filter((document) => matches(document, filter, now)).sort(newestFirst)
  if (sort === 'date') return kept.length > 0 ? [{ heading: '', documents: kept }] : []
  if (sort === 'episode') return byEpisode(documents, new Set(kept))
  const heading = sort === 'type' ? (document: RecordDocument) => document.typeLabel : authorName
  const groups = Map.groupBy(kept, heading)
  return [...groups].sort(([a], [b]) => a.localeCompare(b, 'fr')).map(([heading, members]) => ({ heading, documents: members }))
}

/** The documents whose rows would say the same words of the same day, by uniqueId: their hour tells them apart. */
export function sameToTheWord(documents: readonly RecordDocument[]): ReadonlySet<string> {
  const alike = Map.groupBy(documents, (document) => JSON.stringify([document.title, document.typeLabel, document.typeCode, authorName(document), documentDate(document).slice(0, 10)]))
  return new Set([...alike.values()].flatMap((group) => (group.length > 1 ? group.map(({ uniqueId }) => uniqueId) : [])))
}

/** When a document is of, to the minute: where its act has a day alone, when it was written. */
export function documentInstant(document: Pick<RecordDocument, 'serviceStartTime' | 'creationTime'>): string {
  return document.serviceStartTime?.includes('T') ? document.serviceStartTime : document.creationTime
}

/** What a filter leaves of each episode: the episode stays what it is of the whole list. */
function byEpisode(documents: readonly RecordDocument[], kept: ReadonlySet<RecordDocument>): Group[] {
  const episodes = episodesOf(documents.toSorted(newestFirst))
  const placed = new Set(episodes.flatMap((episode) => episode.documents))
  const groups = episodes.map(({ structures, from, to, documents: members }): Group => ({ heading: structures.join(', '), period: { from, to }, documents: members.filter((document) => kept.has(document)) }))
  return [...groups, { heading: '', documents: [...kept].filter((document) => !placed.has(document)) }].filter((group) => group.documents.length > 0)
}

function newestFirst(a: RecordDocument, b: RecordDocument): number {
  return documentDate(b).localeCompare(documentDate(a)) || a.uniqueId.localeCompare(b.uniqueId)
}

/** The distinct values a filter can take, in alphabetical order. */
export function distinct(documents: readonly RecordDocument[], read: (document: RecordDocument) => string): string[] {
  return [...new Set(documents.map(read))].filter(Boolean).sort((a, b) => a.localeCompare(b, 'fr'))
}
