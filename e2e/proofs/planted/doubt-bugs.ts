import type { PlantedBug } from './bug.ts'

const transition = 'electron/connector/outbox/transition.ts'
const backoff = 'electron/connector/outbox/backoff.ts'
// At the send, or at the next look at the record: whichever the proof comes to first.
const withoutLooks = /sent again after a doubt without two looks|is in the record 2 times/
const tooSoon = /sent again although the record was last asked|is in the record 2 times/
const blind = /^resent-blind: /m

/** What follows when nobody knows whether the record has it. */
export const doubtBugs: readonly PlantedBug[] = [
  {
    name: 'a lost answer counts as an acceptance',
    why: 'a document the record never got is shown as deposited',
    file: transition,
    find: "return state === 'sending' ? move('uncertain', event.reason) : null",
    replace: "return state === 'sending' ? move('deposited') : null",
    proof: 'model',
    signature: /counts as deposited, the record has it 0 times/,
  },
  {
    name: 'nothing is asked after a lost answer',
    why: 'a document the record has is sent a second time',
    file: transition,
    find: "return state === 'sending' ? move('uncertain', event.reason) : null",
    replace: "return state === 'sending' ? move('ready') : null",
    proof: 'model',
    signature: withoutLooks,
  },
  {
    name: 'a question without an answer counts as "not there"',
    why: 'a document the record has is sent a second time',
    file: transition,
    find: "return state === 'uncertain' ? move('uncertain', event.reason) : null",
    replace: "return state === 'uncertain' ? move('ready') : null",
    proof: 'model',
    // Where no send arrives it goes again and again, until it is given up.
    signature: new RegExp(`${withoutLooks.source}|stopped for no cause: parked, record-never-confirms`),
  },
  {
    name: 'one look is enough',
    why: 'a record that shows late what it stored gets it twice',
    file: backoff,
    find: 'if (next.absent >= 2 && since >= visibilityMs)',
    replace: 'if (next.absent >= 1)',
    proof: 'model',
    signature: withoutLooks,
  },
  {
    name: 'two looks one after the other are enough',
    why: 'a record that shows late what it stored gets it twice',
    file: backoff,
    find: 'if (next.absent >= 2 && since >= visibilityMs)',
    replace: 'if (next.absent >= 2)',
    proof: 'model',
    signature: tooSoon,
  },
  {
    name: 'looks are kept and measured by the clock on the wall',
    why: 'whoever sets that clock makes the record get a document twice',
    file: 'electron/connector/outbox/sender.ts',
    find: 'looksOf.get(row.seq) ?? { absent: 0, firstAbsentAt: null, sentAt: startedAt }, { askedAt, answeredAt: monotonic() }',
    replace: '{ absent: row.absent_looks, firstAbsentAt: row.first_absent_at, sentAt: row.sent_at ?? 0 }, { askedAt: now(), answeredAt: now() }',
    proof: 'model',
    // With a clock set back it asks without end, too.
    signature: /sent again (?:after a doubt without two looks|although the record was last asked)|is in the record 2 times|does not come to rest/,
  },
  {
    name: 'what a crash left half sent goes again',
    why: 'a document the record has is sent a second time',
    file: transition,
    find: "return state === 'sending' ? move('uncertain', 'record-no-answer') : null",
    replace: "return state === 'sending' ? move('ready') : null",
    proof: 'kill',
    signature: blind,
  },
  {
    name: 'a connection that breaks after the bytes left counts as never made',
    why: 'a document the record has is sent a second time',
    file: 'electron/connector/record/transport.ts',
    find: 'unsent: unsent.has(error as Error)',
    replace: 'unsent: true',
    proof: 'network',
    signature: blind,
  },
]
