/**
 * Writes the demo practice's documents: `resources/demo/preload` (what the training record holds at start) and
 * `resources/demo/documents` (what the practice software produces while the demonstration plays).
 * Run with `node e2e/support/demo/make-documents.ts`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { demoFiles } from './demo-files.ts'

const output = new URL('../../../resources/demo/', import.meta.url)
const files = await demoFiles()
for (const folder of ['preload/', 'documents/']) {
  rmSync(new URL(folder, output), { recursive: true, force: true })
  mkdirSync(new URL(folder, output))
}
for (const [name, bytes] of files) writeFileSync(new URL(name, output), bytes)
console.log(`${files.size} files written under ${fileURLToPath(output)}`)
