import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryStore } from '../outbox/test-store.ts'
import { openAudit, type Audit } from './index.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let audit: Audit
let clock = 0
const event = (object: string) => ({ type: 'ITI-41', outcome: 'success', actor: '810000000001', patientReference: 'ab', object }) as const

beforeEach(async () => {
  handle = await temporaryStore()
  audit = openAudit(handle.store, () => (clock += 1))
  for (const object of ['1.1', '1.2', '1.3', '1.4']) audit.record(event(object))
})
afterEach(() => handle.remove())

describe('the trace', () => {
  it('is whole, also when it goes on after a restart', async () => {
    expect(audit.verify()).toEqual({ lines: 4, brokenAt: null })
    const later = openAudit(await handle.reopen(), () => (clock += 1))
    later.record(event('1.5'))
    expect(later.verify()).toEqual({ lines: 5, brokenAt: null })
  })

  it.each([
    ['its text', `UPDATE audit_event SET event = replace(event, '1.2', '1.9') WHERE seq = 2`],
    ['its time', 'UPDATE audit_event SET at = at + 1 WHERE seq = 2'],
    ['its hash', `UPDATE audit_event SET hash = '${'0'.repeat(64)}' WHERE seq = 2`],
    ['the hash before it', `UPDATE audit_event SET previous_hash = '${'0'.repeat(64)}' WHERE seq = 2`],
  ])('shows a line of which somebody changed %s', (_, sql) => {
    handle.store.db.exec(sql)
    expect(audit.verify()).toMatchObject({ brokenAt: 2 })
  })

  it.each([1, 2, 3])('shows that line %i was removed', (seq) => {
    handle.store.db.prepare('DELETE FROM audit_event WHERE seq = ?').run(seq)
    expect(audit.verify()).toMatchObject({ brokenAt: seq + 1 })
  })

  it('shows that two lines were swapped, or that one was removed and the rest numbered anew', () => {
    handle.store.db.exec('UPDATE audit_event SET seq = CASE seq WHEN 2 THEN 30 ELSE 20 END WHERE seq IN (2, 3); UPDATE audit_event SET seq = seq / 10 WHERE seq >= 20')
    expect(audit.verify()).toMatchObject({ brokenAt: 2 })
    handle.store.db.exec('DELETE FROM audit_event WHERE seq = 1; UPDATE audit_event SET seq = seq - 1')
    expect(audit.verify()).toMatchObject({ brokenAt: 1 })
  })

  it('records nothing of a transaction that failed', () => {
    const failing = () =>
      handle.store.transaction(() => {
        audit.record(event('1.5'))
        throw new Error('undone')
      })
    expect(failing).toThrow('undone')
    audit.record(event('1.6'))
    expect(audit.verify()).toEqual({ lines: 5, brokenAt: null })
  })
})
