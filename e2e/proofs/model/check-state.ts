import { createHash } from 'node:crypto'
import { type ItemRow, settled } from './item-rows.ts'
import { documentName, givenOf, overwrittenName, type Cause, type Expected } from './expected.ts'
import type { World } from './world.ts'

/** What must hold at every instant: nothing lost, nothing counted twice, nothing deposited that the record does not have. */
export async function faultsOfState(world: World, expected: Expected): Promise<string[]> {
  const faults: string[] = world.bugs.map((bug) => `the connector reported a bug: ${bug instanceof Error ? bug.stack : String(bug)}`)
  const life = world.life()
  if (!life) return faults
  const { rows, total } = await life.ledger.list({ limit: 10_000, cursor: null })
  const sum = Object.values(await life.ledger.counts()).reduce((all, count) => all + count, 0)
  if (sum !== total || total !== rows.length) faults.push(`the counts say ${sum}, the list ${total}, ${rows.length} rows`)
  const ids = new Set(rows.map(({ id }) => id))
  // A word that the older database takes on another item has no row of its own.
  const isTaken = (id: string) => expected.causes.has('returned') && world.database().prepare('SELECT 1 FROM journaled WHERE id = ?').get(id) !== undefined
  for (const id of expected.items) if (!ids.has(id) && !isTaken(id)) faults.push(`${id} was acknowledged and is lost`)

  const told = new Set(expected.items)
  const seen = new Set<string>()
  for (const row of rows) {
    const given = givenOf(row, expected)
    if (!given) faults.push(`${row.id} was never handed over`)
    if (seen.has(row.source_reference) && row.source_reference !== overwrittenName) faults.push(`${row.source_reference} became two items`)
    seen.add(row.source_reference)
    // What no answer was given about may be there or not.
    if (!told.has(row.id) && !expected.causes.has('returned') && given?.isAcknowledged && given.door === 'folder' && !given.document.isOverwritten) faults.push(`${row.id} is there, and nobody was told`)
  }
  for (const row of rows.filter(({ state }) => state === 'deposited')) {
    const kept = world.record.registrations.get(row.unique_id!) ?? []
    if (kept.length !== 1) faults.push(`${row.id} counts as deposited, the record has it ${kept.length} times`)
    // After a return the CDA around a PDF is written anew; a record that tells no hash has it by its id.
    else if (kept[0]!.setId !== row.submission_set_id || (kept[0]!.sha256 !== row.document_sha256 && !(expected.causes.has('returned') && givenOf(row, expected)?.document.kind === 'pdf'))) faults.push(`${row.id} counts as deposited, the record has something else`)
  }
  for (const [uniqueId, kept] of world.record.registrations) if (kept.length > 1) faults.push(`${uniqueId} is in the record ${kept.length} times`)
  return faults
}

/** What must hold once everything that was wrong is right again and nothing moves any more. */
export async function faultsOfEnd(world: World, expected: Expected): Promise<string[]> {
  const faults = await faultsOfState(world, expected)
  const life = world.life()
  if (!life) return [...faults, 'the connector does not run']
  const { rows } = await life.ledger.list({ limit: 10_000, cursor: null })
  for (const row of rows) {
    if (!settled(row)) faults.push(`${row.id} is stuck: ${row.state}, ${row.reason ?? 'no reason'}`)
    else if (row.state !== 'deposited') faults.push(...faultsOfStop(row, rows, world, expected))
    faults.push(...(await faultsOfTrace(row, world)))
  }
  for (const row of rows.filter(({ state, source_kind: door, document_key: key }) => state === 'deposited' && door === 'folder' && key?.startsWith('file '))) {
    const parent = rows.find(({ unique_id: uniqueId }) => uniqueId !== null && uniqueId === row.parent_unique_id)
    // Set aside, then come again, it is still what arrived first.
    const hasCome = rows.some((other) => other.content_sha256 === parent?.content_sha256 && other.seq < row.seq)
    if (parent && !hasCome) faults.push(`${row.id} took the place of ${parent.id}, which arrived after it`)
  }
  const deposited = new Set(rows.filter(({ state }) => state === 'deposited').map((row) => row.unique_id))
  for (const uniqueId of world.record.registrations.keys()) if (!deposited.has(uniqueId) && !isToldOtherwise(uniqueId, rows, expected)) faults.push(`the record has ${uniqueId}, and no item says so`)
  return faults
}

