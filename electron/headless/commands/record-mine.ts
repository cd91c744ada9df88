import type { ListedBy } from '#shared/contract/index.ts'
import { asking } from '../connect.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'
import { localDay } from './local-day.ts'

const kinds: Readonly<Record<string, ListedBy>> = { documents: 'last-document', access: 'last-authorisation' }
/** Days looked back where none is said, as the panel proposes first. */
const usualDays = 7

/**
 * `record mine`: the records whoever reads may access where documents were added, or access was given, since a day (TD0.4), newest addition first, one
 * JSON object a record: `{ins, insOid, birthName, givenName, usedName, birthDate, identity, isTreatingDoctor, lastAccessAt, lastAddAt, sinceMyAccess, wordAgainst}`.
 */
export function recordMine(options: Options): Promise<number> {
  const by = kinds[options.by ?? 'documents']
  if (!by) throw new UsageError(`--by takes ${Object.keys(kinds).join(' or ')}, not ${options.by}`)
  const since = options.since ?? daysAgo(usualDays, new Date())
  localDay('--since', since)
  return asking(options, async ({ client }) => {
    const { records } = await client.myRecords.list({ since, by })
    for (const record of records) process.stdout.write(`${JSON.stringify(record)}\n`)
    return 0
  })
}

/** The day so many days before `now`, of this computer's calendar. */
function daysAgo(days: number, now: Date): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days)
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
