import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openSqliteLedger } from '../outbox/index.ts'
import { openStore } from '../store/index.ts'
import type { Arrival, IncomingMessage, IntakeLedger } from './ledger.ts'

/** The real ledger over a store of its own, with what was handed to it, and a switch to make it fail. */
export interface TestLedger extends IntakeLedger {
  readonly arrivals: Arrival[]
  readonly messages: IncomingMessage[]
  /** Called before anything is kept; an exception is a storage that fails. */
  before: () => void | Promise<void>
  /** Ends it and removes its store. */
  remove(): void
}

/** Opens an empty one. */
export async function testLedger(): Promise<TestLedger> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-intake-'))
  const opened = await openStore({ directory, key: 'ab'.repeat(32), role: 'test', now: 1 })
  if (!opened.ok) throw new Error(opened.failure.code)
  const real = openSqliteLedger(opened.value, { now: Date.now, newId: randomUUID })
  const ledger: TestLedger = {
    arrivals: [],
    messages: [],
    before: () => undefined,
    async receive(arrivals, message) {
      await ledger.before()
      const received = await real.receive(arrivals, message)
      if (received.message === 'duplicate') return received
      ledger.arrivals.push(...arrivals)
      if (message) ledger.messages.push(message)
      return received
    },
    isTaken: (file) => real.isTaken(file),
    heldOther: (path, sha256) => real.heldOther(path, sha256),
    isRewritten: (file) => real.isRewritten(file),
    wasInDoubt: (sha256, reference) => real.wasInDoubt(sha256, reference),
    saidOf: (file) => real.saidOf(file),
    takenElsewhere: (file, sha256) => real.takenElsewhere(file, sha256),
    recentFromFolder: (name, since) => real.recentFromFolder(name, since),
    remove() {
      opened.value.close()
      fs.rmSync(directory, { recursive: true, force: true })
    },
  }
  return ledger
}
