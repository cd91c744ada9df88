import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { windowKind } from './window-request.ts'
import type { WindowKind } from './window-request.ts'
import type { Bounds } from './window-bounds.ts'

const side = z.number().int().min(-100_000).max(100_000)
const bounds = z.object({ x: side, y: side, width: z.number().int().min(100).max(20_000), height: z.number().int().min(100).max(20_000) })
const remembered = z.partialRecord(windowKind, bounds)

/** Where the windows were left, in a small file; a damaged one is as good as none. */
export interface RememberedBounds {
  readonly get: (window: WindowKind) => Bounds | null
  readonly set: (window: WindowKind, bounds: Bounds) => void
}

export function rememberedBounds(file: string): RememberedBounds {
  const known = load(file)
  return {
    get: (window) => known[window] ?? null,
    set: (window, place) => {
      known[window] = { x: place.x, y: place.y, width: place.width, height: place.height }
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(`${file}.new`, JSON.stringify(known))
      renameSync(`${file}.new`, file)
    },
  }
}

function load(file: string): z.infer<typeof remembered> {
  if (!existsSync(file)) return {}
  try {
    return remembered.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return {}
  }
}
