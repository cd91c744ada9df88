/** What the watch says of its folder. Times are milliseconds since the epoch. */
export type FolderState =
  /** `pending`: files seen and not taken yet. `skipped`: temporary and system names passed over by the last listing. */
  | { readonly state: 'watching'; readonly pending: number; readonly skipped: number; readonly lastTakenAt: number | null }
  /** Missing or out of reach; looked at again by itself. `problem` is the system's code. */
  | { readonly state: 'unreachable'; readonly since: number; readonly problem: string }

/** Times (milliseconds) and sizes of the watch. */
export interface WatchPace {
  /** Between two listings, when nothing hints at a change. */
  readonly rescanMs: number
  /** So long a backlog is taken before the folder is listed again. */
  readonly portionMs: number
  /** And at least this many times as long as listing took last. */
  readonly portionPerListing: number
  /** Between two looks at a file that is not taken yet: the same size and time twice makes it stable. */
  readonly stabilityMs: number
  /** Stability asked of a file whose end mark never comes, and of an empty one. */
  readonly patienceMs: number
  /** The same for formats that have no end mark. */
  readonly unmarkedPatienceMs: number
  /** A file that still changes after this long is reported. */
  readonly growingMs: number
  /** A file that cannot be opened for this long is reported; it is tried for ever. */
  readonly unreadableMs: number
  /** Between two looks at files already taken (they may be overwritten without any event). */
  readonly recheckMs: number
  /** So long a file is new: it is looked at in each listing. */
  readonly freshMs: number
  readonly maxFileBytes: number
  /** Of documents that wait for their sidecar, kept in memory in case they are written over. */
  readonly keptBytes: number
  /** Beyond so many files chokidar is not used: it holds a watch for each. */
  readonly hintFiles: number
}

export const defaultPace: WatchPace = {
  rescanMs: 2000,
  portionMs: 1000,
  portionPerListing: 4,
  stabilityMs: 1000,
  patienceMs: 60_000,
  unmarkedPatienceMs: 5000,
  growingMs: 15 * 60_000,
  unreadableMs: 5 * 60_000,
  recheckMs: 30_000,
  freshMs: 10 * 60_000,
  maxFileBytes: 20 * 1024 * 1024,
  keptBytes: 64 * 1024 * 1024,
  hintFiles: 2000,
}
