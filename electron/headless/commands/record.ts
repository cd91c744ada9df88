import fs from 'node:fs'
import { z } from 'zod'
import { recordDocument } from '#shared/contract/index.ts'
import { asking } from '../connect.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'
import { localDay } from './local-day.ts'
import { recordMine } from './record-mine.ts'

/**
 * `record list`: one JSON object a document, of those in force unless other states are asked for. `record get UNIQUEID`: its exact bytes, on stdout or in `--out`. `record facts`: one
 * JSON object a clinical fact. `record search WORDS`: one JSON object a document found; how much was searched goes to stderr. `record lots`: one JSON
 * object a lot deposited since a day. `record mine`: of no patient.
 */
export function record(options: Options): Promise<number> {
  const [what, uniqueId] = options.rest
  if (what === 'mine') return recordMine(options)
  if (options.ins === null) throw new UsageError('record needs --ins INS')
  const patient = { ins: options.ins, ...(options.insOid === null ? {} : { insOid: options.insOid }) }
  if (what === 'list') {
    const statuses = z.array(recordDocument.shape.status).safeParse(options.status ?? ['approved'])
    if (!statuses.success) throw new UsageError(`--status takes ${recordDocument.shape.status.options.join(', ')}, separated by commas`)
    return asking(options, async ({ client }) => {
      for (const document of await client.record.list({ ...patient, ...(options.status !== null && { statuses: statuses.data }) })) process.stdout.write(`${JSON.stringify(document)}\n`)
      return 0
    })
  }
  if (what === 'facts') {
    return asking(options, async ({ client }) => {
      // The passage and the author are the panel's to show.
      for (const { passage: _passage, author: _author, ...fact } of await client.record.facts(patient)) process.stdout.write(`${JSON.stringify(fact)}\n`)
      return 0
    })
  }
  if (what === 'search') {
    const words = options.rest.slice(1).join(' ')
    if (words === '') throw new UsageError('record search needs words')
    return asking(options, async ({ client }) => {
      const { found, total, searched } = await client.record.search({ ...patient, words, limit: 50 })
      for (const one of found) process.stdout.write(`${JSON.stringify(one)}\n`)
      process.stderr.write(`${total} found in the titles of ${searched.titles} documents and the text of ${searched.texts}\n`)
      return 0
    })
  }
  if (what === 'lots') {
    const since = options.since === null ? new Date(0).toISOString() : localDay('--since', options.since).from
    return asking(options, async ({ client }) => {
      for (const lot of await client.record.lots({ ...patient, since })) process.stdout.write(`${JSON.stringify(lot)}\n`)
      return 0
    })
  }
  if (what === 'get') {
    if (!uniqueId) throw new UsageError('record get needs the uniqueId of a document')
    return asking(options, async ({ client }) => {
      const bytes = Buffer.from(await (await client.record.get({ ...patient, uniqueId })).arrayBuffer())
      if (options.out === null) process.stdout.write(bytes)
      else fs.writeFileSync(options.out, bytes)
      return 0
    })
  }
  throw new UsageError('record takes list, lots, facts, search, get or mine')
}
