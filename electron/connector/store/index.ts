export { openStore, type Store } from './open-store.ts'
export { parseKey, readOrMakeKeyFile, type StoreKey } from './key.ts'
export { holderOf } from './lease.ts'
export { schemaVersion } from './migrate.ts'
