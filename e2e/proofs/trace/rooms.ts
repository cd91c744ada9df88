import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { programRoot } from '../program.ts'

/** The rooms of the program under test the proofs enter. */
export interface Rooms {
  readonly store: typeof import('#connector/store/index.ts')
  readonly outbox: typeof import('#connector/outbox/index.ts')
}

/** Loads them from the program's root, which may be another version than this project. */
export async function loadRooms(): Promise<Rooms> {
  const room = (name: string) => import(pathToFileURL(path.join(programRoot, 'electron/connector', name, 'index.ts')).href) as Promise<unknown>
  return { store: (await room('store')) as Rooms['store'], outbox: (await room('outbox')) as Rooms['outbox'] }
}

export type Store = Parameters<Rooms['outbox']['openSqliteLedger']>[0]
export type Ledger = ReturnType<Rooms['outbox']['openSqliteLedger']>
export type Row = NonNullable<Awaited<ReturnType<Ledger['byId']>>>
