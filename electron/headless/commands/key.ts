import fs from 'node:fs'
import path from 'node:path'
import { holderOf, newKey, readOrMakeKeyFile, replaceKeyFile, rotateKey } from '#connector/store/index.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'

/**
 * `key rotate`: gives the store of a data folder a new key, and brings its database, copies, journal and documents under it. The program
 * must not be running. Interrupted at any moment, the store opens again, and the next start undoes or finishes it.
 */
export async function key(options: Options): Promise<number> {
  if (options.rest[0] !== 'rotate') throw new UsageError('key rotate')
  const { data } = options
  if (!fs.existsSync(path.join(data, 'relais.db'))) throw new UsageError(`No Relais data in ${data}`)
  const holder = await holderOf(data)
  if (holder !== null) throw new UsageError(`${data} is in use by Relais (${holder}). Stop it first: the key cannot be changed under a running program.`)
  if (!fs.existsSync(path.join(data, 'store.key'))) throw new UsageError(`The key of ${data} is not in a file: the system keeps it for the desktop program. This command changes a key kept in store.key.`)
  const current = readOrMakeKeyFile(data)
  if (!current.ok) throw new UsageError(`${current.failure.code}: ${current.failure.detail ?? ''}`)
  const next = newKey()
  const rotated = await rotateKey({ directory: data, key: current.value, nextKey: next, adopt: () => replaceKeyFile(data, next), now: Date.now() })
  if (!rotated.ok) throw new UsageError(`${rotated.failure.code}: ${rotated.failure.detail ?? ''}. The key is the same as before.`)
  const left = [...rotated.value.left.map((file) => path.relative(data, file)), ...(fs.existsSync(path.join(data, 'damaged')) ? ['damaged/'] : [])]
  if (options.json) process.stdout.write(`${JSON.stringify({ rotated: true, left })}\n`)
  else process.stdout.write(`The store has a new key. Copies made before with backup --out open only with the former one.${left.length > 0 ? ` So does what was damaged before: ${left.join(', ')}.` : ''}\n`)
  return 0
}
