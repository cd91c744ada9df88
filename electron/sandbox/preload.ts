import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { DocumentMetadata } from '#shared/contract/index.ts'
import { lockFolder } from './lock.ts'
import { buildUnsignedLot, consultation, newOid } from './lot-building.ts'
import type { Registry } from './registry.ts'
import { openRegistry } from './registry.ts'
import type { Submission } from './submission.ts'

/** A document the record holds from the start. */
export interface PreloadedDocument {
  readonly bytes: Uint8Array
  readonly metadata: DocumentMetadata
  readonly submittedAt: Date
}

/** The lot that would have brought this document. */
function lotOf({ bytes, metadata, submittedAt }: PreloadedDocument, replacedUuid: string | null): Submission {
  const set = { uniqueId: newOid(), sourceId: '1.2.250.1.999.77', submittedAt, title: null, sender: metadata.authors[0] ?? null, contentType: consultation }
  return buildUnsignedLot({ set, documents: [{ metadata, bytes: Buffer.from(bytes), replacedUuid }] })
}

async function loadOne(document: PreloadedDocument, registry: Registry): Promise<boolean> {
  if (registry.byUniqueId(document.metadata.uniqueId)) return false
  const parent = document.metadata.replaces === null ? undefined : registry.byUniqueId(document.metadata.replaces)
  const errors = await registry.register(lotOf(document, parent && parent.replacedBy === null ? parent.entryUuid : null), document.submittedAt)
  if (errors.length > 0) throw new Error(`${document.metadata.uniqueId}: ${errors.map((error) => error.context).join(', ')}`)
  return true
}

/**
 * Puts documents into the record of a folder that nobody serves, as if each had been deposited at `submittedAt`; those whose uniqueId is there
 * already are left alone. Replaced documents must come before what replaces them. Gives how many were new. Throws `FolderInUse`.
 */
export async function preload(dir: string, documents: readonly PreloadedDocument[]): Promise<number> {
  const folder = path.resolve(dir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(folder, 15_000)
  try {
    const registry = await openRegistry(folder)
    try {
      let added = 0
      for (const document of documents) if (await loadOne(document, registry)) added += 1
      return added
    } finally {
      await registry.close()
    }
  } finally {
    await unlock()
  }
}