/**
 * After a return to an older database a person may have stopped what nobody knew any more to be in the record; it is to be seen all the same. A
 * PDF's id is that of its bytes for one of its patients, of whom only the last may be known.
 */
function isToldOtherwise(uniqueId: string, rows: readonly ItemRow[], { causes, given }: Expected): boolean {
  if (!causes.has('returned')) return false
  const document = given.find((one) => one.document.uniqueId === uniqueId)?.document
  const sha256 = document && createHash('sha256').update(document.bytes).digest('hex')
  return rows.some((row) => row.unique_id === uniqueId || (document ? row.content_sha256 === sha256 : (row.source_reference.startsWith('arrival') || row.source_reference === overwrittenName) && given.some((one) => one.document.kind === 'pdf' && one.reference === row.source_reference)))
}

/** A stop has a reason, and the reason a cause. */
function faultsOfStop(row: ItemRow, rows: readonly ItemRow[], world: World, expected: Expected): string[] {
  const { causes } = expected
  const given = givenOf(row, expected)!
  const after = (...any: Cause[]) => any.some((cause) => causes.has(cause))
  // A PDF may be given again in any order: which version it is depends on what came before.
  const isVersion = given.document.kind === 'pdf' || given.document.version > 1
  const rightReason = {
    'already-received': () => rows.some(({ id }) => id === row.reason_detail),
    'dismissed-by-user': () => after('dismissed'),
    'held-by-user': () => after('held'),
    // A correction stands under its own reference, and what is held stays so.
    'burst-held': () => expected.given.some((one) => one.held && documentName(one) === documentName(given)),
    'patient-opposed': () => after('opposed'),
    'visibility-changed': () => after('visibility'),
    'announced-otherwise': () => after('corrected', 'visibility', 'type left out'),
    // Its type was corrected, or that of another version was: neither is known to be the other's.
    'number-used-twice': () => given.document.kind === 'pdf' && after('corrected', 'type left out'),
    'version-superseded': () =>
      given.document.kind === 'pdf'
        ? rows.some((other) => other.seq > row.seq && expected.given.some(({ reference, document }) => reference === other.source_reference && document.family === given.document.family))
        : expected.given.some(({ document }) => document.family === given.document.family && document.version > given.document.version),
    'parent-missing': () => isVersion,
    'record-closed': () => after('send refused'),
    'record-author-refused': () => after('author refused'),
    'certificate-refused': () => after('card out'),
    'record-request-refused': () => after('question refused'),
    'record-replace-refused': () => isVersion,
    'record-never-confirms': () => world.record.attempts.filter(({ uniqueId }) => uniqueId === row.unique_id).length >= 8,
    'crashed-twice': () => world.crashes >= 2,
    'date-impossible': () => after('clock set back'),
    'forgotten-document': () => after('returned'),
    // Found without what its source said of it, or frozen anew beside what the record turned out to have.
    'type-unknown': () => after('returned') || (after('type left out') && !expected.typed.has(row.id)),
    'traits-incomplete': () => after('returned'),
    'record-content-conflict': () => after('returned'),
  } as Partial<Record<string, () => boolean>>
  const isRight = row.reason !== null && rightReason[row.reason]?.()
  return isRight ? [] : [`${row.id} stopped for no cause: ${row.state}, ${row.reason ?? 'no reason'} ${row.reason_detail ?? ''}`]
}

/** The trace tells every move, one after the other. */
async function faultsOfTrace(row: ItemRow, world: World): Promise<string[]> {
  const trace = await world.life()!.ledger.trace(row)
  const faults: string[] = []
  let state: string | null = null
  for (const line of trace) {
    if (line.from !== state) faults.push(`trace of ${row.id}: ${line.event} from ${line.from}, while it was ${state}`)
    state = line.to
  }
  if (state !== row.state) faults.push(`trace of ${row.id} ends ${state}, it is ${row.state}`)
  const sends = trace.filter(({ event }) => event === 'send').length
  if (sends !== row.attempts) faults.push(`trace of ${row.id} tells ${sends} sends, it counts ${row.attempts}`)
  return faults
}
