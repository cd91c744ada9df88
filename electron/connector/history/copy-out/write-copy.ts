import { randomUUID } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { failure, success, type Result } from '#shared/contract/index.ts'
import type { CopiedFiles } from './copied-files.ts'

/** Whether documents can be copied there: the practice set it, it is a folder, and none that is watched, where Relais would take them for new ones. */
export async function checkCopyFolder(folder: string | undefined, watched: readonly string[]): Promise<Result<string>> {
  if (folder === undefined) return failure('copy-folder-not-set')
  const real = await realFolder(folder)
  if (real === null) return failure('copy-folder-unwritable', { detail: 'no such folder' })
  const watchedReal = await Promise.all(watched.map(realFolder))
  return watchedReal.some((one) => one !== null && isIn(real, one)) ? failure('copy-folder-watched') : success(folder)
}

async function realFolder(folder: string): Promise<string | null> {
  try {
    const real = await fs.realpath(folder)
    return (await fs.stat(real)).isDirectory() ? real : null
  } catch {
    return null
  }
}

function isIn(folder: string, outer: string): boolean {
  const way = path.relative(outer, folder)
  return way === '' || !(way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way))
}

/**
 * Writes a document and its sidecar, each whole and synced before it bears its name, the sidecar last: where it is, the document is. The same copy again
 * takes the place of the former.
 */
export async function writeCopy(folder: string, { name, bytes, sidecar }: CopiedFiles): Promise<Result<void>> {
  const written: { readonly at: string; readonly as: string }[] = []
  try {
    for (const [as, content] of [[name, bytes], [sidecar.name, sidecar.text]] as const) {
      const at = path.join(folder, `${as}.${randomUUID()}.part`)
      written.push({ at, as: path.join(folder, as) })
      await fs.writeFile(at, content, { flag: 'wx', flush: true })
    }
    for (const { at, as } of written) await fs.rename(at, as)
    return success(undefined)
  } catch (error) {
    for (const { at } of written) await fs.rm(at, { force: true }).catch(() => undefined)
    return failure('copy-folder-unwritable', { detail: (error as NodeJS.ErrnoException).code ?? 'unknown' })
  }
}
