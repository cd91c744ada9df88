/** Where the store's key comes from. */
export type KeySource =
  /** The system's keystore seals it; the shell hands it to the program. */
  | 'keystore'
  /** The program keeps its own file (mode 0600): training data only. */
  | 'file'
  /** No safe place: real patient data is never kept under a key in clear. */
  | 'refused'

/** What the choice depends on. */
export interface KeystoreFacts {
  readonly available: boolean
  /** Linux only: `basic_text` means a constant password known to everybody. */
  readonly backend: string | null
  readonly training: boolean
  /** The store of this data folder already lives under the program's own key file. */
  readonly keyFileExists: boolean
  /** A sealed key was already made for this data folder. */
  readonly sealedKeyExists: boolean
  /** Something of a store lies in this data folder. */
  readonly storeExists: boolean
}

/**
 * Chooses the key's place. A store keeps the kind of key it was made with, and one whose key is lost gets no other, which would open nothing;
 * a new one takes the keystore when it is a real one.
 */
export function keySource(facts: KeystoreFacts): KeySource {
  const safe = facts.available && facts.backend !== 'basic_text'
  if (facts.keyFileExists && !facts.sealedKeyExists && facts.training) return 'file'
  if (facts.storeExists && !facts.sealedKeyExists) return 'refused'
  if (safe) return 'keystore'
  return facts.training && !facts.sealedKeyExists ? 'file' : 'refused'
}
