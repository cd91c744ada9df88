import { expect, test } from 'vitest'
import { checkInvariants, figuresOf, type Facts, type Given, type ItemFact, type StoredFact, type ViolationKind, type WireFact } from './check-invariants.ts'

const ins = '158076999912387'

const given = (rank: number, more: Partial<Given> = {}): Given => ({ door: 'hl7', reference: `M${rank}`, content: `content-${rank}`, uniqueId: `1.2.${rank}`, ins, replaces: null, ...more })
const item = (rank: number, more: Partial<ItemFact> = {}): ItemFact => ({ id: `item-${rank}`, state: 'deposited', reason: null, door: 'hl7', reference: `M${rank}`, uniqueId: `1.2.${rank}`, nextAttemptAt: null, ...more })
const stored = (rank: number, more: Partial<StoredFact> = {}): StoredFact => ({ uniqueId: `1.2.${rank}`, setId: `9.${rank}`, sha256: `content-${rank}`, embedded: null, patients: [ins, ins], replaces: null, ...more })
const sentAt = (number: number): string => `2026-11-20T09:00:0${number}.000Z`
const deposit = (number: number, rank: number, more: Partial<Extract<WireFact, { kind: 'deposit' }>> = {}): WireFact => ({ kind: 'deposit', number, sentAt: sentAt(number), uniqueId: `1.2.${rank}`, setId: `9.${rank}`, sha256: `content-${rank}`, answer: 'stored', ...more })
const question = (number: number, rank: number): WireFact => ({ kind: 'question', number, sentAt: sentAt(number), uniqueId: `1.2.${rank}` })

/** Two documents deposited, the second replacing the first; a third parked; a repeat of the first ignored; a PDF; one resent after a question. */
function sound(): { given: Given[]; items: ItemFact[]; stored: StoredFact[]; wire: WireFact[] } {
  return {
    given: [
      given(1),
      given(2, { replaces: '1.2.1' }),
      given(3),
      given(4, { door: 'folder', reference: 'again.xml', content: 'content-1', uniqueId: '1.2.1' }),
      given(5, { door: 'folder', reference: 'letter.pdf', content: 'pdf-5', uniqueId: null }),
    ],
    items: [
      item(1),
      item(2),
      item(3, { state: 'parked', reason: 'record-author-refused' }),
      item(4, { state: 'ignored', reason: 'already-received', door: 'folder', reference: 'again.xml', uniqueId: null }),
      item(5, { door: 'folder', reference: 'letter.pdf', uniqueId: '8.5' }),
    ],
    stored: [stored(1), stored(2, { replaces: '1.2.1' }), stored(5, { uniqueId: '8.5', sha256: 'wrapped', embedded: 'pdf-5' })],
    wire: [deposit(1, 1, { answer: 'none' }), question(2, 1), question(3, 1), deposit(4, 1), deposit(5, 2), deposit(6, 5, { uniqueId: '8.5', sha256: 'wrapped' }), deposit(7, 3, { answer: 'refused' }), deposit(8, 3, { answer: 'refused', sha256: 'prepared anew' })],
  }
}

function factsOf(parts: ReturnType<typeof sound>): Facts {
  const counts: Record<string, number> = {}
  for (const { state } of parts.items) counts[state] = (counts[state] ?? 0) + 1
  return { ...parts, status: { total: parts.items.length, counts } }
}

const kindsOf = (facts: Facts): ViolationKind[] => [...new Set(checkInvariants(facts).map(({ kind }) => kind))]

test('says nothing when every promise holds', () => {
  expect(checkInvariants(factsOf(sound()))).toEqual([])
})

test('knows a content given twice that stands forgotten under its last message, and that another content is lost all the same', () => {
  const forgotten = (content: string): Facts => {
    const parts = sound()
    parts.given.push(given(6, { content: 'content-3', uniqueId: '1.2.3' }))
    parts.given[2] = given(3, { content })
    parts.items.splice(2, 1, item(6, { state: 'parked', reason: 'forgotten-document', uniqueId: null }))
    parts.wire.splice(6, 2)
    return factsOf(parts)
  }
  expect(kindsOf(forgotten('content-3'))).toEqual([])
  expect(kindsOf(forgotten('content-9'))).toEqual(['lost'])
})

test('a version looks for a first that stopped before its number was read, and for no other', () => {
  const parts = sound()
  parts.given.push(given(6), given(7, { replaces: '1.2.6' }))
  parts.items.push(item(6, { state: 'parked', reason: 'crashed-twice', uniqueId: null }), item(7, { state: 'waiting', reason: 'parent-missing', nextAttemptAt: '2026-11-20T10:00:00.000Z' }))
  expect(checkInvariants(factsOf(parts))).toEqual([])
  const third = { given: [...parts.given, given(8, { replaces: '1.2.7' })], items: [...parts.items, item(8, { state: 'waiting', reason: 'parent-missing', nextAttemptAt: '2026-11-20T10:00:00.000Z' })] }
  expect(checkInvariants(factsOf({ ...parts, ...third }))).toEqual([])
  const withFirst = (first: Partial<ItemFact>) => ({ ...parts, items: parts.items.map((one) => (one.id === 'item-6' ? item(6, first) : one)) })
  // It was read, it is on its way, or it is not there: nobody is asked, and the version waits for nothing.
  expect(kindsOf(factsOf(withFirst({ state: 'parked', reason: 'author-not-ours' })))).toEqual(['stuck'])
  expect(kindsOf(factsOf(withFirst({ state: 'received', uniqueId: null })))).toEqual(['stuck'])
  expect(kindsOf(factsOf({ ...parts, given: parts.given.filter(({ reference }) => reference !== 'M6'), items: parts.items.filter(({ id }) => id !== 'item-6') }))).toEqual(['stuck'])
})

