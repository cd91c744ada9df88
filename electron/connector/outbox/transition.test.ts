import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { itemStates, type ItemState, type ReasonCode } from '#shared/contract/index.ts'
import { transition, type OutboxEvent, type Position } from './transition.ts'

const reason: ReasonCode = 'record-unreachable'
const anyEvent = fc.oneof(
  fc.constant<OutboxEvent>({ type: 'prepared' }),
  fc.constantFrom<OutboxEvent>(
    ...(['session', 'network', 'parent', 'patient', 'until'] as const).map((what) => ({ type: 'wait', for: what, reason }) as const),
  ),
  fc.constantFrom<OutboxEvent>({ type: 'park', reason }, { type: 'ignore', reason }, { type: 'send' }, { type: 'accepted' }),
  fc.constantFrom<OutboxEvent>({ type: 'not-sent', reason, for: 'network' }, { type: 'not-sent', reason, for: 'session' }, { type: 'still-unknown', reason }, { type: 'give-up', reason }, { type: 'answer-lost', reason }, { type: 'refused', reason }, { type: 'restarted' }),
  fc.constantFrom<OutboxEvent>({ type: 'found' }, { type: 'found-different' }, { type: 'absent', settled: true }, { type: 'absent', settled: false }),
  fc.constantFrom<OutboxEvent>({ type: 'retry', rebuild: true }, { type: 'retry', rebuild: false }, { type: 'dismissed' }),
)

function run(events: OutboxEvent[]): { path: ItemState[]; events: OutboxEvent[] } {
  let position: Position = { state: 'received', frozen: false }
  const path: ItemState[] = [position.state]
  const taken: OutboxEvent[] = []
  for (const event of events) {
    const to = transition(position, event)
    if (!to) continue
    taken.push(event)
    position = { state: to.to, frozen: position.frozen || event.type === 'prepared' }
    path.push(to.to)
  }
  return { path, events: taken }
}

describe('transition', () => {
  it('never leaves deposited', () => {
    fc.assert(fc.property(anyEvent, fc.boolean(), (event, frozen) => transition({ state: 'deposited', frozen }, event) === null))
  })

  it('sends again after an uncertain answer only when the record was asked and settled', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const taken = run(events).events
        let mustAsk = false
        for (const event of taken) {
          if (event.type === 'answer-lost' || event.type === 'restarted') mustAsk = true
          if (event.type === 'absent' && event.settled) mustAsk = false
          if (event.type === 'send') expect(mustAsk).toBe(false)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('sends only what is ready and frozen', () => {
    for (const state of itemStates) {
      for (const frozen of [true, false]) {
        const to = transition({ state, frozen }, { type: 'send' })
        expect(to?.to ?? null).toBe(state === 'ready' && frozen ? 'sending' : null)
      }
    }
  })

  it('gives a reason to whatever waits, is parked or ignored', () => {
    fc.assert(
      fc.property(fc.constantFrom(...itemStates), fc.boolean(), anyEvent, (state, frozen, event) => {
        const to = transition({ state, frozen }, event)
        if (to && ['waiting', 'parked', 'ignored'].includes(to.to)) expect(to.reason).not.toBeNull()
        if (to?.to === 'waiting') expect(to.waitingFor).not.toBeNull()
        if (to?.to === 'deposited' || to?.to === 'ready') expect(to.reason).toBeNull()
      }),
    )
  })

  it('lets a person put back anything that stopped short of the record', () => {
    for (const state of ['parked', 'waiting', 'ignored'] as const) {
      const reason = 'dismissed-by-user'
      expect(transition({ state, frozen: false, reason }, { type: 'retry', rebuild: false })?.to).toBe('received')
      expect(transition({ state, frozen: true, reason }, { type: 'retry', rebuild: false })?.to).toBe('ready')
      expect(transition({ state, frozen: true, reason }, { type: 'retry', rebuild: true })?.to).toBe('received')
    }
  })

  it('never makes a second document of one already received', () => {
    expect(transition({ state: 'ignored', frozen: false, reason: 'already-received' }, { type: 'retry', rebuild: true })).toBeNull()
  })

  it('does not let go of what is in flight or unknown', () => {
    for (const state of ['sending', 'uncertain'] as const) {
      expect(transition({ state, frozen: true }, { type: 'dismissed' })).toBeNull()
      expect(transition({ state, frozen: true }, { type: 'retry', rebuild: true })).toBeNull()
    }
  })
})
