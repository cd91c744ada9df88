import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { itemStates } from '#shared/contract/items.ts'
import { audienceOf, audiences, fixedBecause, leavesWhen, sameVisibility, visibilityMarks, withAudience, withSecret } from './visibility.ts'

const anyVisibility = fc.record({ masked: fc.boolean(), hiddenFromPatient: fc.boolean(), hiddenFromRepresentatives: fc.boolean() })

describe('the visibility of a document', () => {
  it('can never be chosen so that nobody could open it, and keeps what was chosen for legal representatives', () => {
    fc.assert(
      fc.property(anyVisibility, fc.constantFrom(...audiences), (before, audience) => {
        const after = withAudience(before, audience)
        expect(after.masked && after.hiddenFromPatient).toBe(false)
        expect(audienceOf(after)).toBe(audience)
        expect(after.hiddenFromRepresentatives).toBe(before.hiddenFromRepresentatives)
      }),
    )
  })

  it('goes by a secret connection only with the representatives kept out, and stays so with another audience', () => {
    fc.assert(
      fc.property(anyVisibility, fc.constantFrom(...audiences), (before, audience) => {
        expect(withAudience(withSecret(before, true), audience)).toMatchObject({ hiddenFromRepresentatives: true, secretConnection: true })
        expect(visibilityMarks(withSecret(before, true)).map(({ key }) => key)).toContain('secretConnection')
        expect(sameVisibility(withSecret(before, false), before)).toBe(true)
      }),
    )
  })

  it('shows the forbidden combination as no choice at all', () => {
    expect(audienceOf({ masked: true, hiddenFromPatient: true, hiddenFromRepresentatives: false })).toBeNull()
  })

  it('has a mark for each thing that is not normal, told apart by shape alone', () => {
    expect(visibilityMarks({ masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false })).toEqual([])
    const all = visibilityMarks({ masked: true, hiddenFromPatient: true, hiddenFromRepresentatives: true })
    expect(new Set(all.map(({ shape }) => shape)).size).toBe(3)
  })

  it('is the same only when the same people see it', () => {
    fc.assert(
      fc.property(anyVisibility, anyVisibility, (one, other) => {
        expect(sameVisibility(one, other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
    )
  })

  it.each(itemStates)('says why it is fixed once %s', (state) => {
    expect(['sending', 'tried', 'deposited', 'ignored']).toContain(fixedBecause({ state }))
  })

  it('says of each state when the document can leave, and never that it may leave at once where it waits for somebody', () => {
    const at = { reason: null, waitingFor: null }
    expect(leavesWhen({ ...at, state: 'received' })).toBe('soon')
    expect(leavesWhen({ ...at, state: 'ready' })).toBe('soon')
    expect(leavesWhen({ state: 'waiting', waitingFor: 'network', reason: 'record-unreachable' })).toBe('soon')
    expect(leavesWhen({ state: 'waiting', waitingFor: 'patient', reason: 'text-names-another' })).toBe('patient')
    expect(leavesWhen({ state: 'waiting', waitingFor: 'session', reason: 'card-absent' })).toBe('session')
    expect(leavesWhen({ state: 'waiting', waitingFor: 'until', reason: 'burst-held' })).toBe('held')
    expect(leavesWhen({ ...at, state: 'parked', reason: 'author-missing' })).toBe('stopped')
  })
})
