import { describe, expect, it } from 'vitest'
import { wayToRecord } from './way-to-record.ts'

const now = Date.parse('2026-11-21T09:50:00Z')

describe('the way to the record', () => {
  it('is open where the circuit is closed, and never said to be closed itself', () => {
    expect(wayToRecord({ state: 'closed', reason: null, retryAt: null }, now)).toBe('the way to the record is open')
    // The reason of a failure since, which did not open it.
    expect(wayToRecord({ state: 'closed', reason: 'record-busy', retryAt: null }, now)).toBe('the way to the record is open')
  })

  it('is shut for how long, and why, as far as that is known', () => {
    expect(wayToRecord({ state: 'open', reason: 'record-unreachable', retryAt: '2026-11-21T09:54:00Z' }, now)).toBe('the way to the record is shut (record-unreachable), tried again in 4 min')
    expect(wayToRecord({ state: 'open', reason: 'record-busy', retryAt: '2026-11-21T09:50:30Z' }, now)).toBe('the way to the record is shut (record-busy), tried again in 30 s')
    expect(wayToRecord({ state: 'open', reason: 'clock-wrong', retryAt: null }, now)).toBe('the way to the record is shut (clock-wrong)')
    expect(wayToRecord({ state: 'open', reason: null, retryAt: '2026-11-21T09:49:00Z' }, now)).toBe('the way to the record is shut, tried again in 0 s')
  })

  it('is being tried where one exchange probes it', () => {
    expect(wayToRecord({ state: 'half-open', reason: 'record-unreachable', retryAt: null }, now)).toBe('the way to the record is being tried again')
  })
})
