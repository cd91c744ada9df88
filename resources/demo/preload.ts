import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { documentMetadata } from '#shared/contract/document-metadata.ts'

/** One document the training record already holds, with the entry of its registry. */
const preloadEntry = z.object({
  /** Name of the CDA in the `preload` folder. */
  file: z.string().regex(/^[a-z0-9-]+\.xml$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number().int().positive(),
  /** ISO 8601, UTC: when its author deposited it. */
  submittedAt: z.iso.datetime(),
  metadata: documentMetadata,
})
export type PreloadEntry = z.infer<typeof preloadEntry>

/** Where they are beside this file; a bundled program says it itself. */
const ownFolder = new URL('preload/', import.meta.url)

/** What the training record holds at start, in the order of the patients. Throws when the manifest breaks its schema. */
export function demoPreload(folder: URL = ownFolder): PreloadEntry[] {
  return z.array(preloadEntry).parse(JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')))
}

/** The exact bytes of a pre-loaded CDA. */
export function preloadBytes(entry: Pick<PreloadEntry, 'file'>, folder: URL = ownFolder): Uint8Array {
  return new Uint8Array(readFileSync(new URL(entry.file, folder)))
}
