import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { demoPreload, preloadBytes } from '../../resources/demo/preload.ts'
import { preload } from '../sandbox/index.ts'
import { root } from './program.ts'

/** Puts the demo practice's past documents in the training record; those already there are left alone. */
export async function loadDemoRecord(directory: string): Promise<void> {
  const folder = pathToFileURL(`${path.join(root, 'resources/demo/preload')}/`)
  await preload(
    directory,
    demoPreload(folder).map((entry) => ({ bytes: preloadBytes(entry, folder), metadata: entry.metadata, submittedAt: new Date(entry.submittedAt) })),
  )
}
