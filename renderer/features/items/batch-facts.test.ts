import { describe, expect, it } from 'vitest'
import { batchFacts } from './batch-facts.ts'

const from = (name: string, receivedAt: string) => ({ source: { kind: 'folder' as const, name, reference: 'x.pdf' }, receivedAt })

describe('batchFacts', () => {
  it('counts by source, the most first, and finds the first arrival', () => {
    const items = [from('Scanner', '2026-11-21T09:15:00Z'), from('Export', '2026-11-21T09:20:00Z'), from('Export', '2026-11-21T09:12:00Z')]
    expect(batchFacts(items, 3)).toEqual({ sources: [{ name: 'Export', count: 2 }, { name: 'Scanner', count: 1 }], since: '2026-11-21T09:12:00Z' })
  })

  it('gives no date of beginning when only part of the batch is known', () => {
    expect(batchFacts([from('Export', '2026-11-21T09:12:00Z')], 900).since).toBeNull()
    expect(batchFacts([], 0)).toEqual({ sources: [], since: null })
  })
})
