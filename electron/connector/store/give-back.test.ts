import { describe, expect, it } from 'vitest'
import { giveBack } from './give-back.ts'

describe('giving memory back', () => {
  it('leaves nothing of bytes that have memory of their own', () => {
    const bytes = new Uint8Array(100_000).fill(7)
    giveBack(bytes)
    expect(bytes).toHaveLength(0)
    giveBack(bytes)
  })

  it('leaves alone what lies in memory shared with others', () => {
    const whole = new Uint8Array(100).fill(7)
    giveBack(whole.subarray(0, 99))
    expect(whole).toEqual(new Uint8Array(100).fill(7))
    const small = Buffer.from('small')
    const neighbour = Buffer.from('neighbour')
    giveBack(small)
    expect([small, neighbour].map(String)).toEqual(['small', 'neighbour'])
  })
})
