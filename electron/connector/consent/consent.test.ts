import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, parseKey, type Store } from '../store/index.ts'
import { ConsentRegister, supersedes, type ConsentDecision } from './consent.ts'

const opposed: ConsentDecision = { choice: 'opposed', decidedAt: '2026-03-09T10:11:54Z', source: 'ADT' }
const agreed: ConsentDecision = { choice: 'agreed', decidedAt: '2026-03-06T10:11:54Z', source: 'ADT' }
const ins = { value: '279035121518989', oid: '1.2.250.1.213.1.4.10' }

const parsed = parseKey('ab'.repeat(32))
if (!parsed.ok) throw new Error(parsed.failure.code)
const key = parsed.value

let directory: string
let store: Store
let register: ConsentRegister

beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'consent-'))
  const opened = await openStore({ directory, key: key, role: 'test', now: 1 })
  if (!opened.ok) throw new Error(opened.failure.code)
  store = opened.value
  const insert = store.db.prepare(`INSERT INTO patient (id, ins, ins_oid, source, merged_into, updated_at) VALUES (?, ?, ?, 'identity-feed', ?, 1)`)
  insert.run('p1', ins.value, ins.oid, null)
  insert.run('p2', null, null, 'p1')
  register = new ConsentRegister(store)
})
const mayConsult = (of = ins) => register.wordAgainstReading(of, Date.parse('2026-06-01T00:00:00Z')) === null
afterEach(() => {
  store.close()
  fs.rmSync(directory, { recursive: true, force: true })
})

describe('what a patient answered', () => {
  it('lets documents go and the record be read unless they said no', () => {
    expect([register.mayDeposit('p1'), mayConsult()]).toEqual([true, true])
    register.learn('p1', 'deposit', { ...opposed, choice: 'not-collected' })
    expect(register.mayDeposit('p1')).toBe(true)
    register.learn('p1', 'deposit', opposed)
    expect([register.mayDeposit('p1'), mayConsult()]).toEqual([false, true])
    register.learn('p1', 'consultation', opposed)
    expect(mayConsult()).toBe(false)
    expect(mayConsult({ ...ins, oid: '1.2.250.1.213.1.4.8' })).toBe(true)
  })

  it('keeps the latest by its own date, whatever the order of arrival', () => {
    expect(register.learn('p1', 'deposit', opposed)).toBe(true)
    expect(register.learn('p1', 'deposit', agreed)).toBe(false)
    expect(register.decision('p1', 'deposit')).toEqual(opposed)
    expect(register.learn('p1', 'deposit', { ...agreed, decidedAt: '2026-04-01T00:00:00Z' })).toBe(true)
    expect(register.mayDeposit('p1')).toBe(true)
  })

  it('counts for the identities merged into theirs', () => {
    register.learn('p2', 'deposit', opposed)
    expect(register.mayDeposit('p1')).toBe(false)
    register.learn('p2', 'consultation', opposed)
    expect(mayConsult()).toBe(false)
    register.learn('p1', 'deposit', { ...agreed, decidedAt: '2026-05-01T00:00:00Z' })
    expect(register.mayDeposit('p1')).toBe(true)
  })

  it('is the same in the end whatever the order, and "not collected" never erases an answer', () => {
    const decisions = fc.uniqueArray(
      fc.record({ choice: fc.constantFrom('agreed', 'opposed', 'not-collected') as fc.Arbitrary<ConsentDecision['choice']>, decidedAt: fc.integer({ min: 1, max: 12 }).map((month) => `2026-${String(month).padStart(2, '0')}-01T00:00:00Z`), source: fc.constant('ADT') }),
      { selector: ({ decidedAt }) => decidedAt, maxLength: 6 },
    )
    const fold = (all: readonly ConsentDecision[]) => all.reduce<ConsentDecision | null>((known, next) => (supersedes(next, known) ? next : known), null)
    fc.assert(
      fc.property(decisions, (all) => {
        const given = all.filter(({ choice }) => choice !== 'not-collected').sort((a, b) => a.decidedAt.localeCompare(b.decidedAt))
        for (const order of [all, [...all].reverse()]) {
          const end = fold(order)
          if (given.length > 0) expect(end).toEqual(given.at(-1))
          else expect(end?.choice ?? 'not-collected').toBe('not-collected')
        }
      }),
    )
  })
})
