import { comparable, stemOf } from './file-name.ts'
import type { Look } from './look.ts'
import { resolveNamed, type ReadySidecar } from './pair-files.ts'

/** Who belongs with whom, computed once for each pass so that a large folder is not searched for every file. */
export interface FolderIndex {
  /** Sidecars that name this document, wherever they stand. */
  naming(document: string): readonly ReadySidecar[]
  /** Files that may be its sidecar by their own name. */
  companionsOf(document: Look): readonly Look[]
  /** Documents a sidecar speaks of, and how many of them are not there. */
  documentsOf(sidecar: ReadySidecar): { readonly found: readonly Look[]; readonly missing: number }
}

/** Builds the index of one pass. */
export function indexOf(looks: Iterable<Look>, isSidecarKind: (look: Look) => boolean): FolderIndex {
  const named = new Map<string, ReadySidecar[]>()
  const sidecarsByStem = new Map<string, Look[]>()
  const documentsByPath = new Map<string, Look>()
  const documentsByStem = new Map<string, Look[]>()
  const add = <T>(map: Map<string, T[]>, key: string, value: T) => {
    const list = map.get(key)
    if (list) list.push(value)
    else map.set(key, [value])
  }
  for (const look of looks) {
    const stem = comparable(stemOf(look.path))
    if (/\.(?:xml|json|csv)$/i.test(look.path)) add(sidecarsByStem, stem, look)
    const neverDocument = isSidecarKind(look) || (look.kind === null && /\.(?:json|csv)$/i.test(look.path))
    if (!neverDocument) {
      documentsByPath.set(comparable(look.path), look)
      add(documentsByStem, stem, look)
    }
    if (!look.sidecar?.entries.ok) continue
    for (const entry of look.sidecar.entries.value) {
      const wanted = entry.file === null ? null : resolveNamed(look.path, entry.file)
      if (wanted !== null) add(named, wanted, look.sidecar)
    }
  }
  return {
    naming: (document) => named.get(comparable(document)) ?? [],
    companionsOf: (document) =>
      [...(sidecarsByStem.get(comparable(stemOf(document.path))) ?? []), ...(sidecarsByStem.get(comparable(document.path)) ?? [])].filter((other) => other !== document),
    documentsOf(sidecar) {
      const entries = sidecar.entries.ok ? sidecar.entries.value : []
      const wanted = entries.flatMap(({ file }) => (file === null ? [] : [resolveNamed(sidecar.path, file)]))
      const found = wanted.flatMap((place) => (place === null ? [] : (documentsByPath.get(place) ?? [])))
      const unnamed = entries.length === 0 || entries.some(({ file }) => file === null)
      const stem = comparable(stemOf(sidecar.path))
      const exact = documentsByPath.get(stem)
      const beside = unnamed ? [...(documentsByStem.get(stem) ?? []), ...(exact ? [exact] : [])].filter((look) => look.path !== sidecar.path) : []
      return { found: [...new Set([...found, ...beside])], missing: wanted.length - found.length + (unnamed && beside.length === 0 ? 1 : 0) }
    },
  }
}
