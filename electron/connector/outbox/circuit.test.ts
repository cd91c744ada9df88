import { describe, expect, it } from 'vitest'
import { afterExchange, allowance, atTime, closedCircuit, probeNow, type Circuit, type Outcome } from './circuit.ts'
import { defaultPace as pace } from './pace.ts'

const failed = (retryAt?: number): Outcome => ({ ok: false, reason: 'record-unreachable', ...(retryAt === undefined ? {} : { retryAt }) })
const answered: Outcome = { ok: true }
const after = (outcomes: readonly Outcome[], from: Circuit = closedCircuit, every = 1_000): Circuit => outcomes.reduce((circuit, outcome, index) => afterExchange(atTime(circuit, index * every), outcome, index * every, pace), from)

describe('the circuit of one endpoint', () => {
  it('opens after five failures in a minute', () => {
    expect(after(Array.from({ length: 4 }, () => failed())).state).toBe('closed')
    expect(after(Array.from({ length: 5 }, () => failed()))).toMatchObject({ state: 'open', reason: 'record-unreachable', retryAt: 4_000 + pace.circuitMs })
    expect(after(Array.from({ length: 9 }, () => failed()), closedCircuit, 20_000).state).toBe('closed')
  })

  it('opens when half of the last twenty failed, however slowly', () => {
    const outcomes = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? answered : failed()))
    expect(after(outcomes, closedCircuit, 40_000).state).toBe('open')
    expect(after(outcomes.slice(0, 19), closedCircuit, 40_000).state).toBe('closed')
  })

  it('waits as long as the record says, never more than an hour', () => {
    expect(after([failed(90_000)])).toMatchObject({ state: 'open', retryAt: 90_000 })
    expect(after([failed(90_000_000)])).toMatchObject({ state: 'open', retryAt: 3_600_000 })
  })

  it('is not asked in a loop by one that says "at once", or whose clock is behind', () => {
    let circuit = after([failed(-5_000)])
    const waits = Array.from({ length: 4 }, () => {
      const at = circuit.retryAt!
      circuit = afterExchange(atTime(circuit, at), failed(at - 5_000), at, pace)
      return circuit.retryAt! - at
    })
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000])
  })

  it('lets one probe through, waits twice as long when it fails, closes when it is answered', () => {
    const open = after([failed(10_000)])
    expect(atTime(open, 9_999).state).toBe('open')
    const probing = atTime(open, 10_000)
    expect([probing.state, allowance(probing, 4)]).toEqual(['half-open', 1])
    expect(afterExchange(probing, failed(), 10_000, pace)).toMatchObject({ state: 'open', retryAt: 10_000 + 2 * pace.circuitMs })
    expect(afterExchange(probing, answered, 10_000, pace)).toMatchObject({ state: 'closed', openings: 0 })
  })

  it('starts slowly after an outage: one, then two, then all', () => {
    let circuit = afterExchange(probeNow(after([failed(10_000)])), answered, 11_000, pace)
    const allowed: number[] = []
    for (let index = 0; index < 12; index += 1) {
      allowed.push(allowance(circuit, 4))
      circuit = afterExchange(circuit, answered, 12_000 + index, pace)
    }
    expect(allowed).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4])
    expect(allowance(closedCircuit, 4)).toBe(4)
  })

  it('is probed, not closed, by an answer to a call begun before it opened', () => {
    expect(afterExchange(after([failed(10_000)]), answered, 1, pace)).toMatchObject({ state: 'half-open', retryAt: null })
  })

  it('is not locked by a clock that was set back', () => {
    expect(atTime({ ...closedCircuit, state: 'open', retryAt: 9e12 }, 1_000).state).toBe('half-open')
  })
})
