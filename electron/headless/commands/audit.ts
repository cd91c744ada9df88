import { openAudit } from '#connector/audit/index.ts'
import { openStore, readOrMakeKeyFile } from '#connector/store/index.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'

/** `audit verify`: walks the chain of the trace; exit code 1 at the first broken line. The program must not be running. */
export async function audit(options: Options): Promise<number> {
  if (options.rest[0] !== 'verify') throw new UsageError('audit verify')
  const key = readOrMakeKeyFile(options.data)
  if (!key.ok) throw new UsageError(`${key.failure.code}: ${key.failure.detail ?? ''}`)
  const store = await openStore({ directory: options.data, key: key.value, role: 'audit verify', now: Date.now() })
  if (!store.ok) throw new UsageError(`${store.failure.code}: ${store.failure.detail ?? ''}`)
  try {
    const result = openAudit(store.value, Date.now).verify()
    process.stdout.write(`${JSON.stringify({ intact: result.brokenAt === null, ...result })}\n`)
    return result.brokenAt === null ? 0 : 1
  } finally {
    store.value.close()
  }
}
