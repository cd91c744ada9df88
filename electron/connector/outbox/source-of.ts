import type { ItemRow } from './item.ts'
import type { AdoptingFolder, ArrivalSource, TakenFile } from './ledger.ts'

/** By what a source is known for good: a watched folder by its identity, another one by its name. */
export function sourceOf({ source_id: id, source_name: name }: Pick<ItemRow, 'source_id' | 'source_name'>): string {
  return id ?? name
}

/** Does this arrival come from the source of that item? Two folders of one name are two sources. */
export function isOfSource(item: Pick<ItemRow, 'source_kind' | 'source_id' | 'source_name'>, { kind, name, id }: ArrivalSource): boolean {
  return kind === item.source_kind && (id ?? null) === item.source_id && (id !== undefined || name === item.source_name)
}

/** Is it the same file? Two subfolders may hold one name; where it lay is not known of every item, then its name alone tells. */
export function isOfFile(item: Pick<ItemRow, 'source_path' | 'source_reference'>, { source, file }: { readonly source: ArrivalSource; readonly file?: TakenFile | undefined }): boolean {
  return item.source_path !== null && file ? item.source_path === file.path : item.source_reference === source.reference
}

/** The key under which the versions of one document are found that its source numbers: each source counts by itself, and some count anew for each patient. */
export function documentKeyOf(item: Pick<ItemRow, 'source_id' | 'source_name'>, ins: string, number: string): string {
  return `file ${sourceOf(item)} ${ins} ${number}`
}

/** Did this folder make it? By where its file lay and what the folder was called then: of two watched folders one may lie in the other. */
export function isMadeBy({ source_name: name, source_path: path }: Pick<ItemRow, 'source_name' | 'source_path'>, { roots, names }: AdoptingFolder): boolean {
  return names.includes(name) && path !== null && roots.some((root) => path.startsWith(root) && /^[\\/]/.test(path.slice(root.replace(/[\\/]$/, '').length)))
}