const planted: readonly (readonly [string, ViolationKind, (parts: ReturnType<typeof sound>) => void])[] = [
  ['a message answered AA that no item holds', 'lost', (parts) => void parts.items.splice(2, 1)],
  ['two items for one message', 'item-doubled', (parts) => void parts.items.push(item(3, { id: 'item-3b', state: 'waiting', reason: 'patient-unknown' }))],
  ['an item nobody gave', 'item-of-nobody', (parts) => void parts.items.push(item(9, { state: 'parked', reason: 'sidecar-invalid' }))],
  ['an item parked in silence', 'without-reason', (parts) => void (parts.items[2] = item(3, { state: 'parked', reason: null }))],
  ['an item that is still uncertain', 'stuck', (parts) => void (parts.items[2] = item(3, { state: 'uncertain' }))],
  ['an item that waits for nobody', 'stuck', (parts) => void (parts.items[2] = item(3, { state: 'waiting', reason: 'record-no-answer', nextAttemptAt: '2026-11-20T10:00:00.000Z' }))],
  ['a repeat ignored while nothing holds the first', 'repeat-of-nothing', (parts) => void (parts.items[2] = item(3, { state: 'ignored', reason: 'already-received' }))],
  ['deposited here, unknown there', 'deposited-not-stored', (parts) => void parts.stored.pop()],
  ['parked here, registered there', 'stored-not-deposited', (parts) => void parts.stored.push(stored(3))],
  ['one uniqueId registered twice', 'registered-twice', (parts) => void parts.stored.push(stored(1, { setId: '9.91' }))],
  ['one PDF under two ids', 'content-registered-twice', (parts) => void parts.stored.push(stored(5, { uniqueId: '8.6', setId: '9.6', sha256: 'wrapped again', embedded: 'pdf-5' }))],
  ['a document nobody gave', 'stored-of-nobody', (parts) => void parts.stored.push(stored(7))],
  ['a CDA changed on its way', 'bytes-differ', (parts) => void (parts.stored[0] = stored(1, { sha256: 'other' }))],
  ['a document in another patient’s record', 'wrong-patient', (parts) => void (parts.stored[0] = stored(1, { patients: [ins, '284023399904128'] }))],
  ['a document of no patient', 'wrong-patient', (parts) => void (parts.stored[0] = stored(1, { patients: [] }))],
  ['a replacement registered as a first version', 'wrong-parent', (parts) => void (parts.stored[1] = stored(2))],
  ['a replacement before its parent', 'before-its-parent', (parts) => void parts.stored.unshift(parts.stored.splice(1, 1)[0]!)],
  ['a resend in another set', 'sent-with-other-set', (parts) => void (parts.wire[3] = deposit(4, 1, { setId: '9.77' }))],
  ['a resend with other bytes', 'sent-with-other-bytes', (parts) => void (parts.wire[3] = deposit(4, 1, { sha256: 'other' }))],
  ['one set for two documents', 'set-shared', (parts) => void (parts.wire[4] = deposit(5, 2, { setId: '9.1' }))],
  ['a resend without a question', 'resent-blind', (parts) => void parts.wire.splice(1, 2)],
  ['a question about another document', 'resent-blind', (parts) => void parts.wire.splice(1, 2, question(2, 2))],
]

test.each(planted)('%s is %s', (_what, kind, plant) => {
  const parts = sound()
  plant(parts)
  expect(kindsOf(factsOf(parts))).toContain(kind)
})

test('a first send that arrives after its resend is no blind resend', () => {
  const parts = sound()
  parts.wire[0] = deposit(9, 1, { sentAt: sentAt(1) })
  expect(checkInvariants(factsOf(parts))).toEqual([])
})

test('a sidecar whose document came late may be set aside, and nothing else under its name', () => {
  const parts = sound()
  parts.given.push(given(9, { door: 'folder', reference: 'export.pdf', isOverwritten: true, sidecar: 'export.json' }))
  parts.items.push(item(9, { door: 'folder', reference: 'export.json', state: 'parked', reason: 'sidecar-invalid' }))
  expect(checkInvariants(factsOf(parts))).toEqual([])
  parts.items.push(item(10, { door: 'folder', reference: 'export.json', state: 'waiting', reason: 'patient-unknown' }))
  expect(kindsOf(factsOf(parts))).toEqual(['item-of-nobody'])
})

test('counts that do not add up, or not to the items', () => {
  const facts = factsOf(sound())
  expect(kindsOf({ ...facts, status: { ...facts.status, total: 6 } })).toEqual(['counts-differ'])
  expect(kindsOf({ ...facts, status: { ...facts.status, counts: { ...facts.status.counts, parked: 0, waiting: 1 } } })).toEqual(['counts-differ'])
})

test('each planted kind falls under one figure', () => {
  const violations = planted.map(([, kind]) => ({ kind, about: '', detail: '' }))
  const { lost, doubled, stuck, other } = figuresOf(violations)
  expect(lost + doubled + stuck + other).toBe(violations.length)
  expect([lost, doubled, stuck]).toEqual([4, 9, 2])
})
