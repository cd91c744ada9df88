import { describe, expect, it } from 'vitest'
import type { StatusView } from '#shared/contract/status.ts'
import { conditions, roughSpan } from './conditions.ts'

const well: Parameters<typeof conditions>[0] = { storage: { state: 'ok', freeBytes: 9e9 }, circuit: { state: 'closed', reason: null, retryAt: null }, clockOffsetSeconds: 2, restoredAt: null }
const shut = (reason: StatusView['circuit']['reason']): StatusView['circuit'] => ({ state: 'open', reason, retryAt: '2026-11-21T09:50:00Z' })

describe('conditions', () => {
  it('says nothing when all is well, nor of a plain loss of network, which the state already says', () => {
    expect(conditions(well)).toEqual([])
    expect(conditions({ ...well, clockOffsetSeconds: null })).toEqual([])
    expect(conditions({ ...well, circuit: shut('record-unreachable') })).toEqual([])
    expect(conditions({ ...well, circuit: shut(null) })).toEqual([])
  })

  it('puts what stops documents from coming in before all else', () => {
    const all = conditions({ storage: { state: 'full', freeBytes: 1e6 }, circuit: shut('record-server-untrusted'), clockOffsetSeconds: -500, restoredAt: '2026-11-21T08:00:00Z' })
    expect(all.map(({ kind }) => kind)).toEqual(['storageFull', 'clock', 'circuit', 'restored'])
    expect(conditions({ ...well, storage: { state: 'low', freeBytes: 4e8 } })).toEqual([{ kind: 'storageLow', freeBytes: 4e8 }])
  })

  it('says a wrong clock once, even when it is what shut the way', () => {
    expect(conditions({ ...well, clockOffsetSeconds: 301, circuit: shut('clock-wrong') })).toEqual([{ kind: 'clock', seconds: 301 }])
    expect(conditions({ ...well, clockOffsetSeconds: null, circuit: shut('clock-wrong') }).map(({ kind }) => kind)).toEqual(['circuit'])
    expect(conditions({ ...well, clockOffsetSeconds: -240 })).toEqual([])
  })

  it('gives the next try of a busy record', () => {
    expect(conditions({ ...well, circuit: shut('record-busy') })).toEqual([{ kind: 'circuit', reason: 'record-busy', retryAt: '2026-11-21T09:50:00Z' }])
  })
})

describe('roughSpan', () => {
  it.each([
    [301, 'minutes', 5],
    [-3600, 'hours', 1],
    [5400, 'minutes', 90],
    [7200, 'hours', 2],
    [-86_400, 'hours', 24],
    [86_400 * 3, 'days', 3],
  ])('%d s is %s %d', (seconds, unit, count) => {
    expect(roughSpan(seconds)).toEqual({ unit, count })
  })
})
