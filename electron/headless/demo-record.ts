import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Practice } from '#shared/contract/index.ts'
import { demoPreload, preloadBytes, type PreloadEntry } from '../../resources/demo/preload.ts'
import { preload, preloadAccesses, type PreloadedAccess } from '../sandbox/index.ts'
import { root } from './program.ts'

/** Puts the demo practice's past documents in the training record, and lets its doctors into the records of their patients; what is there already is left alone. */
export async function loadDemoRecord(directory: string, practice: Practice): Promise<void> {
  const folder = pathToFileURL(`${path.join(root, 'resources/demo/preload')}/`)
  const entries = demoPreload(folder)
  await preload(
    directory,
    entries.map((entry) => ({ bytes: preloadBytes(entry, folder), metadata: entry.metadata, submittedAt: new Date(entry.submittedAt) })),
  )
  await preloadAccesses(directory, accessesTo(entries, practice))
}

/** Each doctor into each record, since its first document. */
function accessesTo(entries: readonly PreloadEntry[], practice: Practice): PreloadedAccess[] {
  const records = [...Map.groupBy(entries, ({ metadata }) => metadata.ins.value).values()]
  const doctors = practice.professionals.filter(({ profession }) => profession === '10')
  return records.flatMap((documents) => {
    const [first] = documents.toSorted((a, b) => a.submittedAt.localeCompare(b.submittedAt))
    return first ? doctors.map(({ id, structure }) => ({ ins: first.metadata.ins, professional: id, structure, givenAt: new Date(first.submittedAt) })) : []
  })
}
