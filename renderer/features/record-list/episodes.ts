import type { RecordDocument } from '#shared/contract/history.ts'

type Placed = Pick<RecordDocument, 'uniqueId' | 'creationTime' | 'serviceStartTime' | 'serviceStopTime' | 'authors' | 'referenceIds'>

/** Documents of one stay, one visit or one request. */
export interface Episode<T> {
  readonly documents: readonly T[]
  /** Who wrote them, by name. */
  readonly structures: readonly string[]
  /** First and last day of what they tell of, ISO 8601. */
  readonly from: string
  readonly to: string
}

const dayMs = 86_400_000
/** What tells of more days than this is no stay (a record of vaccinations, a plan of care): it joins by what it refers to alone. */
const longestStayDays = 92

/** Days a document tells of; where the record gives none, the day it was written. */
function spanOf({ creationTime, serviceStartTime, serviceStopTime }: Placed): { from: string; to: string } {
  const from = serviceStartTime ?? creationTime
  return { from, to: serviceStopTime !== null && serviceStopTime > from ? serviceStopTime : from }
}

/** Number of the day the list shows: the computer's. NaN where the record gives no date. */
function dayNumber(time: string): number {
  const at = new Date(time)
  return Math.floor(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / dayMs)
}
const structuresOf = ({ authors }: Placed) => authors.flatMap(({ structure, structureId }) => structureId ?? structure ?? [])

/**
 * Documents that belong together as the record describes them: they refer to one number (an order, a study, a stay: XDS referenceIdList), or one structure
 * wrote them about days that overlap or follow one another. What belongs with nothing else is in none. Does not depend on the order they come in.
 */
export function episodesOf<T extends Placed>(documents: readonly T[]): Episode<T>[] {
  const groupOf = new Map(documents.map((document) => [document.uniqueId, document.uniqueId]))
  const root = (id: string): string => {
    let at = id
    while (groupOf.get(at) !== at) at = groupOf.get(at)!
    groupOf.set(id, at)
    return at
  }
  const join = (one: string, other: string) => groupOf.set(root(one), root(other))

  const numbered = new Map<string, string>()
  for (const { uniqueId, referenceIds } of documents) {
    for (const { value, oid } of referenceIds) {
      const name = JSON.stringify([value, oid])
      join(uniqueId, numbered.get(name) ?? uniqueId)
      numbered.set(name, uniqueId)
    }
  }
  const spans = documents.flatMap((document) => {
    const { from, to } = spanOf(document)
    return dayNumber(to) - dayNumber(from) <= longestStayDays ? structuresOf(document).map((structure) => ({ structure, uniqueId: document.uniqueId, from, to })) : []
  })
  for (const own of Map.groupBy(spans, ({ structure }) => structure).values()) {
    let [last, until] = ['', Number.NEGATIVE_INFINITY]
    for (const { uniqueId, from, to } of own.toSorted((one, other) => one.from.localeCompare(other.from))) {
      if (dayNumber(from) <= until + 1) join(uniqueId, last)
      last = uniqueId
      until = Math.max(until, dayNumber(to))
    }
  }

  return [...Map.groupBy(documents, ({ uniqueId }) => root(uniqueId)).values()]
    .filter((together) => together.length > 1)
    .map((together) => ({
      documents: together,
      structures: [...new Set(together.flatMap(({ authors }) => authors.flatMap(({ structure, name }) => structure ?? name)))].filter(Boolean).toSorted((one, other) => one.localeCompare(other, 'fr')),
      from: together.map((document) => spanOf(document).from).toSorted()[0]!,
      to: together.map((document) => spanOf(document).to).toSorted().at(-1)!,
    }))
}
