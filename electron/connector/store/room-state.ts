/** `low`: take nothing more in. `full`: only what was decided may still be written. */
export type RoomState = 'ok' | 'low' | 'full'

export interface DiskSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

const megabyte = 1024 * 1024

/** The marks of a disk of this size, in bytes: what a small one can spare counts, not what a large one has. */
export function roomMarks(totalBytes: number): { readonly low: number; readonly full: number } {
  return { low: Math.min(500 * megabyte, totalBytes * 0.1), full: Math.min(64 * megabyte, totalBytes * 0.05) }
}

/** The state of a disk. It takes a tenth more than a mark to come back over the low one, a quarter more over the full one: no flapping. */
export function roomState({ freeBytes, totalBytes }: DiskSpace, before: RoomState = 'ok'): RoomState {
  const { low, full } = roomMarks(totalBytes)
  if (freeBytes < (before === 'full' ? full * 1.25 : full)) return 'full'
  if (freeBytes < (before === 'ok' ? low : low * 1.1)) return 'low'
  return 'ok'
}
