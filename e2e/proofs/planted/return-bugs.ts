import type { PlantedBug } from './bug.ts'

const recover = 'electron/connector/recover.ts'

/** What a return to an older database makes of what it does not know. */
export const returnBugs: readonly PlantedBug[] = [
  {
    name: 'what an older database does not know is left where it lies',
    why: 'a document that was acknowledged is never sent, and nobody is told',
    file: recover,
    find: 'await keepForgotten({ store, ledger, applyIdentity, environment, oidOf })',
    replace: '{ documents: 0, unreadable: 0 }',
    proof: 'model',
    signature: /was lost with the database/,
  },
  {
    name: 'what was found after a return goes by itself',
    why: 'a document a person had set aside goes to the record after all',
    file: 'electron/connector/outbox/sqlite-ledger.ts',
    find: "arrival.forgotten ? 'parked' : 'received'",
    replace: "'received'",
    proof: 'model',
    signature: /was held by a person|was never handed over/,
  },
  {
    name: 'the record is not asked after a return',
    why: 'what went after the copy was taken goes a second time',
    file: 'electron/connector/outbox/sqlite-ledger.ts',
    find: 'if (everything) await commit(() => void prepared.askFirst.run())',
    replace: '',
    proof: 'model',
    signature: /the record has it already|is in the record 2 times/,
  },
  {
    name: 'what patients said in front of the panel is not said again after a return',
    why: 'a document of a patient who opposes goes to the record',
    file: recover,
    find: 'for (const answer of answers) learnAgain(answer, registry, consent)',
    replace: '',
    proof: 'model',
    signature: /its patient opposes/,
  },
]
