import type { PlantedBug } from './bug.ts'

const sender = 'electron/connector/outbox/sender.ts'
const transition = 'electron/connector/outbox/transition.ts'

/** From a ready item to the record's answer. */
export const sendingBugs: readonly PlantedBug[] = [
  {
    name: 'each try gets a submission set of its own',
    why: 'a record that has the first set takes the second as another deposit',
    file: sender,
    find: 'await lotOf(row, frozen, document)',
    replace: 'await lotOf({ ...row, lot_sha256: null }, { ...frozen, submissionSetId: `${frozen.submissionSetId}.${row.attempts}` }, document)',
    proof: 'model',
    signature: /another submission set|the record has something else/,
  },
  {
    name: 'each try gets a document id of its own',
    why: 'the record holds the same document twice and cannot know it',
    file: sender,
    find: 'await lotOf(row, frozen, document)',
    replace: 'await lotOf({ ...row, lot_sha256: null }, { ...frozen, metadata: { ...frozen.metadata, uniqueId: `${frozen.uniqueId}.${row.attempts}` } }, document)',
    proof: 'model',
    signature: /no item is being sent|and no item says so|counts as deposited, the record has it 0 times/,
  },
  {
    name: 'a lot that left is signed anew',
    why: 'the record may get the same document in two lots that differ',
    file: sender,
    find: 'row.lot_sha256 !== null && frozen.metadata.replaces !== null && row.doubts === 0',
    replace: 'row.lot_sha256 !== null',
    proof: 'model',
    signature: /other bytes than those the record may have/,
  },
  {
    name: 'the bytes go before it is written that they go',
    why: 'after a crash nobody knows that the record has to be asked',
    file: sender,
    find: `    const sending = await ledger.startSending(row, lot.sha256, options.mayGo)
    if (!sending) return
    milestone('send:after-sending')
    const clockAtSend = now() - monotonic()
    const answer = await record.send(frozen.party, frozen.metadata.ins, lot.bytes, [document], frozen.uniqueId)
`,
    replace: `    const clockAtSend = now() - monotonic()
    const answer = await record.send(frozen.party, frozen.metadata.ins, lot.bytes, [document], frozen.uniqueId)
    const sending = await ledger.startSending(row, lot.sha256, options.mayGo)
    if (!sending) return
    milestone('send:after-sending')
`,
    proof: 'model',
    signature: /no item is being sent/,
  },
  {
    name: 'a replacement does not wait for the document it replaces',
    why: 'both versions stay current in the record',
    file: sender,
    find: '    if (found.value) {\n      missedSinceOf.delete(row.seq)\n      return { entryUuid: found.value.entryUuid }\n    }\n',
    replace: '    if (missedSinceOf) return { entryUuid: found.value?.entryUuid ?? null }\n',
    proof: 'model',
    signature: /which is not there/,
  },
  {
    name: 'a hold is noted and stops nothing',
    why: 'a document goes that a person had stopped',
    file: 'electron/connector/outbox/sqlite-ledger.ts',
    find: "return applyInside(item, { type: 'hold', reason: holdReason.user })",
    replace: 'return true',
    proof: 'model',
    signature: /was held by a person/,
  },
  {
    name: 'a word said while a lot is built is not heard',
    why: 'a document goes although its patient has just opposed',
    file: 'electron/connector/outbox/sqlite-ledger.ts',
    find: 'const stop = guard(current)',
    replace: 'const stop = null',
    proof: 'model',
    signature: /its patient opposes|should go masked|was announced otherwise, and nobody said/,
  },
  {
    name: 'a record that is busy loses the document',
    why: 'it is never deposited, and nobody is told',
    file: transition,
    find: "return state === 'sending' ? move('waiting', event.reason, event.for) : null",
    replace: "return state === 'sending' ? move('ignored', event.reason) : null",
    proof: 'model',
    signature: /stopped for no cause: ignored/,
  },
  {
    name: 'a refused document counts as deposited',
    why: 'the practice believes it is in the record',
    file: transition,
    find: "return state === 'sending' ? move('parked', event.reason) : null",
    replace: "return state === 'sending' ? move('deposited') : null",
    proof: 'model',
    signature: /counts as deposited, the record has it 0 times/,
  },
]
