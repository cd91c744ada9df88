import { describe, expect, it } from 'vitest'
import { noBurst, settledScan, takeKey, type KeyBurst } from './key-burst.ts'

/** The keys of a text, one by one, then others. */
const keysOf = (text: string, ...ends: readonly string[]) => [...text.split(''), ...ends]

/** What becomes of keys that come so many milliseconds apart: those that are let through, and the scans that are ended. */
function typed(keys: readonly string[], apart: number, from: KeyBurst = noBurst, start = 1_000) {
  let burst = from
  const [through, scans]: [string[], string[]] = [[], []]
  for (const [at, key] of keys.entries()) {
    const taken = takeKey(burst, key, start + at * apart)
    burst = taken.burst
    if (!taken.isSwallowed) through.push(key)
    if (taken.scan !== null) scans.push(taken.scan)
  }
  return { through: through.join(','), scans, burst }
}

describe('keys beside every field', () => {
  it('are a scan where they come as fast as no hand types: its blanks and its end press nothing', () => {
    expect(typed(keysOf('3400930012345', 'Enter'), 8)).toMatchObject({ through: '3,4,0', scans: ['3400930012345'] })
    expect(typed(keysOf('LOT 12 A', 'Enter'), 20)).toMatchObject({ through: 'L,O,T', scans: ['LOT 12 A'] })
    expect(typed(keysOf('LOT 12 A', 'Tab'), 20)).toMatchObject({ scans: ['LOT 12 A'] })
  })

  it('are a scan at any speed of one where they begin as an INS, its datamatrix or a sheet, or are many', () => {
    expect(typed(keysOf('2590 27', 'Enter'), 200)).toMatchObject({ through: '2,5,9', scans: ['2590 27'] })
    expect(typed(keysOf('RELAIS:A B', 'Enter'), 200)).toMatchObject({ through: 'R,E,L,A,I,S', scans: ['RELAIS:A B'] })
    expect(typed(keysOf('abcdefghijklmno', 'Enter'), 200).scans).toEqual(['abcdefghijklmno'])
  })

  it('are let through where a hand types them, Enter and blank too', () => {
    expect(typed(keysOf('ord', 'Enter'), 120)).toMatchObject({ through: 'o,r,d,Enter', scans: [] })
    expect(typed([' ', 'Enter', 'Tab'], 120)).toMatchObject({ through: ' ,Enter,Tab', scans: [] })
    expect(typed(keysOf('3400930012345', 'Enter'), 400)).toMatchObject({ through: '3,4,0,0,9,3,0,0,1,2,3,4,5,Enter', scans: [] })
  })

  it('are taken once, whatever a scanner ends them by, and what a hand presses later is its own', () => {
    const ended = typed(keysOf('3400930012345', 'Enter', 'Enter'), 8)
    expect(ended).toMatchObject({ through: '3,4,0', scans: ['3400930012345'] })
    expect(typed(['Enter'], 0, ended.burst, 3_000).through).toBe('Enter')
  })

  it('are a scan that nothing ends once no more come, where they are many', () => {
    expect(settledScan(typed(keysOf('259027512345685'), 8).burst)).toBe('259027512345685')
    expect(settledScan(typed(keysOf('2590'), 8).burst)).toBeNull()
  })
})
