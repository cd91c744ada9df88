/** Looks at readers that show themselves empty, between two initialisations: some libraries see a card put back only so. */
const looksWithReaders = 30
/** And where no empty reader shows, which nothing but an initialisation would find. */
const looksWithout = 2

/** Whether the library is initialised anew before an empty place is looked at again; `looks` counts those since the last time. */
export function mustInitialise({ emptyReaders, looks }: { readonly emptyReaders: number; readonly looks: number }): boolean {
  return looks >= (emptyReaders > 0 ? looksWithReaders : looksWithout)
}

/** Looks that pass before a library that did not start, or was lost, is started again: each start costs a process. */
export function looksWithoutLibrary(losses: number): number {
  return Math.min(2 ** losses, 60)
}
