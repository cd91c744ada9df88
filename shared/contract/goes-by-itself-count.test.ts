import { describe, expect, it } from 'vitest'
import { goesByItselfCount } from './goes-by-itself-count.ts'

const none = { received: 0, ready: 0, sending: 0, uncertain: 0, waiting: 0, parked: 0, deposited: 0, ignored: 0 }

describe('what goes by itself', () => {
  it('is what waits for the network, without what waits for a person', () => {
    const needsUser = [{ reason: 'patient-unknown', count: 3 }, { reason: 'held-by-user', count: 2 }] as const
    expect(goesByItselfCount({ counts: { ...none, waiting: 6 }, needsUser: [...needsUser] })).toBe(1)
  })

  it('does not take off what is parked a second time: it was not on its way', () => {
    const needsUser = [{ reason: 'patient-unknown', count: 2 }, { reason: 'pdf-truncated', count: 4 }] as const
    expect(goesByItselfCount({ counts: { ...none, received: 1, ready: 2, sending: 1, uncertain: 1, waiting: 5, parked: 4, deposited: 90 }, needsUser: [...needsUser] })).toBe(8)
  })
})
