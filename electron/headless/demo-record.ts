import { demoPreload, preloadBytes } from '../../resources/demo/preload.ts'
import { preload } from '../sandbox/index.ts'

/** Puts the demo practice's past documents in the training record; those already there are left alone. */
export async function loadDemoRecord(directory: string): Promise<void> {
  await preload(
    directory,
    demoPreload().map((entry) => ({ bytes: preloadBytes(entry), metadata: entry.metadata, submittedAt: new Date(entry.submittedAt) })),
  )
}
