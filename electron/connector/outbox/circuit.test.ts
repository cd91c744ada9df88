import { expect, it } from 'vitest'
import { afterExchange, atTime, closedCircuit } from './circuit.ts'

it('opens after three failures in a row, lets one probe through, closes at the first success', () => {
  let circuit = closedCircuit
  for (let time = 1; time <= 3; time += 1) circuit = afterExchange(circuit, { ok: false, reason: 'record-unreachable' }, time)
  expect(circuit).toMatchObject({ state: 'open', retryAt: 5_003 })
  expect(atTime(circuit, 5_002).state).toBe('open')
  const probing = atTime(circuit, 5_003)
  expect(probing.state).toBe('half-open')
  expect(afterExchange(probing, { ok: false, reason: 'record-unreachable' }, 5_003)).toMatchObject({ state: 'open', retryAt: 15_003 })
  expect(afterExchange(probing, { ok: true }, 5_003)).toEqual(closedCircuit)
})
it('obeys a record that says until when', () => {
  expect(afterExchange(closedCircuit, { ok: false, reason: 'record-busy', retryAt: 9_000 }, 1)).toMatchObject({ state: 'open', retryAt: 9_000 })
})
it('never waits more than five minutes by itself', () => {
  let circuit = closedCircuit
  let waited = 0
  for (let time = 0; time < 40; time += 1) {
    const at = circuit.retryAt ?? time
    circuit = afterExchange(atTime(circuit, at), { ok: false, reason: 'record-unreachable' }, at)
    waited = (circuit.retryAt ?? at) - at
    expect(waited).toBeLessThanOrEqual(300_000)
  }
  expect(waited).toBe(300_000)
})
