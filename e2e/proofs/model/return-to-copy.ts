import { createHash } from 'node:crypto'
import type { CopyKind } from './connector-life.ts'
import type { Expected, Given } from './expected.ts'
import type { ItemRow } from './item-rows.ts'
import { patients } from './made-documents.ts'
import type { World } from './world.ts'

const rowsOf = (world: World) => world.database().prepare('SELECT * FROM item ORDER BY seq').all() as ItemRow[]
const isForgotten = ({ state, reason }: ItemRow) => state === 'parked' && reason === 'forgotten-document'

/**
 * Destroys the database. What the journal reaches back to comes back as it was, and everything expected still is. On a copy older than that, each
 * content is still there, and what nobody knows any more stands until a person frees it; of what was decided before the journal begins
 * nothing is expected. The export folder still holds its files: they are handed over again (`handAgain`).
 */
export async function returnToCopy(kind: CopyKind, expected: Expected, world: World, handAgain: (given: Given) => Promise<void>): Promise<void> {
  await world.setDisk('fine')
  const before = rowsOf(world)
  const from = await world.loseDatabase(kind)
  const life = world.life()
  if (!life || from === '') throw new Error('the connector does not stand on a copy')
  for (const cause of ['returned', 'crash'] as const) expected.causes.add(cause)
  expected.returnedInLife = life.number
  expected.returns += 1
  const rows = rowsOf(world)
  for (const [id, now] of renamed(before, rows)) rename(expected, id, now)
  // A later word of its source stands beside it now: which of both counts is a person's to say.
  for (const { id, attempts } of rows.filter(({ corrected }) => corrected === 1)) {
    expected.superseded.set(id, attempts)
    expected.patientsOf.set(id, new Set(patients.keys()))
    expected.maskedBySource.delete(id)
  }
  if (from.startsWith('before')) forget(before, rows, expected, world)
  // Also what was never acknowledged, for want of room in the database, and whose line the journal has no more.
  for (const row of rows.filter(isForgotten)) {
    const givenAs = expected.given.filter(({ document }) => createHash('sha256').update(document.bytes).digest('hex') === row.content_sha256)
    expected.given.push({ ...givenAs[0]!, reference: row.source_reference, door: 'folder', masked: false, held: false, isAcknowledged: true })
    expected.items.push(row.id)
    expected.stopped.set(row.id, 'held')
    const inFolder = givenAs.findLast(({ door }) => door === 'folder')
    if (inFolder) await handAgain(inFolder)
  }
}

/**
 * Handed over once, the program died before it answered; handed over again, it was an item. The journal knows both, and on the copy the first one is
 * that item: under another id it is the same content of the same hand-over.
 */
function renamed(before: readonly ItemRow[], rows: readonly ItemRow[]): [string, string][] {
  const [known, now] = [new Set(before.map(({ id }) => id)), new Set(rows.map(({ id }) => id))]
  return before.flatMap((row): [string, string][] => {
    if (now.has(row.id)) return []
    const first = rows.find((one) => !known.has(one.id) && one.source_reference === row.source_reference && one.content_sha256 === row.content_sha256)
    return first ? [[row.id, first.id]] : []
  })
}

/** What is expected of an item, expected of it under its other id. */
function rename(expected: Expected, id: string, now: string): void {
  expected.items.splice(0, Infinity, ...new Set(expected.items.map((one) => (one === id ? now : one))))
  const moveIn = <Value>(map: Map<string, Value>) => {
    if (!map.has(id)) return
    map.set(now, map.get(id)!)
    map.delete(id)
  }
  for (const map of [expected.stopped, expected.maskedByPerson, expected.patientsOf, expected.superseded, expected.chosenTypes]) moveIn(map as Map<string, unknown>)
  for (const set of [expected.maskedBySource, expected.openReaders, expected.freed, expected.typed, ...expected.itemsOf.values()]) if (set.delete(id)) set.add(now)
}

/** Nothing is lost, and of what was decided before the journal begins nobody can be held to anything any more. */
function forget(before: readonly ItemRow[], rows: readonly ItemRow[], expected: Expected, world: World): void {
  const contents = new Set(rows.map(({ content_sha256: sha256 }) => sha256))
  const lost = before.filter(({ content_sha256: sha256 }) => !contents.has(sha256))
  if (lost.length > 0) throw new Error(lost.map(({ id }) => `${id} was lost with the database`).join('\n'))
  const byId = new Map(rows.map((row) => [row.id, row]))
  expected.items.splice(0, Infinity, ...expected.items.filter((id) => byId.has(id)))
  for (const [id, how] of expected.stopped) if (how === 'held' ? byId.get(id)?.held !== 'user' : byId.get(id)?.state !== 'ignored') expected.stopped.delete(id)
  for (const known of [expected.maskedByPerson, expected.itemsOf, expected.patientsOf, expected.superseded, expected.chosenTypes]) known.clear()
  for (const known of [expected.maskedBySource, expected.openReaders, expected.typed]) known.clear()
  for (const patient of expected.opposed) if (world.life()!.consent.decisionForIns({ value: patients[patient]!.ins, oid: patients[patient]!.insOid }, 'deposit')?.choice !== 'opposed') expected.opposed.delete(patient)
}

/** A person looks at what was found and frees all of it. */
export async function freeForgotten(expected: Expected, world: World): Promise<void> {
  for (const { id } of rowsOf(world).filter(isForgotten)) {
    expected.stopped.delete(id)
    expected.freed.add(id)
  }
  await world.during((life) => life.retry({ reason: 'forgotten-document' }))
}
