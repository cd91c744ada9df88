import { describe, expect, it } from 'vitest'
import { itemStates, waitingFor, type ItemView } from '#shared/contract/items.ts'
import { reasons, type ReasonCode } from '#shared/contract/reasons.ts'
import { itemMark } from './item-mark.ts'

const blank = { reason: null, waitingFor: null, nextAttemptAt: null, settledAt: null }
type Seen = Parameters<typeof itemMark>[0]

describe('itemMark', () => {
  it.each(itemStates)('gives %s a shape and a word even when nothing else is known', (state) => {
    expect(itemMark({ ...blank, state })).toMatchObject({ shape: expect.stringMatching(/./), words: { key: 'state' } })
  })

  it('never paints red what a person can settle, nor amber what cannot go as it is', () => {
    for (const [reason, kind] of Object.entries(reasons) as [ReasonCode, string][]) {
      expect(itemMark({ ...blank, state: 'parked', reason }).tone, reason).toBe(kind === 'permanent' ? 'danger' : 'caution')
    }
  })

  it('stays calm about what goes by itself', () => {
    const at = '2026-11-21T09:50:00Z'
    expect(itemMark({ ...blank, state: 'waiting', waitingFor: 'network', nextAttemptAt: at })).toEqual({ shape: '↻', tone: 'quiet', words: { key: 'retryAt', at } })
    expect(itemMark({ ...blank, state: 'waiting', waitingFor: 'network' }).tone).toBe('quiet')
  })

  it.each(['held-by-user', 'burst-held', 'old-file-held'] as const)('never promises another try of what is held: %s', (reason) => {
    expect(itemMark({ ...blank, state: 'waiting', waitingFor: 'until', reason })).toEqual({ shape: '◐', tone: 'caution', words: { key: 'reason' } })
  })

  it.each(waitingFor.options)('says what it waits for: %s', (what) => {
    expect(itemMark({ ...blank, state: 'waiting', waitingFor: what }).words.key).toBe('waiting')
  })

  it('tells states apart by shape alone', () => {
    const seen: Seen[] = (['ready', 'sending', 'uncertain', 'deposited', 'ignored'] satisfies ItemView['state'][]).map((state) => ({ ...blank, state }))
    expect(new Set(seen.map((one) => itemMark(one).shape)).size).toBe(seen.length)
  })
})
